"""Difference of two shares: Mantel-Haenszel estimate with the Miettinen-Nurminen score interval.

The score statistic is taken at each candidate difference with the shares' constrained maximum
likelihood estimates; p-value and interval come from the same statistic, so they never disagree.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from dbt_project.measurement.estimates import LEVEL, Estimate, no_estimate

METHOD = "score_miettinen_nurminen"
_EDGE = 1.0 - 1e-12


def share_difference(
    mailed_hits: np.ndarray,
    mailed_counts: np.ndarray,
    holdout_hits: np.ndarray,
    holdout_counts: np.ndarray,
) -> Estimate:
    """Estimate share(mailed) - share(holdout) over strata.

    Args:
        mailed_hits: Units with a job, per stratum.
        mailed_counts: Units, per stratum.
        holdout_hits: As `mailed_hits`, of the holdout.
        holdout_counts: As `mailed_counts`, of the holdout.

    Returns:
        Lift as a difference of shares (-1..1), interval and p-value of the same statistic.
    """
    hits_t, size_t, hits_c, size_c = (
        np.atleast_1d(np.asarray(part, dtype=float))
        for part in (mailed_hits, mailed_counts, holdout_hits, holdout_counts)
    )
    keep = (size_t > 0) & (size_c > 0)
    if not keep.any():
        return no_estimate(METHOD)
    hits_t, size_t, hits_c, size_c = (part[keep] for part in (hits_t, size_t, hits_c, size_c))
    weights = size_t * size_c / (size_t + size_c)
    lift = float((weights * (hits_t / size_t - hits_c / size_c)).sum() / weights.sum())

    def statistic(difference: float) -> float:
        variance = _score_variance(hits_t, size_t, hits_c, size_c, difference)
        spread = float(np.sqrt((weights**2 * variance).sum())) / weights.sum()
        if spread <= 0.0:
            return 0.0 if lift == difference else float(np.sign(lift - difference) * np.inf)
        return (lift - difference) / spread

    bound = float(stats.norm.ppf(0.5 + LEVEL / 2))
    low = _crossing(statistic, bound, from_inside=lift, to_outside=-_EDGE)
    high = _crossing(statistic, -bound, from_inside=lift, to_outside=_EDGE)
    at_zero = statistic(0.0)
    error = abs(lift / at_zero) if at_zero not in (0.0, np.inf, -np.inf) else (high - low) / 3.92
    return Estimate(lift, low, high, float(2 * stats.norm.sf(abs(at_zero))), METHOD, float(error))


def _crossing(statistic, level: float, *, from_inside: float, to_outside: float) -> float:
    """Difference at which the statistic passes the level; the edge where it never does."""

    def gap(difference: float) -> float:
        return float(np.clip(statistic(difference), -1e6, 1e6)) - level

    beyond = from_inside <= to_outside if to_outside < 0 else from_inside >= to_outside
    if beyond or gap(from_inside) * gap(to_outside) > 0:
        return float(np.sign(to_outside))
    return float(optimize.brentq(gap, from_inside, to_outside, xtol=1e-12, rtol=1e-12))


def _score_variance(
    hits_t: np.ndarray, size_t: np.ndarray, hits_c: np.ndarray, size_c: np.ndarray, delta: float
) -> np.ndarray:
    """Variance of each stratum's difference when the true one is `delta`.

    The constrained fit is the root of a cubic, in closed form (Miettinen and Nurminen, 1985).
    """
    total, hits = size_t + size_c, hits_t + hits_c
    square = ((size_t + 2 * size_c) * delta - total - hits) / total
    linear = ((size_c * delta - total - 2 * hits_c) * delta + hits) / total
    constant = hits_c * delta * (1 - delta) / total
    q = square**3 / 27 - linear * square / 6 + constant / 2
    sign = np.where(q >= 0, 1.0, -1.0)
    p = sign * np.sqrt(np.maximum(square**2 / 9 - linear / 3, 0.0))
    ratio = np.divide(q, p**3, out=np.zeros_like(q), where=p != 0)
    angle = (np.pi + np.arccos(np.clip(ratio, -1.0, 1.0))) / 3
    share_c = np.clip(2 * p * np.cos(angle) - square / 3, max(0.0, -delta), min(1.0, 1.0 - delta))
    share_t = np.clip(share_c + delta, 0.0, 1.0)
    variance = share_t * (1 - share_t) / size_t + share_c * (1 - share_c) / size_c
    return variance * total / np.maximum(total - 1, 1)
