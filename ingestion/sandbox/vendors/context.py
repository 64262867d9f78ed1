"""What the vendors' applications share: the store, tokens, throttles, JSON answers."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response

from ingestion.sandbox.serve import Store

HORIZON_SECONDS = 300


def json_answer(
    document: object, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """A JSON answer from Python values."""
    return Response(orjson.dumps(document), status, headers, media_type="application/json")


def raw_answer(text: str, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer from text that is JSON already."""
    return Response(text.encode(), 200, headers, media_type="application/json")


@dataclass
class Throttle:
    """Requests allowed in a sliding window; None: any number."""

    limit: int | None
    seconds: float = 1.0
    _times: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self) -> bool:
        """Count this request; False: too many."""
        if self.limit is None:
            return True
        now = time.monotonic()
        with self._lock:
            while self._times and self._times[0] <= now - self.seconds:
                self._times.popleft()
            if len(self._times) >= self.limit:
                return False
            self._times.append(now)
            return True


class Tokens:
    """Bearer tokens with a life time; each stands for something (a tenant, an account)."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, float]] = {}

    def issue(self, meaning: str) -> str:
        """A new token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._known[token] = (meaning, time.monotonic() + self.seconds)
        return token

    def meaning(self, authorization: str) -> str | None:
        """What the token of an `Authorization: Bearer` header stands for; None: not valid."""
        token = authorization.removeprefix("Bearer ").strip()
        with self._lock:
            meaning, expires = self._known.get(token, ("", 0.0))
        return meaning if meaning and time.monotonic() < expires else None

    def forget(self) -> None:
        """Let every token expire at once."""
        with self._lock:
            self._known.clear()


@dataclass
class Context:
    """One vendor's surroundings.

    Attributes:
        store: The world at the clock's present.
        tokens: Valid tokens.
        throttle: The vendor's rate limit, and `search_throttle` HubSpot's second one.
        retry_after: Whether a 429 says how long to wait (seconds), or None.
        options: Vendor-specific switches (see Sandbox).
    """

    store: Store
    tokens: Tokens
    throttle: Throttle
    search_throttle: Throttle
    retry_after: int | None = None
    options: dict[str, object] = field(default_factory=dict)

    def slow_down(self) -> dict[str, str]:
        """Headers of a 429."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
