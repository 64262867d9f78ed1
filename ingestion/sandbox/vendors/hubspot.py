"""HubSpot over HTTP: object lists, search with its 10,000 cap, archived listing, associations."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.vendors.context import Context, json_answer
from ingestion.sandbox.vendors.hubspot_common import (
    BadQueryError,
    error,
    limit_of,
    shown_record,
    type_of,
    wanted_names,
)
from ingestion.sandbox.vendors.hubspot_links import add_inline, batch_links, links_of
from ingestion.sandbox.vendors.hubspot_search import search

ACCESS_TOKEN = "pat-na1-sandbox-token"


def routes(context: Context) -> list[Route]:
    """All endpoints of the stand-in, under the v3 and the dated paths."""

    def guarded(handler: Any, *, is_search: bool = False) -> Any:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            refusal = _refusal(context, request, is_search=is_search)
            if refusal:
                return refusal
            try:
                request.state.body = orjson.loads(body) if body else {}
            except orjson.JSONDecodeError:
                return error(400, "VALIDATION_ERROR", "Invalid input JSON")
            try:
                return await run_in_threadpool(handler, context, request)
            except BadQueryError as problem:
                return error(400, "VALIDATION_ERROR", str(problem))

        return endpoint

    made = []
    for objects in ("/crm/v3/objects", "/crm/objects/2026-09"):
        made += [
            Route(objects + "/{type}", guarded(_list)),
            Route(objects + "/{type}/search", guarded(search, is_search=True), methods=["POST"]),
            Route(objects + "/{type}/batch/read", guarded(_batch_read), methods=["POST"]),
            Route(objects + "/{type}/{id}", guarded(_one)),
        ]
    for links in ("/crm/v4/associations", "/crm/associations/2026-09"):
        path = links + "/{from_type}/{to_type}/batch/read"
        made.append(Route(path, guarded(batch_links), methods=["POST"]))
    return [
        *made,
        Route("/crm/v4/objects/{from_type}/{id}/associations/{to_type}", guarded(links_of)),
        Route("/crm/v3/owners", guarded(_owners)),
        Route("/crm/v3/properties/{type}", guarded(_properties)),
        Route("/oauth/v1/access-tokens/{token}", guarded(_token_facts)),
    ]


def _refusal(context: Context, request: Request, *, is_search: bool) -> Response | None:
    token = request.headers.get("authorization", "")
    if token != f"Bearer {ACCESS_TOKEN}" or context.options.get("revoked"):
        message = "Authentication credentials not found."
        return error(401, "INVALID_AUTHENTICATION", message)
    if is_search and not context.search_throttle.allows():
        message = "You have reached your secondly limit."
        return error(429, "RATE_LIMITS", message, context.slow_down(), policyName="SECONDLY")
    if not context.throttle.allows():
        message = "You have reached your ten_secondly_rolling limit."
        headers = {**context.slow_down(), "X-HubSpot-RateLimit-Remaining": "0"}
        return error(429, "RATE_LIMITS", message, headers, policyName="TEN_SECONDLY_ROLLING")
    return None


def _list(context: Context, request: Request) -> Response:
    object_type = type_of(request)
    query = request.query_params
    limit = limit_of(query.get("limit", ""), 100)
    after = int(query.get("after") or 0)
    archived = query.get("archived", "false").lower() == "true"
    rows = context.store.page(
        f"hubspot__{object_type}",
        f"{'not ' if archived else ''}active and id > ?",
        [after],
        columns="id",
        order="id",
        limit=limit + 1,
    )
    wanted = wanted_names(query.get("properties", ""))
    results = [shown_record(row[0], object_type, wanted) for row in rows[:limit]]
    for other in wanted_names(query.get("associations", "")):
        add_inline(context, object_type, other, results)
    document: dict[str, Any] = {"results": results}
    if len(rows) > limit:
        last = str(rows[limit - 1][1])
        link = f"{request.url.path}?after={last}"
        document["paging"] = {"next": {"after": last, "link": link}}
    return json_answer(document)


def _one(context: Context, request: Request) -> Response:
    object_type = type_of(request)
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
    wanted = wanted_names(request.query_params.get("properties", ""))
    return json_answer(shown_record(found[0], object_type, wanted))


def _batch_read(context: Context, request: Request) -> Response:
    object_type, body = type_of(request), request.state.body
    inputs = [str(item.get("id", "")) for item in body.get("inputs", [])]
    if len(inputs) > 100:
        raise BadQueryError("Batch input size 100 exceeded")
    ids = ",".join(part for part in inputs if part.isdigit()) or "null"
    found = context.store.payloads(
        f"hubspot__{object_type}", f"active and id in ({ids})", order="id", limit=100
    )
    wanted = list(body.get("properties", []))
    results = [shown_record(text, object_type, wanted) for text in found]
    return json_answer({"status": "COMPLETE", "results": results})


def _owners(context: Context, request: Request) -> Response:
    query = request.query_params
    limit, after = limit_of(query.get("limit", ""), 500, 100), int(query.get("after") or 0)
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
    object_type = type_of(request)
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
