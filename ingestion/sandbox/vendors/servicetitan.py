"""ServiceTitan over HTTP: client credentials, paged lists, export feeds with their tokens."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.vendors.context import HORIZON_SECONDS, Context, json_answer, raw_answer
from ingestion.sandbox.vendors.servicetitan_paths import (
    BY_STATE,
    EXPORTS,
    FILTERS,
    LISTS,
    NO_ACTIVE,
)

TENANT_IDS = {"north": "1001", "south": "1002"}
APP_KEY = "ak1.sandbox"
EXPORT_ROWS = {"invoices": 1_500}


def routes(context: Context) -> list[Route]:
    """All endpoints of the stand-in."""

    def token(request: Request) -> Response:
        return _token(context, request)

    async def token_endpoint(request: Request) -> Response:
        request.state.form = (await request.body()).decode("utf-8", "replace")
        return token(request)

    def read(request: Request) -> Response:
        return _read(context, request)

    base = "/{module}/{version}/tenant/{tenant}"
    return [
        Route("/connect/token", token_endpoint, methods=["POST"]),
        Route(base + "/{path:path}", read, methods=["GET"]),
    ]


def problem(status: int, title: str, headers: dict[str, str] | None = None) -> Response:
    """An error as ServiceTitan words it (RFC 7807)."""
    body = {
        "type": f"https://httpstatuses.io/{status}",
        "title": title,
        "status": status,
        "traceId": "00-sandbox-00",
        "errors": {},
        "data": {},
    }
    return json_answer(body, status, headers)


def _token(context: Context, request: Request) -> Response:
    form = {key: values[0] for key, values in parse_qs(request.state.form).items()}
    if "form-urlencoded" not in request.headers.get("content-type", ""):
        return json_answer({"error": "invalid_request"}, 400)
    if form.get("grant_type") != "client_credentials":
        return json_answer({"error": "unsupported_grant_type"}, 400)
    for account, tenant in TENANT_IDS.items():
        good = (f"cid.{account}", f"cs.{account}")
        if (form.get("client_id"), form.get("client_secret")) == good:
            issued = context.tokens.issue(tenant)
            return json_answer(
                {
                    "access_token": issued,
                    "expires_in": int(context.tokens.seconds),
                    "token_type": "Bearer",
                    "scope": "tenant",
                }
            )
    return json_answer({"error": "invalid_client"}, 400)


def _read(context: Context, request: Request) -> Response:
    tenant = request.path_params["tenant"]
    if not context.throttle.allows():
        return problem(429, "Too many requests.", context.slow_down())
    allowed = context.tokens.meaning(request.headers.get("authorization", ""))
    if allowed is None or request.headers.get("st-app-key") != APP_KEY:
        return problem(401, "Unauthorized")
    if allowed != tenant:
        return problem(403, "The client has no access to this tenant.")
    account = next(name for name, number in TENANT_IDS.items() if number == tenant)
    module = f"{request.path_params['module']}/{request.path_params['version']}"
    path = request.path_params["path"].rstrip("/")
    if path == "estimates/export":
        path = "export/estimates"
    if path.startswith("export/"):
        entity = EXPORTS.get((module, path.removeprefix("export/")))
        return _export(context, request, account, entity) if entity else problem(404, "Not Found")
    return _list_or_one(context, request, account, module, path)


def _list_or_one(
    context: Context, request: Request, account: str, module: str, path: str
) -> Response:
    entity = LISTS.get(module, {}).get(path)
    if entity:
        return _list(context, request, account, entity)
    parts = path.split("/")
    inner = {"history": "job_history", "canceled-log": "job_canceled_logs"}
    if len(parts) == 3 and parts[0] == "jobs" and parts[2] in inner:
        return _one(context, account, inner[parts[2]], parts[1])
    if len(parts) == 3 and parts[0] == "campaigns" and parts[2] == "costs":
        return _list(context, request, account, "campaign_costs", {"campaign_id": parts[1]})
    entity = LISTS.get(module, {}).get("/".join(parts[:-1]))
    if entity and parts[-1].isdigit():
        return _one(context, account, entity, parts[-1])
    return problem(404, "Not Found")


def _one(context: Context, account: str, entity: str, record_id: str) -> Response:
    number = 860_000_000 - 300_000_000 if entity == "job_canceled_logs" else 0
    found = context.store.payloads(
        f"servicetitan__{entity}", "account = ? and id = ?", [account, int(record_id) + number]
    )
    return raw_answer(found[0]) if found else problem(404, "Not Found")


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is not None:
        instant = instant.replace(tzinfo=None) - (instant.utcoffset() or instant - instant)
    return instant


def _list(
    context: Context,
    request: Request,
    account: str,
    entity: str,
    fixed: dict[str, str] | None = None,
) -> Response:
    query = request.query_params
    try:
        page, size = int(query.get("page", 1)), int(query.get("pageSize", 50))
    except ValueError:
        return problem(400, "page and pageSize must be numbers.")
    if page < 1 or not 1 <= size <= 5_000:
        return problem(400, "page starts at 1; pageSize must lie between 1 and 5000.")
    where: list[str] = ["account = ?"]
    values: list[object] = [account]
    for name, value in (fixed or {}).items():
        where.append(f"{name} = ?")
        values.append(value)
    wrong = _add_filters(request, entity, where, values, context)
    if wrong:
        return problem(400, f"The value '{wrong}' is not valid.")
    order = {
        "+ModifiedOn": "modified_at, id",
        "-ModifiedOn": "modified_at desc, id desc",
        "+CreatedOn": "created_at, id",
        "-CreatedOn": "created_at desc, id desc",
        "+Id": "id",
        "-Id": "id desc",
    }.get(query.get("sort", "").replace(" ", "+"), "position")
    table, condition = f"servicetitan__{entity}", " and ".join(where)
    rows = context.store.payloads(
        table, condition, values, order=order, limit=size + 1, offset=(page - 1) * size
    )
    if entity == "jobs":  # `active` is a field of the export only
        rows = [row.removesuffix(',"active":true}') + "}" for row in rows]
    wants_total = query.get("includeTotal", "").lower() == "true" and entity != "calls"
    total = str(context.store.count(table, condition, values)) if wants_total else "null"
    more = "true" if len(rows) > size else "false"
    return raw_answer(
        f'{{"page":{page},"pageSize":{size},"hasMore":{more},"totalCount":{total},'
        f'"data":[{",".join(rows[:size])}]}}'
    )


def _add_filters(
    request: Request, entity: str, where: list[str], values: list[object], context: Context
) -> str | None:
    query = request.query_params
    columns = {
        row[0]
        for row in context.store.rows(f"describe {context.store.table(f'servicetitan__{entity}')}")
    }
    bounds = {
        "modifiedOnOrAfter": "modified_at >= ?",
        "modifiedBefore": "modified_at < ?",
        "modifiedAfter": "modified_at > ?",
        "createdOnOrAfter": "created_at >= ?",
        "createdBefore": "created_at < ?",
    }
    for name, condition in bounds.items():
        if name in query:
            instant = _instant(query[name])
            if instant is None:
                return query[name]
            where.append(condition)
            values.append(instant)
    if "ids" in query:
        wanted = [part for part in query["ids"].split(",") if part]
        if len(wanted) > 50 or not all(part.isdigit() for part in wanted):
            return query["ids"]
        where.append(f"id in ({','.join(wanted) or 'null'})")
    for name, column in FILTERS.items():
        if name in query and column in columns:
            where.append(f"{column}::varchar = ?")
            values.append(query[name])
    default = "Any" if entity in NO_ACTIVE or entity == "job_cancel_reasons" else "True"
    state = query.get("activeState", "ActiveOnly") if entity in BY_STATE else query.get("active")
    wanted_state = {"ActiveOnly": "True", "InactiveOnly": "False", "All": "Any"}.get(
        str(state), state or default
    )
    if wanted_state.lower() in ("true", "false"):
        where.append("active" if wanted_state.lower() == "true" else "not active")
    return None


def _export(context: Context, request: Request, account: str, entity: str) -> Response:
    asked = request.query_params.get("from", "")
    start = _read_token(asked)
    if start is None:
        return problem(400, f"The value '{asked[:40]}' of 'from' is not valid.")
    recent = request.query_params.get("includeRecentChanges", "").lower() == "true"
    table = f"servicetitan__{entity}"
    rows_wanted = int(str(context.options.get("export_rows", EXPORT_ROWS.get(entity, 5_000))))
    horizon = "serve.now()" if recent else f"serve.now() - interval {HORIZON_SECONDS} second"
    found = context.store.page(
        table,
        "account = ? and modified_at >= ? and (modified_at > ? or id > ?)"
        f" and modified_at <= {horizon}",
        [account, start[0], *start],
        columns=f"modified_at, id, modified_at <= serve.now() - interval {HORIZON_SECONDS} second",
        limit=rows_wanted + 1,
    )
    page = found[:rows_wanted]
    settled = [row for row in page if row[3]]
    token = _make_token(settled[-1][1], settled[-1][2]) if settled else _make_token(*start)
    more = len(found) > rows_wanted and len(settled) == len(page)
    rows = ",".join(row[0] for row in page)
    return raw_answer(
        f'{{"hasMore":{"true" if more else "false"},"continueFrom":"{token}","data":[{rows}]}}'
    )


def _make_token(modified_at: datetime, record_id: int) -> str:
    text = f"{modified_at.isoformat(timespec='microseconds')}|{record_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_token(text: str) -> tuple[datetime, int] | None:
    if not text:
        return datetime(1970, 1, 1), -1  # noqa: DTZ001 - the world's instants are naive UTC
    instant = _instant(text)
    if instant is not None:
        return instant, -1
    try:
        moment, _, number = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return datetime.fromisoformat(moment), int(number)
    except (binascii.Error, ValueError):
        return None
