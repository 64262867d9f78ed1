"""A small fixed-seed version of the coverage report; the full figures are in the package README."""

from __future__ import annotations

import pytest

from dbt_project.measurement.interval_coverage import (
    Cell,
    CellResult,
    forecast_coverage,
    pooled_widths,
    run_cell,
)

# Monte Carlo error of 95 % over 400 campaigns is 1.1 points: three of them either side.
LOW, HIGH = 0.917, 0.983


@pytest.mark.slow
@pytest.mark.parametrize("buyer_lift", [0.0, 0.2])
@pytest.mark.parametrize(
    ("holdout_share", "households", "buyer_share"),
    [(0.1, 20_000, 0.015), (0.1, 20_000, 0.03), (0.5, 5_000, 0.015), (0.5, 5_000, 0.03)],
)
def test_intervals_cover_where_a_verdict_is_given(
    holdout_share: float, households: int, buyer_share: float, buyer_lift: float
) -> None:
    found = run_cell(
        Cell(holdout_share, households, buyer_share, buyer_lift), campaigns=400, draws=199
    )
    assert found.verdicts > 300
    assert LOW <= found.share(found.covered) <= HIGH
    assert found.disagreements == 0
    if buyer_lift == 0:
        assert found.share(found.excludes_zero) <= 0.083


def test_a_holdout_too_small_gets_no_verdict() -> None:
    found: CellResult = run_cell(Cell(0.1, 5_000, 0.03, 0.0), campaigns=300, draws=99)
    assert found.verdicts <= 3


@pytest.mark.slow
def test_pooling_ten_waves_narrows_by_forty_percent_at_the_same_coverage() -> None:
    one, _, _ = pooled_widths(Cell(0.5, 2_000, 0.03, 0.2), campaigns=150, draws=199)
    ten, covered, error = pooled_widths(
        Cell(0.5, 2_000, 0.03, 0.2, waves=10), campaigns=150, draws=199
    )
    assert ten <= 0.6 * one
    assert abs(covered - 0.95) <= 3 * error + 0.01


@pytest.mark.slow
@pytest.mark.parametrize("between", [0.0, 0.15])
def test_day_twenty_forecasts_cover(between: float) -> None:
    found = forecast_coverage(trials=400, mean_jobs=60, past_waves=20, between=between)
    assert 0.85 <= found <= 0.95
