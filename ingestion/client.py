"""The HTTP client all vendors are read with: bounded, patient within a budget, and logged.

At most three attempts a call in all, exponential back-off with jitter between them, `Retry-After`
honoured within the run's budget, a rate limiter before and a circuit breaker behind. Redirects
are refused, so credentials never reach another host. One exchange is in `transport.py`; what a
vendor's errors mean beyond their status is given by its module as an `Etiquette`.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import tenacity

from ingestion.breaker import Breaker
from ingestion.call_log import CallLog
from ingestion.clock import Clock, RateLimiter
from ingestion.errors import CredentialsError, SettingsError, TransientError, VendorError
from ingestion.retry_after import retry_after_seconds
from ingestion.transport import Answer, Transport

logger = logging.getLogger(__name__)

ATTEMPTS = 3
_TRANSIENT = frozenset({408, 423, 425, 429, 477, 500, 502, 503, 504, *range(520, 528)})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class RefusedError(VendorError):
    """The vendor refused a call for good (a status from 400 on that no retry cures).

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class Auth(Protocol):
    """Gives the headers that identify us."""

    def headers(self) -> Mapping[str, str]:
        """Headers for the next call; may fetch a token first."""
        ...

    def renew(self) -> bool:
        """Called after a 401: get a new token; False if there is nothing to renew."""
        ...


@dataclass(frozen=True, kw_only=True)
class Etiquette:
    """How one vendor wants to be waited for.

    Attributes:
        pause: (status, body, attempt) -> seconds to wait where it sends no Retry-After, or None.
    """

    pause: Callable[[int, bytes, int], float | None] = lambda _status, _body, _attempt: None


@dataclass(kw_only=True)
class Client:
    """Calls one host for one account.

    Attributes:
        base_url: https, or http to the own machine.
        budget_seconds: All waiting for retries of a run together.
    """

    base_url: str
    transport: Transport
    log: CallLog
    limiter: RateLimiter
    clock: Clock
    auth: Auth | None = None
    etiquette: Etiquette = field(default_factory=Etiquette)
    budget_seconds: float = 120.0
    breaker: Breaker | None = None

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        parts = urlsplit(self.base_url)
        is_local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or is_local):
            raise SettingsError(
                f"Base address '{parts.scheme}://{parts.hostname}' is not allowed: expected https, "
                "or http to this machine; correct base_url in matchback.toml."
            )
        self._host = parts.hostname
        self.breaker = self.breaker or Breaker(clock=self.clock)

    def call(
        self,
        method: str,
        path: str,
        *,
        endpoint: str | None = None,
        params: Mapping[str, Any] | None = None,
        check: Callable[[Answer], Any] | None = None,
        limiter: RateLimiter | None = None,
        **parts: Any,
    ) -> Any:
        """Make a call and return what `check` makes of the answer (default: the answer).

        Args:
            method: GET or POST; every call made here only reads, so all may be repeated.
            path: Below base_url.
            endpoint: The path with its ids as placeholders, for the log; default the path.
            params: Query parameters.
            check: Parses the answer; its TransientError counts as a failed attempt.
            limiter: Instead of the client's own.
            **parts: `json`, `data`, `content`, `headers` of the request.

        Raises:
            CredentialsError: 401 or 403, after one renewal.
            RefusedError: Another status from 400 on that no retry cures.
            VendorError: Three attempts failed, or the budget or the breaker forbids another.
        """
        assert self.breaker is not None  # noqa: S101  set in __post_init__
        self.breaker.check(self._host)
        call = _Call(self, method, path, endpoint or path, params, check, limiter, parts)
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            retry=tenacity.retry_if_exception_type(TransientError),
            wait=call.pause,
            sleep=self.clock.sleep,
            reraise=True,
        )
        try:
            result = retrying(call.attempt)
        except TransientError as error:
            self.breaker.record(is_failure=True)
            raise VendorError(
                f"{str(error).rstrip('.')}; {ATTEMPTS} attempts failed, the next run tries again."
            ) from None
        except VendorError as error:
            self.breaker.record(is_failure=not isinstance(error, RefusedError))
            raise
        self.breaker.record(is_failure=False)
        return result

    def spend(self, seconds: float, *, after: BaseException | None) -> None:
        """Take a wait out of the run's budget.

        Args:
            seconds: How long.
            after: What the wait is for; the sentence begins with it.

        Raises:
            VendorError: The budget does not hold it.
        """
        if seconds > self.budget_seconds:
            what = str(after or f"{self._host} asks to wait.").rstrip(".")
            raise VendorError(
                f"{what}; {self._host} asks to wait {seconds:.0f} s, but "
                f"{self.budget_seconds:.0f} s are left of limits.retry_budget_seconds: it stops "
                "here, the next run goes on."
            )
        self.budget_seconds -= seconds


class _Call:
    """One logical call and its attempts."""

    def __init__(
        self,
        client: Client,
        method: str,
        path: str,
        endpoint: str,
        params: Mapping[str, Any] | None,
        check: Callable[[Answer], Any] | None,
        limiter: RateLimiter | None,
        parts: dict[str, Any],
    ) -> None:
        self._client = client
        self._method = method
        self._url = client.base_url + path
        self._endpoint = endpoint
        self._params = params
        self._check = check or (lambda answer: answer)
        self._limiter = limiter or client.limiter
        self._parts = parts
        self._id = uuid.uuid4().hex
        self._attempts = 0
        self._renewed = False

    @property
    def _what(self) -> str:
        return f"{self._method} {self._endpoint}"

    def attempt(self) -> Any:
        answer, result = self._once()
        if answer.status == 401 and not self._renewed and self._client.auth:
            self._renewed = True
            if self._client.auth.renew():
                raise TransientError(f"{self._what} answered 401.", retry_after=0.0)
        if answer.status in (401, 403):
            raise CredentialsError(
                f"{self._what} was refused with {answer.status}: expected the account's "
                "credentials and scopes to allow it; renew them, then run again."
            )
        if answer.status >= 400:
            raise RefusedError(
                f"{self._what} was refused with {answer.status}: expected 200; its body is in "
                "raw_matchback.api_calls.",
                status=answer.status,
            )
        return result

    def _once(self) -> tuple[Answer, Any]:
        client = self._client
        headers = {**(client.auth.headers() if client.auth else {})}
        headers.update(self._parts.get("headers") or {})
        parts = {**self._parts, "headers": headers}
        request = client.transport.build(self._method, self._url, params=self._params, **parts)
        self._limiter.wait()
        self._attempts += 1
        called_at, started = client.clock.now(), client.clock.monotonic()
        answer: Answer | None = None
        problem: str | None = None
        result: Any = None
        try:
            answer = client.transport.exchange(request, what=self._what)
            self._judge(answer)
            if answer.status < 300:
                result = self._check(answer)
        except VendorError as error:
            problem = str(error)
            raise
        finally:
            client.log.attempt(
                endpoint=self._endpoint,
                method=self._method,
                called_at=called_at,
                logical_call_id=self._id,
                attempt=self._attempts,
                latency_ms=(client.clock.monotonic() - started) * 1000,
                status=answer.status if answer else None,
                headers=answer.headers if answer else None,
                body=answer.body if answer else b"",
                error=problem,
            )
        return answer, result

    def _judge(self, answer: Answer) -> None:
        if 300 <= answer.status < 400:
            raise VendorError(
                f"{self._what} answered with a redirect ({answer.status}): expected none, as "
                "credentials are sent to the configured host only; correct base_url."
            )
        if answer.status not in _TRANSIENT:
            return
        client = self._client
        asked = retry_after_seconds(answer.headers, now=client.clock.now())
        if asked is None:
            asked = client.etiquette.pause(answer.status, answer.body, self._attempts)
        raise TransientError(f"{self._what} answered {answer.status}.", retry_after=asked)

    def pause(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next attempt; taken out of the run's budget."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, TransientError) else None
        backoff = min(0.5 * 2**state.attempt_number, 20.0)
        jittered = backoff * random.uniform(0.5, 1.0)  # noqa: S311
        seconds = jittered if asked is None else asked * random.uniform(1.0, 1.1)  # noqa: S311
        self._client.spend(seconds, after=error)
        return seconds
