"""Completion curves: open jobs are censored, cancellation competes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from dbt_project.measurement.completion_curves import (
    CANCELLED,
    COMPLETED,
    OPEN,
    completion_quantile,
    cumulative_incidence,
    estimate_completion_curves,
)


def by_hand(rows: list[tuple[int, int]]) -> dict[int, Fraction]:
    """Aalen-Johansen in exact fractions, straight from its definition."""
    surviving, incidence, curve = Fraction(1), Fraction(0), {}
    for time in sorted({seconds for seconds, _ in rows}):
        at_risk = sum(seconds >= time for seconds, _ in rows)
        completed = sum(seconds == time and kind == COMPLETED for seconds, kind in rows)
        cancelled = sum(seconds == time and kind == CANCELLED for seconds, kind in rows)
        incidence += surviving * Fraction(completed, at_risk)
        surviving *= 1 - Fraction(completed + cancelled, at_risk)
        if completed + cancelled:
            curve[time] = incidence
    return curve


def arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_equals_exact_fractions(seed):
    random = np.random.default_rng(seed)
    rows = list(
        zip(random.integers(0, 20, 60).tolist(), random.integers(0, 3, 60).tolist(), strict=True)
    )
    times, incidence = cumulative_incidence(*arrays(rows))
    expected = by_hand(rows)
    assert times.tolist() == list(expected)
    assert incidence == pytest.approx([float(value) for value in expected.values()], abs=1e-12)


def test_without_open_or_cancelled_jobs_it_is_the_plain_share():
    rows = [(seconds, COMPLETED) for seconds in (1, 2, 3, 4)]
    _, incidence = cumulative_incidence(*arrays(rows))
    assert incidence == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert completion_quantile(*arrays(rows), 0.5) == 2


def test_open_jobs_move_the_median_later_and_cancelled_ones_cap_the_curve():
    done = [(seconds, COMPLETED) for seconds in (1, 2, 3, 4)]
    later = completion_quantile(*arrays([*done, (1, OPEN), (1, OPEN), (3, OPEN), (3, OPEN)]), 0.5)
    assert later is not None
    assert later > 2
    capped = [*done, *[(0, CANCELLED)] * 5]
    assert completion_quantile(*arrays(capped), 0.5) is None


@pytest.mark.parametrize("rows", [[], [(5, OPEN)], [(5, CANCELLED)]])
def test_no_completed_job_has_no_quantile(rows):
    assert completion_quantile(*arrays(rows), 0.5) is None


def test_the_order_of_rows_does_not_matter_and_empty_input_keeps_its_columns():
    random = np.random.default_rng(3)
    jobs = pd.DataFrame(
        {
            "created_month_on": [date(2026, 9, 1)] * 40,
            "location_key": random.choice(["a", "b"], 40),
            "job_class": random.choice(["demand", "install"], 40),
            "seconds": random.integers(0, 90_000, 40),
            "outcome": random.integers(0, 3, 40),
        }
    )
    table = estimate_completion_curves(jobs)
    assert table.equals(estimate_completion_curves(jobs.sample(frac=1, random_state=1)))
    assert set(table.column("cut").to_pylist()) == {"(all)", "location", "job_class"}
    empty = estimate_completion_curves(jobs.iloc[:0])
    assert empty.num_rows == 0
    assert empty.schema.equals(table.schema)
