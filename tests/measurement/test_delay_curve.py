"""The delay curve under censoring, the forecast, and the curve's table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dbt_project.measurement.delay_curve import Wave, back_test, fit_delay_curve, forecast_jobs
from dbt_project.measurement.tables import response_curve_table


def wave(days: list[int], observed: int = 60) -> Wave:
    return Wave(np.bincount(days, minlength=60)[:observed].astype(float), 1_000)


def test_closed_waves_give_the_plain_shares() -> None:
    curve = fit_delay_curve([wave([0, 0, 10, 59]), wave([5, 10, 10, 30])])
    assert curve.shares[0] == pytest.approx(2 / 8)
    assert curve.shares[10] == pytest.approx(6 / 8)
    assert curve.shares[59] == 1.0


def test_an_open_wave_speaks_only_of_the_days_it_has_seen() -> None:
    closed = wave([0, 0, 10, 59])
    quick = Wave(np.array([40.0, 0.0]), 1_000)  # two days old: says nothing about day 10
    curve = fit_delay_curve([closed, quick])
    assert curve.shares[10] == pytest.approx(3 / 4)
    assert curve.shares[1] == pytest.approx(2 / 4)
    assert curve.shares[0] == pytest.approx(2 / 4)


def test_without_a_closed_wave_nothing_is_forecast() -> None:
    assert fit_delay_curve([]) is None
    assert fit_delay_curve([Wave(np.ones(30), 1_000)]) is None
    assert fit_delay_curve([wave([])]) is None
    assert back_test([wave([1, 2])]).coverage is None


def test_a_forecast_grows_by_what_is_missing_and_never_shrinks() -> None:
    half = fit_delay_curve([wave([5] * 500 + [40] * 500)])
    found = forecast_jobs(100.0, curve=half, observed_days=20)
    assert found.jobs == pytest.approx(200, rel=0.03)
    assert 165 < found.low < 185
    assert 215 < found.high < 240
    assert forecast_jobs(0.0, curve=half, observed_days=20).low == 0.0
    done = forecast_jobs(100.0, curve=half, observed_days=60)
    assert (done.low, done.jobs, done.high) == (100.0, 100.0, 100.0)
    assert forecast_jobs(7.5, curve=half, observed_days=50).low >= 7.5


def test_the_table_marks_what_was_seen_and_forecasts_the_rest() -> None:
    waves = pd.DataFrame(
        {
            "campaign_key": "c",
            "wave": ["1", "2", "3"],
            "model": "last",
            "mailed_piece_count": [1_000, 1_000, 500],
            "observed_days": [90, 61, 20],
        }
    )
    rng = np.random.default_rng(1)
    rows = [
        ("c", name, kind, f"{name}-{kind}-{number}", 1.0, int(day))
        for name, limit in (("1", 90), ("2", 61), ("3", 20))
        for kind in ("job", "response")
        for number, day in enumerate(rng.gamma(1.6, 11.0, 80))
        if day < limit
    ]
    arrivals = pd.DataFrame(
        rows,
        columns=["campaign_key", "wave", "kind", "arrival_key", "arrival_share", "day"],
    )
    found = response_curve_table(waves=waves, arrivals=arrivals)
    assert len(found) == 3 * 60
    last = found[found["wave"] == "3"].set_index("day")
    assert last["is_observed"].sum() == 20
    assert last.loc[:19, "forecast_low"].isna().all()
    assert last.loc[20:, "responses"].isna().all()
    end = last.loc[59]
    seen = last.loc[19, "cumulative_jobs"]
    assert seen < end["forecast_jobs_low"] < end["cumulative_jobs"] < end["forecast_jobs_high"]
    assert end["forecast_high"] == pytest.approx(end["forecast_jobs_high"] / 500)
    assert found["back_test_count"].eq(2).all()
    assert found[found["wave"] == "1"]["forecast_low"].isna().all()
    pd.testing.assert_frame_equal(
        found, response_curve_table(waves=waves, arrivals=arrivals.sample(frac=1, random_state=2))
    )
    assert response_curve_table(waves=waves.iloc[:0], arrivals=arrivals.iloc[:0]).empty
