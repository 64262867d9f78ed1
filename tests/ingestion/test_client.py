"""The HTTP client under everything a vendor's side can do to it."""

from __future__ import annotations

import gzip
import logging
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.auth import BearerAuth
from ingestion.bodies import Body, parse_page
from ingestion.call_log import CallLog
from ingestion.client import Client, RefusedError
from ingestion.clock import RateLimiter, per_second
from ingestion.errors import CredentialsError, SettingsError, VendorError
from ingestion.landing import OWN_TABLES
from ingestion.sources.hubspot import rate_limit_pause
from ingestion.spool import Spool
from ingestion.transport import Answer, Transport
from tests.ingestion.conftest import NOW, Reply, StillClock, Vendor

TOKEN = "canary-token-0123456789"


@dataclass
class Caller:
    client: Client
    spool: Spool
    still: StillClock

    def get(self, path: str = "/rows") -> Body:
        def check(answer: Answer) -> Body:
            return parse_page(answer.body, ("data",), what=f"GET {path}")

        body: Body = self.client.call("GET", path, check=check)
        return body

    def calls(self, columns: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            connection.execute("create schema raw_matchback")
            for table, ddl in OWN_TABLES.items():
                connection.execute(f"create table raw_matchback.{table} ({ddl})")
            self.spool.drain(connection)
            return connection.execute(
                f"select {columns} from raw_matchback.api_calls order by called_at, attempt"
            ).fetchall()


@pytest.fixture
def caller(vendor: Vendor, still: StillClock, tmp_path: Path) -> Iterator[Caller]:
    made = make_caller(vendor.url, still, tmp_path)
    yield made
    made.client.transport.close()


def make_caller(url: str, still: StillClock, folder: Path, **more: Any) -> Caller:
    spool = Spool(folder / "spool", source="hubspot", account="main", run_id="r")
    client = Client(
        base_url=url,
        transport=Transport(request_seconds=more.pop("seconds", 5.0), max_bytes=1_000_000),
        log=CallLog(spool=spool, client_id="hubspot:main", secrets={TOKEN}),
        limiter=RateLimiter(more.pop("rules", ()), still.clock),
        clock=still.clock,
        auth=BearerAuth(token=TOKEN),
        **more,
    )
    return Caller(client, spool, still)


ROWS = Reply({"data": [{"id": 1}]})


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("1", 1.0, 1.2),
        (format_datetime(NOW.replace(second=7), usegmt=True), 7.0, 7.8),
        ("0.2", 0.2, 0.3),
        (None, 0.5, 1.0),
        ("soon", 0.5, 1.0),
    ],
)
def test_a_429_is_waited_for_as_told(
    caller: Caller, vendor: Vendor, header: str | None, low: float, high: float
) -> None:
    headers = {"Retry-After": header} if header else {}
    vendor.on("/rows", [Reply({}, 429, headers), ROWS])
    assert len(caller.get().records) == 1
    assert len(caller.still.naps) == 1
    assert low <= caller.still.naps[0] <= high


def test_a_wait_beyond_the_budget_ends_the_account_instead_of_sleeping(
    caller: Caller, vendor: Vendor
) -> None:
    vendor.on("/rows", Reply({}, 429, {"Retry-After": "3600"}))
    with pytest.raises(VendorError, match="retry_budget_seconds"):
        caller.get()
    assert caller.still.naps == []
    assert len(vendor.requests) == 1


def test_the_budget_is_one_for_all_calls_of_a_run(caller: Caller, vendor: Vendor) -> None:
    replies = [reply for _ in range(3) for reply in (Reply({}, 429, {"Retry-After": "50"}), ROWS)]
    vendor.on("/rows", replies)
    caller.get()
    caller.get()
    with pytest.raises(VendorError, match="retry_budget_seconds"):
        caller.get()
    assert sum(caller.still.naps) <= 120


@pytest.mark.parametrize("status", [408, 423, 500, 502, 503, 504, 524])
@pytest.mark.parametrize("times", [1, 2, 9])
def test_a_fault_of_the_server_is_tried_three_times_at_most(
    caller: Caller, vendor: Vendor, status: int, times: int
) -> None:
    vendor.on("/rows", [*[Reply({"title": "down"}, status)] * times, ROWS])
    if times < 3:
        assert len(caller.get().records) == 1
    else:
        with pytest.raises(VendorError, match=f"{status}.*3 attempts"):
            caller.get()
    assert len(vendor.requests) == min(times + 1, 3)


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_refusal_is_not_tried_again(caller: Caller, vendor: Vendor, status: int) -> None:
    vendor.on("/rows", Reply({"title": "no"}, status))
    with pytest.raises(RefusedError) as caught:
        caller.get()
    assert caught.value.status == status
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_their_own_error(
    caller: Caller, vendor: Vendor, status: int
) -> None:
    vendor.on("/rows", Reply({}, status))
    with pytest.raises(CredentialsError):
        caller.get()
    assert len(vendor.requests) == 1


def cut_declared(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{"data":[{"id":1},')


def cut_chunked(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{"data":[{"id":1},\r\n'
    )


def cut_silently(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"data":[{"id":1},')


def cut_in_gzip(handler: BaseHTTPRequestHandler) -> None:
    body = gzip.compress(b'{"data":[{"id":1}]}' + b" " * 500)[:-6]
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    handler.wfile.write(head % len(body) + body)


@pytest.mark.parametrize("cut", [cut_declared, cut_chunked, cut_silently, cut_in_gzip])
def test_a_body_that_is_cut_off_is_never_a_short_page(
    caller: Caller, vendor: Vendor, cut: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    vendor.on("/rows", [Reply(raw=cut), Reply({"data": [{"id": 1}, {"id": 2}]})])
    assert len(caller.get().records) == 2
    assert len(vendor.requests) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>down for maintenance</html>",
        b'{"data":[{"id":1}',
        b'{"data":{"id":1}}',
        b"[" * 400_000,
        b'{"data":[{"name":"\xff\xfe"}]}',
    ],
)
def test_a_200_that_is_no_page_is_tried_again_and_then_typed(
    caller: Caller, vendor: Vendor, body: bytes
) -> None:
    vendor.on("/rows", [Reply(body), ROWS])
    assert len(caller.get().records) == 1
    vendor.on("/rows", Reply(body))
    with pytest.raises(VendorError, match="3 attempts"):
        caller.get()


def trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    drip(handler, b"x")


def trickle_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(handler, b"x")


def drip(handler: BaseHTTPRequestHandler, what: bytes) -> None:
    for _ in range(400):
        try:
            handler.wfile.write(what)
            handler.wfile.flush()
        except OSError:
            return
        threading.Event().wait(0.01)


@pytest.mark.parametrize("slowly", [trickle, trickle_headers])
def test_a_peer_that_trickles_cannot_hold_a_call_past_its_deadline(
    vendor: Vendor,
    still: StillClock,
    tmp_path: Path,
    slowly: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    caller = make_caller(vendor.url, still, tmp_path, seconds=0.15)
    vendor.on("/rows", [Reply(raw=slowly), Reply(raw=slowly), Reply(raw=slowly)])
    started = time.monotonic()
    with pytest.raises(VendorError, match=r"within 0\.15 s"):
        caller.get()
    # Three attempts of 0.15 s; the server frees itself between them within 4 s.
    assert time.monotonic() - started < 12
    assert [row[0] for row in caller.calls("error")] != []


def test_nobody_listening_is_a_typed_error(still: StillClock, tmp_path: Path) -> None:
    caller = make_caller("http://127.0.0.1:9", still, tmp_path)
    with pytest.raises(VendorError, match=r"nobody at 127.0.0.1 \(connection refused\)"):
        caller.get()
    assert [row[0] for row in caller.calls("status_code")] == [None, None, None]


def test_a_host_that_does_not_exist_is_named(still: StillClock, tmp_path: Path) -> None:
    # Names under .invalid never resolve (RFC 2606).
    caller = make_caller("https://vendor.invalid", still, tmp_path)
    with pytest.raises(VendorError, match=r"no host vendor.invalid .*check base_url") as caught:
        caller.get()
    assert len(caller.calls("attempt")) == 3
    assert TOKEN not in str(caught.value)


def test_a_certificate_nobody_vouches_for_gets_no_request_and_no_second_try(
    secure_vendor: Vendor, still: StillClock, tmp_path: Path
) -> None:
    secure_vendor.on("/rows", ROWS)
    caller = make_caller(secure_vendor.url, still, tmp_path)
    with pytest.raises(VendorError, match=r"cannot prove who it is .*self-signed"):
        caller.get()
    assert len(caller.calls("attempt")) == 1
    assert secure_vendor.requests == []


def test_a_gzip_bomb_is_inflated_in_bounded_steps_and_refused(
    caller: Caller, vendor: Vendor
) -> None:
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=6)
    vendor.on("/rows", Reply(bomb, headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        with pytest.raises(VendorError, match="more than 1 MB"):
            caller.get()
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_body_too_big_is_refused_by_its_header_and_by_its_bytes(
    caller: Caller, vendor: Vendor
) -> None:
    def lies(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n")

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            for _ in range(40):
                handler.wfile.write(b"x" * 100_000)
        except OSError:
            return

    for raw in (lies, endless):
        vendor.on("/rows", Reply(raw=raw))
        with pytest.raises(VendorError, match="more than 1 MB"):
            caller.get()


def test_gzip_and_a_byte_order_mark_are_understood(caller: Caller, vendor: Vendor) -> None:
    body = b"\xef\xbb\xbf" + b'{"data":[{"id":1}]}'
    vendor.on("/rows", Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"}))
    assert caller.get().texts == [b'{"id":1}']


def test_a_redirect_is_refused_and_the_token_reaches_no_other_host(
    caller: Caller, vendor: Vendor
) -> None:
    elsewhere = Vendor()
    elsewhere.on("/", ROWS)
    vendor.on("/rows", Reply({}, 302, {"Location": f"{elsewhere.url}/rows"}))
    with pytest.raises(VendorError, match="redirect"):
        caller.get()
    assert elsewhere.requests == []
    elsewhere.close()


@pytest.mark.parametrize("url", ["http://api.example.com", "ftp://127.0.0.1", "api.example.com"])
def test_plain_http_is_for_the_own_machine_only(
    still: StillClock, tmp_path: Path, url: str
) -> None:
    with pytest.raises(SettingsError, match="expected https"):
        make_caller(url, still, tmp_path)


def test_after_three_failed_calls_the_host_is_left_alone_for_a_while(
    caller: Caller, vendor: Vendor
) -> None:
    vendor.on("/rows", [Reply({}, 503)] * 9 + [ROWS])
    for _ in range(3):
        with pytest.raises(VendorError, match="attempts"):
            caller.get()
    with pytest.raises(VendorError, match="left alone"):
        caller.get()
    assert len(vendor.requests) == 9
    caller.still.elapsed += 61
    assert len(caller.get().records) == 1


def test_calls_are_spaced_below_the_vendors_limit(
    vendor: Vendor, still: StillClock, tmp_path: Path
) -> None:
    caller = make_caller(vendor.url, still, tmp_path, rules=per_second(4.0))
    vendor.on("/rows", ROWS)
    for _ in range(12):
        caller.get()
    assert still.elapsed == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize(
    ("status", "body", "attempt", "seconds"),
    [
        (429, b'{"policyName":"TEN_SECONDLY_ROLLING"}', 2, 20.0),
        (429, b'{"policyName":"SECONDLY"}', 2, 2.0),
        (429, b"not json", 1, 10.0),
        (423, b"", 1, 2.0),
        (503, b"", 1, None),
    ],
)
def test_hubspot_is_waited_for_as_its_own_client_does(
    status: int, body: bytes, attempt: int, seconds: float | None
) -> None:
    assert rate_limit_pause(status, body, attempt) == seconds


def test_every_attempt_is_logged_and_error_bodies_lose_secrets_and_persons(
    caller: Caller, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {
        "message": f"contact Canary-Jane canary@example.com said no, token {TOKEN}",
        "phone": "512-555-0142",
        "firstName": "Canary-Jane",
        "note": "call +1 (512) 555-0142",
        "correlationId": "trace-77",
    }
    vendor.on("/rows", [Reply(body, 503), Reply(body, 400)])
    with pytest.raises(RefusedError) as caught:
        caller.get()
    rows = caller.calls(
        "endpoint, attempt, status_code, trace_id, response_body, logical_call_id, client_id"
    )
    assert [(row[0], row[1], row[2], row[3]) for row in rows] == [
        ("/rows", 1, 503, "trace-77"),
        ("/rows", 2, 400, "trace-77"),
    ]
    assert rows[0][5] == rows[1][5]
    stored = str(rows) + str(caught.value) + caplog.text
    for canary in (TOKEN, "canary@example.com", "555-0142", '"Canary-Jane"'):
        assert canary not in stored
