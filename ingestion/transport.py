"""One HTTP exchange under bounds: total time, bytes on the wire, bytes after decompression.

httpx's own timeouts are per read, so a peer that sends a byte a second holds a call for ever; here
every read gets only what is left of the deadline. httpx also inflates a chunk whole, so a small
gzip body could fill the memory; here it is inflated in bounded steps.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any

import httpcore
import httpx

from ingestion.connection_faults import connection_fault
from ingestion.errors import TransientError, VendorError

CONNECT_SECONDS = 10.0
_STEP = 256 * 1024


@dataclass(frozen=True)
class Answer:
    """A whole response: status, headers, body after decompression."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Deadline:
    """When the exchange under way has to be over."""

    def __init__(self) -> None:
        self.at = float("inf")

    def left(self, timeout: float | None) -> float:
        left = self.at - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        inner = super().connect_tcp(
            host, port, self._deadline.left(timeout), local_address, socket_options
        )
        return _Stream(inner, self._deadline)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Certificates are read once a process: that costs 40 ms."""
    return httpx.create_ssl_context(trust_env=False)


class Transport:
    """A connection pool that answers whole, bounded responses. One exchange at a time."""

    def __init__(self, *, request_seconds: float, max_bytes: int) -> None:
        self._seconds = request_seconds
        self._max_bytes = max_bytes
        self._deadline = _Deadline()
        context = _tls()
        transport = httpx.HTTPTransport(retries=0, verify=context)
        # httpx has no public way to give its pool a network backend.
        transport._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=2,
            keepalive_expiry=30.0,
            network_backend=_Backend(self._deadline),
        )
        self._client = httpx.Client(
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(request_seconds, connect=CONNECT_SECONDS),
            headers={"accept-encoding": "gzip", "user-agent": "matchback"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def exchange(self, request: httpx.Request, *, what: str) -> Answer:
        """Send a request and read the whole answer.

        Raises:
            TransientError: No connection, too slow, cut off.
            VendorError: A certificate nobody vouches for, more bytes than allowed, or an
                encoding that was not asked for.
        """
        self._deadline.at = monotonic() + self._seconds
        try:
            response = self._client.send(request, stream=True)
            try:
                return Answer(response.status_code, response.headers, self._read(response, what))
            finally:
                response.close()
        except httpx.TimeoutException:
            raise TransientError(
                f"{what} did not answer whole within {self._seconds:g} s: expected it to "
                "(limits.request_seconds)."
            ) from None
        except httpx.HTTPError as error:
            raise connection_fault(error, what, request.url.host) from None

    def build(self, method: str, url: str, **parts: Any) -> httpx.Request:
        """A request with this client's defaults."""
        return self._client.build_request(method, url, **parts)

    def _read(self, response: httpx.Response, what: str) -> bytes:
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._max_bytes:
            raise self._too_big(what)
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding in ("", "identity"):
            inflate = None
        elif encoding in ("gzip", "deflate", "x-gzip"):
            inflate = zlib.decompressobj(wbits=47 if encoding != "deflate" else zlib.MAX_WBITS)
        else:
            raise VendorError(f"{what} answered in encoding '{encoding[:20]}': expected gzip.")
        body = bytearray()
        received = 0
        for chunk in response.iter_raw():
            received += len(chunk)
            for part in self._inflated(inflate, chunk, what):
                body += part
                if len(body) > self._max_bytes or received > self._max_bytes:
                    raise self._too_big(what)
        if inflate is not None and body and not inflate.eof:
            raise TransientError(f"{what} was cut off inside its gzip body: expected all of it.")
        if inflate is None and declared.isdigit() and received != int(declared):
            raise TransientError(f"{what} was cut off: expected {declared} bytes, got {received}.")
        return bytes(body)

    def _inflated(self, inflate: Any, chunk: bytes, what: str) -> Iterable[bytes]:
        if inflate is None:
            yield chunk
            return
        try:
            while chunk:
                yield inflate.decompress(chunk, _STEP)
                chunk = inflate.unconsumed_tail
        except zlib.error:
            raise TransientError(
                f"{what} sent a damaged gzip body: expected a sound one."
            ) from None

    def _too_big(self, what: str) -> VendorError:
        return VendorError(
            f"{what} answered with more than {self._max_bytes // 1_000_000} MB: expected a page "
            "within limits.page_megabytes; ask for smaller pages or raise that limit."
        )
