"""A night: only what changed is normalised, compared and clustered; the rest stays as it was.

Whatever bears on a record stands with it in one group: those it is joined to, through any chain of
matches, declared merges and confirmations. So a night looks at the records that changed, at those
whose shared values or blocking keys became common or rare by it, at whom they match now, and at
the groups of all of these; every other customer would come out of a full run as it is.
"""

from __future__ import annotations

import duckdb

from dbt_project.linkage.frequencies import (
    KEYS,
    VALUES,
    active_keys,
    block_records,
    count_rows,
    exploded_keys,
    exploded_values,
    key_records,
    limit_of,
)
from dbt_project.linkage.normalise import (
    NicknameTable,
    OperatorDetails,
    input_hash,
    normalise_records,
)

# Share of changed records from which a full run is quicker.
FULL_SHARE = 0.3


def find_changes(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    addresses: str,
    durable: str,
    since: int,
) -> bool:
    """Make temp tables `entered` (new and changed records) and `gone`; False if they are many.

    Args:
        connection: Holds everything.
        source: All records of this run.
        addresses: Their resolved addresses, with `resolution`.
        durable: Where the last night's caches are.
        since: Newest resolution the last night saw: what was resolved otherwise later is new.
    """
    connection.execute(
        f"""
        create or replace temp table incoming as
        select record_key, {input_hash()} as input_hash from {source}
        """
    )
    connection.execute(
        f"""
        create or replace temp table entered as
        select incoming.record_key
        from incoming left join {durable}.identity_records as known using (record_key)
        where known.input_hash is distinct from incoming.input_hash
        union
        select known.record_key from {durable}.identity_records as known
        semi join incoming using (record_key)
        where known.address_id in (
            select address_id from {addresses} where resolution > ?)
        """,
        [since],
    )
    connection.execute(
        f"""
        create or replace temp table gone as
        select record_key from {durable}.identity_records
        where record_key not in (select record_key from incoming)
        """
    )
    total = count_rows(connection, "incoming")
    changed = count_rows(connection, "entered") + count_rows(connection, "gone")
    connection.execute("drop table incoming")
    return changed <= FULL_SHARE * total


def prepare_night(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    addresses: str,
    durable: str,
    nicknames: NicknameTable,
    operator: OperatorDetails,
    record_count: int,
) -> None:
    """Make what is compared tonight, from `entered` and `gone`.

    Made: `known` (rows of `key_records` that replace last night's), `left_records` (keys of rows
    replaced or gone), `common_values` and `common_keys` brought up to date, and `around` (of
    `block_records`): the changed records and those they may match, told apart by `changed_keys`.
    """
    active = active_keys(record_count)
    connection.execute(
        f"create or replace table entered_records as select * from {source} "
        "semi join entered using (record_key)"
    )
    normalise_records(
        connection,
        source="entered_records",
        target="prepared",
        addresses=addresses,
        nicknames=nicknames,
        operator=operator,
    )
    connection.execute(
        """
        create or replace temp table left_records as
        select record_key from entered union all select record_key from gone
        """
    )
    _update_values(connection, durable=durable)
    key_records(connection, source="prepared", target="known", active=active)
    _update_keys(connection, durable=durable, active=active)
    block_records(connection, source="known", target="around", active=active)
    connection.execute(
        f"""
        create or replace temp table changed_keys as
        select around.record_key from around
        left join {durable}.identity_results as results using (record_key)
        where results.content_hash is distinct from around.content_hash
        """
    )
    _find_neighbours(connection, durable=durable, active=active)
    block_records(connection, source="around_known", target="around", active=active)
    for name in ("entered_records", "prepared", "around_known"):
        connection.execute(f"drop table {name}")


_PREPARED_COLUMNS = "* exclude (" + ", ".join(f"by_{name}" for name in KEYS) + ")"


def _bring_in(connection: duckdb.DuckDBPyConnection, *, durable: str, table: str) -> None:
    """Take last night's records named in temp table `drawn_in` into `table`, to be made anew."""
    columns = "*" if table == "known" else _PREPARED_COLUMNS
    connection.execute(
        f"""
        insert into {table} by name
        select {columns} from {durable}.identity_records
        where record_key in (select record_key from drawn_in)
        """
    )
    connection.execute("insert into left_records select record_key from drawn_in")


def _update_values(connection: duckdb.DuckDBPyConnection, *, durable: str) -> None:
    """Count anew the values of changed records; bring in records of values that turned."""
    old = f"{durable}.identity_records"
    leaving = f"(select * from {old} where record_key in (select record_key from left_records))"
    connection.execute(
        f"""
        create or replace temp table touched_values as
        select distinct kind, value from (
            {exploded_values("prepared")} union all {exploded_values(leaving)})
        """
    )
    connection.execute(
        f"""
        create or replace temp table holders as
        select * from ({exploded_values(old)}) semi join touched_values using (kind, value)
        where record_key not in (select record_key from left_records)
        """
    )
    connection.execute(
        f"""
        create or replace table common_values as
        select kind, value from {durable}.identity_common_values
        anti join touched_values using (kind, value)
        union all
        select kind, value from (
            select * from holders union all {exploded_values("prepared")}
        ) group by kind, value having count(distinct surname) > {limit_of(VALUES)}
        """
    )
    connection.execute(
        f"""
        create or replace temp table drawn_in as
        select distinct record_key from holders semi join (
            (select kind, value from common_values
                except select kind, value from {durable}.identity_common_values)
            union all
            (select kind, value from {durable}.identity_common_values
                except select kind, value from common_values)
        ) as turned using (kind, value)
        """
    )
    _bring_in(connection, durable=durable, table="prepared")


def _update_keys(connection: duckdb.DuckDBPyConnection, *, durable: str, active: list[str]) -> None:
    """Count anew the keys of changed records; bring in records of keys that turned."""
    old = f"{durable}.identity_records"
    leaving = f"(select * from {old} where record_key in (select record_key from left_records))"
    connection.execute(
        f"""
        create or replace temp table key_changes as
        select kind, key, cast(sum(change) as bigint) as change from (
            select kind, key, 1 as change from ({exploded_keys("known", active)})
            union all
            select kind, key, -1 from ({exploded_keys(leaving, active)})
        ) group by kind, key
        """
    )
    standing = " union all ".join(
        f"select '{name}' as kind, by_{name} as key, count(*) as standing from {old} "
        f"where by_{name} in (select key from key_changes where kind = '{name}') group by by_{name}"
        for name in active
    )
    connection.execute(
        f"""
        create or replace table common_keys as
        select kind, key from {durable}.identity_common_keys
        anti join key_changes using (kind, key)
        union all
        select kind, key from key_changes left join ({standing}) as counted using (kind, key)
        where change + coalesce(standing, 0) > {limit_of(KEYS)}
        """
    )
    connection.execute(
        f"""
        create or replace temp table turned_keys as
        (select kind, key from common_keys
            except select kind, key from {durable}.identity_common_keys)
        union all
        (select kind, key from {durable}.identity_common_keys
            except select kind, key from common_keys)
        """
    )
    connection.execute(
        f"""
        create or replace temp table drawn_in as
        select record_key from {old}
        where ({_holding("turned_keys", active)})
            and record_key not in (select record_key from left_records)
        """
    )
    _bring_in(connection, durable=durable, table="known")


def _holding(keys: str, active: list[str]) -> str:
    """Return the condition that one of a record's keys stands in table `keys`."""
    return " or ".join(
        f"coalesce(by_{name} in (select key from {keys} where kind = '{name}'), false)"
        for name in active
    )


def _find_neighbours(
    connection: duckdb.DuckDBPyConnection, *, durable: str, active: list[str]
) -> None:
    """Make `around_known`: `known`, and last night's records that share a key with the changed."""
    old = f"{durable}.identity_records"
    changed = "(select * from around semi join changed_keys using (record_key))"
    connection.execute(
        f"""
        create or replace temp table shared_keys as
        select distinct kind, key from ({exploded_keys(changed, active, prefix="key_")})
        """
    )
    connection.execute(
        f"""
        create or replace temp table shared_contacts as
        select distinct unnest(own_phones) as contact from {changed}
        union select own_email from {changed} where own_email is not null
        """
    )
    connection.execute(
        f"""
        create or replace table around_known as
        select * from known
        union all by name
        select * from {old}
        where record_key not in (select record_key from left_records) and (
            {_holding("shared_keys", active)}
            or coalesce(email in (select contact from shared_contacts), false)
            or coalesce(phones[1] in (select contact from shared_contacts), false)
            or coalesce(phones[2] in (select contact from shared_contacts), false))
        """
    )


def look_at_groups(connection: duckdb.DuckDBPyConnection, *, durable: str) -> None:
    """Make table `compared` of the records to cluster anew, and `pairs` of all pairs among them.

    Needs `left_records`, `changed_keys`, `around`, `new_pairs` (compared tonight) and
    `near_pairs` (those of them that are matches, or nearly).
    """
    connection.execute(
        f"""
        create or replace temp table looked_at as
        with starting as (
            select record_key from left_records
            union select record_key_l from near_pairs
            union select record_key_r from near_pairs
            union select left_record_key from {durable}.identity_decisions
            union select right_record_key from {durable}.identity_decisions
            -- Whom a changed record is declared one with, and who is declared one with it.
            union select declared_record_key from around semi join left_records using (record_key)
            union select record_key from {durable}.identity_records
            where declared_record_key in (select record_key from left_records)
        ), formerly as (
            -- A record that comes back belongs where its customer is.
            select record_key from {durable}.identity_results
            where customer_key in (
                select customer_key from {durable}.identity_registry
                where record_key in (select record_key from left_records))
        ), groups as (
            select group_id from {durable}.identity_results
            where record_key in (select record_key from starting)
                or record_key in (select record_key from formerly)
        )
        select record_key from {durable}.identity_results
        where group_id in (select group_id from groups)
        union
        select record_key from around semi join entered using (record_key)
        except
        select record_key from gone
        """
    )
    columns = (
        "record_key, source, account, entity, customer_id, declared_record_key, is_erased, "
        "order_at, home_key"
    )
    connection.execute(
        f"""
        create or replace table compared as
        with rows as (
            select {columns}, content_hash from around semi join left_records using (record_key)
            semi join looked_at using (record_key)
            union all
            select {", ".join(f"old.{name.strip()}" for name in columns.split(","))},
                results.content_hash
            from {durable}.identity_records as old
            inner join {durable}.identity_results as results using (record_key)
            where old.record_key in (select record_key from looked_at)
                and old.record_key not in (select record_key from left_records)
        )
        select *, row_number() over (order by record_key) as unique_id from rows
        """
    )
    connection.execute(
        f"""
        create or replace table pairs as
        select record_key_l, record_key_r, levels, match_weight, rule
        from {durable}.identity_pairs
        where record_key_l in (select record_key from looked_at)
            and record_key_r in (select record_key from looked_at)
            and record_key_l not in (select record_key from changed_keys)
            and record_key_r not in (select record_key from changed_keys)
        union all
        select * from new_pairs
        where record_key_l in (select record_key from looked_at)
            and record_key_r in (select record_key from looked_at)
        """
    )
