"""The score interval of a difference of shares, against published and independent figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from scipy.special import xlogy

from dbt_project.measurement.means import welch_difference
from dbt_project.measurement.samples import Sample
from dbt_project.measurement.shares import share_difference

ROCKET_FUEL = (14_423, 564_577, 420, 23_524)


def binary_sample(hits_t: int, size_t: int, hits_c: int, size_c: int) -> Sample:
    buyers = hits_t + hits_c
    return Sample(
        np.array([size_t]),
        np.array([size_c]),
        np.zeros(buyers, dtype=int),
        np.arange(buyers) < hits_t,
        np.ones(buyers),
    )


def test_rocket_fuel_is_reproduced_as_published() -> None:
    found = welch_difference(binary_sample(*ROCKET_FUEL))
    assert 100 * found.lift == pytest.approx(0.769, abs=0.0005)
    assert 100 * found.ci_low == pytest.approx(0.595, abs=0.0005)
    assert 100 * found.ci_high == pytest.approx(0.943, abs=0.0005)


def test_rocket_fuel_by_the_score_interval() -> None:
    found = share_difference(*ROCKET_FUEL)
    assert 100 * found.lift == pytest.approx(0.769, abs=0.0005)
    assert (100 * found.ci_low, 100 * found.ci_high) == pytest.approx((0.5875, 0.9362), abs=0.0005)
    assert found.p_value < 1e-12


# Newcombe, Statistics in Medicine 17 (1998), table II, method 6 (Miettinen-Nurminen).
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 0.0528, 0.3382), ((9, 10, 3, 10), 0.1700, 0.8406)],
)
def test_the_published_intervals_are_reproduced(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = share_difference(*counts)
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), abs=0.00006)


@pytest.mark.parametrize("counts", [(10, 50, 3, 40), (5, 30, 9, 35), (3, 900, 0, 100)])
def test_the_statistic_uses_the_constrained_maximum_likelihood(
    counts: tuple[int, int, int, int],
) -> None:
    hits_t, size_t, hits_c, size_c = counts
    found = share_difference(*counts)
    for end in (found.ci_low, found.ci_high):

        def unlikelihood(share: float, end: float = end) -> float:
            return -(
                xlogy(hits_t, share + end)
                + xlogy(size_t - hits_t, 1 - share - end)
                + xlogy(hits_c, share)
                + xlogy(size_c - hits_c, 1 - share)
            )

        bounds = (max(1e-12, 1e-12 - end), min(1 - 1e-12, 1 - 1e-12 - end))
        share = optimize.minimize_scalar(
            unlikelihood, bounds=bounds, method="bounded", options={"xatol": 1e-12}
        ).x
        variance = (share + end) * (1 - share - end) / size_t + share * (1 - share) / size_c
        variance *= (size_t + size_c) / (size_t + size_c - 1)
        assert abs(found.lift - end) / np.sqrt(variance) == pytest.approx(1.95996, abs=1e-3)


def test_certain_shares_have_an_interval_to_the_edge() -> None:
    found = share_difference(10, 10, 0, 10)
    assert found.ci_low == pytest.approx(0.6636, abs=0.00006)
    assert found.ci_high == 1.0
    turned = share_difference(0, 10, 10, 10)
    assert (turned.ci_low, turned.ci_high) == pytest.approx((-found.ci_high, -found.ci_low))


@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1)),
        min_size=1,
        max_size=5,
    )
)
def test_p_value_and_interval_never_disagree(strata: list[tuple[int, int, float, float]]) -> None:
    size_t, size_c, share_t, share_c = (np.array(part) for part in zip(*strata, strict=True))
    found = share_difference(np.floor(size_t * share_t), size_t, np.floor(size_c * share_c), size_c)
    assert found.ci_low - 1e-9 <= found.lift <= found.ci_high + 1e-9
    if abs(found.p_value - 0.05) > 1e-6:
        assert (found.p_value < 0.05) == (not found.ci_low <= 0 <= found.ci_high)


def test_equal_strata_say_what_their_sum_says_and_an_empty_arm_says_nothing() -> None:
    one = share_difference(20, 200, 5, 100)
    two = share_difference([10, 10], [100, 100], [2.5, 2.5], [50, 50])
    assert two.lift == pytest.approx(one.lift)
    assert two.ci_low == pytest.approx(one.ci_low, abs=0.002)
    assert share_difference([3, 4], [10, 10], [0, 1], [0, 10]).lift == pytest.approx(0.3)
    assert share_difference(3, 10, 0, 0).lift is None
