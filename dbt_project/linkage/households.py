"""Homes and their keys: which household key stands for an address and unit.

A household key is given to a property the first time it is seen and stays with it, whatever
spelling of the street is the commoner one later. Which of a customer's addresses is home is
decided here too; splitting an address into its parts is in addresses.py.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

from datetime import datetime

import duckdb
import pyarrow as pa

from dbt_project.linkage.addresses import normalise_addresses
from dbt_project.linkage.registry import SCHEMA


def resolve_addresses(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    target: str,
    own_address: str,
    run_id: str,
    as_of: datetime,
    is_live: bool,
    durable: str = SCHEMA,
) -> None:
    """Make `target`: the addresses of `source` with their parts, address_key and household_key.

    Args:
        connection: Holds `source` and the durable identity tables.
        source: What `collect_addresses` makes.
        target: Table made: see `normalise_addresses`, and address_key (building: number, street
            and postal code) and household_key (building and unit), null without a street.
        own_address: The operator's own address in one line: it is nobody's home.
        run_id: Kept with keys given for the first time.
        as_of: Keys known up to then are kept.
        is_live: Whether new keys are written down.
        durable: Where the durable tables are.
    """
    normalise_addresses(connection, source=source, target="resolved_lines")
    _drop_own_address(connection, own_address)
    connection.execute(
        f"""
        create or replace temp table home_spellings as
        with spellings as (
            select distinct property_text, raw_property_text, md5(raw_property_text) as property_hash
            from resolved_lines where property_text is not null
        ), known as (
            select property_hash, arg_min(household_key, (known_at, household_key)) as household_key,
                min(known_at) as known_at
            from {durable}.identity_households where known_at <= ? group by property_hash
        ), oldest as (
            select property_text,
                arg_min(known.household_key, (known.known_at, known.household_key)) as household_key
            from spellings inner join known using (property_hash) group by property_text
        )
        select spellings.property_text, spellings.property_hash,
            coalesce(oldest.household_key, md5('household|' || spellings.property_text))
                as household_key,
            known.property_hash is null as is_new
        from spellings
        left join oldest using (property_text)
        left join known using (property_hash)
        """,
        [as_of],
    )
    if is_live:
        connection.execute(
            f"""
            insert into {durable}.identity_households (run_id, known_at, property_hash, household_key)
            select ?, ?, property_hash, household_key from home_spellings where is_new
            """,
            [run_id, as_of],
        )
    connection.execute(
        f"""
        create or replace table {target} as
        select lines.* exclude (raw_property_text),
            case when street is not null then md5(concat_ws('|', 'address', house_number, street,
                coalesce(zip, city_key))) end as address_key,
            homes.household_key
        from resolved_lines as lines
        left join (select distinct property_text, household_key from home_spellings) as homes
            using (property_text)
        """
    )
    connection.execute("drop table resolved_lines")
    connection.execute("drop table home_spellings")


def _drop_own_address(connection: duckdb.DuckDBPyConnection, own_address: str) -> None:
    """Clear the operator's own address from the records that hold it (null, not a household)."""
    if not own_address.strip():
        return
    parts = [part.strip() for part in own_address.split(",")]
    tail = parts[-1].split() if len(parts) > 1 else []
    own = pa.table(
        {
            "address_id": ["own"],
            "use_count": [1],
            "address_line_1": pa.array([parts[0]], pa.string()),
            "address_line_2": pa.array([parts[1] if len(parts) > 3 else None], pa.string()),
            "city": pa.array([parts[-2] if len(parts) > 2 else None], pa.string()),
            "state": pa.array([tail[0] if len(tail) > 1 else None], pa.string()),
            "postal_code": pa.array([tail[-1] if tail else None], pa.string()),
        }
    )
    connection.register("own_address_arrow", own)
    connection.execute("create or replace temp table own_address as from own_address_arrow")
    connection.unregister("own_address_arrow")
    normalise_addresses(connection, source="own_address", target="own_address_split")
    connection.execute(
        """
        update resolved_lines set property_text = null, house_number = null, street = null,
            raw_street = null, unit = null
        from own_address_split as own
        where resolved_lines.house_number = own.house_number
            and resolved_lines.raw_street = own.raw_street
            and coalesce(resolved_lines.zip, own.zip, '') = coalesce(own.zip, '')
        """
    )
    connection.execute("drop table own_address")
    connection.execute("drop table own_address_split")
