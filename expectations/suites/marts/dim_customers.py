"""Plausible customers."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "dim_customers",
        id_column="customer_key",
        columns=("record_count",),
        rules=(
            between(
                "record_count",
                1,
                25,
                "warning",
                "More records than a person leaves in five systems: a shared phone or a "
                "company's address.",
            ),
            never(
                "no customer swallows hundreds of records",
                "record_count > 200",
                "critical",
                "A chain of weak links has merged strangers; publishing it would give their "
                "revenue to one card.",
            ),
        ),
    )
