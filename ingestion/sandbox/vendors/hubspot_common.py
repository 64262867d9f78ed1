"""What HubSpot's endpoints share: object types, properties, limits, error words."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ingestion.sandbox.vendors.context import json_answer

TYPES = ("contacts", "companies", "deals", "postal_mail", "calls", "tasks")
DEFAULT_PROPERTIES = {
    "contacts": ("firstname", "lastname", "email", "createdate", "lastmodifieddate"),
    "companies": ("name", "domain", "createdate", "hs_lastmodifieddate"),
    "deals": (
        *("dealname", "amount", "closedate", "pipeline", "dealstage"),
        *("createdate", "hs_lastmodifieddate"),
    ),
}


class BadQueryError(ValueError):
    """A search this vendor would answer with 400."""


def error(
    status: int, category: str, message: str, headers: dict[str, str] | None = None, **more: str
) -> Response:
    """An error as HubSpot words it."""
    body = {"status": "error", "message": message, "correlationId": "sandbox", **more}
    return json_answer({**body, "category": category}, status, headers)


def type_of(request: Request, name: str = "type") -> str:
    """The object type in the path.

    Raises:
        BadQueryError: This portal has no such type.
    """
    asked = request.path_params[name]
    if asked not in TYPES:
        raise BadQueryError(f"Unable to infer object type from: {asked}")
    return asked


def limit_of(text: str, most: int, default: int = 10) -> int:
    """The page size asked for, within what the endpoint allows."""
    try:
        limit = int(text or default)
    except ValueError:
        raise BadQueryError(f"{text} is not a valid limit") from None
    if not 0 < limit <= most:
        raise BadQueryError(f"The limit must be between 1 and {most}")
    return limit


def shown_record(text: str, object_type: str, wanted: list[str]) -> dict[str, Any]:
    """A record with the properties asked for (null where unknown), else the default ones."""
    record = orjson.loads(text)
    names = ["hs_object_id", *(wanted or DEFAULT_PROPERTIES.get(object_type, ()))]
    held = record["properties"]
    record["properties"] = {name: held.get(name) for name in names}
    if record.get("archivedAt") is None:
        record.pop("archivedAt", None)
    return record


def wanted_names(text: str) -> list[str]:
    """Names of a comma list."""
    return [part for part in (text or "").split(",") if part]
