"""QuickBooks Online over HTTP: rotating refresh tokens, the query language, the change feed."""

from __future__ import annotations

import base64
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.vendors.context import Context, json_answer, raw_answer

REALM_ID = "9130350000000001"
CLIENT_ID, CLIENT_SECRET = "ABsandbox", "qbsecret"
FIRST_REFRESH_TOKEN = "RT1-0"
ENTITIES = ("Customer", "Invoice", "Payment", "CreditMemo", "RefundReceipt", "PurchaseOrder")
NAME_LISTS = ("Customer",)
CDC_CAP = 1_000
CDC_DAYS = 30
_QUERY = re.compile(
    r"^\s*select\s+(?P<what>\*|count\(\*\))\s+from\s+(?P<entity>\w+)"
    r"(?:\s+where\s+(?P<where>.*?))?"
    r"(?:\s+order\s*by\s+(?P<order>.*?))?"
    r"(?:\s+startposition\s+(?P<start>\d+))?"
    r"(?:\s+maxresults\s+(?P<most>\d+))?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(
    r"^\s*(?P<field>[\w.]+)\s*(?P<operator>=|<=|>=|<|>|\bin\b|\blike\b)\s*(?P<value>.+?)\s*$",
    re.IGNORECASE | re.DOTALL,
)


class FaultyQueryError(ValueError):
    """A query this vendor would answer with a Fault."""


class RefreshTokens:
    """Rotating refresh tokens `RT1-<n>`: using one retires all before it.

    A token newer than the last one known is taken too, so that a stand-in started anew goes on
    with a client that kept its newest token.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current = 0

    def exchange(self, token: str) -> str | None:
        """The next token, or None if this one is no longer (or never was) good."""
        head, _, number = token.partition("-")
        with self._lock:
            if head != "RT1" or not number.isdigit() or int(number) < self._current:
                return None
            self._current = int(number) + 1
            return f"RT1-{self._current}"


def routes(context: Context) -> list[Route]:
    """All endpoints of the stand-in."""
    refresh_tokens = RefreshTokens()

    async def token(request: Request) -> Response:
        form = {
            key: values[0]
            for key, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()
        }
        return _token(context, refresh_tokens, request, form)

    async def query(request: Request) -> Response:
        text = request.query_params.get("query", "")
        if request.method == "POST":
            text = (await request.body()).decode("utf-8", "replace")
        return await run_in_threadpool(_guarded, context, request, lambda: _query(context, text))

    def cdc(request: Request) -> Response:
        return _guarded(context, request, lambda: _cdc(context, request))

    def company(request: Request) -> Response:
        return _guarded(context, request, lambda: _company(context))

    def one(request: Request) -> Response:
        return _guarded(context, request, lambda: _one(context, request))

    base = "/v3/company/{realm}"
    return [
        Route("/oauth2/v1/tokens/bearer", token, methods=["POST"]),
        Route(base + "/query", query, methods=["GET", "POST"]),
        Route(base + "/cdc", cdc),
        Route(base + "/companyinfo/{id}", company),
        Route(base + "/{entity}/{id}", one),
    ]


def fault(status: int, code: str, message: str, detail: str, kind: str) -> Response:
    """An error as QuickBooks words it."""
    errors = [{"Message": message, "Detail": detail, "code": code}]
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json_answer({"Fault": {"Error": errors, "type": kind}, "time": now}, status)


def _token(
    context: Context, refresh_tokens: RefreshTokens, request: Request, form: dict[str, str]
) -> Response:
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {basic}":
        return json_answer({"error": "invalid_client"}, 401)
    if form.get("grant_type") != "refresh_token":
        return json_answer({"error": "unsupported_grant_type"}, 400)
    following = refresh_tokens.exchange(form.get("refresh_token", ""))
    if following is None:
        description = "Incorrect or expired refresh token"
        return json_answer({"error": "invalid_grant", "error_description": description}, 400)
    return json_answer(
        {
            "token_type": "bearer",
            "access_token": context.tokens.issue(REALM_ID),
            "expires_in": int(context.tokens.seconds),
            "refresh_token": following,
            "x_refresh_token_expires_in": 8_726_400,
        }
    )


def _guarded(context: Context, request: Request, answer: Any) -> Response:
    realm = context.tokens.meaning(request.headers.get("authorization", ""))
    if realm is None:
        detail = "Token expired"
        return fault(401, "3200", "message=AuthenticationFailed", detail, "AUTHENTICATION")
    if realm != request.path_params["realm"]:
        detail = "The token is for another company"
        return fault(403, "3201", "ApplicationAuthorizationFailed", detail, "AuthorizationFault")
    if not context.throttle.allows():
        return json_answer(
            {"Fault": {"Error": [{"Message": "ThrottleExceeded", "code": "3001"}]}},
            429,
            context.slow_down(),
        )
    try:
        return answer()
    except FaultyQueryError as problem:
        message = "Error parsing query"
        return fault(400, "4000", message, f"QueryParserError: {problem}", "ValidationFault")


def _time(context: Context) -> str:
    return context.store.now.isoformat(timespec="milliseconds")


def _query(context: Context, text: str) -> Response:
    match = _QUERY.match(text)
    if not match:
        raise FaultyQueryError(f"Encountered near {text[:60]!r}")
    entity = next(
        (name for name in (*ENTITIES, "CompanyInfo") if name.lower() == match["entity"].lower()),
        None,
    )
    if entity is None:
        raise FaultyQueryError(f"Metadata not found for Entity {match['entity']}")
    values: list[Any] = []
    where = ["deleted_at is null"]
    conditions = match["where"] or ""
    if re.search(r"\bor\b", re.sub(r"'[^']*'", "", conditions), re.IGNORECASE):
        raise FaultyQueryError("OR is not supported")
    for part in re.split(r"\s+and\s+", conditions, flags=re.IGNORECASE) if conditions else []:
        record = context.store.record(f"quickbooks__{entity}")
        where.append(_condition(part, values, record))
    if entity in NAME_LISTS and "active" not in conditions.lower():
        where.append("active")
    condition, table = " and ".join(where), f"quickbooks__{entity}"
    if match["what"] != "*":
        total = context.store.count(table, condition, values)
        return json_answer({"QueryResponse": {"totalCount": total}, "time": _time(context)})
    start = max(1, int(match["start"] or 1))
    most = min(1_000, int(match["most"] or 100))
    rows = context.store.payloads(
        table, condition, values, order=_order(match["order"]), limit=most, offset=start - 1
    )
    if not rows:
        return raw_answer(f'{{"QueryResponse":{{}},"time":"{_time(context)}"}}')
    return raw_answer(
        f'{{"QueryResponse":{{"{entity}":[{",".join(rows)}],"startPosition":{start},'
        f'"maxResults":{len(rows)}}},"time":"{_time(context)}"}}'
    )


def _order(text: str | None) -> str:
    down = bool(text and re.search(r"\bdesc\b", text, re.IGNORECASE))
    name = (text or "Id").split()[0].split(",")[0]
    column = {"MetaData.LastUpdatedTime": "modified_at", "MetaData.CreateTime": "created_at"}
    chosen = column.get(name, "id")
    if chosen == "modified_at" and not down:
        return "position"
    return f"{chosen} {'desc' if down else 'asc'}, id"


def _condition(text: str, values: list[Any], record: str) -> str:
    match = _CONDITION.match(text)
    if not match:
        raise FaultyQueryError(f"Encountered near {text[:60]!r}")
    name, operator, value = match["field"], match["operator"].lower(), match["value"]
    if name.lower() == "active":
        words = [part.strip(" ()'").lower() for part in value.split(",")]
        wanted = [f"active = {word}" for word in words if word in ("true", "false")]
        return f"({' or '.join(wanted)})"
    column = {
        "metadata.lastupdatedtime": "modified_at",
        "metadata.createtime": "created_at",
        "id": "id",
    }.get(name.lower(), f"json_extract_string({record}, '$.{name}')")
    if operator == "in":
        listed = [part.strip(" ()'") for part in value.split(",")]
        values += listed
        return f"{column}::varchar in ({','.join('?' * len(listed))})"
    plain = value.strip("'")
    if column.endswith("_at"):
        values.append(_instant(plain))
        return f"{column} {operator} ?"
    values.append(plain.replace("*", "%") if operator == "like" else plain)
    return f"{column}::varchar {operator} ?"


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise FaultyQueryError(f"Invalid value for date time: {text[:40]}") from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC).replace(tzinfo=None)


def _cdc(context: Context, request: Request) -> Response:
    since = _instant(request.query_params.get("changedSince", "").replace(" ", "+"))
    oldest = context.store.now.replace(tzinfo=None) - timedelta(days=CDC_DAYS)
    if since < oldest:
        raise FaultyQueryError("changedSince must lie within the last 30 days")
    asked = [part.strip() for part in request.query_params.get("entities", "").split(",")]
    left, answers = CDC_CAP, []
    for entity in asked:
        if entity not in ENTITIES:
            raise FaultyQueryError(f"Unknown entity {entity[:40]}")
        rows = context.store.page(
            f"quickbooks__{entity}",
            "modified_at >= ?",
            [since],
            columns="case when deleted_at is not null then id end, serve.pacific(deleted_at)",
            limit=left,
        )
        left -= len(rows)
        if rows:
            joined = ",".join(row[0] if row[1] is None else _stub(*row[1:]) for row in rows)
            answers.append(f'{{"{entity}":[{joined}],"startPosition":1,"maxResults":{len(rows)}}}')
        else:
            answers.append("{}")
    return raw_answer(
        f'{{"CDCResponse":[{{"QueryResponse":[{",".join(answers)}]}}],"time":"{_time(context)}"}}'
    )


def _stub(record_id: int, deleted_at: str) -> str:
    """What the change feed shows of a deleted record."""
    metadata = f'"MetaData":{{"LastUpdatedTime":"{deleted_at}"}}'
    return f'{{"domain":"QBO","status":"Deleted","Id":"{record_id}",{metadata}}}'


def _company(context: Context) -> Response:
    row = context.store.payloads("quickbooks__CompanyInfo")[0]
    return raw_answer(f'{{"CompanyInfo":{row},"time":"{_time(context)}"}}')


def _one(context: Context, request: Request) -> Response:
    entity = next(
        (name for name in ENTITIES if name.lower() == request.path_params["entity"].lower()), None
    )
    number = request.path_params["id"]
    if entity and number.isdigit():
        found = context.store.payloads(
            f"quickbooks__{entity}", "id = ? and deleted_at is null", [int(number)]
        )
        if found:
            return raw_answer(f'{{"{entity}":{found[0]},"time":"{_time(context)}"}}')
    return fault(400, "610", "Object Not Found", "Object Not Found", "ValidationFault")
