"""Markov effects solved by hand, Shapley values by brute force over all coalitions."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from dbt_project.measurement.channel_effects import ChannelPath, markov_effects, shapley_effects
from dbt_project.measurement.tables import channel_effects_table


def path(text: str, converted: float, unconverted: float) -> ChannelPath:
    return ChannelPath(tuple(text.split(">")), converted, unconverted)


@pytest.mark.parametrize(
    ("paths", "effects"),
    [
        # start>A>B>job, start>A>nothing: without A or without B nobody arrives.
        ([path("A>B", 1, 0), path("A", 0, 1)], {"A": 1.0, "B": 1.0}),
        # job chance 2/3 (1/2 + 1/2 1/2) + 1/3 1/2 = 2/3; without A 1/6, without B 1/3.
        ([path("A", 1, 0), path("A>B", 1, 0), path("B", 0, 1)], {"A": 0.75, "B": 0.5}),
        # a loop: x = x/3 + 1/3, so x = 1/2; the lone channel is everything.
        ([path("A>A", 1, 0), path("A", 0, 1)], {"A": 1.0}),
        # two channels that never meet: 1/2 1 + 1/2 1/2 = 3/4; without A 1/4, without B 1/2.
        ([path("A", 2, 0), path("B", 1, 1)], {"A": 2 / 3, "B": 1 / 3}),
        # nobody came: no effect, no division by zero.
        ([path("A", 0, 3)], {"A": 0.0}),
        ([], {}),
    ],
)
def test_markov_effects_are_those_solved_by_hand(
    paths: list[ChannelPath], effects: dict[str, float]
) -> None:
    found = markov_effects(paths)
    assert found == pytest.approx(effects)
    assert list(found) == sorted(effects)


def brute_force_shapley(paths: list[ChannelPath]) -> dict[str, float]:
    channels = sorted({channel for each in paths for channel in each.channels})

    def worth(members: frozenset[str]) -> float:
        return sum(each.converted_count for each in paths if set(each.channels) <= members)

    count = len(channels)
    values = dict.fromkeys(channels, 0.0)
    for channel in channels:
        others = [other for other in channels if other != channel]
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                values[channel] += weight * (worth(before | {channel}) - worth(before))
    return values


@pytest.mark.parametrize("channel_count", range(1, 9))
def test_shapley_equals_brute_force_up_to_eight_channels(channel_count: int) -> None:
    rng = np.random.default_rng(channel_count)
    names = [f"channel_{index}" for index in range(channel_count)]
    paths = [
        ChannelPath(
            tuple(rng.choice(names, size=rng.integers(1, 2 * channel_count + 1))),
            float(rng.integers(0, 9)),
            float(rng.integers(0, 9)),
        )
        for _ in range(25)
    ]
    found = shapley_effects(paths)
    assert found == pytest.approx(brute_force_shapley(paths))
    assert sum(found.values()) == pytest.approx(sum(each.converted_count for each in paths))


def test_the_order_of_paths_changes_nothing() -> None:
    paths = [path("A>B", 3, 1), path("B>C>A", 2, 5), path("C", 1, 7)]
    assert markov_effects(paths) == markov_effects(paths[::-1])
    assert shapley_effects(paths) == shapley_effects(paths[::-1])


def test_the_table_holds_both_models_of_every_window() -> None:
    paths = pd.DataFrame(
        {
            "window_label": ["60", "30"],
            "path_channels": ["direct_mail>call", "direct_mail"],
            "converted_count": [2, 1],
            "unconverted_count": [0, 3],
        }
    )
    found = channel_effects_table(paths)
    assert found.value_counts(["model", "window_label"]).to_dict() == {
        ("markov", "60"): 2, ("shapley", "60"): 2, ("markov", "30"): 1, ("shapley", "30"): 1,
    }  # fmt: skip
    assert channel_effects_table(paths.iloc[:0]).empty
