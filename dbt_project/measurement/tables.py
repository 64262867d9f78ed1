"""Frames in, frames out: what the dbt Python models call. Column types are fixed, rows sorted.

An input without rows gives a table without rows, but with its columns and types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dbt_project.measurement import geo
from dbt_project.measurement.channel_effects import ChannelPath, markov_effects, shapley_effects
from dbt_project.measurement.delay_curve import (
    HORIZON_DAYS,
    BackTest,
    DelayCurve,
    Wave,
    back_test,
    fit_delay_curve,
    forecast_jobs,
)
from dbt_project.measurement.lift import estimate_lift

BACK_TEST_DAY = 20

_TEXT, _NUMBER, _COUNT, _FLAG = "string", "Float64", "Int64", "boolean"
LIFT_COLUMNS = {
    "campaign_key": _TEXT, "wave": _TEXT, "metric": _TEXT, "window_label": _TEXT,
    "window_days": _COUNT, "is_window_closed": _FLAG, "is_primary": _FLAG,
    "mailed_count": _COUNT, "holdout_count": _COUNT, "mailed_buying_count": _COUNT,
    "holdout_buying_count": _COUNT, "has_enough_buyers": _FLAG, "wave_count": _COUNT,
    "stratum_count": _COUNT, "mailed_mean": _NUMBER, "holdout_mean": _NUMBER, "lift": _NUMBER,
    "lift_ci_low": _NUMBER, "lift_ci_high": _NUMBER, "p_value": _NUMBER,
    "unpooled_ci_low": _NUMBER, "unpooled_ci_high": _NUMBER, "relative_lift": _NUMBER,
    "relative_ci_low": _NUMBER, "relative_ci_high": _NUMBER, "relative_note": _TEXT,
    "is_adjusted": _FLAG, "lift_adjusted": _NUMBER, "adjusted_ci_low": _NUMBER,
    "adjusted_ci_high": _NUMBER, "incremental_revenue_cents": _NUMBER,
    "incremental_margin_cents": _NUMBER, "cost_cents": _NUMBER, "iroas": _NUMBER,
    "iroas_ci_low": _NUMBER, "iroas_ci_high": _NUMBER, "iroi": _NUMBER, "iroi_ci_low": _NUMBER,
    "iroi_ci_high": _NUMBER, "matched_revenue_cents": _NUMBER, "matched_margin_cents": _NUMBER,
    "match_back_roi": _NUMBER, "overstatement_ratio": _NUMBER, "minimum_detectable_lift": _NUMBER,
    "sample_ratio_p_value": _NUMBER, "heterogeneity_p_value": _NUMBER,
    "contaminated_count": _COUNT, "verdict": _TEXT, "method": _TEXT,
}  # fmt: skip
EFFECT_COLUMNS = {"model": _TEXT, "window_label": _TEXT, "channel": _TEXT, "effect": _NUMBER}
CURVE_COLUMNS = {
    "campaign_key": _TEXT, "wave": _TEXT, "model": _TEXT, "day": _COUNT,
    "mailed_piece_count": _COUNT, "responses": _COUNT, "jobs": _NUMBER, "cumulative_jobs": _NUMBER,
    "cumulative_job_share": _NUMBER, "is_observed": _FLAG, "forecast_low": _NUMBER,
    "forecast_high": _NUMBER, "forecast_jobs_low": _NUMBER, "forecast_jobs_high": _NUMBER,
    "back_test_count": _COUNT, "back_test_coverage_share": _NUMBER,
}  # fmt: skip
GEO_COLUMNS = {
    "campaign_key": _TEXT, "window_label": _TEXT, "window_days": _COUNT, "method": _TEXT,
    "is_window_closed": _FLAG, "treated_area_count": _COUNT, "control_area_count": _COUNT,
    "incremental_revenue_cents": _NUMBER, "ci_low_cents": _NUMBER, "ci_high_cents": _NUMBER,
    "p_value": _NUMBER, "cost_cents": _NUMBER, "iroas": _NUMBER, "iroas_ci_low": _NUMBER,
    "iroas_ci_high": _NUMBER, "verdict": _TEXT,
}  # fmt: skip


def _typed(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame with exactly these columns and types."""
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype(dict(columns)).reset_index(drop=True)


def lift_table(
    *,
    arms: pd.DataFrame,
    units: pd.DataFrame,
    waves: pd.DataFrame,
    primary_metric: str,
    primary_window_days: int,
) -> pd.DataFrame:
    """Lift of all campaigns; inputs as `lift.estimate_lift` describes them."""
    found = estimate_lift(
        arms,
        units,
        waves,
        primary_metric=primary_metric,
        primary_window_days=primary_window_days,
    )
    return _typed(found.to_dict("records"), LIFT_COLUMNS)


def channel_effects_table(paths: pd.DataFrame) -> pd.DataFrame:
    """Markov and Shapley effects of every window.

    Args:
        paths: window_label, path_channels ('>'-joined), converted_count, unconverted_count.
    """
    rows = []
    ordered = paths.sort_values(["window_label", "path_channels"])
    for window_label, part in ordered.groupby("window_label", sort=True):
        known = [
            ChannelPath(
                tuple(channel for channel in str(path).split(">") if channel),
                float(converted),
                float(unconverted),
            )
            for path, converted, unconverted in zip(
                part["path_channels"],
                part["converted_count"],
                part["unconverted_count"],
                strict=True,
            )
        ]
        for model, effects in (
            ("markov", markov_effects(known)),
            ("shapley", shapley_effects(known)),
        ):
            rows += [
                {"model": model, "window_label": window_label, "channel": channel, "effect": effect}
                for channel, effect in effects.items()
            ]
    return _typed(rows, EFFECT_COLUMNS)


def response_curve_table(*, waves: pd.DataFrame, arrivals: pd.DataFrame) -> pd.DataFrame:
    """Curve of every wave over 60 days, with the forecast of the days to come.

    Args:
        waves: campaign_key, wave, model, mailed_piece_count, observed_days.
        arrivals: campaign_key, wave, kind (job, response), arrival_key, arrival_share, day.
    """
    waves = waves.sort_values(["campaign_key", "wave"], ignore_index=True)
    arrivals = arrivals[arrivals["day"] < HORIZON_DAYS].sort_values(
        ["campaign_key", "wave", "kind", "day", "arrival_key"]
    )
    parts = dict(tuple(arrivals.groupby(["campaign_key", "wave", "kind"], sort=True)))
    daily = [
        {
            kind: _per_day(parts.get((facts.campaign_key, facts.wave, kind)))
            for kind in ("job", "response")
        }
        for facts in waves.itertuples()
    ]
    seen = [min(int(days), HORIZON_DAYS) for days in waves["observed_days"]]
    known = [
        Wave(arrived["job"][:days], int(pieces))
        for arrived, days, pieces in zip(daily, seen, waves["mailed_piece_count"], strict=True)
    ]
    curve, tested = fit_delay_curve(known), back_test(known, observed_days=BACK_TEST_DAY)
    rows: list[dict[str, Any]] = []
    for facts, arrived, days in zip(waves.to_dict("records"), daily, seen, strict=True):
        rows += _curve_rows(facts, arrived, days, curve, tested)
    return _typed(rows, CURVE_COLUMNS)


def _per_day(arrivals: pd.DataFrame | None) -> np.ndarray:
    if arrivals is None:
        return np.zeros(HORIZON_DAYS)
    return np.bincount(
        arrivals["day"].to_numpy(dtype=int),
        weights=arrivals["arrival_share"].to_numpy(dtype=float),
        minlength=HORIZON_DAYS,
    )


def _curve_rows(
    facts: dict[str, Any],
    arrived: dict[str, np.ndarray],
    days: int,
    curve: DelayCurve | None,
    tested: BackTest,
) -> list[dict[str, Any]]:
    """One wave's rows: what was seen, then the forecast where a curve is known."""
    pieces = int(facts["mailed_piece_count"])
    total = np.cumsum(arrived["job"])
    rows = []
    for day in range(HORIZON_DAYS):
        row = {
            "campaign_key": facts["campaign_key"],
            "wave": facts["wave"],
            "model": facts["model"],
            "day": day,
            "mailed_piece_count": pieces,
            "is_observed": day < days,
            "back_test_count": tested.forecasts,
            "back_test_coverage_share": tested.coverage,
        }
        if day < days:
            row |= {
                "responses": int(arrived["response"][day]),
                "jobs": float(arrived["job"][day]),
                "cumulative_jobs": float(total[day]),
                "cumulative_job_share": float(total[day]) / pieces,
            }
        elif curve is not None and days > 0:
            found = forecast_jobs(
                float(total[days - 1]), curve=curve, observed_days=days, at_day=day
            )
            row |= {
                "cumulative_jobs": found.jobs,
                "cumulative_job_share": found.jobs / pieces,
                "forecast_low": found.low / pieces,
                "forecast_high": found.high / pieces,
                "forecast_jobs_low": found.low,
                "forecast_jobs_high": found.high,
            }
        rows.append(row)
    return rows


def geo_lift_table(*, areas: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Geo lift of every campaign with areas, by both methods.

    Args:
        areas: campaign_key, window_label, postal_code, window_days, is_treated, cost_cents,
            is_window_closed, window_starts_on, today_on.
        days: campaign_key, postal_code, day (0 = first day of the window, negative before),
            net_revenue_cents, margin_cents; days without jobs are left out.
    """
    rows: list[dict[str, Any]] = []
    ordered = areas.sort_values(["campaign_key", "window_label", "postal_code"])
    for (campaign_key, label), part in ordered.groupby(["campaign_key", "window_label"], sort=True):
        own = days[days["campaign_key"] == campaign_key]
        rows += _geo_rows(str(campaign_key), str(label), part, own)
    return _typed(rows, GEO_COLUMNS)


def _geo_rows(
    campaign_key: str, label: str, areas: pd.DataFrame, days: pd.DataFrame
) -> list[dict[str, Any]]:
    first = areas.iloc[0]
    window = int(first["window_days"])
    passed = (pd.Timestamp(first["today_on"]) - pd.Timestamp(first["window_starts_on"])).days
    panel = _panel(areas, days, window=max(0, min(window, passed)))
    cost = None if pd.isna(first["cost_cents"]) else float(first["cost_cents"])
    revenue = float(days["net_revenue_cents"].sum())
    margin_share = float(days["margin_cents"].sum()) / revenue if revenue > 0 else None
    rows = []
    for found in (geo.difference_in_differences(panel), geo.time_based_regression(panel)):
        if found is None:
            continue
        ratios = [
            None if value is None or not cost else value / cost
            for value in (found.incremental, found.low, found.high)
        ]
        rows.append(
            {
                "campaign_key": campaign_key,
                "window_label": label,
                "window_days": window,
                "method": found.method,
                "is_window_closed": bool(first["is_window_closed"]),
                "treated_area_count": int(panel.is_treated.sum()),
                "control_area_count": int((~panel.is_treated).sum()),
                "incremental_revenue_cents": found.incremental,
                "ci_low_cents": found.low,
                "ci_high_cents": found.high,
                "p_value": found.p_value,
                "cost_cents": cost,
                "iroas": ratios[0],
                "iroas_ci_low": ratios[1],
                "iroas_ci_high": ratios[2],
                "verdict": geo.geo_verdict(
                    panel,
                    found,
                    is_closed=bool(first["is_window_closed"]),
                    cost_cents=cost,
                    margin_share=margin_share,
                ),
            }
        )
    return rows


def _panel(areas: pd.DataFrame, days: pd.DataFrame, *, window: int) -> geo.GeoPanel:
    """Dense days; the time before begins with the first revenue that is on record."""
    names = areas["postal_code"].tolist()
    position = {name: index for index, name in enumerate(names)}
    known = days[days["postal_code"].isin(names)]
    early = known.loc[known["day"] < 0, "day"]
    start = int(early.min()) if len(early) else 0
    grid = np.zeros((len(names), window - start))
    inside = known[(known["day"] >= start) & (known["day"] < window)]
    rows = inside["postal_code"].map(position).to_numpy(dtype=int)
    columns = inside["day"].to_numpy(dtype=int) - start
    np.add.at(grid, (rows, columns), inside["net_revenue_cents"].to_numpy(dtype=float))
    return geo.GeoPanel(
        areas["is_treated"].to_numpy(dtype=bool), grid[:, :-start], grid[:, -start:]
    )
