"""A fault plan per endpoint: what goes wrong, when, and how often; and the log of all requests.

Faults stand between the HTTP server and the vendor's answer, so every vendor can have every fault.
Which kinds exist is the table of `KINDS`.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatch

KINDS = {
    "status": "answers `status` (429, 5xx, ...) with `headers` and `body`",
    "hang": "answers nothing for `seconds`, then goes on",
    "trickle": "sends one byte every `seconds`",
    "cut_declared": "announces the whole Content-Length, sends half, closes",
    "cut_chunked": "starts a chunked body and breaks off without its end",
    "cut_silent": "sends half of the JSON as a well-formed answer",
    "body": "answers 200 with `body` (HTML, nothing, null, BOM, NaN, broken JSON)",
    "gzip_bomb": "answers 200 with a gzip body that grows to `size` bytes of zeros",
    "huge": "answers 200 with `size` bytes of JSON text",
    "nested": "answers 200 with `size` nested arrays",
    "redirect": "answers 302 to `location`",
    "repeat_rows": "puts the previous page's rows before this page's own",
    "loop_cursor": "gives the cursor that was asked with back as the next one",
    "reorder": "turns the rows of the page round",
    "empty_page": "gives no rows, but says there are more",
    "drift": "changes records as `drift` says",
    "expire_token": "forgets the caller's token before it is looked at",
    "refuse_refresh": "refuses to renew a token, with `status`",
}
DRIFTS = (
    "new_field",
    "removed_field",
    "int_to_string",
    "object_to_list",
    "null_to_object",
    "upper_keys",
    "many_fields",
    "renamed_enum",
    "id_as_float",
)


@dataclass(frozen=True)
class Fault:
    """One planned misbehaviour.

    Attributes:
        kind: One of `KINDS`.
        times: How many requests it hits; None: all.
        after: How many matching requests pass unharmed first.
        status, headers, body: For `status` and `body`.
        seconds: For `hang` and `trickle`.
        size: For `gzip_bomb`, `huge` (bytes) and `nested` (levels).
        location: For `redirect`.
        drift: For `drift`: one of `DRIFTS`.
        field: Which field drifts.
    """

    kind: str
    times: int | None = 1
    after: int = 0
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 1.0
    size: int = 100_000_000
    location: str = "http://127.0.0.9:9/elsewhere"
    drift: str = "new_field"
    field: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Fault kind '{self.kind}': expected one of {', '.join(KINDS)}.")
        if self.kind == "drift" and self.drift not in DRIFTS:
            raise ValueError(f"Drift '{self.drift}': expected one of {', '.join(DRIFTS)}.")

    @classmethod
    def too_many(cls, retry_after: str | None = None, **more: object) -> Fault:
        """A 429, with or without Retry-After (seconds or an HTTP date)."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return cls("status", status=429, headers=headers, **more)  # type: ignore[arg-type]


@dataclass
class _Planned:
    vendor: str
    pattern: str
    fault: Fault
    seen: int = 0


class FaultPlan:
    """The faults in force; safe to change while requests run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []

    def set(self, vendor: str, pattern: str, fault: Fault) -> None:
        """Plan a fault.

        Args:
            vendor: `hubspot`, `servicetitan`, `quickbooks`, `pcm` or `*`.
            pattern: Path with wildcards, e.g. `*/export/jobs`; `*` means every path.
            fault: What goes wrong there.
        """
        with self._lock:
            self._planned.append(_Planned(vendor, pattern, fault))

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._planned.clear()

    def due(self, vendor: str, path: str) -> tuple[Fault, ...]:
        """The faults that hit this request; counts it."""
        hit: list[Fault] = []
        with self._lock:
            for planned in self._planned:
                if planned.vendor not in ("*", vendor) or not fnmatch(path, planned.pattern):
                    continue
                planned.seen += 1
                number = planned.seen - planned.fault.after
                if number >= 1 and (planned.fault.times is None or number <= planned.fault.times):
                    hit.append(planned.fault)
        return tuple(hit)


@dataclass(frozen=True)
class Request:
    """One request as it was answered."""

    vendor: str
    method: str
    path: str
    query: str
    status: int
    answered_at: datetime


class RequestLog:
    """Every request since the start or the last `clear`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def add(self, vendor: str, method: str, path: str, query: str, status: int) -> None:
        """Note one answered request."""
        request = Request(vendor, method, path, query, status, datetime.now(UTC))
        with self._lock:
            self._requests.append(request)

    @property
    def requests(self) -> tuple[Request, ...]:
        """All noted requests, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def counts(self) -> dict[tuple[str, str], int]:
        """Requests per (vendor, path)."""
        return dict(Counter((request.vendor, request.path) for request in self.requests))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._requests.clear()
