"""Plausible headlines."""

from __future__ import annotations

from expectations.rules import Suite, filled, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_campaign_summary",
        id_column="campaign_key",
        columns=(
            "campaign_name",
            "pieces_mailed",
            "jobs_booked",
            "jobs_completed",
            "cost_amount",
            "roi",
            "verdict",
        ),
        rules=(
            never(
                "a mailed campaign has a cost",
                "pieces_mailed > 0 and coalesce(cost_amount, 0) = 0",
                "warning",
                "Without a cost there is no return; name costs, invoices or a rate card.",
            ),
            never(
                "no more jobs are completed than booked",
                "jobs_completed > jobs_booked + 0.000001",
                "critical",
                "Completed jobs are a part of the booked ones.",
            ),
            filled("campaign_name", "warning", "A headline nobody can tell apart."),
        ),
    )
