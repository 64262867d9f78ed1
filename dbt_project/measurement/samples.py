"""The two arms of a randomised campaign as the estimators read them.

Most units buy nothing, so a sample holds the sizes of each stratum's arms and only the units
whose value is not zero: a wave of 100,000 households is a few thousand numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Sample:
    """Units of one wave (or several, as strata) and one outcome.

    Attributes:
        mailed_counts: Units assigned to mail, per stratum (int).
        holdout_counts: Units held out, per stratum (int).
        stratum: Stratum of each unit whose value is not zero (int index).
        is_mailed: Arm of each such unit, by assignment.
        value: Outcome of each such unit: cents, or 1 for a unit with a job.
    """

    mailed_counts: np.ndarray
    holdout_counts: np.ndarray
    stratum: np.ndarray
    is_mailed: np.ndarray
    value: np.ndarray

    @property
    def mailed_count(self) -> int:
        """Units assigned to mail."""
        return int(self.mailed_counts.sum())

    @property
    def holdout_count(self) -> int:
        """Units held out."""
        return int(self.holdout_counts.sum())

    @property
    def weights(self) -> np.ndarray:
        """Weight of each stratum, n_T n_C / (n_T + n_C); 0 where an arm is empty."""
        total = self.mailed_counts + self.holdout_counts
        return np.where(
            total > 0, self.mailed_counts * self.holdout_counts / np.maximum(total, 1), 0.0
        )

    def buying_counts(self) -> tuple[int, int]:
        """Units with a value, mailed and held out."""
        bought = self.value != 0
        return int((bought & self.is_mailed).sum()), int((bought & ~self.is_mailed).sum())

    def means(self) -> tuple[float, float]:
        """Plain mean of each arm, zeros included; nan for an empty arm."""
        mailed = float(self.value[self.is_mailed].sum())
        holdout = float(self.value[~self.is_mailed].sum())
        return (
            mailed / self.mailed_count if self.mailed_count else float("nan"),
            holdout / self.holdout_count if self.holdout_count else float("nan"),
        )

    def with_value(self, value: np.ndarray) -> Sample:
        """The same units with another outcome."""
        return replace(self, value=np.asarray(value, dtype=float))

    def usable(self) -> Sample:
        """Only the strata in which both arms have units, renumbered."""
        keep = (self.mailed_counts > 0) & (self.holdout_counts > 0)
        if keep.all():
            return self
        number = np.cumsum(keep) - 1
        rows = keep[self.stratum] if len(self.stratum) else np.zeros(0, dtype=bool)
        return Sample(
            self.mailed_counts[keep],
            self.holdout_counts[keep],
            number[self.stratum[rows]],
            self.is_mailed[rows],
            self.value[rows],
        )


def sample_from_units(stratum: np.ndarray, is_mailed: np.ndarray, value: np.ndarray) -> Sample:
    """Build a sample from one entry a unit, zeros included, strata numbered from 0."""
    stratum = np.asarray(stratum, dtype=int)
    is_mailed = np.asarray(is_mailed, dtype=bool)
    value = np.asarray(value, dtype=float)
    size = int(stratum.max()) + 1 if len(stratum) else 0
    keep = value != 0
    return Sample(
        np.bincount(stratum[is_mailed], minlength=size),
        np.bincount(stratum[~is_mailed], minlength=size),
        stratum[keep],
        is_mailed[keep],
        value[keep],
    )


def one_stratum(mailed: np.ndarray, holdout: np.ndarray) -> Sample:
    """Sample of a single stratum from the values of all its units."""
    values = np.concatenate([np.asarray(mailed, dtype=float), np.asarray(holdout, dtype=float)])
    arms = np.arange(len(values)) < len(mailed)
    return sample_from_units(np.zeros(len(values), dtype=int), arms, values)
