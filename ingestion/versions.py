"""Which versions of an entity the warehouse holds, and which of a batch are new.

Raw is append-only. A version that equals its predecessor in version order (`modified_at`, else
the time of loading; then time of loading; then position) adds nothing, so a page sent twice, a
record that has not changed and a stale page that arrives late all land nothing, while a value
that changed back does. What is known of the records at hand is copied into a DuckDB of its own, so
the warehouse's lock is held only for moments.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from ingestion.errors import WarehouseLockedError
from ingestion.landing import LANDED_SCHEMA
from ingestion.warehouse import warehouse_fault

_CREATE = """
create table versions (
    account varchar, record_id varchar, payload_hash varchar, is_deleted boolean,
    order_at timestamptz, loaded_at timestamptz, position bigint, is_brought boolean
);
create table seen (account varchar, record_id varchar);
create table brought (account varchar, record_id varchar);
"""

SMALL_BATCH_ROWS = 5_000

_LATEST = """
    row_number() over (
        partition by account, record_id
        order by order_at desc, loaded_at desc, position desc
    ) = 1
"""

_NEW_VERSIONS = """
with known as (
    select account, record_id, max(order_at) as known_at
    from versions
    semi join batch using (account, record_id)
    where is_brought
    group by all
),
dated as (
    select
        account, record_id, is_deleted, payload, position,
        -- A clock that was set back must not put what is read now before what was read earlier.
        case
            when modified_at is null and known_at >= $now then known_at + interval 1 microsecond
            else modified_at
        end as modified_at
    from batch
    left join known using (account, record_id)
),
incoming as (
    select
        *, md5(payload) as payload_hash,
        coalesce(modified_at, $now) as order_at, $now as loaded_at
    from dated
),
ranked as (
    select
        *,
        row_number() over version_order as version_number,
        lag(payload_hash) over version_order as previous_hash,
        lag(is_deleted) over version_order as previous_is_deleted
    from (
        select
            account, record_id, payload_hash, is_deleted, order_at, loaded_at, position,
            false as is_incoming
        from versions
        semi join batch using (account, record_id)
        union all by name
        select
            account, record_id, payload_hash, is_deleted, order_at, loaded_at, position,
            true as is_incoming
        from incoming
    )
    window version_order as (
        partition by account, record_id
        order by order_at, loaded_at, is_incoming, position
    )
)
select incoming.*
from incoming
inner join ranked using (position)
where
    ranked.is_incoming
    and (
        ranked.version_number = 1
        or ranked.previous_hash <> ranked.payload_hash
        or ranked.previous_is_deleted <> ranked.is_deleted
    )
order by position
"""


class EntityVersions:
    """The known versions of one entity of one account, in a scratch DuckDB.

    Use as a context manager.
    """

    def __init__(
        self,
        *,
        warehouse: Path,
        source: str,
        entity: str,
        account: str | None,
        wait_seconds: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._warehouse = warehouse
        self._table = f'warehouse."raw_{source}"."{entity}"'
        self._account = account
        self._wait_seconds = wait_seconds
        self._sleep = sleep
        self._is_whole = False
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        self._connection.execute(_CREATE)

    def __enter__(self) -> EntityVersions:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def keep_new(self, batch: pa.Table, *, now: datetime) -> pa.Table:
        """The rows of a batch that say something new; they are known from then on.

        Args:
            batch: account, record_id, modified_at, is_deleted, payload, position (unique).
            now: When they are loaded.

        Returns:
            The kept rows in the order given, with payload_hash.
        """
        connection = self._connection
        connection.register("batch", batch)
        # Twelve changed rows of a million known ones need the versions of twelve records.
        is_small = batch.num_rows < SMALL_BATCH_ROWS
        self._bring("record_id in (select record_id from batch)" if is_small else "true")
        connection.execute("insert into seen select account, record_id from batch")
        connection.execute(f"create or replace temp table kept as {_NEW_VERSIONS}", {"now": now})
        connection.unregister("batch")
        connection.execute(
            """
            insert into versions
            select
                account, record_id, payload_hash, is_deleted, order_at, loaded_at, position,
                false
            from kept
            """
        )
        kept = connection.execute(
            """
            select
                account, record_id, modified_at, is_deleted, payload, payload_hash,
                loaded_at as _loaded_at, position as _position, '' as _run_id
            from kept
            order by position
            """
        ).to_arrow_table()
        return kept.cast(LANDED_SCHEMA)

    def count(self) -> int:
        """How many versions the warehouse holds."""
        if not self._warehouse.exists():
            return 0
        with self._attached() as connection:
            row = connection.execute(
                f"select count(*) from {self._table} where $account is null or account = $account",
                {"account": self._account},
            ).fetchone()
        return row[0] if row else 0

    def live_ids(
        self,
        *,
        parents: Sequence[str] | None = None,
        separator: str = ":",
        since: datetime | None = None,
    ) -> list[str]:
        """Ids whose latest version is not deleted, in order.

        Args:
            parents: Only ids whose part before `separator` is one of these.
            separator: Stands between a parent's id and the rest.
            since: Only those whose latest version is of then or later.
        """
        condition = "true"
        values: dict[str, object] = {}
        if parents is not None:
            condition = (
                "split_part(record_id, $separator, 1) in (select unnest($parents::varchar[]))"
            )
            values = {"parents": list(parents), "separator": separator}
        self._bring(condition, values)
        rows = self._connection.execute(
            f"""
            select distinct record_id
            from (select * from versions where {condition} qualify {_LATEST})
            where not is_deleted and ($since is null or order_at >= $since)
            order by record_id
            """,
            {**values, "since": since},
        ).fetchall()
        return [row[0] for row in rows]

    def deleted_ids(self, *, since: datetime) -> dict[str, datetime]:
        """Ids whose latest version is a tombstone not older than `since`, with its instant."""
        self._bring("is_deleted and coalesce(modified_at, _loaded_at) >= $since", {"since": since})
        rows = self._connection.execute(
            f"""
            select record_id, order_at
            from (select * from versions qualify {_LATEST})
            where is_deleted and order_at >= $since
            order by record_id
            """,
            {"since": since},
        ).fetchall()
        return dict(rows)

    def vanished_ids(self) -> tuple[list[str], int]:
        """Live ids that no batch of this run held, and how many live ids there are."""
        self._bring("true")
        rows = self._connection.execute(
            f"""
            select latest.record_id, seen.record_id is null as has_vanished
            from (select * from versions qualify {_LATEST}) as latest
            left join (select distinct account, record_id from seen) as seen
                using (account, record_id)
            where not latest.is_deleted
            order by latest.record_id
            """
        ).fetchall()
        return [row[0] for row in rows if row[1]], len(rows)

    def last_versions(self, record_ids: Iterable[str]) -> dict[str, tuple[str, datetime]]:
        """The latest landed payload of each id the warehouse knows, and its place in order."""
        wanted = list(record_ids)
        if not wanted or not self._warehouse.exists():
            return {}
        with self._attached() as connection:
            rows = connection.execute(
                f"""
                select record_id, payload, coalesce(modified_at, _loaded_at)
                from {self._table}
                where
                    record_id in (select unnest($wanted::varchar[]))
                    and ($account is null or account = $account)
                qualify
                    row_number() over (
                        partition by record_id
                        order by
                            coalesce(modified_at, _loaded_at) desc,
                            _loaded_at desc,
                            _position desc
                    ) = 1
                """,
                {"wanted": wanted, "account": self._account},
            ).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}

    def _bring(self, condition: str, values: dict[str, object] | None = None) -> None:
        """Copy the versions of the records one of whose versions meets a condition."""
        if self._is_whole or not self._warehouse.exists():
            return
        with self._attached() as connection:
            connection.execute(
                f"""
                create or replace temp table wanted as
                select distinct account, record_id
                from {self._table}
                anti join brought using (account, record_id)
                where ($account is null or account = $account) and {condition}
                """,
                {"account": self._account, **(values or {})},
            )
            connection.execute(
                f"""
                insert into versions
                select
                    account, record_id, payload_hash, is_deleted,
                    coalesce(modified_at, _loaded_at), _loaded_at, _position, true
                from {self._table}
                semi join wanted using (account, record_id)
                """
            )
            connection.execute("insert into brought select account, record_id from wanted")
        self._is_whole = condition == "true"

    @contextmanager
    def _attached(self) -> Iterator[duckdb.DuckDBPyConnection]:
        waited, pause = 0.0, 0.1
        while True:
            try:
                self._connection.execute(
                    f"attach '{str(self._warehouse).replace(chr(39), chr(39) * 2)}' "
                    "as warehouse (read_only)"
                )
                break
            except duckdb.Error as error:
                fault = warehouse_fault(error, self._warehouse)
                if not isinstance(fault, WarehouseLockedError) or waited >= self._wait_seconds:
                    raise fault from None
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 5.0)
        try:
            yield self._connection
        finally:
            self._connection.execute("detach warehouse")
