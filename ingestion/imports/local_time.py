"""Local wall-clock times <-> UTC for whole arrays, by the rule of the project.

An ambiguous local time (the hour repeated in autumn) takes the earlier of its two instants; a
time that does not exist (the hour skipped in spring) moves forward by the length of the gap. Both follow from
one rule: the old offset holds until the later of the two wall-clock readings of the change.
Parsing of texts is not here; it is in `typing_sql`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

FIRST_YEAR, LAST_YEAR = 1900, 2101
_MICROSECONDS = 1_000_000


@lru_cache(maxsize=16)
def _changes(time_zone: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Offset changes of a zone: (UTC instants, wall-clock starts, offsets), in microseconds.

    The first offset holds before all changes, so `offsets` has one more than the others.
    """
    zone = ZoneInfo(time_zone)
    instants: list[int] = []
    offsets: list[int] = []
    day = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    offsets.append(_offset(day, zone))
    end = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    step = timedelta(days=7)
    while day < end:
        following = day + step
        if _offset(following, zone) != offsets[-1]:
            change = _change_between(day, following, zone)
            instants.append(int(change.timestamp()) * _MICROSECONDS)
            offsets.append(_offset(change, zone))
            day = change
        else:
            day = following
    offset_array = np.array(offsets, dtype=np.int64)
    instant_array = np.array(instants, dtype=np.int64)
    walls = instant_array + np.maximum(offset_array[:-1], offset_array[1:])
    return instant_array, walls, offset_array


def _offset(instant: datetime, zone: ZoneInfo) -> int:
    offset = instant.astimezone(zone).utcoffset() or timedelta(0)
    return int(offset.total_seconds()) * _MICROSECONDS


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second with another offset than `low`; there is one by `high`."""
    before = _offset(low, zone)
    seconds_low, seconds_high = 0, int((high - low).total_seconds())
    while seconds_high - seconds_low > 1:
        middle = (seconds_low + seconds_high) // 2
        if _offset(low + timedelta(seconds=middle), zone) == before:
            seconds_low = middle
        else:
            seconds_high = middle
    return low + timedelta(seconds=seconds_high)


def local_to_utc(time_zone: str) -> Callable[[pa.ChunkedArray], pa.Array]:
    """A function of naive local timestamps (us) that gives naive UTC timestamps (us)."""
    _, walls, offsets = _changes(time_zone)

    def convert(local: pa.ChunkedArray) -> pa.Array:
        values, is_null = _as_numpy(local)
        result = values - offsets[np.searchsorted(walls, values, side="right")]
        return pa.array(result, mask=is_null).cast(pa.timestamp("us"))

    return convert


def utc_to_local(time_zone: str) -> Callable[[pa.ChunkedArray], pa.Array]:
    """A function of naive UTC timestamps (us) that gives naive local timestamps (us)."""
    instants, _, offsets = _changes(time_zone)

    def convert(utc: pa.ChunkedArray) -> pa.Array:
        values, is_null = _as_numpy(utc)
        result = values + offsets[np.searchsorted(instants, values, side="right")]
        return pa.array(result, mask=is_null).cast(pa.timestamp("us"))

    return convert


def _as_numpy(timestamps: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(timestamps, pa.ChunkedArray):
        timestamps = timestamps.combine_chunks()
    is_null = timestamps.is_null().to_numpy(zero_copy_only=False)
    whole = timestamps.cast(pa.timestamp("us")).cast(pa.int64()).fill_null(0)
    return whole.to_numpy(zero_copy_only=False), is_null
