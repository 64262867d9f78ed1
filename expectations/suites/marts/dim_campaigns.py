"""Plausible campaigns."""

from __future__ import annotations

from expectations.rules import Suite, between, filled, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "dim_campaigns",
        id_column="campaign_key",
        columns=(
            "campaign_name",
            "channel",
            "response_window_days",
            "started_on",
            "ended_on",
        ),
        rules=(
            filled("campaign_name", "warning", "A campaign nobody can tell apart."),
            between(
                "response_window_days",
                1,
                365,
                "warning",
                "A window of more than a year credits whatever comes.",
            ),
            never(
                "it ends after it starts",
                "ended_on < started_on",
                "warning",
                "Shared codes are taken as evidence between these dates only.",
            ),
        ),
    )
