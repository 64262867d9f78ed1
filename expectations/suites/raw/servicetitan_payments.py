"""Payments as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import amount, instant, landed_suite, readable, text


def suite() -> Suite:
    """One row per new version of payments."""
    return landed_suite(
        "servicetitan",
        "payments",
        columns={
            "paid_text": text("date"),
            "paid_on": instant("date"),
            "total_text": text("total"),
            "total": amount("total"),
        },
        rules=(
            filled("paid_on", "critical", "Collected revenue is dated by it."),
            readable(
                "date",
                "paid_text",
                "paid_on",
                "A changed date format would silently move payments.",
            ),
            filled("total", "critical", "A payment without an amount pays nothing."),
            readable(
                "total",
                "total_text",
                "total",
                "Money comes as text here; text that is no number is a changed format.",
            ),
        ),
    )
