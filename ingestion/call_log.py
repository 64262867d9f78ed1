"""Every attempt of every call, as it will land in `raw_matchback.api_calls`.

Endpoints are kept as templates, so no id and no personal datum of a URL is stored; bodies are
kept of errors only, redacted and cut.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingestion.redaction import redact
from ingestion.spool import Spool

_TRACE_HEADERS = (
    "x-hubspot-correlation-id",
    "intuit_tid",
    "x-correlation-id",
    "x-request-id",
    "traceparent",
)
_TRACE_IN_BODY = re.compile(rb'"(?:traceId|correlationId)"\s*:\s*"([^"]{1,100})"')


@dataclass(kw_only=True)
class CallLog:
    """Writes attempts of one account's calls.

    Attributes:
        spool: Where rows go on their way to the warehouse.
        client_id: Which of our keys made the calls; an identifier, never a secret.
        secrets: Values that are taken out of bodies and messages.
        count: Attempts written.
    """

    spool: Spool
    client_id: str
    secrets: set[str] = field(default_factory=set)
    count: int = 0

    def attempt(
        self,
        *,
        endpoint: str,
        method: str,
        called_at: datetime,
        logical_call_id: str,
        attempt: int,
        latency_ms: float,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        error: str | None = None,
    ) -> None:
        """Write one attempt; the body is kept of answers from 400 on."""
        kept = None
        if status is not None and status >= 400:
            kept = redact(body[:16_000].decode("utf-8", errors="replace"), secrets=self.secrets)
        self.count += 1
        self.spool.add(
            "api_calls",
            call_id=uuid.uuid4().hex,
            client_id=self.client_id,
            endpoint=endpoint,
            method=method,
            called_at=called_at,
            logical_call_id=logical_call_id,
            attempt=attempt,
            status_code=status,
            latency_ms=round(latency_ms, 3),
            error=redact(error, secrets=self.secrets) if error else None,
            response_body=kept,
            trace_id=_trace_id(headers or {}, body if kept else b""),
        )


def _trace_id(headers: Mapping[str, str], body: bytes) -> str | None:
    for name in _TRACE_HEADERS:
        if value := headers.get(name):
            return value[:100]
    match = _TRACE_IN_BODY.search(body[:16_000])
    return match.group(1).decode("utf-8", errors="replace") if match else None
