"""The durable tables of identity: the key registry, people's decisions, erasures, the saved model.

They live in schema `raw_matchback`, outside dbt, and survive a full refresh. `identity_registry`,
`identity_households`, `identity_decisions`, `identity_models`, `erasures` only ever grow and
carry `known_at`, so a build as of a past instant reads what was known then. The other tables are
what a night goes on from (state.py): losing them costs one full run. How keys are chosen is in
keys.py.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dbt_project.linkage.frequencies import KEYS

SCHEMA = "raw_matchback"

TABLES: dict[str, str] = {
    # One row per record and change of its identity; the latest row of a record rules.
    "identity_registry": """
        run_id varchar, known_at timestamptz, record_key varchar, source varchar,
        account varchar, entity varchar, customer_id varchar, from_customer_key varchar,
        customer_key varchar, household_key varchar, reason varchar, evidence varchar,
        match_method varchar, match_probability double, content_hash varchar""",
    # One row per spelling of a property and the household key given to it.
    "identity_households": """
        run_id varchar, known_at timestamptz, property_hash varchar, household_key varchar""",
    # One row per word of the operator: confirm, separate, or undo of an earlier number.
    "identity_decisions": """
        decision_number bigint, known_at timestamptz, actor varchar, action varchar,
        left_record_key varchar, right_record_key varchar, undoes_number bigint,
        detail varchar""",
    # One row per record erased by privacy request.
    "erasures": """
        erasure_id varchar, known_at timestamptz, actor varchar, reason varchar,
        record_key varchar, source varchar, account varchar, entity varchar,
        customer_id varchar, customer_key varchar""",
    # One row per trained model: Splink's settings and our household model, as JSON.
    "identity_models": """
        model_id varchar, run_id varchar, known_at timestamptz, record_count bigint,
        version varchar, splink_settings varchar, household_model varchar, report varchar""",
    # One row per compared pair of live records, of the last run: a cache, not a log. `levels` has
    # one sign a comparison, `scale` is the record count its probabilities are made for.
    "identity_pairs": """
        record_key_l varchar, record_key_r varchar, levels varchar, match_weight double,
        rule bigint, model_id varchar, scale bigint""",
    # One row per pair in the review band after the last run.
    "identity_review": """
        record_key_l varchar, record_key_r varchar, match_probability double,
        match_weight double, evidence varchar, run_id varchar""",
    # One row per record of the last run, normalised, with its blocking keys.
    "identity_records": """
        record_key varchar, source varchar, account varchar, entity varchar, customer_id varchar,
        declared_record_key varchar, is_deleted boolean, is_erased boolean, order_at timestamptz,
        is_company boolean, first varchar, last varchar, first_roots varchar[],
        last_roots varchar[], middle varchar, suffix varchar, partner varchar, company varchar,
        phones varchar[], email varchar, is_role_email boolean, tax_id varchar,
        house_number varchar, street varchar, raw_street varchar, unit varchar,
        other_line varchar, zip varchar, city_key varchar, property_text varchar,
        home_key varchar, address_id varchar, input_hash ubigint, """
    + ", ".join(f"by_{name} ubigint" for name in KEYS),
    # One row per record of the last run: whose it is. Records of one group are joined, or kept
    # apart within, by what is known of them all; nothing of another group bears on them.
    "identity_results": """
        record_key varchar, customer_key varchar, household_key varchar, match_method varchar,
        match_probability double, content_hash varchar, group_id ubigint""",
    # One row per phone, e-mail or home that too many share, and per blocking key on too many.
    "identity_common_values": "kind varchar, value varchar",
    "identity_common_keys": "kind varchar, key ubigint",
    # One row: what the last run was made with. See state.py.
    "identity_night": """
        fingerprint varchar, model_id varchar, scale bigint, as_of timestamptz,
        registry_count bigint, record_count bigint, resolution bigint""",
    # One row per address of the last run. `typed_*` are before spellings were drawn together,
    # `resolution` numbers the resolving that changed it last.
    "identity_addresses": """
        address_id varchar, use_count bigint, typed_number varchar, typed_street varchar,
        typed_unit varchar, other_line varchar, city_key varchar, zip varchar,
        house_number varchar, street varchar, raw_street varchar, unit varchar,
        property_text varchar, address_key varchar, household_key varchar,
        resolution bigint, fingerprint varchar""",
}

# Worth one full run, no more: made anew where a release needs other columns.
CACHES = (
    *("identity_pairs", "identity_review", "identity_records", "identity_results"),
    *("identity_common_values", "identity_common_keys", "identity_night", "identity_addresses"),
)

# The latest entry of each record, and since when its customer's key is in use.
ASSIGNMENT_SQL = """
    with latest as (
        select record_key, arg_max(struct_pack(customer_key, household_key, match_method,
            match_probability, content_hash, reason), (known_at, rowid)) as entry,
            max(known_at) as known_at
        from {durable}.identity_registry
        where known_at <= $as_of {restriction}
        group by record_key
    ), since as (
        select customer_key, min(known_at) as key_since
        from {durable}.identity_registry
        where known_at <= $as_of and customer_key in (select entry.customer_key from latest)
        group by customer_key
    )
    select latest.record_key, entry.customer_key as customer_key,
        entry.household_key as household_key, entry.match_method as match_method,
        entry.match_probability as match_probability, entry.content_hash as content_hash,
        entry.reason as reason, latest.known_at, since.key_since
    from latest left join since on entry.customer_key = since.customer_key
"""


def create_identity_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing; existing rows stay."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for name, columns in TABLES.items():
        if name in CACHES and not _has_columns(connection, name, columns):
            connection.execute(f"drop table if exists {SCHEMA}.{name}")
        connection.execute(f"create table if not exists {SCHEMA}.{name} ({columns})")


def _has_columns(connection: duckdb.DuckDBPyConnection, table: str, columns: str) -> bool:
    """Return whether a cache an older release made has this release's columns."""
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ? "
        "and database_name = current_database()",
        [SCHEMA, table],
    ).fetchall()
    wanted = {column.split()[0] for column in columns.split(",")}
    return {row[0] for row in found} == wanted


def append(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Append rows to one durable table, columns matched by name."""
    if not rows.num_rows:
        return
    connection.register("appended_rows", rows)
    columns = ", ".join(rows.column_names)
    connection.execute(
        f"insert into {SCHEMA}.{table} ({columns}) select {columns} from appended_rows"
    )
    connection.unregister("appended_rows")
