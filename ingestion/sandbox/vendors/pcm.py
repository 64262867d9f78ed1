"""PCM Integrations (PostcardMania) DirectMail v3 over HTTP: login tokens, paged envelopes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.vendors.context import Context, json_answer, raw_answer

API_KEY, API_SECRET = "pcm-sandbox-key", "pcm-sandbox-secret"
MOST_PER_PAGE = 1_000


def routes(context: Context) -> list[Route]:
    """All endpoints of the stand-in."""

    async def login(request: Request) -> Response:
        try:
            body = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            return error(400, "BadRequest", "The request was incorrectly formatted.")
        if (body.get("apiKey"), body.get("apiSecret")) != (API_KEY, API_SECRET):
            return error(401, "Unauthorized", "Your API Secret or Key is invalid")
        expires = datetime.now(UTC) + timedelta(seconds=context.tokens.seconds)
        text = expires.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return json_answer({"token": context.tokens.issue("main"), "expires": text})

    def paged(
        entity: str, parent: str | None = None, path: str = "", *, order: str = "id desc"
    ) -> Route:
        def endpoint(request: Request) -> Response:
            return _refusal(context, request) or _page(context, request, entity, parent, order)

        return Route(path, endpoint)

    def single(entity: str, path: str) -> Route:
        def endpoint(request: Request) -> Response:
            return _refusal(context, request) or _one(context, request, entity)

        return Route(path, endpoint)

    def undeliverable(request: Request) -> Response:
        return _refusal(context, request) or _undeliverable(context, request)

    def balance(request: Request) -> Response:
        refusal = _refusal(context, request)
        return refusal or raw_answer(context.store.payloads("pcm__balances")[0])

    def campaigns(request: Request) -> Response:
        return _refusal(context, request) or _envelope(request, [], 0, 1, 10)

    return [
        Route("/auth/login", login, methods=["POST"]),
        paged("orders", path="/order"),
        paged("recipients", "order_id", "/order/{id:int}/recipients", order="id"),
        paged(
            "mail_tracking", "order_id", "/order/{id:int}/mail-tracking", order="modified_at, id"
        ),
        single("orders", "/order/{id:int}"),
        paged("batches", path="/batch"),
        paged("orders", "batch_id", "/batch/{id:int}/orders"),
        paged("recipients", "batch_id", "/batch/{id:int}/recipients", order="id"),
        paged(
            "mail_tracking",
            "batch_id",
            "/batch/{id:int}/mail-tracking-detailed",
            order="modified_at, id",
        ),
        single("batches", "/batch/{id:int}"),
        Route("/recipient/undeliverable", undeliverable),
        paged("designs", path="/design", order="id"),
        single("designs", "/design/{id:int}"),
        paged("qr_codes", path="/qr-code", order="id"),
        paged("qr_scans", "qr_code_id", "/qr-code/{id:int}/tracking", order="created_at, id"),
        single("qr_codes", "/qr-code/{id:int}"),
        paged("suppressions", path="/suppression-list", order="id"),
        Route("/campaign", campaigns),
        Route("/integration/balance", balance),
    ]


def error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error as PCM words it."""
    body = {"code": code, "message": message, "data": []}
    return json_answer({"error": body, "documentation": "https://docs.example"}, status, headers)


def _refusal(context: Context, request: Request) -> Response | None:
    if context.tokens.meaning(request.headers.get("authorization", "")) is None:
        return error(401, "Unauthorized", "Your token is invalid or has expired.")
    if not context.throttle.allows():
        return error(429, "TooManyRequests", "Slow down.", context.slow_down())
    return None


def _page(
    context: Context, request: Request, entity: str, parent: str | None, order: str
) -> Response:
    query = request.query_params
    try:
        page, size = int(query.get("page", 1)), int(query.get("perPage", 10))
    except ValueError:
        return error(400, "BadRequest", "page and perPage must be numbers.")
    if page < 1 or size < 1:
        return error(400, "BadRequest", "page and perPage start at 1.")
    size = min(size, MOST_PER_PAGE)
    where, values = "true", []
    if parent:
        where, values = f"{parent} = ?", [request.path_params["id"]]
    if entity == "orders" and "extRefNbr" in query:
        where, values = f"{where} and order_ref = ?", [*values, query["extRefNbr"]]
    table = f"pcm__{entity}"
    rows = context.store.payloads(
        table, where, values, order=order, limit=size, offset=(page - 1) * size
    )
    return _envelope(request, rows, context.store.count(table, where, values), page, size)


def _envelope(request: Request, rows: list[str], total: int, page: int, size: int) -> Response:
    pages = max(1, -(-total // size))

    def link(number: int) -> Any:
        inside = 1 <= number <= pages
        return f"{request.url.path}?page={number}&perPage={size}" if inside else None

    pagination = {
        "page": page,
        "perPage": size,
        "nextPage": link(page + 1),
        "prevPage": link(page - 1),
        "totalPages": pages,
        "totalResults": total,
    }
    inside = ",".join(rows)
    return raw_answer(f'{{"results":[{inside}],"pagination":{orjson.dumps(pagination).decode()}}}')


def _one(context: Context, request: Request, entity: str) -> Response:
    found = context.store.payloads(f"pcm__{entity}", "id = ?", [request.path_params["id"]])
    return raw_answer(found[0]) if found else error(404, "NotFound", "There is no such record.")


def _undeliverable(context: Context, request: Request) -> Response:
    query = request.query_params
    where = "true"
    values: list[Any] = []
    try:
        if "batchID" in query:
            where, values = "batch_id = ?", [int(query["batchID"])]
        elif "startDate" in query and "endDate" in query:
            bounds = [
                datetime.fromisoformat(query[name].replace(" ", "+"))
                for name in ("startDate", "endDate")
            ]
            values = [
                bound.astimezone(UTC).replace(tzinfo=None) if bound.tzinfo else bound
                for bound in bounds
            ]
            where = "mailed_at between ? and ?"
        else:
            return error(400, "BadRequest", "Give batchID, or startDate and endDate.")
    except ValueError:
        return error(400, "BadRequest", "batchID must be a number, dates ISO 8601.")
    rows = context.store.payloads("pcm__undeliverables", where, values, order="id", limit=10**7)
    return raw_answer(f"[{','.join(rows)}]")
