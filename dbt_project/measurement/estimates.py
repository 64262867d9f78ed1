"""What every estimator returns, and the level all of them work at."""

from __future__ import annotations

from dataclasses import dataclass

LEVEL = 0.95
ALPHA = 1.0 - LEVEL


@dataclass(frozen=True)
class Estimate:
    """A difference between the mailed and the held-out arm.

    Attributes:
        lift: Mailed less holdout, pooled over strata; None where no stratum has both arms.
        ci_low: Lower end of the 95 % interval; None where none can be given.
        ci_high: Upper end.
        p_value: Two-sided, of no difference, from the statistic the interval inverts; it is at
            most 5 % exactly when the interval leaves out 0.
        method: Name of the method, as published.
        standard_error: Of the lift.
    """

    lift: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    method: str
    standard_error: float | None = None


def no_estimate(method: str, lift: float | None = None) -> Estimate:
    """An estimate that says nothing, with the method that could not."""
    return Estimate(lift, None, None, None, method)
