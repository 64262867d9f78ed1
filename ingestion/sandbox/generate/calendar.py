"""World time: days around an anchor date in the operator's zone, instants in UTC.

All instants in the world are naive UTC `datetime64[s]`; `NaT` means "never happens".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

ZONE = "America/Chicago"
HISTORY_DAYS = 1_000
BUSY_DAYS = 430
FUTURE_DAYS = 41
EARLIER_BUSINESS = 0.12
_TABLE_DAYS_BEFORE = 3000
_TABLE_DAYS_AFTER = 400
NEVER = np.datetime64("NaT", "s")


@dataclass(frozen=True)
class Calendar:
    """Day offsets relative to the anchor (0 = the anchor's local midnight) to UTC instants.

    Attributes:
        anchor: Local date at whose midnight the world's clock starts.
        zone: IANA name of the operator's time zone.
    """

    anchor: date
    zone: str = ZONE
    _utc_offsets: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone = ZoneInfo(self.zone)
        offsets = [
            datetime.combine(self.anchor + timedelta(days=day), time(12), zone).utcoffset()
            for day in range(-_TABLE_DAYS_BEFORE, _TABLE_DAYS_AFTER)
        ]
        seconds = [int(offset.total_seconds()) for offset in offsets if offset is not None]
        object.__setattr__(self, "_utc_offsets", np.array(seconds, dtype=np.int64))

    @property
    def start(self) -> datetime:
        """The clock's first instant: the anchor's local midnight, aware UTC."""
        local = datetime.combine(self.anchor, time(0), ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def instants(self, days: np.ndarray, seconds: np.ndarray | float = 0) -> np.ndarray:
        """UTC instants of local times.

        Args:
            days: Whole days from the anchor (negative: before it).
            seconds: Local seconds after that day's midnight.
        """
        whole = np.asarray(days).astype(np.int64)
        index = np.clip(whole + _TABLE_DAYS_BEFORE, 0, len(self._utc_offsets) - 1)
        midnight = np.datetime64(self.anchor.isoformat(), "s")
        local = whole * 86_400 + np.asarray(seconds).astype(np.int64)
        return midnight + (local - self._utc_offsets[index]).astype("timedelta64[s]")

    def local_days(self, instants: np.ndarray) -> np.ndarray:
        """Whole local days from the anchor of UTC instants (0 for NaT)."""
        known = ~np.isnat(instants)
        filled = np.where(known, instants, np.datetime64(self.start.replace(tzinfo=None), "s"))
        midnight = np.datetime64(self.anchor.isoformat(), "s")
        utc_seconds = (filled - midnight).astype(np.int64)
        guess = np.clip(utc_seconds // 86_400 + _TABLE_DAYS_BEFORE, 0, len(self._utc_offsets) - 1)
        return np.where(known, (utc_seconds + self._utc_offsets[guess]) // 86_400, 0)

    def dates(self, days: np.ndarray) -> np.ndarray:
        """Local dates (`datetime64[D]`) of day numbers."""
        return np.datetime64(self.anchor.isoformat(), "D") + np.asarray(days).astype(np.int64)

    def busyness(self, days: np.ndarray) -> np.ndarray:
        """How much business a day brings: little while the operator is young, then 1.

        The young years are there so that customers can be known as new, quiet or regular when
        the first campaign mails: that takes two years of jobs before it.
        """
        return np.where(np.asarray(days) < -BUSY_DAYS, EARLIER_BUSINESS, 1.0)

    def put_off(
        self,
        instants: np.ndarray,
        since: np.ndarray,
        rng: np.random.Generator,
        *,
        share: float = 0.4,
        within_days: int = 10_000,
    ) -> np.ndarray:
        """Let a share of what was due before the clock starts be done in the weeks after it.

        So that the first nights bring merges, refunds and deletions in a small world as well.

        Args:
            instants: When each thing would be done.
            since: Since when it could have been.
            rng: Draws which, and when (mean 6 days after the start).
            share: Of those that qualify.
            within_days: Only what could be done at most that long before the start.
        """
        start = self.instants(np.zeros(len(since)))
        waits = (since < start) & (since >= later(start, -within_days * 86_400))
        waits &= rng.random(len(since)) < share
        then = later(start, rng.exponential(6 * 86_400, len(since)) + 60)
        return np.where(waits, then, instants).astype("datetime64[s]")

    def date_of(self, day: int) -> date:
        """Local date of one day number."""
        return self.anchor + timedelta(days=day)


def later(instants: np.ndarray, seconds: np.ndarray | float) -> np.ndarray:
    """Instants moved by seconds; NaT stays NaT."""
    return instants + np.asarray(seconds).astype("timedelta64[s]")


def only_where(condition: np.ndarray, instants: np.ndarray) -> np.ndarray:
    """The instants where the condition holds, else never."""
    return np.where(condition, instants, NEVER).astype("datetime64[s]")
