"""Geo tests find the effect that was put in, and say nothing where too few areas speak."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dbt_project.measurement import geo
from dbt_project.measurement.tables import geo_lift_table


def panel(areas: int, *, effect: float, seed: int = 1, noise: float = 300.0) -> geo.GeoPanel:
    rng = np.random.default_rng(seed)
    season = 5_000 + 1_500 * np.sin(np.arange(240) / 9) + rng.normal(0, 400, 240)
    sizes = rng.uniform(0.5, 1.5, areas)
    daily = sizes[:, None] * season[None, :] + rng.normal(0, noise, (areas, 240))
    treated = np.arange(areas) % 2 == 0
    daily[treated, 180:] += effect
    return geo.GeoPanel(treated, daily[:, :180], daily[:, 180:])


def test_the_regression_follows_the_season_and_finds_the_effect() -> None:
    found = geo.time_based_regression(panel(40, effect=200.0))
    truth = 200.0 * 20 * 60
    assert found.low < truth < found.high
    assert found.incremental == pytest.approx(truth, rel=0.25)
    assert found.is_controlled
    assert found.p_value < 0.001


def test_the_regressions_interval_covers() -> None:
    inside = 0
    for seed in range(200):
        found = geo.time_based_regression(panel(40, effect=0.0, seed=seed))
        inside += found.low <= 0 <= found.high
    assert 0.90 <= inside / 200 <= 0.99


def test_differences_find_the_effect_by_permutation() -> None:
    found = geo.difference_in_differences(panel(16, effect=400.0, noise=100.0))
    assert found.low < 400.0 * 8 * 60 < found.high
    assert geo.difference_in_differences(panel(16, effect=0.0)).p_value > 0.05


@pytest.mark.parametrize(
    ("areas", "method", "word"),
    [
        (10, geo.DIFFERENCES, "too few to say"),
        (16, geo.DIFFERENCES, "pays"),
        (16, geo.REGRESSION, "exploratory"),
        (40, geo.REGRESSION, "pays"),
        (40, geo.DIFFERENCES, "exploratory"),
    ],
)
def test_the_ruling_method_gives_the_verdict(areas: int, method: str, word: str) -> None:
    given = panel(areas, effect=900.0, noise=50.0)
    found = {
        geo.DIFFERENCES: geo.difference_in_differences,
        geo.REGRESSION: geo.time_based_regression,
    }[method](given)
    said = geo.geo_verdict(given, found, is_closed=True, cost_cents=1_000.0, margin_share=0.4)
    assert said == word


def test_cost_and_control_are_asked_before_it_pays() -> None:
    given = panel(40, effect=900.0, noise=50.0)
    found = geo.time_based_regression(given)

    def said(**known: float | None) -> str:
        return geo.geo_verdict(given, found, is_closed=True, **known)

    assert said(cost_cents=None, margin_share=0.4) == "lifts, cost unknown"
    assert said(cost_cents=1e12, margin_share=0.4) == "lifts but does not pay"
    assert (
        geo.geo_verdict(given, found, is_closed=False, cost_cents=1.0, margin_share=0.4)
        == "exploratory"
    )
    rng = np.random.default_rng(3)
    unrelated = geo.GeoPanel(
        given.is_treated, rng.normal(100, 9, (40, 90)), 40 + rng.normal(100, 9, (40, 30))
    )
    alone = geo.time_based_regression(unrelated)
    assert not alone.is_controlled
    assert (
        geo.geo_verdict(unrelated, alone, is_closed=True, cost_cents=1.0, margin_share=0.4)
        == "too few to say"
    )


def test_the_table_builds_days_from_sparse_rows() -> None:
    given = panel(16, effect=400.0, noise=100.0)
    daily = np.round(np.hstack([given.before, given.during])).astype(int)
    days = pd.DataFrame(
        [
            ("g", f"z{area:02d}", day - 180, int(cents), int(cents) // 2)
            for area, row in enumerate(daily)
            for day, cents in enumerate(row)
        ],
        columns=["campaign_key", "postal_code", "day", "net_revenue_cents", "margin_cents"],
    )
    areas = pd.DataFrame(
        {
            "campaign_key": "g",
            "window_label": "60",
            "postal_code": [f"z{area:02d}" for area in range(16)],
            "window_days": 60,
            "is_treated": given.is_treated,
            "cost_cents": 10_000,
            "is_window_closed": True,
            "window_starts_on": pd.Timestamp("2026-03-01"),
            "today_on": pd.Timestamp("2026-06-01"),
        }
    )
    found = geo_lift_table(areas=areas, days=days.sample(frac=1, random_state=1)).set_index(
        "method"
    )
    expected = geo.difference_in_differences(given)
    row = found.loc[geo.DIFFERENCES]
    assert row["incremental_revenue_cents"] == pytest.approx(expected.incremental, rel=1e-3)
    assert row["iroas"] == pytest.approx(expected.incremental / 10_000, rel=1e-3)
    assert row["verdict"] == "pays"
    assert geo_lift_table(areas=areas.iloc[:0], days=days.iloc[:0]).empty
    early = areas.assign(today_on=pd.Timestamp("2026-03-11"), is_window_closed=False)
    assert set(geo_lift_table(areas=early, days=days)["verdict"]) == {"exploratory"}
