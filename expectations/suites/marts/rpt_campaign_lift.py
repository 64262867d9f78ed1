"""Plausible lift."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_campaign_lift",
        id_column="campaign_key",
        columns=(
            "mailed_count",
            "holdout_count",
            "lift",
            "lift_ci_low",
            "lift_ci_high",
            "p_value",
            "sample_ratio_p_value",
            "metric",
            "mailed_mean",
            "holdout_mean",
            "contaminated_count",
        ),
        rules=(
            between("p_value", 0, 1, "critical", "A probability lies there."),
            never(
                "an interval holds its estimate",
                "lift < lift_ci_low - 0.000001 or lift > lift_ci_high + 0.000001",
                "critical",
                "Low, estimate and high come from the same test.",
            ),
            never(
                "a share of jobs is a share",
                "metric = 'job_share' and (mailed_mean < 0 or holdout_mean < 0)",
                "critical",
                "Shares are never negative.",
            ),
            never(
                "the split was kept",
                "sample_ratio_p_value < 0.001",
                "warning",
                "A broken split: no verdict is given, and the mailing list should be looked at.",
            ),
            never(
                "few households are in both arms",
                "mailed_count + holdout_count >= 100 and contaminated_count > (mailed_count +"
                " holdout_count) * 0.1",
                "warning",
                "One in ten in both arms blurs the comparison.",
            ),
        ),
    )
