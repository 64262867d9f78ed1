"""The thin shell between dbt's Python models and the linkage: context in, scratch, rows out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dbt_project.linkage.households import resolve_addresses
from dbt_project.linkage.link import LinkageSettings, link_records
from dbt_project.linkage.normalise import NicknameTable, OperatorDetails, nickname_table
from dbt_project.linkage.registry import SCHEMA, create_identity_tables

_ROWS_KEPT_IN_MEMORY = 200_000


@contextmanager
def scratch_space(connection: duckdb.DuckDBPyConnection, *, row_count: int = 0) -> Iterator[str]:
    """Make a scratch database the connection's own for a while; yield the warehouse's name.

    Working tables, Splink's above all, never touch the warehouse. Many rows go to a file beside
    it, so that they need not fit in memory; it is removed whatever happens.
    """
    name, path = connection.execute(
        "select database_name, path from duckdb_databases() "
        "where database_name = current_database()"
    ).fetchall()[0]
    on_disk = path is not None and row_count > _ROWS_KEPT_IN_MEMORY
    file = Path(path).with_suffix(".linkage.scratch") if on_disk else None
    if file is not None:
        file.unlink(missing_ok=True)
    scratch = f"linkage_{id(connection)}"
    connection.execute(f"attach '{file or ':memory:'}' as {scratch}")
    try:
        connection.execute(f"use {scratch}")
        yield name
    finally:
        connection.execute(f"use {name}")
        connection.execute(f"detach {scratch}")
        if file is not None:
            file.unlink(missing_ok=True)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    rows = connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows[0][0])


def read_settings(connection: duckdb.DuckDBPyConnection) -> LinkageSettings:
    """Read the run's context as linkage settings; what an older context lacks has its default."""
    create_identity_tables(connection)
    cursor = connection.execute("select * from raw_matchback.run_context")
    names = [column[0] for column in cursor.description or ()]
    row = cursor.fetchone()
    context: dict[str, Any] = dict(zip(names, row, strict=True)) if row else {}
    chosen = {
        name: context[name]
        for name in ("match_threshold", "review_threshold", "maximum_cluster_size")
        if context.get(name) is not None
    }
    later = connection.execute(
        "select count(*) from raw_matchback.identity_registry where known_at > ?",
        [context["as_of"]],
    ).fetchall()
    return LinkageSettings(
        run_id=context["run_id"],
        as_of=context["as_of"],
        # The past is built beside what was learned since: then keys are read, not given.
        is_live=later[0][0] == 0,
        is_full_scan=bool(context.get("is_full_identity_scan")),
        operator=OperatorDetails(
            name=context.get("company_name") or "",
            phones=tuple(part for part in (context.get("company_phone") or "").split(";") if part),
            address=context.get("company_address") or "",
        ),
        **chosen,
    )


def read_nicknames(connection: duckdb.DuckDBPyConnection) -> NicknameTable:
    """Read the seed of nicknames."""
    return nickname_table(
        connection.execute(
            "select nickname, formal_name from staging.identity_nicknames"
        ).fetchall()
    )


def resolve_addresses_in_warehouse(
    connection: duckdb.DuckDBPyConnection, *, addresses: str
) -> pa.Table:
    """Resolve the addresses of one warehouse table; see `resolve_addresses`."""
    settings = read_settings(connection)
    create_identity_tables(connection)
    with scratch_space(connection, row_count=_count(connection, addresses)) as catalog:
        resolve_addresses(
            connection,
            source=f"{catalog}.{addresses}",
            target="resolved",
            own_address=settings.operator.address,
            run_id=settings.run_id,
            as_of=settings.as_of,
            is_live=settings.is_live,
            durable=f"{catalog}.{SCHEMA}",
        )
        return connection.execute(
            """
            select address_id, address_line_1, address_line_2, city, state, postal_code,
                house_number, street, raw_street, unit, other_line, zip, city_key, property_text,
                address_key, household_key, resolution
            from resolved
            """
        ).to_arrow_table()


def link_in_warehouse(
    connection: duckdb.DuckDBPyConnection, *, records: str, addresses: str
) -> pa.Table:
    """Link the records of one warehouse table; see `link_records` for what comes back.

    Args:
        connection: A cursor of dbt's own connection: a real connection of the same database,
            with its own transaction, so that what the registry learns is committed whole.
        records: The table of records, with its schema.
        addresses: The table of their resolved addresses, with its schema.
    """
    settings = read_settings(connection)
    nicknames = read_nicknames(connection)
    create_identity_tables(connection)
    with scratch_space(connection, row_count=_count(connection, records)) as catalog:
        return link_records(
            connection,
            source=f"{catalog}.{records}",
            addresses=f"{catalog}.{addresses}",
            nicknames=nicknames,
            settings=settings,
            durable=f"{catalog}.{SCHEMA}",
        )
