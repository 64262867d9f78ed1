"""Channel effects of the two data-driven multi-touch models: Markov removal and Shapley.

Both read paths of everyone with at least one touch, with or without a job. Splitting one job's
credit in proportion to these effects is the ledger's work, in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class ChannelPath:
    """Channels in the order they were met, and how many such paths ended in a job or did not."""

    channels: tuple[str, ...]
    converted_count: float
    unconverted_count: float


def markov_effects(paths: Iterable[ChannelPath]) -> dict[str, float]:
    """Removal effect of each channel on an order-1 Markov chain over the paths.

    The chance of a job is solved from (I - Q) x = r, never simulated. Removing a channel sends
    every path that would have entered it to no job.

    Args:
        paths: Paths; equal ones may come more than once. Paths without channels are ignored.

    Returns:
        Channel -> 1 - chance(without it) / chance(with all), 0..1, channels in sorted order.
        All zero when no path ended in a job.
    """
    known = [path for path in paths if path.channels]
    channels = sorted({channel for path in known for channel in path.channels})
    if not channels:
        return {}
    moves, to_job = _transitions(known, channels)
    whole = _conversion_chance(moves, to_job, removed=None)
    if whole <= 0:
        return dict.fromkeys(channels, 0.0)
    without = [
        _conversion_chance(moves, to_job, removed=1 + index) for index in range(len(channels))
    ]
    return {
        channel: float(min(1.0, max(0.0, 1.0 - chance / whole)))
        for channel, chance in zip(channels, without, strict=True)
    }


def _transitions(
    paths: Sequence[ChannelPath], channels: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of moves between states (0 is the start) and from each state to a job."""
    position = {channel: 1 + index for index, channel in enumerate(channels)}
    moves = np.zeros((len(channels) + 1, len(channels) + 1))
    to_job = np.zeros(len(channels) + 1)
    leaving = np.zeros(len(channels) + 1)
    for path in paths:
        weight = path.converted_count + path.unconverted_count
        states = [0, *(position[channel] for channel in path.channels)]
        for here, there in pairwise(states):
            moves[here, there] += weight
            leaving[here] += weight
        to_job[states[-1]] += path.converted_count
        leaving[states[-1]] += weight
    leaving[leaving == 0] = 1.0
    return moves / leaving[:, None], to_job / leaving


def _conversion_chance(moves: np.ndarray, to_job: np.ndarray, *, removed: int | None) -> float:
    """Chance of ending in a job from the start, with one state turned into no job."""
    moves, to_job = moves.copy(), to_job.copy()
    if removed is not None:
        moves[removed, :] = 0.0
        to_job[removed] = 0.0
    return float(np.linalg.solve(np.eye(len(moves)) - moves, to_job)[0])


def shapley_effects(paths: Iterable[ChannelPath]) -> dict[str, float]:
    """Shapley value of each channel where a set is worth the jobs of the paths inside it.

    That game is a sum of unanimity games, one a distinct channel set, and the Shapley value of a
    unanimity game is an equal share for each member. So the value is exact for any number of
    channels in one pass, without the 2^n coalitions the definition runs over.

    Args:
        paths: Paths; repeats of a channel within a path count once.

    Returns:
        Channel -> jobs, channels in sorted order; they sum to the jobs of all paths.
    """
    worth: dict[frozenset[str], float] = defaultdict(float)
    for path in paths:
        if path.channels:
            worth[frozenset(path.channels)] += path.converted_count
    effects = dict.fromkeys(sorted({channel for members in worth for channel in members}), 0.0)
    for members in sorted(worth, key=sorted):
        for channel in sorted(members):
            effects[channel] += worth[members] / len(members)
    return effects
