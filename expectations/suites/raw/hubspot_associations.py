"""Associations as HubSpot delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import landed_suite, text


def suite() -> Suite:
    """One row per new version of associations."""
    return landed_suite(
        "hubspot",
        "associations",
        columns={
            "from_id": text("from_id"),
            "to_id": text("to_id"),
            "from_type": text("from_type"),
            "to_type": text("to_type"),
        },
        rules=(
            filled("from_id", "critical", "An association has two ends."),
            filled("to_id", "critical", "An association has two ends."),
            filled("from_type", "critical", "Ids are unique within a type only."),
            filled("to_type", "critical", "Ids are unique within a type only."),
        ),
    )
