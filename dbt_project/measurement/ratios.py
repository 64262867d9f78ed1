"""Figures beside the lift: Fieller's relative lift, sample ratio, detectable lift, spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from dbt_project.measurement.estimates import LEVEL
from dbt_project.measurement.means import Moments
from dbt_project.measurement.samples import Sample

BROKEN_SPLIT_P = 0.001
POWER = 0.80
_TOO_FEW_FOR_CHI_SQUARE = 5


def relative_lift(found: Moments) -> tuple[float | None, float | None, float | None, str | None]:
    """Lift as a share of the holdout's mean, with Fieller's interval.

    Returns:
        Relative lift, low, high, and None; where the holdout's mean is not clearly above 0 the
        interval is unbounded: low and high are None and the last entry says so.
    """
    base = found.holdout_mean
    if base == 0:
        return None, None, None, "the holdout's mean is 0"
    relative = found.lift / base
    if found.mailed_variance is None or found.holdout_variance is None:
        return relative, None, None, "an arm's variance is unknown"
    bound = float(stats.t.ppf(0.5 + LEVEL / 2, found.degrees)) ** 2
    square = base**2 - bound * found.holdout_variance
    constant = found.mailed_mean**2 - bound * found.mailed_variance
    product = found.mailed_mean * base
    discriminant = product**2 - square * constant
    if square <= 0 or discriminant < 0:
        return relative, None, None, "the holdout's mean is not clearly different from 0"
    root = float(np.sqrt(discriminant))
    return relative, (product - root) / square - 1, (product + root) / square - 1, None


def sample_ratio_p_value(
    mailed: Sequence[int], holdout: Sequence[int], planned: Sequence[float | None]
) -> float | None:
    """Chi-square of the arms' counts against the planned holdout share, per stratum.

    With several strata the strata's sum and the arms' totals are both asked, and the smaller
    p-value doubled: many small strata would hide a shift that all of them share. Strata that
    expect fewer than five units in an arm are judged together.

    Returns:
        The p-value; None where no stratum has a planned share strictly between 0 and 1.
    """
    known = [
        (float(size_t), float(size_c), float(share))
        for size_t, size_c, share in zip(mailed, holdout, planned, strict=True)
        if share is not None and np.isfinite(share) and 0 < share < 1 and size_t + size_c > 0
    ]
    if not known:
        return None
    units = np.array([size_t + size_c for size_t, size_c, _ in known])
    shares = np.array([share for *_, share in known])
    counts = np.array([size_c for _, size_c, _ in known])
    large = units * np.minimum(shares, 1 - shares) >= _TOO_FEW_FOR_CHI_SQUARE
    gap = (counts - units * shares) ** 2
    variance = units * shares * (1 - shares)
    terms = list(gap[large] / variance[large])
    if (~large).any():
        terms.append(
            float((counts - units * shares)[~large].sum() ** 2) / float(variance[~large].sum())
        )
    by_strata = float(stats.chi2.sf(sum(terms), len(terms)))
    if len(terms) == 1:
        return by_strata
    overall = float(stats.chi2.sf((counts - units * shares).sum() ** 2 / variance.sum(), 1))
    return min(1.0, 2 * min(by_strata, overall))


def minimum_detectable_lift(standard_error: float | None) -> float | None:
    """Smallest true lift found with 80 % power at 5 %, from the lift's standard error."""
    if standard_error is None:
        return None
    return float(stats.norm.ppf(0.5 + LEVEL / 2) + stats.norm.ppf(POWER)) * standard_error


def detectable_share_lift(mailed: int, holdout: int, base_share: float) -> float:
    """Smallest true difference of shares found with 80 % power, before anything is mailed.

    Args:
        mailed: Units to be mailed.
        holdout: Units to be held out.
        base_share: Share of units that would have a job without mail, 0..1.
    """
    if mailed <= 0 or holdout <= 0:
        raise ValueError("both arms need units: give a holdout share strictly between 0 and 1")
    lift = 0.0
    for _ in range(100):
        treated = min(1.0, base_share + lift)
        pooled = (treated * mailed + base_share * holdout) / (mailed + holdout)
        null = pooled * (1 - pooled) * (1 / mailed + 1 / holdout)
        true = treated * (1 - treated) / mailed + base_share * (1 - base_share) / holdout
        found = stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt(null) + stats.norm.ppf(POWER) * np.sqrt(
            true
        )
        if abs(found - lift) < 1e-12:
            break
        lift = float(found)
    return lift


def detectable_mean_lift(
    mailed: int, holdout: int, *, buyer_share: float, buyer_mean: float, buyer_deviation: float
) -> float:
    """Smallest true difference of means per unit found with 80 % power, before mailing.

    Args:
        mailed: Units to be mailed.
        holdout: Units to be held out.
        buyer_share: Share of units that buy without mail.
        buyer_mean: Mean of a buyer's outcome; the unit of the result.
        buyer_deviation: Standard deviation of a buyer's outcome.
    """
    square = buyer_share * (buyer_deviation**2 + buyer_mean**2)
    variance = square - (buyer_share * buyer_mean) ** 2
    found = minimum_detectable_lift(float(np.sqrt(variance / mailed + variance / holdout)))
    assert found is not None  # noqa: S101 - the standard error above is a number
    return found


def heterogeneity_p_value(sample: Sample, group: np.ndarray) -> float | None:
    """Cochran's Q of the lifts of groups of strata (waves): do they differ more than by chance?

    Args:
        sample: All strata.
        group: Group of each stratum.

    Returns:
        The p-value; None with fewer than two groups that have a variance.
    """
    from dbt_project.measurement.means import moments

    lifts, precisions = [], []
    for name in sorted(set(group.tolist())):
        members = np.flatnonzero(group == name)
        rows = np.isin(sample.stratum, members)
        part = Sample(
            sample.mailed_counts[members],
            sample.holdout_counts[members],
            np.searchsorted(members, sample.stratum[rows]),
            sample.is_mailed[rows],
            sample.value[rows],
        )
        found = moments(part)
        if found is not None and found.standard_error:
            lifts.append(found.lift)
            precisions.append(found.standard_error**-2)
    if len(lifts) < 2:
        return None
    weight, lift = np.array(precisions), np.array(lifts)
    middle = (weight * lift).sum() / weight.sum()
    return float(stats.chi2.sf((weight * (lift - middle) ** 2).sum(), len(lifts) - 1))
