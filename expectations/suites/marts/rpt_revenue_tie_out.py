"""The books and the credits."""

from __future__ import annotations

from expectations.rules import Suite, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_revenue_tie_out",
        id_column="account",
        columns=(
            "books_income_amount",
            "unreconciled_amount",
        ),
        rules=(
            never(
                "what does not tie is small",
                "abs(unreconciled_amount) > greatest(1.00, abs(books_income_amount) * 0.02)",
                "warning",
                "More than two percent of a month's books is not explained by dispatch.",
            ),
        ),
    )
