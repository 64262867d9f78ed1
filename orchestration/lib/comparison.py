"""Two periods side by side with intervals: did things get better since the pilot began?

Pure functions over the published marts. Shares carry Wilson intervals and their difference
Newcombe's (1998, method 10); medians carry bootstrap intervals with a fixed seed. Periods are
local dates, both ends included.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np

from ingestion.errors import SettingsError

_Z = 1.959963984540054
_RESAMPLES = 2_000
_SEED = 20_260_901


class Period(NamedTuple):
    """Local dates, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Compared:
    """One measure of both periods; low and high bound the difference (after less before).

    Values are null where a period holds nothing; the difference is then null, too.
    """

    measure: str
    unit: str
    before: float | None
    before_count: int
    after: float | None
    after_count: int
    difference: float | None
    low: float | None
    high: float | None
    is_less_better: bool

    @property
    def verdict(self) -> str:
        """better, worse, or no difference to be seen; too few where there is nothing."""
        if self.low is None or self.high is None:
            return "too few to say"
        if self.low <= 0 <= self.high:
            return "no difference to be seen"
        return "better" if (self.high < 0) == self.is_less_better else "worse"


def parse_period(text: str) -> Period:
    """`2026-09-01..2026-09-14` as a period.

    Raises:
        SettingsError: It is not like that, or ends before it begins.
    """
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", text.strip())
    try:
        period = Period(*(date.fromisoformat(part) for part in match.groups())) if match else None
    except ValueError:
        period = None
    if period is None or period.last < period.first:
        raise SettingsError(
            f"'{text}' is no period: expected two dates such as 2026-09-01..2026-09-14, the first "
            "not after the last."
        )
    return period


def wilson_interval(good: int, count: int) -> tuple[float, float]:
    """95 % score interval of a share; (0, 1) for nothing."""
    if count == 0:
        return 0.0, 1.0
    share = good / count
    centre = share + _Z**2 / (2 * count)
    spread = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def compare_shares(
    measure: str,
    *,
    before: tuple[int, int],
    after: tuple[int, int],
    is_less_better: bool,
) -> Compared:
    """Compare two shares, each given as (part, whole)."""
    (part_1, whole_1), (part_2, whole_2) = before, after
    value_1 = part_1 / whole_1 if whole_1 else None
    value_2 = part_2 / whole_2 if whole_2 else None
    difference = low = high = None
    if value_1 is not None and value_2 is not None:
        low_1, high_1 = wilson_interval(part_1, whole_1)
        low_2, high_2 = wilson_interval(part_2, whole_2)
        difference = value_2 - value_1
        low = difference - math.hypot(value_2 - low_2, high_1 - value_1)
        high = difference + math.hypot(high_2 - value_2, value_1 - low_1)
    return Compared(
        measure, "share", value_1, whole_1, value_2, whole_2, difference, low, high, is_less_better
    )


def compare_medians(
    measure: str, unit: str, *, before: np.ndarray, after: np.ndarray, is_less_better: bool
) -> Compared:
    """Compare two medians; fewer than five values in a period give no interval."""
    value_1 = float(np.median(before)) if len(before) else None
    value_2 = float(np.median(after)) if len(after) else None
    difference = value_2 - value_1 if value_1 is not None and value_2 is not None else None
    low = high = None
    if min(len(before), len(after)) >= 5:
        random = np.random.default_rng(_SEED)
        first = np.median(random.choice(np.sort(before), (_RESAMPLES, len(before))), axis=1)
        second = np.median(random.choice(np.sort(after), (_RESAMPLES, len(after))), axis=1)
        low, high = (float(bound) for bound in np.percentile(second - first, [2.5, 97.5]))
    return Compared(
        measure,
        unit,
        value_1,
        len(before),
        value_2,
        len(after),
        difference,
        low,
        high,
        is_less_better,
    )


def compare_periods(
    marts: duckdb.DuckDBPyConnection, *, before: Period, after: Period
) -> list[Compared]:
    """Follow-up speed, duplicates, silent failures and completeness of both periods."""
    speeds = [_follow_up_hours(marts, period) for period in (before, after)]
    results = [
        compare_medians(
            "hours until follow-up",
            "hours",
            before=speeds[0],
            after=speeds[1],
            is_less_better=True,
        )
    ]
    for measure, query, is_less_better in _SHARES:
        parts = [_part_and_whole(marts, query, period) for period in (before, after)]
        results.append(
            compare_shares(measure, before=parts[0], after=parts[1], is_less_better=is_less_better)
        )
    return results


_SHARES = (
    (
        "follow-ups missed",
        (
            "select count(*) filter (where is_missed), count(*) from rpt_follow_up_sla "
            "where owed_since_on between ? and ? and (is_missed or followed_up_at is not null)"
        ),
        True,
    ),
    (
        "duplicate bookings",
        (
            "select count(findings.entity_id), count(*) from fct_bookings as bookings "
            "left join (select distinct source, account, entity_id from rpt_reconciliation "
            "where kind = 'duplicate_booking') as findings "
            "on bookings.source = findings.source and bookings.account = findings.account "
            "and bookings.booking_id = findings.entity_id "
            "where bookings.requested_on between ? and ?"
        ),
        True,
    ),
    (
        "silent failures (enquiries, bookings and outcomes that did not arrive)",
        (
            "select sum(expected_count - observed_count), sum(expected_count) from rpt_wires "
            "where wire <> 'customer_reconciled' and day_on between ? and ?"
        ),
        True,
    ),
    (
        "completeness of all wires",
        (
            "select sum(observed_count), sum(expected_count) from rpt_wires "
            "where day_on between ? and ?"
        ),
        False,
    ),
    (
        "late arrivals",
        ("select sum(late_count), sum(observed_count) from rpt_wires where day_on between ? and ?"),
        True,
    ),
)


def _part_and_whole(
    marts: duckdb.DuckDBPyConnection, query: str, period: Period
) -> tuple[int, int]:
    row = marts.execute(query, [period.first, period.last]).fetchone() or (0, 0)
    return int(row[0] or 0), int(row[1] or 0)


def _follow_up_hours(marts: duckdb.DuckDBPyConnection, period: Period) -> np.ndarray:
    rows = marts.execute(
        "select date_diff('second', owed_since_at, followed_up_at) / 3600 from rpt_follow_up_sla "
        "where followed_up_at is not null and owed_since_on between ? and ? order by 1",
        [period.first, period.last],
    ).fetchall()
    return np.array([row[0] for row in rows], dtype=np.float64)
