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

from dbt_project.linkage.addresses import draw_together, normalise_addresses, spell_addresses
from dbt_project.linkage.registry import SCHEMA
from dbt_project.linkage.state import run_fingerprint

_PARTS = "house_number, street, raw_street, unit, other_line, zip, city_key, property_text"
# Addresses of one neighbourhood bear on each other's spelling and keys, and on no other's.
_NEIGHBOURHOOD = "coalesce(house_number, '') || '|' || coalesce(zip, city_key, '')"


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
    """Make view `target`: the addresses of `source` with parts, address_key and household_key.

    A night resolves only neighbourhoods in which an address came, went or is used more or less
    often; what it knows of the others is what a full run would find.

    Args:
        connection: Holds `source` and the durable identity tables.
        source: What `collect_addresses` makes.
        target: View made: `source` less use_count, the parts (see `draw_together`), address_key
            (building: number, street and postal code) and household_key (building and unit), null
            without a street, and resolution (which resolving, by number, changed it last).
        own_address: The operator's own address in one line: it is nobody's home.
        run_id: Kept with keys given for the first time.
        as_of: Keys known up to then are kept.
        is_live: Whether new keys are written down.
        durable: Where the durable tables are.
    """
    fingerprint = run_fingerprint(record_count=0, parts=(own_address,))
    if not is_live:
        spell_addresses(connection, source=source, target="area")
        _resolve_area(connection, own_address=own_address, as_of=as_of, durable=durable)
        found = "area_resolved"
    else:
        _find_area(connection, source=source, durable=durable, fingerprint=fingerprint)
        _resolve_area(connection, own_address=own_address, as_of=as_of, durable=durable)
        _store_area(
            connection, durable=durable, run_id=run_id, as_of=as_of, fingerprint=fingerprint
        )
        found = f"{durable}.identity_addresses"
    connection.execute(
        f"""
        create or replace view {target} as
        select given.* exclude (use_count), {_PARTS}, address_key, household_key, resolution
        from {source} as given inner join {found} using (address_id)
        """
    )
    for name in ("area", "area_lines", "home_spellings"):
        connection.execute(f"drop table if exists {name}")


def _find_area(
    connection: duckdb.DuckDBPyConnection, *, source: str, durable: str, fingerprint: str
) -> None:
    """Make `area`, spelled addresses of all neighbourhoods to resolve, and `addresses_gone`."""
    known = f"{durable}.identity_addresses"
    others = connection.execute(
        f"select count(*) from {known} where fingerprint <> ?", [fingerprint]
    ).fetchall()[0][0]
    if others:
        connection.execute(f"delete from {known}")
    connection.execute(
        f"""
        create or replace temp table addresses_gone as
        select address_id from {known}
        where address_id not in (select address_id from {source})
        """
    )
    connection.execute(
        f"""
        create or replace table addresses_come as
        select * from {source} where address_id not in (select address_id from {known})
        """
    )
    spell_addresses(connection, source="addresses_come", target="addresses_spelled")
    typed = "typed_number as house_number, typed_street as street, typed_unit as unit"
    connection.execute(
        f"""
        create or replace table area as
        with standing as (
            select known.address_id, coalesce(given.use_count, 0) as use_count, {typed},
                other_line, city_key, zip,
                given.use_count is distinct from known.use_count as is_changed
            from {known} as known left join {source} as given using (address_id)
        ), stirred as (
            select {_NEIGHBOURHOOD} as place from standing where is_changed
            union select {_NEIGHBOURHOOD} from addresses_spelled
        )
        select * exclude (is_changed) from standing
        where {_NEIGHBOURHOOD} in (select place from stirred)
            and address_id not in (select address_id from addresses_gone)
        union all by name
        select * from addresses_spelled
        """
    )
    connection.execute("drop table addresses_come")
    connection.execute("drop table addresses_spelled")


def _resolve_area(
    connection: duckdb.DuckDBPyConnection, *, own_address: str, as_of: datetime, durable: str
) -> None:
    """Make `area_resolved` and `home_spellings` from `area`."""
    draw_together(connection, source="area", target="area_lines")
    connection.execute(
        "alter table area_lines add column typed_number varchar; "
        "alter table area_lines add column typed_street varchar; "
        "alter table area_lines add column typed_unit varchar; "
        "update area_lines set typed_number = house_number, typed_street = raw_street, "
        "typed_unit = unit"
    )
    _drop_own_address(connection, own_address)
    connection.execute(
        f"""
        create or replace table home_spellings as
        with spellings as (
            select distinct property_text, raw_property_text, md5(raw_property_text) as property_hash
            from area_lines where property_text is not null
        ), known as (
            select property_hash, arg_min(household_key, (known_at, household_key)) as household_key,
                min(known_at) as known_at
            from {durable}.identity_households
            where known_at <= ? and property_hash in (select property_hash from spellings)
            group by property_hash
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
    connection.execute(
        """
        create or replace table area_resolved as
        select lines.* exclude (raw_property_text),
            case when street is not null then md5(concat_ws('|', 'address', house_number, street,
                coalesce(zip, city_key))) end as address_key,
            homes.household_key, cast(0 as bigint) as resolution
        from area_lines as lines
        left join (select distinct property_text, household_key from home_spellings) as homes
            using (property_text)
        """
    )


def _store_area(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    run_id: str,
    as_of: datetime,
    fingerprint: str,
) -> None:
    """Write what was resolved, and keys given for the first time, in one transaction."""
    known = f"{durable}.identity_addresses"
    parts = (*_PARTS.split(", "), "address_key", "household_key")
    same = " and ".join(f"known.{name} is not distinct from area_resolved.{name}" for name in parts)
    connection.execute(
        f"""
        create or replace table area_written as
        select area_resolved.* replace (
            case when known.address_id is not null and {same} then known.resolution
                else 1 + greatest(
                    coalesce((select max(resolution) from {known}), 0),
                    coalesce((select max(resolution) from {durable}.identity_night), 0)
                ) end as resolution)
        from area_resolved left join {known} as known using (address_id)
        """
    )
    connection.execute("begin")
    try:
        connection.execute(
            f"""
            insert into {durable}.identity_households (run_id, known_at, property_hash, household_key)
            select ?, ?, property_hash, household_key from home_spellings where is_new
            """,
            [run_id, as_of],
        )
        connection.execute(
            f"""
            delete from {known} where address_id in (
                select address_id from area_written union all
                select address_id from addresses_gone)
            """
        )
        connection.execute(
            f"insert into {known} by name select *, ? as fingerprint from area_written",
            [fingerprint],
        )
        connection.execute("commit")
    except duckdb.Error:
        connection.execute("rollback")
        raise
    connection.execute("drop table area_written")


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
        update area_lines set property_text = null, house_number = null, street = null,
            raw_street = null, unit = null
        from own_address_split as own
        where area_lines.house_number = own.house_number
            and area_lines.raw_street = own.raw_street
            and coalesce(area_lines.zip, own.zip, '') = coalesce(own.zip, '')
        """
    )
    connection.execute("drop table own_address")
    connection.execute("drop table own_address_split")
