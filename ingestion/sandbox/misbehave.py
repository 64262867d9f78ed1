"""ASGI middleware that logs requests and carries out the fault plan."""

from __future__ import annotations

import asyncio
import gzip
import io
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from ingestion.sandbox.faults import Fault, FaultPlan, RequestLog

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CURSOR_KEYS = ("continueFrom", "nextPage")
LIST_KEYS = ("data", "results")


class BrokenOffError(ConnectionError):
    """Raised on purpose to close a connection in the middle of an answer."""


class Misbehaving:
    """Wraps a vendor's application.

    Attributes:
        vendor: Whose requests these are.
    """

    def __init__(
        self,
        app: App,
        vendor: str,
        plan: FaultPlan,
        log: RequestLog,
        forget_tokens: Callable[[], None],
    ) -> None:
        self._app, self.vendor, self._plan, self._log = app, vendor, plan, log
        self._forget_tokens = forget_tokens
        self._last_rows: dict[str, list[Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as planned."""
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        faults = self._plan.due(self.vendor, scope["path"])
        for fault in faults:
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            if fault.kind == "expire_token":
                self._forget_tokens()
        status, headers, body = await self._answer(scope, receive, faults)
        query = scope.get("query_string", b"").decode("latin-1")
        self._log.add(self.vendor, scope["method"], scope["path"], query, status)
        await _deliver(send, status, headers, body, faults)

    async def _answer(
        self, scope: Scope, receive: Receive, faults: tuple[Fault, ...]
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        for fault in faults:
            instead = _instead(fault)
            if instead:
                return instead
        status, headers, body = await _collect(self._app, scope, receive)
        for fault in faults:
            if status == 200 and body[:1] == b"{":
                query = scope.get("query_string", b"").decode("latin-1")
                body = self._changed(fault, scope["path"], query, body)
        return status, headers, body

    def _changed(self, fault: Fault, path: str, query: str, body: bytes) -> bytes:
        if fault.kind not in ("repeat_rows", "loop_cursor", "reorder", "empty_page", "drift"):
            return body
        document = orjson.loads(body)
        key = next((name for name in LIST_KEYS if isinstance(document.get(name), list)), None)
        if key is None:
            return body
        rows = document[key]
        if fault.kind == "repeat_rows":
            document[key] = self._last_rows.get(path, []) + rows
            self._last_rows[path] = rows
        elif fault.kind == "reorder":
            document[key] = rows[::-1]
        elif fault.kind == "empty_page":
            document[key] = []
            document["hasMore"] = True
        elif fault.kind == "drift":
            document[key] = [drifted(row, fault) for row in rows]
        else:
            _loop(document, query)
        return orjson.dumps(document)


def _loop(document: dict[str, Any], query: str) -> None:
    asked = dict(part.partition("=")[::2] for part in query.split("&") if part)
    if "continueFrom" in document:
        from urllib.parse import unquote

        document["continueFrom"] = unquote(asked.get("from", document["continueFrom"]))
        document["hasMore"] = True
    elif "hasMore" in document:
        document["hasMore"] = True
    elif "paging" in document:
        document["paging"]["next"]["after"] = asked.get("after", "0")
    elif "pagination" in document:
        page = document["pagination"]
        page["nextPage"] = f"?page={page['page']}&perPage={page['perPage']}"


def drifted(row: Any, fault: Fault) -> Any:
    """One record after the vendor changed its mind about the schema."""
    if not isinstance(row, dict):
        return row
    name = fault.field or next(iter(row))
    row = dict(row)
    if fault.drift == "new_field":
        row["brandNewField"] = {"since": "today", "values": [1, 2]}
    elif fault.drift == "removed_field":
        row.pop(name, None)
    elif fault.drift == "int_to_string":
        row[name] = f"{row.get(name)} USD"
    elif fault.drift == "object_to_list":
        row[name] = [row.get(name)]
    elif fault.drift == "null_to_object":
        row[name] = {"value": row.get(name)}
    elif fault.drift == "upper_keys":
        row = {key.upper(): value for key, value in row.items()}
    elif fault.drift == "many_fields":
        row |= {f"unknown_{number}": number for number in range(10_000)}
    elif fault.drift == "renamed_enum":
        row[name] = f"New{row.get(name)}"
    else:
        row[name] = float(row.get(name) or 0)
    return row


def _instead(fault: Fault) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
    json_type = (b"content-type", b"application/json")
    if fault.kind in ("status", "refuse_refresh"):
        headers = [(key.lower().encode(), value.encode()) for key, value in fault.headers.items()]
        return fault.status, [json_type, *headers], fault.body.encode()
    if fault.kind == "body":
        return 200, [json_type], fault.body.encode()
    if fault.kind == "redirect":
        return 302, [(b"location", fault.location.encode())], b""
    if fault.kind == "gzip_bomb":
        return 200, [json_type, (b"content-encoding", b"gzip")], _bomb(fault.size)
    if fault.kind == "huge":
        return 200, [json_type], b'{"data":["' + b"x" * fault.size + b'"]}'
    if fault.kind == "nested":
        return 200, [json_type], b"[" * fault.size + b"]" * fault.size
    return None


def _bomb(size: int) -> bytes:
    target = io.BytesIO()
    block = b"0" * 1_000_000
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=9) as stream:
        stream.write(b'{"data":["')
        for _ in range(max(1, size // len(block))):
            stream.write(block)
        stream.write(b'"]}')
    return target.getvalue()


async def _collect(
    app: App, scope: Scope, receive: Receive
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    status, headers, parts = 500, [], []

    async def keep(message: dict[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, keep)
    return status, headers, b"".join(parts)


async def _deliver(
    send: Send,
    status: int,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    faults: tuple[Fault, ...],
) -> None:
    kinds = {fault.kind: fault for fault in faults}
    headers = [(key, value) for key, value in headers if key != b"content-length"]
    if "cut_silent" in kinds:
        body = body[: len(body) // 2]
    declared = [*headers, (b"content-length", str(len(body)).encode())]
    if "cut_chunked" in kinds:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        half = body[: len(body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        raise BrokenOffError("broken off as planned")
    await send({"type": "http.response.start", "status": status, "headers": declared})
    if "cut_declared" in kinds:
        half = body[: len(body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        raise BrokenOffError("broken off as planned")
    if "trickle" in kinds:
        for place in range(len(body)):
            part = body[place : place + 1]
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(kinds["trickle"].seconds)
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.body", "body": body})
