"""Studentised permutation test within strata, and the interval that inverts it.

Under a candidate lift d the mailed units' outcomes less d and the holdout's outcomes come from
one pool, so arms may be dealt again at random within each stratum. Only buying units need to be
dealt one by one; the zeros of a deal are one hypergeometric number. What a deal contributes is
quadratic in d, so the deals are made once and every candidate lift costs a few array operations.
The interval is equal-tailed, as the outcomes are skewed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from dbt_project.measurement.estimates import ALPHA, Estimate, no_estimate
from dbt_project.measurement.samples import Sample

METHOD = "permutation_studentised"
SEED = 20_260_101
DRAWS, FEWEST_DRAWS = 4_999, 999
_CELLS = 20_000_000
_CELLS_AT_ONCE = 4_000_000


@dataclass
class _Deals:
    """Numerator and variance of the statistic as polynomials in the candidate lift, per deal."""

    top: np.ndarray  # (2, deals): constant and linear term
    spread: np.ndarray  # (3, deals): constant, linear and square term

    def statistic(self, lift: float) -> np.ndarray:
        """Studentised difference of every deal under this candidate lift."""
        top = self.top[0] + lift * self.top[1]
        spread = self.spread[0] + lift * self.spread[1] + lift * lift * self.spread[2]
        floor = 1e-12 * max(1.0, float(np.max(np.abs(spread))))
        return top / np.sqrt(np.maximum(spread, floor))


def permutation_difference(
    sample: Sample, *, draws: int | None = None, seed: int = SEED
) -> Estimate:
    """Estimate the difference of means by permutation of units within strata.

    Args:
        sample: Units with outcomes in cents.
        draws: Random deals, the observed one counted beside them; by default 4,999, fewer
            (down to 999) where there are very many buying units.
        seed: Of the deals; the same sample and seed give the same result.

    Returns:
        Lift, interval and p-value (smallest 2 / (draws + 1)). No interval where nobody bought or
        no variance can be had.
    """
    sample = sample.usable()
    if not len(sample.mailed_counts) or not len(sample.value):
        return no_estimate(METHOD, 0.0 if len(sample.mailed_counts) else None)
    shares = sample.weights / sample.weights.sum()
    seen = _observed(sample, shares)
    lift, error = float(seen.top[0, 0]), float(np.sqrt(max(seen.spread[0, 0], 0.0)))
    if error <= 0:
        return no_estimate(METHOD, lift)
    if draws is None:
        draws = DRAWS if len(sample.value) * DRAWS <= _CELLS else FEWEST_DRAWS
    deals = _deal(sample, shares, draws=draws, rng=np.random.default_rng(seed))

    def tails(candidate: float) -> tuple[float, float]:
        bar = (lift - candidate) / error
        drawn = deals.statistic(candidate)
        slack = 1e-9 * max(1.0, abs(bar))
        above = 1 + int(np.count_nonzero(drawn >= bar - slack))
        below = 1 + int(np.count_nonzero(drawn <= bar + slack))
        return above / (draws + 1), below / (draws + 1)

    at_zero = tails(0.0)
    low = _end(tails, side=0, lift=lift, error=error)
    high = _end(tails, side=1, lift=lift, error=error)
    return Estimate(lift, low, high, min(1.0, 2 * min(at_zero)), METHOD, error)


def _end(tails, *, side: int, lift: float, error: float) -> float:
    """End of the interval: where one tail's chance passes half of 5 %.

    Zero is tried first, so that the end lies on the side of it that the p-value tells.
    """
    direction = -1.0 if side == 0 else 1.0
    inside, outside = lift, lift + direction * 2 * error
    if lift < 0.0 if side == 1 else lift > 0.0:
        if tails(0.0)[side] <= ALPHA / 2:
            outside = 0.0
        else:
            inside, outside = 0.0, min(0.0, outside) if side == 0 else max(0.0, outside)
            outside += direction * error
    step = error
    while tails(outside)[side] > ALPHA / 2:
        inside, outside, step = outside, outside + direction * step, step * 2
        if step > 1e6 * error:
            return float(direction * np.inf)
    return float(
        optimize.bisect(
            lambda candidate: tails(candidate)[side] - ALPHA / 2 - 1e-12,
            inside,
            outside,
            xtol=max(1e-4 * error, 1e-9),
        )
        if tails(inside)[side] > ALPHA / 2
        else inside
    )


def _deal(sample: Sample, shares: np.ndarray, *, draws: int, rng: np.random.Generator) -> _Deals:
    """Deal the arms again `draws` times within every stratum."""
    total = _Accumulator(draws, sample)
    for stratum in range(len(shares)):
        rows = sample.stratum == stratum
        arm, value = sample.is_mailed[rows].astype(float), sample.value[rows]
        size_t, size_c = (
            int(sample.mailed_counts[stratum]),
            int(sample.holdout_counts[stratum]),
        )
        idle_t = size_t - int(arm.sum())
        idle_c = size_c - (len(value) - int(arm.sum()))
        picked = _draw_holdouts(value, arm, size_t + size_c, size_c, draws=draws, rng=rng)
        rest = (size_c - picked[3]).astype(np.int64)
        moved = rng.hypergeometric(idle_t, idle_c, rest) if idle_t + idle_c else rest * 0
        total.add(
            shares[stratum],
            size_t,
            size_c,
            holdout=(picked[0], picked[1], picked[2], picked[4] + moved),
            whole=(value.sum(), (value**2).sum(), (value * arm).sum(), float(size_t)),
        )
    return total.deals()


def _draw_holdouts(
    value: np.ndarray,
    arm: np.ndarray,
    units: int,
    size_c: int,
    *,
    draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Sums over the buying units dealt to the holdout, one column a deal.

    Returns:
        Rows: value, value squared, value of the truly mailed, buying units, truly mailed ones.
    """
    buyers = len(value)
    if not buyers:
        return np.zeros((5, draws))
    columns = np.stack([value, value**2, value * arm, np.ones(buyers), arm], axis=1)
    drawn = rng.hypergeometric(buyers, units - buyers, size_c, size=draws)
    parts = []
    step = max(1, _CELLS_AT_ONCE // buyers)
    for start in range(0, draws, step):
        count = drawn[start : start + step]
        order = rng.random((len(count), buyers), dtype=np.float32)
        ranked = np.sort(order, axis=1)
        last = ranked[np.arange(len(count)), np.maximum(count - 1, 0)]
        taken = (order <= last[:, None]) & (count > 0)[:, None]
        parts.append(taken.astype(float) @ columns)
    return np.concatenate(parts).T


def _observed(sample: Sample, shares: np.ndarray) -> _Deals:
    """The statistic's parts as the arms really were."""
    total = _Accumulator(1, sample)
    for stratum in range(len(shares)):
        rows = sample.stratum == stratum
        arm, value = sample.is_mailed[rows].astype(float), sample.value[rows]
        left = value * (1 - arm)
        total.add(
            shares[stratum],
            int(sample.mailed_counts[stratum]),
            int(sample.holdout_counts[stratum]),
            holdout=(np.array([left.sum()]), np.array([(left**2).sum()]), np.zeros(1), np.zeros(1)),
            whole=(value.sum(), (value**2).sum(), (value * arm).sum(), 0.0),
        )
    return total.deals()


class _Accumulator:
    """Adds strata up to the polynomials of `_Deals`.

    Variances of strata with one unit in an arm are borrowed from the arm's pooled within variance,
    as in `means.moments`.
    """

    def __init__(self, draws: int, sample: Sample) -> None:
        self._top = np.zeros((2, draws))
        self._spread = np.zeros((3, draws))
        self._within = {True: np.zeros((3, draws)), False: np.zeros((3, draws))}
        self._free = {True: 0, False: 0}
        self._borrowed = {True: 0.0, False: 0.0}
        self._borrows = bool(
            (sample.mailed_counts == 1).any() or (sample.holdout_counts == 1).any()
        )

    def add(self, share: float, size_t: int, size_c: int, *, holdout: tuple, whole: tuple) -> None:
        """Add one stratum: sums of v, v^2, v of the truly mailed, and their number."""
        arms = {False: (holdout, size_c), True: (None, size_t)}
        for is_mailed, (sums, size) in arms.items():
            if sums is None:
                sums = tuple(all_ - held for all_, held in zip(whole, holdout, strict=True))
            value, square, of_mailed, mailed = sums
            sign = share if is_mailed else -share
            self._top[0] += sign * value / size
            self._top[1] -= sign * mailed / size
            within = (
                square - value**2 / size,
                -2 * of_mailed + 2 * value * mailed / size,
                mailed - mailed**2 / size,
            )
            if size > 1:
                for power, part in enumerate(within):
                    self._spread[power] += share**2 * part / (size * (size - 1))
            else:
                self._borrowed[is_mailed] += share**2
            if self._borrows:
                self._free[is_mailed] += size - 1
                for power, part in enumerate(within):
                    self._within[is_mailed][power] += part

    def deals(self) -> _Deals:
        """What was added up."""
        for is_mailed, weight in self._borrowed.items():
            if weight and self._free[is_mailed]:
                self._spread += weight * self._within[is_mailed] / self._free[is_mailed]
        return _Deals(self._top, self._spread)
