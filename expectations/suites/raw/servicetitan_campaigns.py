"""Campaigns as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled, unique
from expectations.suites.raw._landed import landed_suite, text


def suite() -> Suite:
    """One row per new version of campaigns."""
    return landed_suite(
        "servicetitan",
        "campaigns",
        columns={
            "name": text("name"),
        },
        rules=(
            filled("name", "critical", "Campaigns are linked across vendors by their name."),
            unique(("name",), "warning", "Two campaigns of one name are taken for one."),
        ),
    )
