"""When there are too few buyers to promise an interval.

The rule of the definitions looks at the smaller arm's buying units. Used alone it picks waves by
the very number that makes the lift: a holdout that should hold 15 buyers and happens to hold 20 is
let through, one with 14 is not, and the intervals let through miss too often (README.md has the
figures). So the expected number is asked too: the buyers of both arms together, times the smaller
arm's share of units, which says nothing about the lift.
"""

from __future__ import annotations

import numpy as np

from dbt_project.measurement.samples import Sample

MINIMUM_BUYING_UNITS = 20
MINIMUM_EXPECTED_BUYING_UNITS = 25


def expected_buying_units(sample: Sample) -> float:
    """Buying units the smaller arm would hold if the arms bought alike, summed over strata."""
    sample = sample.usable()
    bought = np.bincount(
        sample.stratum[sample.value != 0], minlength=len(sample.mailed_counts)
    ).astype(float)
    total = sample.mailed_counts + sample.holdout_counts
    mailed = float((bought * sample.mailed_counts / total).sum()) if len(total) else 0.0
    return min(mailed, float(bought.sum()) - mailed)


def has_enough_buyers(sample: Sample) -> bool:
    """Whether the smaller arm holds enough buying units, seen and expected, for a verdict."""
    return (
        min(sample.usable().buying_counts()) >= MINIMUM_BUYING_UNITS
        and expected_buying_units(sample) >= MINIMUM_EXPECTED_BUYING_UNITS
    )
