"""Calls to one HubSpot portal: what each endpoint wants and answers.

Which records to ask for is in `objects.py` and `associations.py`.
"""

from __future__ import annotations

from typing import Any

from ingestion.account import AccountContext
from ingestion.bodies import Body, parse_page
from ingestion.client import Client
from ingestion.clock import RateLimiter
from ingestion.sources.hubspot.endpoints import PROPERTIES


class Portal:
    """One portal."""

    def __init__(
        self, context: AccountContext, client: Client, search_limiter: RateLimiter
    ) -> None:
        self.context = context
        self._client = client
        self._search_limiter = search_limiter
        self._properties: dict[str, tuple[str, ...]] = {}

    def close(self) -> None:
        """Close the connections."""
        self._client.transport.close()

    def properties(self, object_type: str) -> tuple[str, ...]:
        """Names of the properties to read: all the portal has, else the usual ones."""
        if object_type not in self._properties:
            usual = PROPERTIES[object_type]
            extra = self.context.option("extra_properties").get(object_type, ())
            names = dict.fromkeys((*usual, *extra))
            if self.context.option("all_properties"):
                path = f"{self.context.option('properties_path')}/{object_type}"
                page = self._get(path, path, {})
                known = [record.get("name") for record in page.records]
                names.update(dict.fromkeys(name for name in known if isinstance(name, str)))
            self._properties[object_type] = tuple(names)
        return self._properties[object_type]

    def search(
        self,
        object_type: str,
        *,
        filters: list[dict[str, str]],
        sort: str,
        after: str | None = None,
        limit: int | None = None,
        properties: tuple[str, ...] | None = None,
    ) -> Body:
        """One page of a search: records that are not archived, ascending by `sort`."""
        path = f"{self.context.option('objects_path')}/{object_type}/search"
        wanted = self.properties(object_type) if properties is None else properties
        body: dict[str, Any] = {
            "filterGroups": [{"filters": filters}] if filters else [],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": list(wanted),
            "limit": limit or self.context.option("search_page_size"),
        }
        if after is not None:
            body["after"] = after
        return self._post(path, path, body, limiter=self._search_limiter)

    def list_archived(self, object_type: str, after: str | None) -> Body:
        """One page of the archived records of a type."""
        path = f"{self.context.option('objects_path')}/{object_type}"
        return self._get(path, f"{path}?archived", self._listing(after, archived="true"))

    def list_owners(self, after: str | None) -> Body:
        """One page of the users who are not archived."""
        path = self.context.option("owners_path")
        return self._get(path, path, self._listing(after, archived="false"))

    def read_batch(self, object_type: str, ids: list[str]) -> Body:
        """Records by id; those that are archived or gone are left out of the answer."""
        path = f"{self.context.option('objects_path')}/{object_type}/batch/read"
        body = {
            "properties": list(self.properties(object_type)),
            "inputs": [{"id": item} for item in ids],
        }
        return self._post(path, path, body)

    def read_associations(self, from_type: str, to_type: str, inputs: list[dict[str, str]]) -> Body:
        """Links of some records to another type."""
        path = f"{self.context.option('associations_path')}/{from_type}/{to_type}/batch/read"
        return self._post(path, path, {"inputs": inputs})

    def _listing(self, after: str | None, **params: str) -> dict[str, str]:
        params["limit"] = str(self.context.option("list_page_size"))
        if after is not None:
            params["after"] = after
        return params

    def _get(self, path: str, endpoint: str, params: dict[str, str]) -> Body:
        page: Body = self._client.call(
            "GET",
            path,
            endpoint=endpoint,
            params=params,
            check=lambda answer: parse_page(answer.body, ("results",), what=f"GET {endpoint}"),
        )
        return page

    def _post(
        self, path: str, endpoint: str, body: dict[str, Any], limiter: RateLimiter | None = None
    ) -> Body:
        page: Body = self._client.call(
            "POST",
            path,
            endpoint=endpoint,
            json=body,
            limiter=limiter,
            check=lambda answer: parse_page(answer.body, ("results",), what=f"POST {endpoint}"),
        )
        return page


def next_after(page: Body) -> str | None:
    """The cursor of the next page, or None on the last one."""
    paging = page.envelope.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return str(after) if after is not None else None
