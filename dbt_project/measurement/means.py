"""Difference of two means over strata: moments, Welch, and the rule that picks the method.

The permutation test is in `permutation`. Both use the same estimate and standard error: strata
weighted n_T n_C / (n_T + n_C), variances within stratum and arm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from dbt_project.measurement.estimates import LEVEL, Estimate, no_estimate
from dbt_project.measurement.permutation import permutation_difference
from dbt_project.measurement.samples import Sample

WELCH = "welch"
WELCH_BUYING_UNITS = 100
WELCH_SKEWNESS = 0.15


@dataclass(frozen=True)
class Moments:
    """Weighted means of both arms and the variances of those means.

    Attributes:
        mailed_mean: Stratum-weighted mean of the mailed; less `holdout_mean` it is the lift.
        holdout_mean: The same of the holdout.
        mailed_variance: Variance of `mailed_mean`; None when no stratum has two mailed units.
        holdout_variance: The same of the holdout.
        degrees: Satterthwaite degrees of freedom of the lift.
    """

    mailed_mean: float
    holdout_mean: float
    mailed_variance: float | None
    holdout_variance: float | None
    degrees: float

    @property
    def lift(self) -> float:
        """Mailed less holdout."""
        return self.mailed_mean - self.holdout_mean

    @property
    def standard_error(self) -> float | None:
        """Of the lift; None when an arm's variance is unknown."""
        if self.mailed_variance is None or self.holdout_variance is None:
            return None
        return float(np.sqrt(self.mailed_variance + self.holdout_variance))


def moments(sample: Sample) -> Moments | None:
    """Weighted means and their variances; None where no stratum has both arms."""
    sample = sample.usable()
    if not len(sample.mailed_counts):
        return None
    shares = sample.weights / sample.weights.sum()
    parts = [
        _arm_moments(sample, shares, is_mailed=is_mailed, counts=counts)
        for is_mailed, counts in ((True, sample.mailed_counts), (False, sample.holdout_counts))
    ]
    variances = [part[1] for part in parts]
    spread = sum(variance for variance in variances if variance is not None)
    satterthwaite = sum(part[2] for part in parts)
    degrees = spread**2 / satterthwaite if satterthwaite > 0 else float("inf")
    return Moments(parts[0][0], parts[1][0], variances[0], variances[1], degrees)


def _arm_moments(
    sample: Sample, shares: np.ndarray, *, is_mailed: bool, counts: np.ndarray
) -> tuple[float, float | None, float]:
    """Weighted mean of one arm, its variance, and the variance's part in Satterthwaite's sum.

    A stratum with one unit in the arm has no variance of its own: it borrows the arm's pooled one.
    """
    rows = sample.is_mailed == is_mailed
    size = len(counts)
    sums = np.bincount(sample.stratum[rows], weights=sample.value[rows], minlength=size)
    squares = np.bincount(sample.stratum[rows], weights=sample.value[rows] ** 2, minlength=size)
    mean = float((shares * sums / counts).sum())
    within = np.maximum(squares - sums**2 / counts, 0.0)
    free = counts - 1
    if free.sum() == 0:
        return mean, None, 0.0
    pooled = within.sum() / free.sum()
    variance = np.where(free > 0, within / np.maximum(free, 1), pooled)
    terms = shares**2 * variance / counts
    return mean, float(terms.sum()), float((terms**2 / np.maximum(free, 1)).sum())


def welch_difference(sample: Sample) -> Estimate:
    """Welch: d +- t(.975, df) sqrt(s_T^2/n_T + s_C^2/n_C), over strata."""
    found = moments(sample)
    if found is None:
        return no_estimate(WELCH)
    error = found.standard_error
    if not error:
        return no_estimate(WELCH, found.lift)
    margin = float(stats.t.ppf(0.5 + LEVEL / 2, found.degrees)) * error
    p_value = float(2 * stats.t.sf(abs(found.lift) / error, found.degrees))
    return Estimate(found.lift, found.lift - margin, found.lift + margin, p_value, WELCH, error)


def lift_skewness(sample: Sample) -> float:
    """Estimated skewness of the lift's sampling distribution.

    Welch's interval assumes there is little. A heavy tail in a holdout much smaller than the
    mailed arm leaves more than 100 buyers can wash out; between arms of one size it cancels.
    """
    sample = sample.usable()
    if not len(sample.mailed_counts):
        return 0.0
    shares = sample.weights / sample.weights.sum()
    third = variance = 0.0
    for sign, rows, counts in (
        (1.0, sample.is_mailed, sample.mailed_counts),
        (-1.0, ~sample.is_mailed, sample.holdout_counts),
    ):
        stratum, value = sample.stratum[rows], sample.value[rows]
        size = len(counts)
        mean = np.bincount(stratum, value, size) / counts
        square = np.bincount(stratum, value**2, size) / counts - mean**2
        cube = np.bincount(stratum, value**3, size) / counts - 3 * mean * square - mean**3
        variance += float((shares**2 * square / counts).sum())
        third += sign * float((shares**3 * cube / counts**2).sum())
    return third / variance**1.5 if variance > 0 else 0.0


def is_welch_safe(sample: Sample) -> bool:
    """The size rule: 100 buying units in the smaller arm, and little skewness left."""
    return (
        min(sample.buying_counts()) >= WELCH_BUYING_UNITS
        and abs(lift_skewness(sample)) <= WELCH_SKEWNESS
    )


def mean_difference(sample: Sample, *, by_welch: bool | None = None) -> Estimate:
    """Estimate by the size rule: Welch where it is safe, else permutation.

    Args:
        sample: Units with outcomes in cents.
        by_welch: The rule's answer where it was given by another outcome, as for an adjusted one
            whose zeros are gone.
    """
    if is_welch_safe(sample) if by_welch is None else by_welch:
        return welch_difference(sample)
    return permutation_difference(sample)
