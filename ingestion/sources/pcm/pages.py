"""Calls to one PCM account: pages to their end, and records joined with where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.account import AccountContext
from ingestion.bodies import Body, parse_page
from ingestion.client import Client
from ingestion.errors import VendorError
from ingestion.transport import Answer

MAX_READINGS = 3


class PcmPages:
    """One account's pages."""

    def __init__(self, context: AccountContext, client: Client) -> None:
        self.context = context
        self._client = client

    def close(self) -> None:
        """Close the connections."""
        self._client.transport.close()

    def all(self, path: str, *, endpoint: str | None = None) -> Iterator[Body]:
        """Every page of a list.

        Raises:
            VendorError: The same page comes again, or pages do not end.
        """
        number = 1
        previous: list[bytes] = []
        while True:
            params = {"page": str(number), "perPage": str(self.context.option("page_size"))}
            page = self._get(path, endpoint or path, params)
            yield page
            if not _has_next(page, number):
                return
            if not page.texts or page.texts == previous:
                raise VendorError(
                    f"GET {endpoint or path} gives the same page again: expected pages that come "
                    "to an end; the next run reads it again."
                )
            previous = page.texts
            number += 1

    def object(self, path: str, *, endpoint: str | None = None) -> Body:
        """A single object, as a page of one record."""

        def check(answer: Answer) -> Body:
            return parse_page(b'{"results":[' + answer.body + b"]}", ("results",), what=path)

        page: Body = self._client.call("GET", path, endpoint=endpoint or path, check=check)
        return page

    def array(self, path: str, params: dict[str, str]) -> Body:
        """A bare array, or an envelope with `results`, as one page."""

        def check(answer: Answer) -> Body:
            body = answer.body.strip()
            if body.startswith(b"["):
                body = b'{"results":' + body + b"}"
            return parse_page(body, ("results",), what=path)

        page: Body = self._client.call("GET", path, params=params, check=check)
        return page

    def _get(self, path: str, endpoint: str, params: dict[str, str]) -> Body:
        page: Body = self._client.call(
            "GET",
            path,
            endpoint=endpoint,
            params=params,
            check=lambda answer: parse_page(answer.body, ("results",), what=f"GET {endpoint}"),
        )
        return page


def total_of(page: Body) -> int | None:
    """How many records the vendor counts, where it says so."""
    pagination = page.envelope.get("pagination")
    total = pagination.get("totalResults") if isinstance(pagination, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _has_next(page: Body, number: int) -> bool:
    pagination: Any = page.envelope.get("pagination")
    if not isinstance(pagination, dict):
        return False
    # The link itself is never followed: only whether there is one counts.
    if "nextPage" in pagination:
        return bool(pagination["nextPage"])
    total = pagination.get("totalPages")
    return isinstance(total, int) and number < total
