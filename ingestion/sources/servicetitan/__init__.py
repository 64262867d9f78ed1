"""ServiceTitan: export feeds by continuation token, other lists by change or in full.

Which entity is read how is data in `endpoints.py`; why, and the vendor's traps, in README.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.account import AccountContext, split_url
from ingestion.auth import FetchedAuth, client_credentials
from ingestion.bodies import Body, parse_page
from ingestion.client import Client, RefusedError
from ingestion.clock import per_second
from ingestion.errors import VendorError
from ingestion.moments import read_instant
from ingestion.reader import EntityRun, Landing
from ingestion.records import Record, landings, text_at
from ingestion.sources.servicetitan.endpoints import (
    BY_IDS,
    DEFAULTS,
    ENDPOINTS,
    IDS_A_PAGE,
    SPEC,
    Endpoint,
)
from ingestion.sources.servicetitan.rereads import complete_from_feed
from ingestion.sweeps import is_sweep_due, note_sweep

__all__ = ["SPEC", "ServiceTitanReader", "open_reader"]

MAX_EMPTY_PAGES = 50
MAX_READINGS = 3


def open_reader(context: AccountContext) -> ServiceTitanReader:
    """Open one account.

    Raises:
        SettingsError: No tenant, or an option that is not known.
        CredentialsError: A secret is missing.
    """
    context.defaults = DEFAULTS
    context.check_options()
    client_id = context.credential("CLIENT_ID")
    client_secret = context.credential("CLIENT_SECRET")
    app_key = context.credential("APP_KEY")
    tenant = context.required_field("tenant")
    limiter = context.limiter(*per_second(context.option("requests_per_second")))
    token_host, token_path = split_url(context.option("token_url"))
    secrets = (client_secret, app_key)
    token_client = context.client(
        base_url=token_host, limiter=limiter, client_id=client_id, secrets=secrets
    )
    auth = FetchedAuth(
        fetch=client_credentials(
            token_client,
            token_path,
            client_id=client_id,
            client_secret=client_secret,
            seconds=context.option("token_seconds"),
        ),
        clock=context.clock,
        extra={"st-app-key": app_key},
    )
    client = context.client(
        base_url=context.option("base_url"),
        limiter=limiter,
        client_id=client_id,
        auth=auth,
        secrets=secrets,
    )
    return ServiceTitanReader(context, client, token_client, tenant)


class ServiceTitanReader:
    """Reads one tenant."""

    def __init__(
        self, context: AccountContext, client: Client, token_client: Client, tenant: str
    ) -> None:
        self._context = context
        self._client = client
        self._token_client = token_client
        self._tenant = tenant

    def close(self) -> None:
        """Close the connections."""
        self._client.transport.close()
        self._token_client.transport.close()

    def read(self, run: EntityRun) -> Iterator[Landing]:
        """Yield what is new of one entity."""
        endpoint = ENDPOINTS[run.entity]
        if endpoint.shape == "export":
            yield from self._export(run, endpoint)
        elif endpoint.shape == "modified":
            yield from self._modified(run, endpoint)
        else:
            yield from self._full(run, endpoint)

    def reread(self, run: EntityRun, record_ids: Sequence[str]) -> Iterator[Landing]:
        """Yield some records by id, from the list beside the feed."""
        numbers = [item for item in record_ids if item.isdigit()]
        feed, endpoint = ENDPOINTS[run.entity], BY_IDS[run.entity]
        for begin in range(0, len(numbers), IDS_A_PAGE):
            some = numbers[begin : begin + IDS_A_PAGE]
            params = {**endpoint.params, "ids": ",".join(some), "pageSize": str(IDS_A_PAGE)}
            page = self._page(endpoint, params)
            complete_from_feed(page, run.versions.last_versions(some))
            yield from self._landings(run, feed, page, "by ids")

    def _export(self, run: EntityRun, endpoint: Endpoint) -> Iterator[Landing]:
        """Walk the feed from where it stood; then, when a sweep is due, from its beginning."""
        stored = run.state.get("continue_from")
        if stored is not None:
            try:
                yield from self._walk(run, endpoint, stored)
            except RefusedError as error:
                if error.status != 400:
                    raise
                run.notes.append(
                    f"The continuation token of {run.entity} was refused: the feed is read from "
                    "its beginning again, known records add nothing."
                )
                run.state.clear()
        if "swept_at" not in run.state and "continue_from" in run.state:
            note_sweep(run)  # a first walk that broke once is whole now
        elif is_sweep_due(run, self._context):
            yield from self._walk(run, endpoint, None)
            run.is_full_read = True
            note_sweep(run)

    def _walk(self, run: EntityRun, endpoint: Endpoint, start: str | None) -> Iterator[Landing]:
        """Walk the feed from a token to its end.

        The stored token moves with the pages, so that a broken walk goes on where it broke; in a
        sweep it stays until the end, because it would fall back.
        """
        is_sweep = start is None and "continue_from" in run.state
        token = start
        seen = {token}
        empty_pages = 0
        while True:
            page = self._page(endpoint, self._export_params(token))
            yield from self._landings(run, endpoint, page, f"from {token or 'the beginning'}")
            has_more = page.envelope.get("hasMore") is True
            following = page.envelope.get("continueFrom")
            if not isinstance(following, str) or not following:
                if has_more:
                    raise self._broken(endpoint, "says there is more but not from where")
                following = token
            if following and not (has_more and is_sweep):
                run.state["continue_from"] = following
            if not has_more:
                break
            empty_pages = 0 if page.records else empty_pages + 1
            if following in seen or empty_pages > MAX_EMPTY_PAGES:
                raise self._broken(endpoint, "gives the same continuation token again")
            seen.add(following)
            token = following

    def _export_params(self, token: str | None) -> dict[str, str]:
        params = {"from": token} if token else {}
        if self._context.option("recent_changes"):
            params["includeRecentChanges"] = "true"
        return params

    def _modified(self, run: EntityRun, endpoint: Endpoint) -> Iterator[Landing]:
        """List by change.

        Each page begins at the last one's newest change, not at its number: a row that changes
        meanwhile moves to the end, and by number another one would slip past the border.
        """
        since = read_instant(run.state.get("modified_on"))
        cursor = since - self._overlap if since else None
        newest, page_number = since, 1
        while True:
            params = {**endpoint.params, "sort": "+ModifiedOn", "page": str(page_number)}
            if cursor:
                params["modifiedOnOrAfter"] = _utc_text(cursor)
            page = self._page(endpoint, {**params, **self._page_size(), "includeTotal": "true"})
            if cursor is None and page_number == 1:
                run.vendor_total_count = _count(page.envelope.get("totalCount"))
            yield from self._landings(run, endpoint, page, f"modified since {cursor}")
            moments = [read_instant(text_at(item, ("modifiedOn",))) for item in page.records]
            last = max((item for item in moments if item), default=None)
            if last:
                newest = max(newest or last, last)
            if page.envelope.get("hasMore") is not True:
                break
            if not page.records:
                raise self._broken(endpoint, "says there is more but gives none")
            if last and (cursor is None or last > cursor):
                cursor, page_number = last, 1
            else:
                page_number += 1
        if newest:
            run.state["modified_on"] = run.clamp(newest).isoformat()

    def _full(self, run: EntityRun, endpoint: Endpoint) -> Iterator[Landing]:
        """Read the whole list; again where rows moved between its pages while it was read."""
        for _ in range(MAX_READINGS):
            ids: set[str] = set()
            totals: set[int | None] = set()
            for page in self._all_pages(endpoint):
                ids.update(str(record.get(endpoint.id_field)) for record in page.records)
                totals.add(_count(page.envelope.get("totalCount")))
                yield from self._landings(run, endpoint, page, "full read")
            run.vendor_total_count = next(iter(totals), None)
            if totals in ({None}, {len(ids)}):
                run.is_full_read = True
                return
        run.is_complete = False
        run.notes.append(
            f"The list of {run.entity} gave {len(ids)} records where it counts "
            f"{run.vendor_total_count}: expected them equal; none was marked deleted."
        )

    def _all_pages(self, endpoint: Endpoint) -> Iterator[Body]:
        page_number = 1
        previous: list[bytes] = []
        while True:
            params = {**endpoint.params, "page": str(page_number), "includeTotal": "true"}
            page = self._page(endpoint, {**params, **self._page_size()})
            yield page
            if page.envelope.get("hasMore") is not True:
                return
            if not page.texts or page.texts == previous:
                raise self._broken(endpoint, "gives the same page again")
            previous = page.texts
            page_number += 1

    def _page(self, endpoint: Endpoint, params: dict[str, str]) -> Body:
        page: Body = self._client.call(
            "GET",
            endpoint.path.replace("{tenant}", self._tenant),
            endpoint=endpoint.path,
            params=params,
            check=lambda answer: parse_page(answer.body, ("data",), what=f"GET {endpoint.path}"),
        )
        return page

    def _landings(
        self, run: EntityRun, endpoint: Endpoint, page: Body, where: str
    ) -> Iterator[Landing]:
        is_full = endpoint.shape == "full"
        field = endpoint.modified_field
        yield from landings(
            page,
            entity=run.entity,
            location=f"{endpoint.path} {where}",
            id_path=(endpoint.id_field,),
            # A whole list is as of now whatever its rows say: they are ordered by loading.
            modified_path=None if is_full or field is None else (field,),
            is_deleted=_is_inactive if endpoint.inactive_is_deleted else None,
            max_bytes=self._context.max_record_bytes,
        )

    def _page_size(self) -> dict[str, str]:
        return {"pageSize": str(self._context.option("page_size"))}

    @property
    def _overlap(self) -> timedelta:
        return timedelta(minutes=self._context.option("overlap_minutes"))

    def _broken(self, endpoint: Endpoint, what: str) -> VendorError:
        return VendorError(
            f"GET {endpoint.path} {what}: expected pages that come to an end; the next run goes on "
            "from the last good page."
        )


def _is_inactive(record: Record) -> bool:
    return record.get("active") is False


def _utc_text(instant: datetime) -> str:
    """`...Z`: at least one module refuses the `+00:00` form."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
