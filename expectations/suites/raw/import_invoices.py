"""Invoices out of import folders; the reader has typed them already."""

from __future__ import annotations

from expectations.rules import Suite, between, filled, never
from expectations.suites.raw._landed import amount, landed_suite, text


def suite() -> Suite:
    """One row per new version of invoices."""
    return landed_suite(
        "import",
        "invoices",
        columns={
            "total": amount("total_amount"),
            "subtotal": amount("subtotal_amount"),
            "tax": amount("tax_amount"),
            "job": "coalesce(" + text("job_id") + ", " + text("job_number") + ")",
        },
        rules=(
            filled("job", "info", "Unlinked revenue is reported as nobody's."),
            between(
                "total",
                0,
                1000000,
                "warning",
                "One invoice above a million is a slip of the comma or a wrong money style.",
            ),
            never(
                "subtotal and tax make the total",
                "abs(total - subtotal - coalesce(tax, 0)) > 0.01",
                "warning",
                "Then a column was mapped to the wrong one.",
            ),
        ),
    )
