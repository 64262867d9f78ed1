"""Shares over all invoices."""

from __future__ import annotations

from expectations.rules import Suite, between
from expectations.suites.marts._mart import share, shares_suite


def suite() -> Suite:
    """One row: the shares of the whole mart."""
    return shares_suite(
        "fct_invoices",
        shares={
            "on_a_job_share": share("job_key is not null", of="is_counted"),
            "tax_id_share": share("has_tax_id"),
        },
        rules=(
            between(
                "on_a_job_share",
                0.5,
                None,
                "warning",
                "Revenue without a job is nobody's; most invoices have one.",
            ),
            between(
                "tax_id_share", 0.01, None, "info", "How many invoices carry the customer's tax id."
            ),
        ),
    )
