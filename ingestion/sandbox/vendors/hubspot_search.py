"""HubSpot's search: filter groups in SQL, capped at 10,000 results, a moment behind the present."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ingestion.sandbox.vendors.context import Context, json_answer
from ingestion.sandbox.vendors.hubspot_common import (
    BadQueryError,
    limit_of,
    shown_record,
    type_of,
)

SEARCH_CAP = 10_000
MODIFIED = ("lastmodifieddate", "hs_lastmodifieddate")
OPERATORS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}


def search(context: Context, request: Request) -> Response:
    """One page of a search."""
    object_type, body = type_of(request), request.state.body
    limit = limit_of(str(body.get("limit", "")), 200)
    after = int(body.get("after") or 0)
    if after + limit > SEARCH_CAP:
        raise BadQueryError(f"The after plus limit exceeds the maximum of {SEARCH_CAP} results")
    groups = body.get("filterGroups", [])
    if len(groups) > 6:
        raise BadQueryError("Too many filter groups: at most 6 are allowed")
    values: list[Any] = []
    record = context.store.record(f"hubspot__{object_type}")
    parts = [_group(group, values, record) for group in groups]
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
        "results": [shown_record(text, object_type, wanted) for text in found],
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


def _group(group: dict[str, Any], values: list[Any], record: str) -> str:
    filters = [_filter(item, values, record) for item in group.get("filters", [])]
    return f"({' and '.join(filters) or 'true'})"


def _filter(item: dict[str, Any], values: list[Any], record: str) -> str:
    name, operator = item.get("propertyName", ""), item.get("operator", "")
    column, convert = _column(name, record)
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


def _column(name: str, record: str) -> tuple[str, Any]:
    if name in MODIFIED:
        return "modified_at", _instant
    if name in ("createdate", "hs_createdate"):
        return "created_at", _instant
    if name == "hs_object_id":
        return "id", lambda value: int(str(value))
    if not name.replace("_", "").isalnum():
        raise BadQueryError(f"There was a problem with the property {name}")
    return f"json_extract_string({record}, '$.properties.{name}')", str


def _instant(value: Any) -> datetime:
    text = str(value)
    try:
        if text.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC).replace(tzinfo=None)
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise BadQueryError(f"{text} is not a valid date") from None
