"""A warehouse with made-up canonical rows, on which the operations models are really built.

Holds the columns of the canonical tables (as other rooms of the project promise them) and the
way to fill them and to run dbt over a selection. What the rows are is each test's own matter.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from ingestion.landing import create_landing_tables
from ingestion.settings import Operator, Settings
from orchestration.lib.ledger_tables import create_ledger_tables
from orchestration.lib.run_context import write_run_context

PROJECT = Path(__file__).parents[2]
DBT_FOLDER = PROJECT / "dbt_project"
DBT_RUN_FOLDER = DBT_FOLDER

# The settings and logs that every model of these domains reads.
CONTEXT_MODELS = (
    "stg_matchback__run_context",
    "stg_matchback__setting_*",
    "stg_matchback__api_calls",
    "stg_matchback__source_runs",
    "path:models/staging/ledger",
    "path:models/utilities",
)
EVERYWHERE = {
    "is_deleted": "boolean",
    "deleted_at": "timestamptz",
    "updated_at": "timestamptz",
    "first_known_at": "timestamptz",
    "known_at": "timestamptz",
}
DUCKDB_TYPES = {
    "text": "varchar",
    "instant": "timestamptz",
    "date": "date",
    "cents": "bigint",
    "integer": "bigint",
    "decimal": "decimal(18,6)",
    "boolean": "boolean",
    "list": "varchar[]",
}


@cache
def _canonical_tables() -> dict[str, Any]:
    """The canonical vocabulary, read from the macro that the unions themselves are built of."""
    text = (DBT_FOLDER / "macros" / "canonical" / "canonical_tables.sql").read_text()
    body = re.search(r"set tables = (\{.*?\}) -%\}", text, re.DOTALL)
    assert body
    return dict(ast.literal_eval(re.sub(r"\btrue\b", "True", body.group(1))))


@cache
def _word_list(macro: str) -> dict[str, str]:
    text = (DBT_FOLDER / "macros" / "canonical" / "canonical_tables.sql").read_text()
    body = re.search(rf"macro {macro}\(\).*?return\((\{{.*?\}})\)", text, re.DOTALL)
    assert body
    return dict(ast.literal_eval(body.group(1)))


def canonical_columns(table: str) -> dict[str, str]:
    """Column name -> DuckDB type of `int_canonical__<table>_unioned`."""
    described = _canonical_tables()[table]
    columns = dict.fromkeys(described["key"], "text")
    for reference in described.get("refs", []):
        columns |= {f"{reference}_{part}": "text" for part in ("source", "account", "id")}
    if described.get("person"):
        columns |= _word_list("canonical_person")
    if described.get("marketing"):
        columns |= _word_list("canonical_marketing")
    columns |= described["columns"] | described.get("extra", {})
    return {name: DUCKDB_TYPES.get(kind, "varchar") for name, kind in columns.items()} | EVERYWHERE


def create_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]] = (),
) -> None:
    """(Re)create schema.table and insert rows; columns a row leaves out are null."""
    schema = name.split(".")[0]
    connection.execute(f"create schema if not exists {schema}")
    body = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    connection.execute(f"create or replace table {name} ({body})")
    listed: Sequence[Mapping[str, Any]] = list(rows)
    if not listed:
        return
    unknown = {key for row in listed for key in row} - set(columns)
    assert not unknown, f"{name} has no column {sorted(unknown)}"
    # As texts through Arrow: row by row takes a millisecond each.
    texts = pa.table(
        {
            column: pa.array(
                [_as_text(row.get(column)) for row in listed],
                type=pa.list_(pa.string()) if kind.endswith("[]") else pa.string(),
            )
            for column, kind in columns.items()
        }
    )
    casts = ", ".join(f'cast("{column}" as {kind})' for column, kind in columns.items())
    connection.register("texts", texts)
    connection.execute(f"insert into {name} select {casts} from texts")
    connection.unregister("texts")


def _as_text(value: Any) -> Any:
    return value if value is None or isinstance(value, list) else str(value)


def create_canonical(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Iterable[Mapping[str, Any]] = (),
) -> None:
    """(Re)create one canonical table; source, account and is_deleted have defaults."""
    filled = [{"source": "dispatch", "account": "main", "is_deleted": False, **row} for row in rows]
    for row in filled:
        for reference in ("customer", "job", "campaign", "mail_piece", "trigger_job"):
            if f"{reference}_id" in row and f"{reference}_source" in canonical_columns(table):
                row.setdefault(f"{reference}_source", row["source"])
                row.setdefault(f"{reference}_account", row["account"])
    create_table(
        connection, f"intermediate.int_canonical__{table}_unioned", canonical_columns(table), filled
    )


@cache
def _target_folder() -> Path:
    """One target folder for the whole session: the project is parsed once, not once a test."""
    return Path(tempfile.mkdtemp(prefix="dbt-target-"))


def run_dbt(warehouse: Path, *arguments: str) -> str:
    """Run dbt on a warehouse; returns its output and asserts that it succeeded."""
    folder = warehouse.parent
    environment = {
        **os.environ,
        "MATCHBACK_WAREHOUSE": str(warehouse),
        "MATCHBACK_HOME": str(folder),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PYTHONPATH": str(PROJECT),
    }
    command = [str(Path(sys.executable).parent / "dbt"), "--quiet", *arguments]
    command += ["--project-dir", str(DBT_RUN_FOLDER), "--profiles-dir", str(DBT_RUN_FOLDER)]
    command += ["--target-path", str(_target_folder()), "--log-path", str(folder / "logs")]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    output = result.stdout + result.stderr
    assert result.returncode == 0, output[-6000:]
    return output


def frame(warehouse: Path, query: str) -> pd.DataFrame:
    """The rows of one query."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).df()


# Tables of other rooms that the operations models read, with the columns they are promised.
_UPSTREAM = {
    "intermediate.int_identity__records_keyed": "source account entity customer_id customer_key "
    "household_key record_key match_method match_probability:double postal_code",
    "intermediate.int_identity__service_addresses_keyed": "source account job_id home_key "
    "household_key",
    "intermediate.int_campaigns__linked": "campaign_key source account campaign_id "
    "canonical_source canonical_account canonical_campaign_id campaign_code link_method "
    "is_recorded:boolean",
    "intermediate.int_canonical__job_status_changes_unioned": "source account job_id status "
    "vendor_status happened_at known_at",
    "intermediate.int_canonical__customer_locations_unioned": "source account location_id "
    "customer_id name address_line_1 address_line_2 city state postal_code is_deleted:boolean",
    "intermediate.int_canonical__crm_deals_unioned": "source account deal_id customer_source "
    "customer_account customer_id stage is_closed:boolean is_won:boolean amount_cents created_at "
    "closed_at job_number last_mail_sent_at last_follow_up_at is_deleted:boolean known_at",
    **{
        f"staging.stg_{source}__rejects": "source account table_name record_id column_name reason "
        "known_at"
        for source in ("hubspot", "servicetitan", "quickbooks", "pcm", "import")
    },
    "marts.fct_jobs": "job_key source account location_key job_id job_number customer_key "
    "household_key state job_type job_class business_unit customer_class original_channel "
    "original_campaign_key margin_basis cycle_hours:double net_revenue_amount collected_amount "
    "margin_amount is_on_time:boolean is_eligible:boolean is_orphan:boolean created_on "
    "completed_on created_at first_contact_at scheduled_starts_at scheduled_ends_at arrived_at "
    "started_at approved_at completed_at cancelled_at",
    "marts.bridge_job_tags": "job_key tag",
    "marts.fct_job_transitions": "job_key account location_key from_state to_state source "
    "happened_at known_at",
    "marts.fct_invoices": "invoice_key source account location_key invoice_id "
    "counted_in_invoice_key job_key customer_key status has_tax_id:boolean job_link_method "
    "net_revenue_amount collected_amount written_off_amount issued_on",
    "marts.fct_invoice_lines": "invoice_line_key account location_key invoice_key job_key kind "
    "amount:decimal(18,2) net_amount cost_amount happened_on known_at",
    "marts.fct_mail_pieces": "mail_piece_key source account location_key mail_piece_id "
    "campaign_key wave cell customer_key household_key trigger_job_key status return_reason "
    "cost_amount is_in_home_estimated:boolean in_home_on window_starts_on queued_at sent_at "
    "delivered_at returned_at first_responded_at",
    "marts.fct_mail_events": "mail_piece_key account location_key event_type vendor_event_type "
    "source event_id occurred_at received_at",
    "marts.fct_touches": "touch_key source account location_key kind channel customer_key "
    "household_key campaign_key mail_piece_key job_key utm_source utm_medium utm_campaign gclid "
    "tracking_phone call_seconds:bigint occurred_on occurred_at",
    "marts.dim_campaigns": "campaign_key source account campaign_id campaign_name channel goal "
    "offer creative mail_class list_source response_window_days:bigint",
    "marts.bridge_attribution_credits": "credit_key account location_key model window_label "
    "window_days:bigint job_key invoice_line_key mail_piece_key touch_key campaign_key channel "
    "unattributed_reason method credit_share:double match_probability:double credit_amount",
}


def _columns_of(words: str) -> dict[str, str]:
    columns = {}
    for word in words.split():
        name, _, kind = word.partition(":")
        if not kind:
            kind = {"at": "timestamptz", "on": "date", "cents": "bigint"}.get(
                name.rsplit("_", 1)[-1], "varchar"
            )
            kind = "decimal(18,2)" if name.endswith("_amount") else kind
        columns[name] = kind
    return columns


def upstream_columns(name: str) -> dict[str, str]:
    """Column name -> DuckDB type of a table of another room, given as schema.table."""
    return _columns_of(_UPSTREAM[name])


def create_upstream(
    connection: duckdb.DuckDBPyConnection, name: str, rows: Iterable[Mapping[str, Any]] = ()
) -> None:
    """(Re)create one table of another room with rows."""
    create_table(connection, name, upstream_columns(name), rows)


def create_empty_warehouse(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: str,
    operator: Operator | None = None,
    run_id: str = "run-1",
) -> None:
    """Everything the operations models read, empty, with one row of run context."""
    create_ledger_tables(connection)
    create_landing_tables(connection)
    for table in _canonical_tables():
        create_canonical(connection, table)
    for name in _UPSTREAM:
        create_upstream(connection, name)
    settings = Settings(home=Path("unused"), operator=operator or Operator())
    instant = datetime.fromisoformat(as_of)
    write_run_context(connection, settings, run_id=run_id, as_of=instant, started_at=instant)
