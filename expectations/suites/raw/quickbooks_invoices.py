"""Invoices as QuickBooks delivers them."""

from __future__ import annotations

from expectations.rules import Suite, between, filled
from expectations.suites.raw._landed import amount, landed_suite, readable, text


def suite() -> Suite:
    """One row per new version of invoices."""
    return landed_suite(
        "quickbooks",
        "invoices",
        columns={
            "id": text("Id"),
            "number": text("DocNumber"),
            "issued_text": text("TxnDate"),
            "issued_on": "try_cast(" + text("TxnDate") + " as date)",
            "total": amount("TotalAmt"),
            "total_text": text("TotalAmt"),
            "customer_id": text("CustomerRef.value"),
            "currency": text("CurrencyRef.value"),
        },
        rules=(
            filled("id", "critical", "The vendor's key."),
            filled("number", "warning", "The same invoice in dispatch is found by its number."),
            filled("issued_on", "critical", "Revenue is dated by it."),
            readable(
                "TxnDate",
                "issued_text",
                "issued_on",
                "A changed date format would silently move revenue.",
            ),
            filled("total", "critical", "An invoice without an amount cannot be reconciled."),
            readable(
                "TotalAmt", "total_text", "total", "Money that is no number is a changed format."
            ),
            filled(
                "customer_id", "critical", "Required by the vendor; the books know whose it is."
            ),
            between(
                "total",
                0,
                1000000,
                "warning",
                "Credits are documents of their own here; above a million is a slip of the comma.",
            ),
        ),
    )
