"""Lift of randomised campaigns: one row per campaign, wave, metric and window.

Puts the estimators together. The tables come from `int_measurement__units_built` and its
neighbours; what the columns promise is in the marts' `rpt_campaign_lift.yml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dbt_project.measurement import ratios, verdicts
from dbt_project.measurement.adjustment import adjusted, is_adjustment_useful
from dbt_project.measurement.estimates import Estimate
from dbt_project.measurement.means import is_welch_safe, mean_difference, moments, welch_difference
from dbt_project.measurement.samples import Sample
from dbt_project.measurement.shares import share_difference
from dbt_project.measurement.sufficiency import has_enough_buyers
from dbt_project.measurement.waves import Group, wave_groups

JOB_SHARE, NET_REVENUE, MARGIN = "job_share", "net_revenue", "margin"
METRICS = (JOB_SHARE, NET_REVENUE, MARGIN)
HETEROGENEITY_BUYING_UNITS = 5
_VALUES = {NET_REVENUE: "net_revenue_cents", MARGIN: "margin_cents"}


def estimate_lift(
    arms: pd.DataFrame,
    units: pd.DataFrame,
    waves: pd.DataFrame,
    *,
    primary_metric: str,
    primary_window_days: int,
) -> pd.DataFrame:
    """Estimate every campaign's lift.

    Args:
        arms: One row per campaign_key, window_label, wave, stratum: mailed_count, holdout_count,
            contaminated_count (int), planned_holdout_share (0..1 or missing).
        units: One row per unit with a job, an amount or a past, and the same keys: unit_key,
            is_mailed (bool), jobs_count, net_revenue_cents, margin_cents, pre_revenue_cents,
            pre_recent_cents.
        waves: One row per campaign_key, window_label, wave: window_days, is_window_closed,
            cost_cents, matched_revenue_cents, matched_margin_cents (missing where unknown).
        primary_metric: job_share, net_revenue or margin.
        primary_window_days: Days of the window whose verdict counts.

    Returns:
        One row per campaign, wave (and `(all)`), metric and window; amounts in cents; sorted.
    """
    rows = [
        row
        for keys, group in wave_groups(arms, units, waves)
        for row in _rows(
            group, primary_metric=primary_metric, primary_window_days=primary_window_days, **keys
        )
    ]
    return pd.DataFrame(rows)


def _rows(
    group: Group,
    *,
    campaign_key: str,
    window_label: str,
    primary_metric: str,
    primary_window_days: int,
) -> Iterator[dict[str, Any]]:
    """The rows of all metrics: their own estimates over the facts they share."""
    samples = {name: group.sample(group.cents(column)) for name, column in _VALUES.items()}
    samples[JOB_SHARE] = group.sample((group.cents("jobs_count") > 0).astype(float))
    found = {name: mean_difference(samples[name]) for name in _VALUES}
    found[JOB_SHARE] = _job_share(samples[JOB_SHARE])
    adjustments = _adjustments(group, samples)
    days = group.waves["window_days"].dropna().unique()
    shared = {
        "campaign_key": campaign_key,
        "wave": group.wave,
        "window_label": window_label,
        "window_days": int(days[0]) if len(days) == 1 else None,
        "is_window_closed": group.is_closed,
        "mailed_count": samples[JOB_SHARE].mailed_count,
        "holdout_count": samples[JOB_SHARE].holdout_count,
        "sample_ratio_p_value": ratios.sample_ratio_p_value(
            group.arms["mailed_count"].tolist(),
            group.arms["holdout_count"].tolist(),
            [None if pd.isna(share) else share for share in group.arms["planned_holdout_share"]],
        ),
        "contaminated_count": int(group.arms["contaminated_count"].sum()),
        "wave_count": len(group.waves),
        "stratum_count": len(group.arms),
        **_money(group, found),
    }
    for metric in METRICS:
        is_primary = metric == primary_metric and window_label == str(primary_window_days)
        row = {**shared, "metric": metric, "is_primary": is_primary}
        row |= _estimate_columns(metric, samples[metric], found[metric])
        row |= _adjusted_columns(adjustments.get(metric))
        row["heterogeneity_p_value"] = _heterogeneity(group, samples[metric])
        row["verdict"] = _verdict(group, samples[metric], found[metric], shared, is_primary)
        yield row


def _job_share(sample: Sample) -> Estimate:
    size = len(sample.mailed_counts)
    hits = [
        np.bincount(
            sample.stratum[sample.is_mailed == arm], sample.value[sample.is_mailed == arm], size
        )
        for arm in (True, False)
    ]
    return share_difference(hits[0], sample.mailed_counts, hits[1], sample.holdout_counts)


def _heterogeneity(group: Group, sample: Sample) -> float | None:
    """Whether lifts differ more than by chance: between waves, or in one wave between strata.

    Strata with few buyers have no variance to speak of: they are judged together.
    """
    names = group.arms["wave"].to_numpy()
    if len(group.waves) == 1:
        bought = sample.value != 0
        fewest = np.minimum(
            *(
                np.bincount(sample.stratum[bought & arm], minlength=len(names))
                for arm in (sample.is_mailed, ~sample.is_mailed)
            )
        )
        names = np.where(fewest >= HETEROGENEITY_BUYING_UNITS, np.arange(len(names)), -1)
    return ratios.heterogeneity_p_value(sample, names)


def _adjustments(group: Group, samples: dict[str, Sample]) -> dict[str, Estimate]:
    """CUPED estimates of the means, where the year before says they are worth having."""
    before, recent = group.cents("pre_revenue_cents"), group.cents("pre_recent_cents")
    if not is_adjustment_useful(samples[NET_REVENUE], before - recent, recent):
        return {}
    return {
        metric: mean_difference(
            adjusted(samples[metric], before), by_welch=is_welch_safe(samples[metric])
        )
        for metric in _VALUES
    }


def _estimate_columns(metric: str, sample: Sample, found: Estimate) -> dict[str, Any]:
    """Means, lift, interval, relative lift; cents for amounts, shares for job_share."""
    mailed, holdout = sample.means()
    mailed_buyers, holdout_buyers = sample.buying_counts()
    weighted = moments(sample)
    relative = (None, None, None, "an arm is empty")
    if weighted is not None:
        relative = ratios.relative_lift(weighted)
    unpooled = welch_difference(sample) if metric == JOB_SHARE else None
    return {
        "mailed_mean": mailed,
        "holdout_mean": holdout,
        "mailed_buying_count": mailed_buyers,
        "holdout_buying_count": holdout_buyers,
        "has_enough_buyers": has_enough_buyers(sample),
        "lift": found.lift,
        "lift_ci_low": _finite(found.ci_low),
        "lift_ci_high": _finite(found.ci_high),
        "p_value": found.p_value,
        "unpooled_ci_low": unpooled.ci_low if unpooled else None,
        "unpooled_ci_high": unpooled.ci_high if unpooled else None,
        "relative_lift": relative[0],
        "relative_ci_low": relative[1],
        "relative_ci_high": relative[2],
        "relative_note": relative[3],
        "minimum_detectable_lift": ratios.minimum_detectable_lift(found.standard_error),
        "method": found.method,
    }


def _adjusted_columns(found: Estimate | None) -> dict[str, Any]:
    if found is None:
        names = ("lift_adjusted", "adjusted_ci_low", "adjusted_ci_high")
        return {"is_adjusted": False, **dict.fromkeys(names)}
    return {
        "is_adjusted": True,
        "lift_adjusted": found.lift,
        "adjusted_ci_low": _finite(found.ci_low),
        "adjusted_ci_high": _finite(found.ci_high),
    }


def _money(group: Group, found: dict[str, Estimate]) -> dict[str, Any]:
    """Incremental and matched dollars over cost; the same on every row of a wave and window."""
    mailed = int(group.arms["mailed_count"].sum())
    cost = group.total("cost_cents")
    matched, matched_margin = (
        group.total("matched_revenue_cents"),
        group.total("matched_margin_cents"),
    )
    revenue, margin = (
        [_times(value, mailed) for value in (part.lift, part.ci_low, part.ci_high)]
        for part in (found[NET_REVENUE], found[MARGIN])
    )
    return {
        "incremental_revenue_cents": revenue[0],
        "incremental_margin_cents": margin[0],
        "cost_cents": cost,
        "iroas": _over(revenue[0], cost),
        "iroas_ci_low": _over(revenue[1], cost),
        "iroas_ci_high": _over(revenue[2], cost),
        "iroi": _over(_less(margin[0], cost), cost),
        "iroi_ci_low": _over(_less(margin[1], cost), cost),
        "iroi_ci_high": _over(_less(margin[2], cost), cost),
        "matched_revenue_cents": matched,
        "matched_margin_cents": matched_margin,
        "match_back_roi": _over(_less(matched_margin, cost), cost),
        "overstatement_ratio": _over(matched, revenue[0]),
        "profit_low_cents": _less(margin[1], cost),
    }


def _verdict(
    group: Group,
    sample: Sample,
    found: Estimate,
    shared: dict[str, Any],
    is_primary: bool,
) -> str:
    interval = None
    if found.ci_low is not None and found.ci_high is not None:
        interval = (found.ci_low, found.ci_high)
    return verdicts.verdict(
        verdicts.Evidence(
            is_primary=is_primary,
            is_closed=group.is_closed,
            sample_ratio_p_value=shared["sample_ratio_p_value"],
            has_enough_buyers=has_enough_buyers(sample),
            lift_interval=interval,
            profit_low=shared["profit_low_cents"],
        )
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _times(value: float | None, count: int) -> float | None:
    return None if value is None or not np.isfinite(value) else value * count


def _less(value: float | None, cost: float | None) -> float | None:
    return None if value is None or cost is None else value - cost


def _over(value: float | None, cost: float | None) -> float | None:
    return None if value is None or not cost else value / cost
