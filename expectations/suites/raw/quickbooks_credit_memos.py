"""Credit memos as QuickBooks delivers them."""

from __future__ import annotations

from expectations.rules import Suite, between, filled
from expectations.suites.raw._landed import amount, landed_suite, text


def suite() -> Suite:
    """One row per new version of credit_memos."""
    return landed_suite(
        "quickbooks",
        "credit_memos",
        columns={
            "id": text("Id"),
            "issued_on": "try_cast(" + text("TxnDate") + " as date)",
            "total": amount("TotalAmt"),
        },
        rules=(
            filled("id", "critical", "The vendor's key."),
            filled("issued_on", "critical", "The claw-back is dated by it."),
            filled("total", "critical", "A memo without an amount takes nothing back."),
            between(
                "total",
                0,
                1000000,
                "critical",
                "Positive at this vendor; a negative memo would add revenue.",
            ),
        ),
    )
