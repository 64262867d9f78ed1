"""Builds the marts of a past instant beside the live ones.

Raw is append-only, so what was known at an instant is a filter on when each row became known. The
rows are copied into a scratch warehouse, dbt builds there, and the result is published into the
folder that was asked for. The live warehouse is only read; nothing is minted in its registries.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import duckdb

from ingestion.settings import Settings
from orchestration.lib import dbt_project
from orchestration.lib.build_steps import BuildFacts, compiled_after_dbt, run_facts
from orchestration.lib.dbt_project import TransformError
from orchestration.lib.nightly import refresh_after_dbt
from orchestration.lib.publish import publish_marts
from orchestration.lib.run_context import write_run_context
from orchestration.lib.table_measures import TableMeasures
from orchestration.lib.warehouse import create_own_tables, open_warehouse, single_run

# By which column a row of our own tables became known; landed tables have `_loaded_at`.
KNOWN_BY = {
    "rejects": "rejected_at",
    "api_calls": "called_at",
    "source_runs": "finished_at",
    "check_results": "checked_at",
    "run_history": "finished_at",
    "held_loads": "held_at",
    "alert_log": "happened_at",
    "audit_log": "happened_at",
    "finding_log": "seen_at",
}


def build_as_of(
    settings: Settings, instant: datetime, folder: Path, progress: Callable[[str], None]
) -> tuple[TableMeasures, ...]:
    """Build and publish what was known at `instant` into `folder`.

    Raises:
        TransformError: dbt failed; nothing was published.
        PublishError: `folder` is an ordinary folder already.
    """
    run_id = f"as-of-{instant:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    scratch_home = settings.home / "as_of" / run_id
    scratch = settings.model_copy(update={"home": scratch_home})
    try:
        progress("Copying what was known")
        with single_run(settings, name="writer", wait=True), open_warehouse(settings) as live:
            create_own_tables(live)
            _copy_known(live, scratch.warehouse, instant)
        with open_warehouse(scratch) as connection:
            create_own_tables(connection)
            write_run_context(connection, scratch, run_id=run_id, as_of=instant, started_at=instant)
        progress("Building the marts")
        result = dbt_project.run_dbt(scratch, *dbt_project.BUILD_ARGUMENTS, "--quiet")
        if result.returncode != 0:
            raise TransformError(
                f"dbt could not build the marts as of {instant}: expected no failing model or "
                f"test; {dbt_project.last_lines(result.stdout)}"
            )
        progress("Publishing")
        return _publish(scratch, folder, run_id=run_id, instant=instant)
    finally:
        shutil.rmtree(scratch_home, ignore_errors=True)


def _publish(
    scratch: Settings, folder: Path, *, run_id: str, instant: datetime
) -> tuple[TableMeasures, ...]:
    manifest = dbt_project.read_manifest(dbt_project.target_dir(scratch) / "manifest.json")
    folder.parent.mkdir(parents=True, exist_ok=True)
    facts = BuildFacts(run_id, instant, instant, True, "an as-of build was asked for")
    with open_warehouse(scratch) as connection:
        refresh_after_dbt(connection, compiled_after_dbt(scratch, manifest))
        return publish_marts(
            connection,
            folder=folder,
            run_id=run_id,
            run_facts=run_facts(connection, facts, finished_at=instant),
            comments=dbt_project.table_comments(manifest),
            runs_folder=folder.with_name(f"{folder.name}.runs"),
        )


def _copy_known(live: duckdb.DuckDBPyConnection, target: Path, instant: datetime) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    escaped = str(target).replace("'", "''")
    live.execute(f"attach '{escaped}' as scratch")
    tables = live.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = "
        "current_database() and schema_name like 'raw\\_%' escape '\\' "
        "and table_name not like '\\_dlt%' escape '\\' "
        "and table_name not like 'setting\\_%' escape '\\' and table_name <> 'run_context'"
    ).fetchall()
    for schema, table in tables:
        columns = _column_names(live, schema, table)
        known_by = "_loaded_at" if "_loaded_at" in columns else KNOWN_BY.get(table, "known_at")
        condition = f'where "{known_by}" <= ?' if known_by in columns else "where ? is not null"
        live.execute(f'create schema if not exists scratch."{schema}"')
        live.execute(
            f'create table scratch."{schema}"."{table}" as '
            f'select * from "{schema}"."{table}" {condition}',
            [instant],
        )
    live.execute(
        "update scratch.raw_matchback.held_loads set released_at = null where released_at > ?",
        [instant],
    )
    live.execute("checkpoint scratch")
    live.execute("detach scratch")


def _column_names(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> set[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        "and schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    return {name for (name,) in rows}
