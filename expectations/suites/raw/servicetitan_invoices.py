"""Invoices as ServiceTitan delivers them; money comes as text."""

from __future__ import annotations

from expectations.rules import Suite, between, filled, never
from expectations.suites.raw._landed import amount, instant, landed_suite, readable, text

ITEMS = """from_json(case when json_valid(payload) then payload -> '$.items' end, '["json"]')"""
ITEM_TOTAL = "try_cast(item ->> '$.total' as decimal(18, 4))"


def suite() -> Suite:
    """One row per new version of invoices."""
    return landed_suite(
        "servicetitan",
        "invoices",
        columns={
            "number": text("referenceNumber"),
            "issued_text": text("invoiceDate"),
            "issued_on": instant("invoiceDate"),
            "total_text": text("total"),
            "total": amount("total"),
            "subtotal": amount("subTotal"),
            "tax": amount("salesTax"),
            "customer_id": text("customer.id"),
            "job_id": text("job.id"),
            "lines_total": f"list_sum(list_transform({ITEMS}, lambda item: {ITEM_TOTAL}))",
            "line_count": f"len({ITEMS})",
        },
        rules=(
            filled("number", "critical", "The books know the invoice by it."),
            filled("issued_on", "critical", "Revenue is dated by it."),
            filled(
                "total", "critical", "An invoice without an amount cannot be credited to anybody."
            ),
            readable(
                "invoiceDate",
                "issued_text",
                "issued_on",
                "A changed date format would silently move revenue.",
            ),
            readable(
                "total",
                "total_text",
                "total",
                "Money comes as text here; text that is no number is a changed format.",
            ),
            filled("customer_id", "warning", "Unlinked revenue is reported as nobody's."),
            filled("job_id", "warning", "Counter sales have none; most invoices do."),
            between(
                "total",
                -1000000,
                1000000,
                "warning",
                "One invoice above a million is a slip of the comma.",
            ),
            never(
                "subtotal and tax make the total",
                "abs(total - subtotal - coalesce(tax, 0)) > 0.01",
                "warning",
                "A cent of rounding is the vendor's; more means a field changed its meaning.",
            ),
            never(
                "the lines make the subtotal",
                "line_count > 0 and abs(lines_total - subtotal) > 0.01",
                "warning",
                "The difference is booked as one line of its own, and should be rare.",
            ),
        ),
    )
