"""How long work orders take when some are still open and some are cancelled.

Plain percentiles of finished jobs look better than the truth as long as the slow ones are open.
Here open jobs are censored and cancellation is a competing risk (Aalen and Johansen 1978; in the
two-outcome case the cumulative incidence F1(t) = sum of S(u-) d1(u) / n(u) over u <= t).
Which jobs these are, and the plain percentiles, is SQL of domain operations.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

COMPLETED, CANCELLED, OPEN = 1, 2, 0
QUANTILES = {"cycle_time_hours_competing": 0.5, "cycle_time_hours_competing_p90": 0.9}
SCHEMA = pa.schema(
    [
        ("kpi", pa.string()),
        ("period", pa.string()),
        ("cut", pa.string()),
        ("cut_value", pa.string()),
        ("value", pa.float64()),
        ("job_count", pa.int64()),
        ("period_start_on", pa.date32()),
    ]
)


def cumulative_incidence(
    seconds: np.ndarray, outcomes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Probability of being completed by each time, cancellation competing.

    Args:
        seconds: Time to the outcome, or to now for an open job (int64, >= 0).
        outcomes: COMPLETED, CANCELLED or OPEN, one for each.

    Returns:
        Distinct times at which a job ended, ascending, and the incidence of completion at each
        (float64, 0..1, never falling). Both empty where no job ended.
    """
    times, positions = np.unique(seconds, return_inverse=True)
    if not len(times):
        return np.empty(0, dtype=np.int64), np.empty(0)
    completed = np.bincount(positions, weights=outcomes == COMPLETED, minlength=len(times))
    cancelled = np.bincount(positions, weights=outcomes == CANCELLED, minlength=len(times))
    leaving = np.bincount(positions, minlength=len(times))
    at_risk = len(seconds) - np.concatenate(([0], np.cumsum(leaving)[:-1]))
    surviving = np.cumprod(1 - (completed + cancelled) / at_risk)
    surviving_before = np.concatenate(([1.0], surviving[:-1]))
    incidence = np.cumsum(surviving_before * completed / at_risk)
    ended = (completed + cancelled) > 0
    return times[ended], incidence[ended]


def completion_quantile(seconds: np.ndarray, outcomes: np.ndarray, share: float) -> float | None:
    """Seconds after which `share` of all jobs are completed; None if it is never reached."""
    times, incidence = cumulative_incidence(seconds, outcomes)
    # The sum of many shares that make one half may fall a last digit short of it.
    reached = np.flatnonzero(incidence >= share - 1e-12)
    return float(times[reached[0]]) if len(reached) else None


def estimate_completion_curves(jobs: pd.DataFrame) -> pa.Table:
    """Median and 90th percentile of cycle time by month of creation, for all, location, class.

    Args:
        jobs: One row per job: created_month_on (date), location_key, job_class (str),
            seconds (int64), outcome (int: COMPLETED, CANCELLED, OPEN). Any order.

    Returns:
        One row per month, cut and KPI in the columns of `SCHEMA`; value in hours, null where so
        many jobs are open or cancelled that the quantile is not reached.
    """
    rows = []
    for cut, column in (("(all)", None), ("location", "location_key"), ("job_class", "job_class")):
        keys = ["created_month_on", *([column] if column else [])]
        for group_key, group in jobs.groupby(keys, sort=True, dropna=True):
            seconds = group["seconds"].to_numpy(dtype=np.int64)
            outcomes = group["outcome"].to_numpy(dtype=np.int64)
            for kpi, share in QUANTILES.items():
                value = completion_quantile(seconds, outcomes, share)
                rows.append(
                    {
                        "kpi": kpi,
                        "period": "month",
                        "cut": cut,
                        "cut_value": group_key[1] if column else "(all)",
                        "value": None if value is None else value / 3600,
                        "job_count": len(group),
                        "period_start_on": pd.Timestamp(group_key[0]).date(),
                    }
                )
    return pa.Table.from_pylist(rows, schema=SCHEMA)
