"""Fieller, sample ratio, detectable lift, enough buyers, CUPED, and the words of the verdict."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dbt_project.measurement import verdicts
from dbt_project.measurement.adjustment import adjusted, is_adjustment_useful
from dbt_project.measurement.means import moments, welch_difference
from dbt_project.measurement.ratios import (
    detectable_mean_lift,
    detectable_share_lift,
    heterogeneity_p_value,
    minimum_detectable_lift,
    relative_lift,
    sample_ratio_p_value,
)
from dbt_project.measurement.samples import Sample, one_stratum, sample_from_units
from dbt_project.measurement.sufficiency import expected_buying_units, has_enough_buyers


def test_fieller_holds_the_ratios_the_data_cannot_refuse() -> None:
    rng = np.random.default_rng(1)
    found = moments(one_stratum(rng.normal(12, 3, 400), rng.normal(10, 3, 300)))
    relative, low, high, note = relative_lift(found)
    assert note is None
    assert low < relative < high
    bound = stats.t.ppf(0.975, found.degrees)
    for ratio in (1 + low, 1 + high):
        gap = found.mailed_mean - ratio * found.holdout_mean
        error = np.sqrt(found.mailed_variance + ratio**2 * found.holdout_variance)
        assert abs(gap) / error == pytest.approx(bound)


def test_an_unbounded_relative_lift_is_null_with_its_reason() -> None:
    rng = np.random.default_rng(2)
    relative, low, high, note = relative_lift(
        moments(one_stratum(rng.normal(1, 9, 50), rng.normal(0.5, 9, 50)))
    )
    assert relative is not None
    assert (low, high) == (None, None)
    assert "not clearly different from 0" in note
    assert (
        relative_lift(moments(one_stratum(np.ones(5), np.zeros(5))))[3] == "the holdout's mean is 0"
    )


def test_one_stratum_gives_the_plain_chi_square() -> None:
    found = sample_ratio_p_value([9_100], [900], [0.1])
    assert found == pytest.approx(stats.chisquare([9_100, 900], [9_000, 1_000]).pvalue)


def test_a_split_that_drifts_in_every_stratum_is_broken() -> None:
    assert sample_ratio_p_value([88] * 300, [12] * 300, [0.1] * 300) < 0.001
    assert sample_ratio_p_value([90] * 300, [10] * 300, [0.1] * 300) == 1.0
    assert sample_ratio_p_value([90, 3], [10, 1], [None, None]) is None
    assert sample_ratio_p_value([1] * 40, [0] * 40, [0.1] * 40) > 0.001


def test_the_detectable_lift_is_found_eight_times_in_ten() -> None:
    rng = np.random.default_rng(4)
    mailed, holdout, base = 9_000, 3_000, 0.04
    lift = detectable_share_lift(mailed, holdout, base)
    hits_t = rng.binomial(mailed, base + lift, 4_000)
    hits_c = rng.binomial(holdout, base, 4_000)
    pooled = (hits_t + hits_c) / (mailed + holdout)
    z = (hits_t / mailed - hits_c / holdout) / np.sqrt(
        pooled * (1 - pooled) * (1 / mailed + 1 / holdout)
    )
    assert (z > 1.96).mean() == pytest.approx(0.80, abs=0.03)
    assert minimum_detectable_lift(None) is None
    assert detectable_mean_lift(
        mailed, holdout, buyer_share=0.04, buyer_mean=10.0, buyer_deviation=0.0
    ) == pytest.approx(10 * lift, rel=0.1)
    with pytest.raises(ValueError, match="both arms"):
        detectable_share_lift(100, 0, 0.1)


def test_enough_buyers_are_counted_and_expected() -> None:
    def sample(mailed_buyers: int, holdout_buyers: int) -> Sample:
        buyers = mailed_buyers + holdout_buyers
        return Sample(
            np.array([900]), np.array([100]), np.zeros(buyers, dtype=int),
            np.arange(buyers) < mailed_buyers, np.ones(buyers),
        )  # fmt: skip

    assert expected_buying_units(sample(270, 30)) == pytest.approx(30)
    assert has_enough_buyers(sample(270, 30))
    assert not has_enough_buyers(sample(281, 19))  # too few seen
    assert not has_enough_buyers(sample(130, 20))  # 20 seen by luck, 15 expected


def test_cuped_narrows_what_the_past_tells_and_leaves_noise_alone() -> None:
    rng = np.random.default_rng(5)
    units = 4_000
    taste = np.where(rng.random(units) < 0.3, rng.gamma(4, 100, units), 0.0)
    halves = [np.where(taste > 0, taste + rng.normal(0, 20, units), 0.0) for _ in range(2)]
    outcome = np.where(taste > 0, taste + rng.normal(0, 40, units) + 20, 1.0)
    mailed = rng.random(units) < 0.8
    sample = sample_from_units(np.zeros(units, dtype=int), mailed, outcome)
    assert is_adjustment_useful(sample, halves[0], halves[1])
    plain = welch_difference(sample)
    better = welch_difference(adjusted(sample, halves[0] + halves[1]))
    assert better.ci_high - better.ci_low < 0.5 * (plain.ci_high - plain.ci_low)
    assert not is_adjustment_useful(sample, halves[0], rng.permutation(halves[1]))
    assert not is_adjustment_useful(sample, np.zeros(units), np.zeros(units))


def test_waves_that_differ_are_told_from_waves_that_do_not() -> None:
    rng = np.random.default_rng(6)

    def p_value(lifts: list[float]) -> float | None:
        stratum = np.repeat(np.arange(len(lifts)), 1_000)
        mailed = np.tile(np.arange(1_000) < 700, len(lifts))
        value = 10 + rng.normal(0, 1, len(stratum)) + mailed * np.array(lifts)[stratum]
        return heterogeneity_p_value(
            sample_from_units(stratum, mailed, value), np.arange(len(lifts)).astype(str)
        )

    assert p_value([0.0, 2.0]) < 1e-6
    assert p_value([0.5, 0.5]) > 0.001
    assert p_value([0.5]) is None


PRIMARY = {
    "is_primary": True,
    "is_closed": True,
    "sample_ratio_p_value": 0.4,
    "has_enough_buyers": True,
    "lift_interval": (1.0, 3.0),
    "profit_low": 5.0,
}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "pays"),
        ({"profit_low": -5.0}, "lifts but does not pay"),
        ({"profit_low": None}, "lifts, cost unknown"),
        ({"lift_interval": (-3.0, -1.0), "profit_low": -50.0}, "loses"),
        ({"lift_interval": (-1.0, 3.0), "profit_low": -50.0}, "too few to say"),
        ({"lift_interval": None, "profit_low": None}, "too few to say"),
        ({"has_enough_buyers": False}, "too few to say"),
        ({"sample_ratio_p_value": 0.0005}, "broken split"),
        ({"sample_ratio_p_value": None}, "pays"),
        ({"is_closed": False}, "exploratory"),
        ({"is_primary": False}, "exploratory"),
    ],
)
def test_the_verdict_says(change: dict[str, object], word: str) -> None:
    assert verdicts.verdict(verdicts.Evidence(**{**PRIMARY, **change})) == word
