"""HubSpot over HTTP: object lists, search with its 10,000 cap, archived listing, associations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.vendors.context import Context, json_answer

ACCESS_TOKEN = "pat-na1-sandbox-token"
TYPES = ("contacts", "companies", "deals", "postal_mail", "calls", "tasks")
DEFAULT_PROPERTIES = {
    "contacts": ("firstname", "lastname", "email", "createdate", "lastmodifieddate"),
    "companies": ("name", "domain", "createdate", "hs_lastmodifieddate"),
    "deals": (
        *("dealname", "amount", "closedate", "pipeline", "dealstage"),
        *("createdate", "hs_lastmodifieddate"),
    ),
}
SEARCH_CAP = 10_000
MODIFIED = ("lastmodifieddate", "hs_lastmodifieddate")
OPERATORS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}


class BadQueryError(ValueError):
    """A search this vendor would answer with 400."""


def routes(context: Context) -> list[Route]:
    """All endpoints of the stand-in, under the v3 and the dated paths."""

    def guarded(handler: Any, *, search: bool = False) -> Any:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            refusal = _refusal(context, request, search=search)
            if refusal:
                return refusal
            try:
                request.state.body = orjson.loads(body) if body else {}
            except orjson.JSONDecodeError:
                return error(400, "VALIDATION_ERROR", "Invalid input JSON")
            from starlette.concurrency import run_in_threadpool

            try:
                return await run_in_threadpool(handler, context, request)
            except BadQueryError as problem:
                return error(400, "VALIDATION_ERROR", str(problem))

        return endpoint

    made = []
    for objects in ("/crm/v3/objects", "/crm/objects/2026-09"):
        made += [
            Route(objects + "/{type}", guarded(_list)),
            Route(objects + "/{type}/search", guarded(_search, search=True), methods=["POST"]),
            Route(objects + "/{type}/batch/read", guarded(_batch_read), methods=["POST"]),
            Route(objects + "/{type}/{id}", guarded(_one)),
        ]
    for links in ("/crm/v4/associations", "/crm/associations/2026-09"):
        path = links + "/{from_type}/{to_type}/batch/read"
        made.append(Route(path, guarded(_batch_links), methods=["POST"]))
    return [
        *made,
        Route("/crm/v4/objects/{from_type}/{id}/associations/{to_type}", guarded(_links_of)),
        Route("/crm/v3/owners", guarded(_owners)),
        Route("/crm/v3/properties/{type}", guarded(_properties)),
        Route("/oauth/v1/access-tokens/{token}", guarded(_token_facts)),
    ]


def error(
    status: int, category: str, message: str, headers: dict[str, str] | None = None, **more: str
) -> Response:
    """An error as HubSpot words it."""
    body = {"status": "error", "message": message, "correlationId": "sandbox", **more}
    return json_answer({**body, "category": category}, status, headers)


def _refusal(context: Context, request: Request, *, search: bool) -> Response | None:
    token = request.headers.get("authorization", "")
    if token != f"Bearer {ACCESS_TOKEN}" or context.options.get("revoked"):
        message = "Authentication credentials not found."
        return error(401, "INVALID_AUTHENTICATION", message)
    if search and not context.search_throttle.allows():
        message = "You have reached your secondly limit."
        return error(429, "RATE_LIMITS", message, context.slow_down(), policyName="SECONDLY")
    if not context.throttle.allows():
        message = "You have reached your ten_secondly_rolling limit."
        headers = {**context.slow_down(), "X-HubSpot-RateLimit-Remaining": "0"}
        return error(429, "RATE_LIMITS", message, headers, policyName="TEN_SECONDLY_ROLLING")
    return None


def _type_of(request: Request, name: str = "type") -> str:
    asked = request.path_params[name]
    if asked not in TYPES:
        raise BadQueryError(f"Unable to infer object type from: {asked}")
    return asked


def _limit(text: str, most: int, default: int = 10) -> int:
    try:
        limit = int(text or default)
    except ValueError:
        raise BadQueryError(f"{text} is not a valid limit") from None
    if not 0 < limit <= most:
        raise BadQueryError(f"The limit must be between 1 and {most}")
    return limit


def _record(text: str, object_type: str, wanted: list[str]) -> dict[str, Any]:
    record = orjson.loads(text)
    names = ["hs_object_id", *(wanted or DEFAULT_PROPERTIES.get(object_type, ()))]
    held = record["properties"]
    record["properties"] = {name: held.get(name) for name in names}
    if record.get("archivedAt") is None:
        record.pop("archivedAt", None)
    return record


def _wanted(text: str) -> list[str]:
    return [part for part in (text or "").split(",") if part]


def _list(context: Context, request: Request) -> Response:
    object_type = _type_of(request)
    query = request.query_params
    limit = _limit(query.get("limit", ""), 100)
    after = int(query.get("after") or 0)
    archived = query.get("archived", "false").lower() == "true"
    rows = context.store.rows(
        f"""select to_json(payload), id from {context.store.table(f"hubspot__{object_type}")}
        where {"not " if archived else ""}active and id > ? order by id limit {limit + 1}""",
        [after],
    )
    wanted = _wanted(query.get("properties", ""))
    results = [_record(row[0], object_type, wanted) for row in rows[:limit]]
    for other in _wanted(query.get("associations", "")):
        _inline(context, object_type, other, results)
    document: dict[str, Any] = {"results": results}
    if len(rows) > limit:
        last = str(rows[limit - 1][1])
        link = f"{request.url.path}?after={last}"
        document["paging"] = {"next": {"after": last, "link": link}}
    return json_answer(document)


def _inline(context: Context, object_type: str, other: str, results: list[dict[str, Any]]) -> None:
    for record in results:
        links = _links(context, object_type, other, int(record["id"]))
        if links:
            shown: dict[str, Any] = {
                "results": [
                    {"id": str(to_id), "type": f"{object_type}_to_{other}"}
                    for to_id, _ in links[:100]
                ]
            }
            if len(links) > 100:
                shown["paging"] = {"next": {"after": str(links[99][0])}}
            record.setdefault("associations", {})[other] = shown


def _one(context: Context, request: Request) -> Response:
    object_type = _type_of(request)
    asked = request.path_params["id"]
    number = int(asked) if asked.isdigit() else -1
    if object_type == "contacts":
        merged = context.store.rows(
            "select merged_into_id from base.contacts"
            " where contact_id = ? and serve.past(merged_at)",
            [number],
        )
        number = merged[0][0] if merged else number
    archived = request.query_params.get("archived", "false").lower() == "true"
    found = context.store.payloads(
        f"hubspot__{object_type}", f"id = ? and {'not ' if archived else ''}active", [number]
    )
    if not found:
        return error(404, "OBJECT_NOT_FOUND", "resource not found")
    wanted = _wanted(request.query_params.get("properties", ""))
    return json_answer(_record(found[0], object_type, wanted))


def _batch_read(context: Context, request: Request) -> Response:
    object_type, body = _type_of(request), request.state.body
    inputs = [str(item.get("id", "")) for item in body.get("inputs", [])]
    if len(inputs) > 100:
        raise BadQueryError("Batch input size 100 exceeded")
    ids = ",".join(part for part in inputs if part.isdigit()) or "null"
    found = context.store.payloads(
        f"hubspot__{object_type}", f"active and id in ({ids})", order="id", limit=100
    )
    wanted = list(body.get("properties", []))
    results = [_record(text, object_type, wanted) for text in found]
    return json_answer({"status": "COMPLETE", "results": results})


def _search(context: Context, request: Request) -> Response:
    object_type, body = _type_of(request), request.state.body
    limit = _limit(str(body.get("limit", "")), 200)
    after = int(body.get("after") or 0)
    if after + limit > SEARCH_CAP:
        raise BadQueryError(f"The after plus limit exceeds the maximum of {SEARCH_CAP} results")
    groups = body.get("filterGroups", [])
    if len(groups) > 6:
        raise BadQueryError("Too many filter groups: at most 6 are allowed")
    values: list[Any] = []
    parts = [_group(group, values) for group in groups]
    lag = int(str(context.options.get("search_lag_seconds", 60)))
    where = f"active and modified_at <= serve.now() - interval {lag} second"
    if parts:
        where += f" and ({' or '.join(parts)})"
    table = f"hubspot__{object_type}"
    order = _order(body.get("sorts", []))
    found = context.store.payloads(table, where, values, order=order, limit=limit, offset=after)
    total = context.store.count(table, where, values)
    wanted = list(body.get("properties", []))
    document: dict[str, Any] = {
        "total": total,
        "results": [_record(text, object_type, wanted) for text in found],
    }
    if after + limit < total:
        document["paging"] = {"next": {"after": str(after + limit)}}
    return json_answer(document)


def _order(sorts: list[Any]) -> str:
    if not sorts:
        return "created_at, id"
    first = sorts[0]
    name = first if isinstance(first, str) else first.get("propertyName", "")
    down = isinstance(first, dict) and first.get("direction") == "DESCENDING"
    column = "modified_at" if name in MODIFIED else "id"
    if name == "createdate":
        column = "created_at"
    return f"{column} {'desc' if down else 'asc'}, id"


def _group(group: dict[str, Any], values: list[Any]) -> str:
    return "(" + " and ".join(_filter(item, values) for item in group.get("filters", [])) + ")"


def _filter(item: dict[str, Any], values: list[Any]) -> str:
    name, operator = item.get("propertyName", ""), item.get("operator", "")
    column, convert = _column(name)
    if operator in OPERATORS:
        values.append(convert(item.get("value")))
        return f"{column} {OPERATORS[operator]} ?"
    if operator == "BETWEEN":
        values += [convert(item.get("value")), convert(item.get("highValue"))]
        return f"{column} between ? and ?"
    if operator in ("IN", "NOT_IN"):
        listed = [convert(value) for value in item.get("values", [])]
        values += listed
        marks = ",".join("?" * len(listed)) or "null"
        return f"{column} {'not ' if operator == 'NOT_IN' else ''}in ({marks})"
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return f"{column} is {'not ' if operator == 'HAS_PROPERTY' else ''}null"
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        values.append(str(item.get("value", "")).replace("*", "%"))
        return f"{column} {'not ' if operator.startswith('NOT') else ''}ilike ?"
    raise BadQueryError(f"Operator {operator} is not supported")


def _column(name: str) -> tuple[str, Any]:
    if name in MODIFIED:
        return "modified_at", _instant
    if name in ("createdate", "hs_createdate"):
        return "created_at", _instant
    if name == "hs_object_id":
        return "id", lambda value: int(str(value))
    if not name.replace("_", "").isalnum():
        raise BadQueryError(f"There was a problem with the property {name}")
    return f"json_extract_string(to_json(payload), '$.properties.{name}')", str


def _instant(value: Any) -> datetime:
    text = str(value)
    try:
        if text.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC).replace(tzinfo=None)
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise BadQueryError(f"{text} is not a valid date") from None


def _links(
    context: Context, from_type: str, to_type: str, record_id: int, after: int = 0
) -> list[tuple[int, int]]:
    return context.store.rows(  # type: ignore[return-value]
        f"""select to_id, type_id from {context.store.table("hubspot__links")}
        where id = ? and from_type = ? and to_type = ? and to_id > ? order by to_id limit 600""",
        [record_id, from_type, to_type, after],
    )


def _shown_links(links: list[tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {
            "toObjectId": to_id,
            "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": None}],
        }
        for to_id, type_id in links
    ]


def _links_of(context: Context, request: Request) -> Response:
    from_type, to_type = _type_of(request, "from_type"), _type_of(request, "to_type")
    limit = _limit(request.query_params.get("limit", ""), 500, 500)
    after = int(request.query_params.get("after") or 0)
    links = _links(context, from_type, to_type, int(request.path_params["id"]), after)
    document: dict[str, Any] = {"results": _shown_links(links[:limit])}
    if len(links) > limit:
        document["paging"] = {"next": {"after": str(links[limit - 1][0])}}
    return json_answer(document)


def _batch_links(context: Context, request: Request) -> Response:
    from_type, to_type = _type_of(request, "from_type"), _type_of(request, "to_type")
    inputs = request.state.body.get("inputs", [])
    if len(inputs) > int(str(context.options.get("association_inputs", 1_000))):
        raise BadQueryError("Batch input size exceeded")
    ids = [int(item["id"]) for item in inputs if str(item.get("id", "")).isdigit()]
    found = context.store.rows(
        f"""select id, list(to_id order by to_id), list(type_id order by to_id)
        from {context.store.table("hubspot__links")}
        where id in ({",".join(map(str, ids)) or "null"}) and from_type = ? and to_type = ?
        group by id order by id""",
        [from_type, to_type],
    )
    results = []
    page = int(str(context.options.get("association_page", 500)))
    starts = {str(item.get("id")): int(item.get("after") or 0) for item in inputs}
    for record_id, to_ids, type_ids in found:
        start = starts.get(str(record_id), 0)
        links = [pair for pair in zip(to_ids, type_ids, strict=True) if pair[0] > start]
        shown: dict[str, Any] = {"from": {"id": str(record_id)}, "to": _shown_links(links[:page])}
        if len(links) > page:
            shown["paging"] = {"next": {"after": str(links[page - 1][0])}}
        results.append(shown)
    return json_answer({"status": "COMPLETE", "results": results})


def _owners(context: Context, request: Request) -> Response:
    query = request.query_params
    limit, after = _limit(query.get("limit", ""), 500, 100), int(query.get("after") or 0)
    archived = query.get("archived", "false").lower() == "true"
    found = context.store.payloads(
        "hubspot__owners",
        f"{'not ' if archived else ''}active and id > ?",
        [after],
        order="id",
        limit=limit + 1,
    )
    results = [orjson.loads(text) for text in found]
    document: dict[str, Any] = {"results": results[:limit]}
    if len(results) > limit:
        document["paging"] = {"next": {"after": results[limit - 1]["id"]}}
    return json_answer(document)


def _properties(context: Context, request: Request) -> Response:
    object_type = _type_of(request)
    found = context.store.payloads(f"hubspot__{object_type}", limit=1)
    names = list(orjson.loads(found[0])["properties"]) if found else []
    results = [
        {"name": name, "label": name, "type": "string", "fieldType": "text", "archived": False}
        for name in names
    ]
    return json_answer({"results": results})


def _token_facts(context: Context, request: Request) -> Response:
    del context, request
    scopes = [f"crm.objects.{name}.read" for name in ("contacts", "companies", "deals", "owners")]
    return json_answer({"token": "hidden", "hub_id": 62515, "scopes": scopes, "expires_in": 1800})
