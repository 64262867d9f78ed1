"""Calls as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled, never, one_of
from expectations.suites.raw._landed import instant, landed_suite, text


def suite() -> Suite:
    """One row per new version of calls."""
    return landed_suite(
        "servicetitan",
        "calls",
        columns={
            "caller": text("from"),
            "called": text("to"),
            "direction": text("direction"),
            "created_at": instant("createdOn"),
            "has_caller": "regexp_matches(coalesce("
            + text("from")
            + ", ''), '[0-9][0-9][0-9][0-9]')",
        },
        rules=(
            filled("created_at", "critical", "A touch without an instant has no window."),
            one_of(
                "direction", ("Inbound", "Outbound"), "warning", "Only inbound calls are responses."
            ),
            never(
                "an inbound call says who called",
                "direction = 'Inbound' and not has_caller",
                "warning",
                "Withheld numbers exist; when they are many, a field was renamed.",
            ),
        ),
    )
