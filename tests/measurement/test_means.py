"""Differences of means: Welch against scipy, the permutation test against full enumeration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dbt_project.measurement.means import (
    is_welch_safe,
    lift_skewness,
    mean_difference,
    moments,
    welch_difference,
)
from dbt_project.measurement.permutation import permutation_difference
from dbt_project.measurement.samples import Sample, one_stratum, sample_from_units


def skewed(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    amounts = np.where(rng.random(count) < 0.2, 900_000.0, 40_000.0)
    return np.where(rng.random(count) < share, amounts, 0.0)


def test_welch_is_scipys_on_one_stratum() -> None:
    rng = np.random.default_rng(1)
    mailed, holdout = skewed(4_000, 0.05, rng), skewed(3_000, 0.04, rng)
    found = welch_difference(one_stratum(mailed, holdout))
    expected = stats.ttest_ind(mailed, holdout, equal_var=False)
    interval = expected.confidence_interval()
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.ci_low, found.ci_high) == pytest.approx((interval.low, interval.high))


def test_the_permutation_p_value_is_that_of_all_deals() -> None:
    mailed, holdout = np.array([9.0, 4.0, 0.0, 7.0]), np.array([1.0, 0.0, 0.0, 3.0])
    pooled = np.concatenate([mailed, holdout])

    def statistic(chosen: tuple[int, ...]) -> float:
        inside = np.isin(np.arange(8), chosen)
        left, right = pooled[inside], pooled[~inside]
        return (left.mean() - right.mean()) / np.sqrt(left.var(ddof=1) / 4 + right.var(ddof=1) / 4)

    every = np.array([statistic(chosen) for chosen in combinations(range(8), 4)])
    exact = 2 * min(
        (every >= statistic((0, 1, 2, 3)) - 1e-9).mean(),
        (every <= statistic((0, 1, 2, 3)) + 1e-9).mean(),
    )
    found = permutation_difference(one_stratum(mailed, holdout), draws=40_000)
    assert found.p_value == pytest.approx(exact, abs=0.01)


def test_the_interval_of_ordinary_data_is_students() -> None:
    rng = np.random.default_rng(3)
    sample = one_stratum(rng.normal(11, 2, 60), rng.normal(10, 2, 50))
    by_deals, by_welch = permutation_difference(sample, draws=20_000), welch_difference(sample)
    assert by_deals.ci_low == pytest.approx(by_welch.ci_low, abs=0.05)
    assert by_deals.ci_high == pytest.approx(by_welch.ci_high, abs=0.05)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.5, 2.0]))
def test_p_value_and_interval_never_disagree(seed: int, lift: float) -> None:
    rng = np.random.default_rng(seed)
    sample = one_stratum(skewed(300, 0.1 * (1 + lift), rng), skewed(60, 0.1, rng))
    found = permutation_difference(sample, draws=199, seed=seed)
    if found.ci_low is not None:
        assert found.ci_low <= found.lift <= found.ci_high
        assert (found.p_value <= 0.05) == (not found.ci_low <= 0 <= found.ci_high)


def test_only_buyers_need_to_be_given() -> None:
    rng = np.random.default_rng(5)
    mailed, holdout = skewed(900, 0.06, rng), skewed(100, 0.06, rng)
    dense = one_stratum(mailed, holdout)
    assert len(dense.value) < 100
    assert (dense.mailed_count, dense.holdout_count) == (900, 100)
    assert dense.means() == pytest.approx((mailed.mean(), holdout.mean()))


def test_the_same_input_gives_the_same_result_in_any_order() -> None:
    rng = np.random.default_rng(6)
    stratum = rng.integers(0, 3, 600)
    mailed, value = rng.random(600) < 0.8, skewed(600, 0.2, rng)
    found = permutation_difference(sample_from_units(stratum, mailed, value))
    again = permutation_difference(sample_from_units(stratum, mailed, value))
    assert found == again


def test_strata_remove_what_the_draw_held_equal() -> None:
    rng = np.random.default_rng(7)
    stratum = np.repeat([0, 1], 500)
    mailed = np.concatenate([rng.random(500) < 0.9, rng.random(500) < 0.5])
    value = np.where(stratum == 1, 100.0, 0.0) + rng.normal(0, 1, 1000)
    plain = welch_difference(one_stratum(value[mailed], value[~mailed]))
    within = welch_difference(sample_from_units(stratum, mailed, value))
    assert plain.ci_high < -10
    assert within.ci_low < 0 < within.ci_high


def test_a_stratum_with_one_unit_in_an_arm_borrows_its_variance() -> None:
    value = np.array([5.0, 7.0, 9.0, 1.0, 2.0, 6.0, 4.0])
    stratum = np.array([0, 0, 0, 0, 0, 1, 1])
    mailed = np.array([True, True, True, False, False, True, False])
    found = moments(sample_from_units(stratum, mailed, value))
    assert found.standard_error > 0
    assert permutation_difference(sample_from_units(stratum, mailed, value)).ci_low is not None


def test_nobody_bought_gives_no_interval() -> None:
    nobody = one_stratum(np.zeros(50), np.zeros(50))
    found = mean_difference(nobody)
    assert (found.lift, found.ci_low, found.p_value) == (0.0, None, None)
    empty = Sample(*(np.zeros(1, dtype=int),) * 2, *(np.zeros(0, dtype=int),) * 3)
    assert mean_difference(empty).lift is None


@pytest.mark.parametrize(
    ("mailed_units", "holdout_units", "share", "method"),
    [
        (1_000, 1_000, 0.05, "permutation_studentised"),  # 50 buyers a side
        (10_000, 10_000, 0.03, "welch"),  # 300 a side
        (90_000, 10_000, 0.0115, "permutation_studentised"),  # 115, and a tail not washed out
        (90_000, 10_000, 0.06, "welch"),  # 600
    ],
)
def test_the_size_rule_picks_the_method(
    mailed_units: int, holdout_units: int, share: float, method: str
) -> None:
    rng = np.random.default_rng(11)
    sample = one_stratum(skewed(mailed_units, share, rng), skewed(holdout_units, share, rng))
    assert mean_difference(sample).method == method
    assert is_welch_safe(sample) == (method == "welch")


def test_the_skewness_of_equal_arms_cancels() -> None:
    value = skewed(5_000, 0.1, np.random.default_rng(2))
    assert lift_skewness(one_stratum(value, value)) == pytest.approx(0, abs=1e-12)
    assert lift_skewness(one_stratum(np.tile(value, 9), value)) < -0.05
