"""The score interval of a difference of shares, against published and independent figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

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


@pytest.mark.parametrize(
    "counts", [(10, 50, 3, 40), (14, 200, 2, 90), (5, 30, 9, 35), (120, 4_000, 30, 1_000)]
)
def test_the_interval_is_the_published_score_interval(counts: tuple[int, int, int, int]) -> None:
    found = share_difference(*counts)
    expected = confint_proportions_2indep(*counts, method="score", compare="diff", correction=True)
    assert (found.ci_low, found.ci_high) == pytest.approx(expected, abs=2e-6)


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
