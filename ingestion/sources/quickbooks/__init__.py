"""QuickBooks Online: changed rows by query, deletions by the change feed (CDC).

What is asked for is data in `endpoints.py`; why, and the vendor's traps, in README.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.account import AccountContext, split_url
from ingestion.auth import RotatingAuth
from ingestion.bodies import Body, parse_object, parse_page
from ingestion.client import Client, Etiquette
from ingestion.moments import read_instant
from ingestion.reader import EntityRun, Landing, Tombstones
from ingestion.records import Record, landings, text_at
from ingestion.sources.quickbooks.endpoints import DEFAULTS, ENTITIES, SPEC, QueryEntity

__all__ = ["SPEC", "QuickBooksReader", "open_reader"]

_CHANGED = ("MetaData", "LastUpdatedTime")
_CREATED = ("MetaData", "CreateTime")
IDS_A_QUERY = 30  # the query is part of the address, which may not grow without bound


def open_reader(context: AccountContext) -> QuickBooksReader:
    """Open one company.

    Raises:
        SettingsError: No realm_id, or an option that is not known.
        CredentialsError: A secret is missing.
    """
    context.defaults = DEFAULTS
    context.check_options()
    client_id = context.credential("CLIENT_ID")
    client_secret = context.credential("CLIENT_SECRET")
    first_token = context.credential("REFRESH_TOKEN")
    realm = context.required_field("realm_id")
    rate = context.option("requests_per_second")
    limiter = context.limiter((max(int(rate), 1), 1.0), (max(int(rate * 60), 1), 60.0))
    secrets = (client_secret, first_token)
    etiquette = Etiquette(pause=throttle_pause)
    host, path = split_url(context.option("token_url"))
    token_client = context.client(
        base_url=host, limiter=limiter, client_id=client_id, etiquette=etiquette, secrets=secrets
    )
    auth = RotatingAuth(
        client=token_client,
        path=path,
        basic=(client_id, client_secret),
        first_token=first_token,
        file=context.token_file,
        clock=context.clock,
    )
    client = context.client(
        base_url=context.option("base_url"),
        limiter=limiter,
        client_id=client_id,
        auth=auth,
        etiquette=etiquette,
        secrets=secrets,
    )
    return QuickBooksReader(context, client, token_client, realm)


def throttle_pause(status: int, _body: bytes, _attempt: int) -> float | None:
    """The vendor asks for a minute after a 429, without a header that says so."""
    return 60.0 if status == 429 else None


class QuickBooksReader:
    """Reads one company."""

    def __init__(
        self, context: AccountContext, client: Client, token_client: Client, realm: str
    ) -> None:
        self._context = context
        self._client = client
        self._token_client = token_client
        self._realm = realm

    def close(self) -> None:
        """Close the connections."""
        self._client.transport.close()
        self._token_client.transport.close()

    def read(self, run: EntityRun) -> Iterator[Landing]:
        """Yield what is new of one entity."""
        if run.entity == "company_info":
            page = self._query("CompanyInfo", "select * from CompanyInfo")
            yield from self._landings(run, page)
            return
        entity = ENTITIES[run.entity]
        run.vendor_total_count = self._count(entity)
        yield from self._read_changed(run, entity)
        yield from self._read_deleted(run, entity)

    def reread(self, run: EntityRun, record_ids: Sequence[str]) -> Iterator[Landing]:
        """Yield some records by id."""
        entity = ENTITIES[run.entity]
        numbers = [item for item in record_ids if item.isalnum()]
        active = "Active in (true, false) and " if entity.is_name_list else ""
        for begin in range(0, len(numbers), IDS_A_QUERY):
            ids = ", ".join(f"'{item}'" for item in numbers[begin : begin + IDS_A_QUERY])
            page = self._query(
                entity.word,
                f"select * from {entity.word} where {active}Id in ({ids}) maxresults {IDS_A_QUERY}",
            )
            yield from self._landings(run, page)

    def _read_changed(self, run: EntityRun, entity: QueryEntity) -> Iterator[Landing]:
        since = read_instant(run.state.get("modified_at"))
        overlap = timedelta(minutes=self._context.option("overlap_minutes"))
        newest = since
        for page in self._pages(entity, _CHANGED, since - overlap if since else None):
            yield from self._landings(run, page)
            newest = max(filter(None, (newest, _last(page.records, _CHANGED))), default=None)
        if newest:
            run.state["modified_at"] = run.clamp(newest).isoformat()

    def _pages(
        self, entity: QueryEntity, field: tuple[str, ...], cursor: datetime | None
    ) -> Iterator[Body]:
        """Pages ascending by a date; each begins at the last one's newest date.

        By position alone a row that moves meanwhile would push another one over the border
        unseen. Rows that share one second are paged by position.
        """
        size = self._context.option("page_size")
        position = 1
        while True:
            conditions = [f"{'.'.join(field)} >= '{_text(cursor)}'"] if cursor else []
            if entity.is_name_list:
                conditions = ["Active in (true, false)", *conditions]
            where = f" where {' and '.join(conditions)}" if conditions else ""
            page = self._query(
                entity.word,
                f"select * from {entity.word}{where} orderby {'.'.join(field)} "
                f"startposition {position} maxresults {size}",
            )
            yield page
            count = len(page.records) + len(page.bad)
            if count < size:
                return
            last = _last(page.records, field)
            if last and (cursor is None or last > cursor):
                cursor, position = last, 1
            else:
                position += count

    def _count(self, entity: QueryEntity) -> int | None:
        where = " where Active in (true, false)" if entity.is_name_list else ""
        page = self._query(entity.word, f"select count(*) from {entity.word}{where}")
        response = page.envelope.get("QueryResponse")
        total = response.get("totalCount") if isinstance(response, dict) else None
        return total if isinstance(total, int) else None

    def _read_deleted(self, run: EntityRun, entity: QueryEntity) -> Iterator[Landing]:
        """Deleted rows vanish from queries; the change feed names them for 30 days.

        Its answer stops at 1,000 objects, live ones included, and has no pages and no upper bound.
        A cut answer is asked for again from its own newest change on, and because nothing says
        what a cut one left out, the whole entity is then read and compared with ours.
        """
        since = read_instant(run.state.get("deleted_since"))
        memory = timedelta(days=self._context.option("cdc_days") - 1)
        is_certain = since is not None and since >= run.now - memory
        if since is not None and is_certain:
            stubs, is_certain = self._feed(entity, since)
            yield Tombstones(record_ids=list(stubs), deleted_at=[stubs[item] for item in stubs])
        if not is_certain and run.versions.live_ids():
            yield from self._read_all(run, entity)
        # The feed lags the rows it reports: it is asked for the last minutes again.
        overlap = timedelta(minutes=self._context.option("overlap_minutes"))
        run.state["deleted_since"] = (run.now - overlap).isoformat()

    def _feed(
        self, entity: QueryEntity, since: datetime
    ) -> tuple[dict[str, datetime | None], bool]:
        """Deleted ids with their instant, and whether no answer was cut off."""
        stubs: dict[str, datetime | None] = {}
        is_whole = True
        while True:
            records = self._change_feed(entity, since)
            for record in records:
                if record.get("status") == "Deleted" and record.get("Id") is not None:
                    stubs[str(record["Id"])] = read_instant(text_at(record, _CHANGED))
            last = _last(records, _CHANGED)
            if len(records) < self._context.option("cdc_limit"):
                return stubs, is_whole
            is_whole = False
            if last is None or last <= since:
                return stubs, is_whole
            since = last

    def _change_feed(self, entity: QueryEntity, since: datetime) -> list[Record]:
        endpoint = "/v3/company/{realm_id}/cdc"
        params = {"entities": entity.word, "changedSince": _text(since), **self._version()}
        content: dict[str, Any] = self._client.call(
            "GET",
            endpoint.replace("{realm_id}", self._realm),
            endpoint=endpoint,
            params=params,
            headers={"accept": "application/json"},
            check=lambda answer: parse_object(answer.body, what=f"GET {endpoint}"),
        )
        records: list[Record] = []
        for response in content.get("CDCResponse") or ():
            for group in response.get("QueryResponse") or ():
                rows = group.get(entity.word) or ()
                records.extend(row for row in rows if isinstance(row, dict))
        return records

    def _read_all(self, run: EntityRun, entity: QueryEntity) -> Iterator[Landing]:
        """Read every row there is, by date of creation so that deletions shift nothing."""
        present: set[str] = set()
        for page in self._pages(entity, _CREATED, None):
            yield from self._landings(run, page)
            present.update(str(record.get("Id")) for record in page.records)
        yield Tombstones(
            record_ids=[item for item in run.versions.live_ids() if item not in present]
        )

    def _query(self, word: str, text: str) -> Body:
        endpoint = "/v3/company/{realm_id}/query"
        page: Body = self._client.call(
            "GET",
            endpoint.replace("{realm_id}", self._realm),
            endpoint=f"{endpoint}?{word}",
            params={"query": text, **self._version()},
            headers={"accept": "application/json"},
            check=lambda answer: parse_page(
                answer.body, ("QueryResponse", word), what=f"GET {endpoint} of {word}"
            ),
        )
        return page

    def _landings(self, run: EntityRun, page: Body) -> Iterator[Landing]:
        yield from landings(
            page,
            entity=run.entity,
            location=f"query of {run.entity}",
            id_path=("Id",),
            modified_path=_CHANGED,
            max_bytes=self._context.max_record_bytes,
        )

    def _version(self) -> dict[str, str]:
        return {"minorversion": str(self._context.option("minor_version"))}


def _last(records: list[Record], field: tuple[str, ...]) -> datetime | None:
    moments = (read_instant(text_at(record, field)) for record in records)
    return max(filter(None, moments), default=None)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
