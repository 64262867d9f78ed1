"""Plausible work orders."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "fct_jobs",
        id_column="job_key",
        columns=(
            "net_revenue_amount",
            "margin_amount",
            "margin_basis",
            "cycle_hours",
            "created_at",
            "completed_at",
            "first_contact_at",
        ),
        rules=(
            between(
                "net_revenue_amount",
                -100000,
                1000000,
                "warning",
                "One job of a home-service firm above a million is a slip of the comma.",
            ),
            between(
                "cycle_hours",
                0,
                17520,
                "warning",
                "Two years from call to completion is a date that was mistyped.",
            ),
            never(
                "nothing is completed after the build's instant",
                "completed_at > as_of + interval 1 day",
                "warning",
                "A completion in the future is a mistyped year or a wrong time zone.",
            ),
            never(
                "nobody calls after the job was made",
                "first_contact_at > created_at",
                "critical",
                "First contact is the earliest of its traces; every window hangs on it.",
            ),
            never(
                "a measured margin is no more than the revenue",
                "margin_basis = 'actual' and net_revenue_amount > 0 and margin_amount > "
                "net_revenue_amount",
                "warning",
                "Costs below zero make such margins.",
            ),
        ),
    )
