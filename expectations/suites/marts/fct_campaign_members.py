"""Plausible members."""

from __future__ import annotations

from expectations.rules import Suite, between, never, one_of
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "fct_campaign_members",
        id_column="campaign_member_key",
        columns=(
            "arm",
            "planned_holdout_share",
            "assigned_at",
        ),
        rules=(
            one_of(
                "arm",
                ("mailed", "holdout"),
                "warning",
                "Another word is no arm: the member counts nowhere.",
            ),
            between(
                "planned_holdout_share",
                0,
                0.9,
                "warning",
                "A holdout above nine tenths is a share of the wrong arm.",
            ),
            never(
                "nobody is assigned after the build's instant",
                "assigned_at > as_of + interval 1 day",
                "warning",
                "A mistyped year.",
            ),
        ),
    )
