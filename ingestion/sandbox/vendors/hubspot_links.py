"""HubSpot's associations: inline in lists (at most 100), per record, and in batches."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ingestion.sandbox.vendors.context import Context, json_answer
from ingestion.sandbox.vendors.hubspot_common import BadQueryError, limit_of, type_of


def add_inline(
    context: Context, object_type: str, other: str, results: list[dict[str, Any]]
) -> None:
    """Add the first 100 links to another type to each record of a list."""
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


def _links(
    context: Context, from_type: str, to_type: str, record_id: int, after: int = 0
) -> list[tuple[int, int]]:
    return context.store.rows(
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


def links_of(context: Context, request: Request) -> Response:
    """Links of one record to one type, paged."""
    from_type, to_type = type_of(request, "from_type"), type_of(request, "to_type")
    limit = limit_of(request.query_params.get("limit", ""), 500, 500)
    after = int(request.query_params.get("after") or 0)
    links = _links(context, from_type, to_type, int(request.path_params["id"]), after)
    document: dict[str, Any] = {"results": _shown_links(links[:limit])}
    if len(links) > limit:
        document["paging"] = {"next": {"after": str(links[limit - 1][0])}}
    return json_answer(document)


def batch_links(context: Context, request: Request) -> Response:
    """Links of many records to one type; only records that have any are answered."""
    from_type, to_type = type_of(request, "from_type"), type_of(request, "to_type")
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
