"""Time as the network code sees it: a wall clock, a stop watch and a way to wait."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The real clock; tests give another one."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class RateLimiter:
    """Keeps calls below a vendor's limits.

    Attributes:
        rules: (calls, seconds): so many calls in any span so long.
        clock: What measures and waits.
    """

    rules: tuple[tuple[int, float], ...]
    clock: Clock
    _calls: deque[float] = field(default_factory=deque)

    def wait(self) -> None:
        """Return when one more call is allowed, and count it."""
        while (pause := self._pause()) > 0:
            self.clock.sleep(pause)
        self._calls.append(self.clock.monotonic())
        keep = max((count for count, _ in self.rules), default=0)
        while len(self._calls) > keep:
            self._calls.popleft()

    def _pause(self) -> float:
        now = self.clock.monotonic()
        longest = 0.0
        for count, seconds in self.rules:
            if len(self._calls) >= count:
                longest = max(longest, self._calls[-count] + seconds - now)
        return longest


def per_second(rate: float) -> tuple[tuple[int, float], ...]:
    """Rules for a rate: bursts of a second's worth, or one call at a time below one a second."""
    if rate >= 1:
        return ((int(rate), 1.0),)
    return ((1, 1.0 / rate),)
