"""Leaves a host alone that keeps failing, so that a dead vendor costs minutes and not the night."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.clock import Clock
from ingestion.errors import VendorError


@dataclass(kw_only=True)
class Breaker:
    """After some failed calls in a row a host is left alone for a while."""

    clock: Clock
    threshold: int = 3
    cool_down_seconds: float = 60.0
    _failures: int = 0
    _opened_at: float | None = None

    def check(self, host: str) -> None:
        """Raise while the host is left alone; one call passes after the cool-down."""
        if self._opened_at is None:
            return
        if self.clock.monotonic() - self._opened_at < self.cool_down_seconds:
            raise VendorError(
                f"{host} failed {self._failures} calls in a row: it is left alone for "
                f"{self.cool_down_seconds:g} s; the next run tries again."
            )
        self._opened_at = None

    def record(self, *, is_failure: bool) -> None:
        """Count the outcome of a call."""
        self._failures = self._failures + 1 if is_failure else 0
        if self._failures >= self.threshold:
            self._opened_at = self.clock.monotonic()
