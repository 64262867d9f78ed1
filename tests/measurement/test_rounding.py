"""Cents split by largest remainder sum to the whole, whatever the sign and the weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_project.measurement.rounding import largest_remainder

amounts = st.integers(-(10**9), 10**9)
weights = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=12)


@given(amounts, weights)
def test_parts_sum_to_the_amount_and_undo_each_other(amount: int, parts: list[float]) -> None:
    found = largest_remainder(amount, parts)
    assert sum(found) == amount
    assert largest_remainder(-amount, parts) == [-part for part in found]


@given(amounts)
def test_a_lone_part_gets_all(amount: int) -> None:
    assert largest_remainder(amount, [0.3]) == [amount]


def test_ties_go_to_the_earlier_part() -> None:
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert largest_remainder(-100, [1, 1, 1]) == [-34, -33, -33]
    assert largest_remainder(1, [0, 0]) == [1, 0]


@pytest.mark.parametrize("bad", [[], [1, -1]])
def test_bad_weights_are_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        largest_remainder(100, bad)
