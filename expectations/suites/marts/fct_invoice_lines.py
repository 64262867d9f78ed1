"""Plausible invoice lines."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "fct_invoice_lines",
        id_column="invoice_line_key",
        columns=(
            "amount",
            "net_amount",
            "cost_amount",
            "kind",
        ),
        rules=(
            between(
                "amount",
                -1000000,
                1000000,
                "warning",
                "One line above a million is a slip of the comma.",
            ),
            never(
                "a net amount is the line's or nothing",
                "abs(net_amount) > abs(amount) + 0.005",
                "critical",
                "Net takes tax and deposits out, it never adds.",
            ),
            never(
                "a line does not cost ten times its price",
                "amount > 0 and cost_amount > amount * 10 + 100",
                "warning",
                "A cost of another unit of quantity.",
            ),
            never(
                "a discount lowers the invoice",
                "kind = 'discount' and amount > 0",
                "info",
                "Some exports write discounts as positive numbers; map the column with its sign.",
            ),
        ),
    )
