"""Plausible invoices."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "fct_invoices",
        id_column="invoice_key",
        columns=(
            "net_revenue_amount",
            "collected_amount",
            "written_off_amount",
            "issued_on",
            "is_counted",
        ),
        rules=(
            between(
                "net_revenue_amount",
                -1000000,
                1000000,
                "warning",
                "One invoice above a million is a slip of the comma.",
            ),
            never(
                "no more is collected than was earned",
                "is_counted and net_revenue_amount >= 0 and collected_amount > "
                "net_revenue_amount + 0.01",
                "critical",
                "Collected is a part of net revenue by its definition.",
            ),
            never(
                "nothing is issued after the build's instant",
                "issued_on > (as_of + interval 2 days)::date",
                "warning",
                "A mistyped year; forward-dated invoices are rare here.",
            ),
            between(
                "written_off_amount", 0, 1000000, "warning", "Bad debt is positive by definition."
            ),
        ),
    )
