"""Shares over all work orders."""

from __future__ import annotations

from expectations.rules import Suite, between
from expectations.suites.marts._mart import share, shares_suite


def suite() -> Suite:
    """One row: the shares of the whole mart."""
    return shares_suite(
        "fct_jobs",
        shares={
            "known_customer_share": share("customer_key is not null"),
            "completed_share": share(
                "state = 'Completed'", of="created_at < as_of - interval 60 days"
            ),
            "invoiced_share": share(
                "net_revenue_amount <> 0", of="state = 'Completed' and is_eligible"
            ),
            "sourced_share": share("has_lead_source"),
        },
        rules=(
            between(
                "known_customer_share",
                0.8,
                None,
                "warning",
                "Jobs without a customer match by address alone; more than one in five is a "
                "broken reference.",
            ),
            between(
                "completed_share",
                0.3,
                None,
                "warning",
                "When most old jobs never complete, a status word is not mapped.",
            ),
            between(
                "invoiced_share",
                0.5,
                None,
                "warning",
                "When most completed jobs earn nothing, invoices do not find their jobs.",
            ),
            between("sourced_share", 0.05, None, "info", "How many jobs say where they came from."),
        ),
    )
