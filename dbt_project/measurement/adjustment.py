"""CUPED: taking out of the outcome what the year before already told.

Whether to adjust is decided from the year before alone, by whether one half of it foretells the
other; the outcome cannot influence the choice.
"""

from __future__ import annotations

import numpy as np

from dbt_project.measurement.samples import Sample

MINIMUM_CORRELATION = 0.10
MINIMUM_BUYING_UNITS = 100


def is_adjustment_useful(sample: Sample, earlier: np.ndarray, recent: np.ndarray) -> bool:
    """Whether units' revenue of the earlier half-year foretells that of the recent one.

    Args:
        sample: Gives strata and arms' sizes; its value is not read.
        earlier: Revenue 365 to 183 days before assignment, of the units in the sample.
        recent: Revenue of the 182 days before assignment.

    Returns:
        True with at least 100 units that bought before and a correlation within strata of 0.10.
    """
    if int(((earlier != 0) | (recent != 0)).sum()) < MINIMUM_BUYING_UNITS:
        return False
    scale = _cross(sample, earlier, earlier) * _cross(sample, recent, recent)
    if scale <= 0:
        return False
    return bool(_cross(sample, earlier, recent) / np.sqrt(scale) >= MINIMUM_CORRELATION)


def adjusted(sample: Sample, before: np.ndarray) -> Sample:
    """The sample with outcome Y - theta X, theta pooled within strata and arms.

    Subtracting theta times the mean of X as well would shift both arms alike; it is left out, so
    that units without outcome and without past stay zeros.

    Args:
        sample: Units whose outcome or past is not zero, with their outcome as value.
        before: X, their revenue in the 365 days before assignment.
    """
    spread = _cross(sample, before, before)
    if spread <= 0:
        return sample
    theta = _cross(sample, sample.value, before) / spread
    return sample.with_value(sample.value - theta * before)


def _cross(sample: Sample, left: np.ndarray, right: np.ndarray) -> float:
    """Sum of products around the means of each stratum and arm, zeros included."""
    total = 0.0
    size = len(sample.mailed_counts)
    for is_mailed, counts in ((True, sample.mailed_counts), (False, sample.holdout_counts)):
        rows = sample.is_mailed == is_mailed
        stratum = sample.stratum[rows]
        both = np.bincount(stratum, weights=left[rows] * right[rows], minlength=size)
        sums = [np.bincount(stratum, weights=part[rows], minlength=size) for part in (left, right)]
        total += float((both - sums[0] * sums[1] / np.maximum(counts, 1)).sum())
    return total
