"""Payments as QuickBooks delivers them."""

from __future__ import annotations

from expectations.rules import Suite, between, filled, never
from expectations.suites.raw._landed import amount, landed_suite, text


def suite() -> Suite:
    """One row per new version of payments."""
    return landed_suite(
        "quickbooks",
        "payments",
        columns={
            "id": text("Id"),
            "paid_on": "try_cast(" + text("TxnDate") + " as date)",
            "total": amount("TotalAmt"),
            "unapplied": amount("UnappliedAmt"),
        },
        rules=(
            filled("id", "critical", "The vendor's key."),
            filled("paid_on", "critical", "Collected revenue is dated by it."),
            filled("total", "critical", "A payment without an amount pays nothing."),
            between("total", 0, 1000000, "warning", "Refunds are documents of their own here."),
            never(
                "no more is unapplied than was paid",
                "unapplied > total",
                "critical",
                "Then the amounts are not what they are called.",
            ),
        ),
    )
