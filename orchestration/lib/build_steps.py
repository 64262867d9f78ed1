"""Opens a build (context tables) and closes it (checks, records, publishing)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.errors import PublishError
from ingestion.settings import Settings
from orchestration.lib import dbt_project
from orchestration.lib.alert_router import watch
from orchestration.lib.discrepancies import remember_findings
from orchestration.lib.nightly import (
    CheckCounts,
    append_check_results,
    dbt_check_rows,
    decide_build,
    leave_marker,
    record_run,
    refresh_after_dbt,
    run_totals,
)
from orchestration.lib.operator_store import carry_to_warehouse
from orchestration.lib.publish import publish_marts
from orchestration.lib.published import open_published
from orchestration.lib.run_context import write_run_context
from orchestration.lib.table_measures import TableMeasures
from orchestration.lib.warehouse import (
    create_own_tables,
    open_warehouse,
    require_free_disk,
    single_run,
)


@dataclass(frozen=True)
class BuildFacts:
    """What one build is: handed from step to step through a file under the home's state."""

    run_id: str
    as_of: datetime
    started_at: datetime
    is_needed: bool
    reason: str

    @property
    def verb(self) -> str:
        """For a log line."""
        return "rebuilt" if self.is_needed else "left as they are"

    def write(self, settings: Settings) -> None:
        """Keep the facts for the steps that follow."""
        file = _facts_file(settings)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), default=str))

    @classmethod
    def read(cls, settings: Settings) -> BuildFacts:
        """The facts of the build that is under way."""
        content = json.loads(_facts_file(settings).read_text())
        for key in ("as_of", "started_at"):
            content[key] = datetime.fromisoformat(content[key])
        return cls(**content)

    @staticmethod
    def forget_results(settings: Settings) -> None:
        """Drop the last run's results, so that they are never taken for this run's."""
        (dbt_project.target_dir(settings) / "run_results.json").unlink(missing_ok=True)


def _facts_file(settings: Settings) -> Path:
    return settings.state_dir / "build.json"


def open_build(
    settings: Settings, *, run_id: str, force: bool, full_identity_scan: bool
) -> BuildFacts:
    """Decide whether the marts are rebuilt and, if so, write the context tables.

    A skipped build leaves the success marker here, because nothing runs after it.
    """
    require_free_disk(settings)
    started_at = settings.now()
    with single_run(settings, name="writer", wait=True), open_warehouse(settings) as connection:
        create_own_tables(connection)
        carry_to_warehouse(connection, settings)
        decision = decide_build(connection, settings, now=started_at, force=force)
        as_of = settings.now()
        facts = BuildFacts(run_id, as_of, started_at, decision.is_needed, decision.reason)
        if decision.is_needed:
            write_run_context(
                connection,
                settings,
                run_id=run_id,
                as_of=as_of,
                started_at=started_at,
                full_identity_scan=full_identity_scan,
            )
        else:
            record_run(
                connection,
                settings,
                run_id=run_id,
                as_of=as_of,
                started_at=started_at,
                finished_at=settings.now(),
                outcome="skipped",
                totals=run_totals(connection, run_id),
                checks=CheckCounts(),
            )
    facts.write(settings)
    if not decision.is_needed:
        leave_marker(settings, run_id=run_id, finished_at=settings.now(), outcome="skipped")
    return facts


def check_marts_door(settings: Settings) -> Sequence[Any]:
    """Run the marts' suites and log them together with dbt's own tests.

    Returns:
        The suites' results (table_name, expectation, severity, is_passed, counts).
    """
    from expectations import check_marts

    facts = BuildFacts.read(settings)
    results = dbt_project.read_results(
        dbt_project.target_dir(settings),
        dbt_project.read_manifest(dbt_project.ensure_manifest(settings)),
    )
    with single_run(settings, name="writer", wait=True), open_warehouse(settings) as connection:
        report = check_marts(connection, run_id=facts.run_id)
        rows = [vars(row) for row in report.results] + dbt_check_rows(results)
        append_check_results(connection, rows, run_id=facts.run_id, checked_at=facts.as_of)
    return report.results


def publish_build(
    settings: Settings, *, progress: Callable[[str], None] | None = None
) -> tuple[TableMeasures, ...]:
    """Publish the build, record it and leave the success marker.

    Raises:
        PublishError: A critical check failed; yesterday's marts stay up.
        DiskFullError: The files did not fit; yesterday's marts stay up.
    """
    facts = BuildFacts.read(settings)
    manifest = dbt_project.read_manifest(dbt_project.ensure_manifest(settings))
    with single_run(settings, name="writer", wait=True), open_warehouse(settings) as connection:
        checks = _check_counts(connection, facts.run_id)
        totals = run_totals(connection, facts.run_id)
        outcome = "held" if checks.failed else "published"
        finished_at = settings.now()
        record_run(
            connection,
            settings,
            run_id=facts.run_id,
            as_of=facts.as_of,
            started_at=facts.started_at,
            finished_at=finished_at,
            outcome=outcome,
            totals=totals,
            checks=checks,
        )
        if checks.failed:
            raise PublishError(
                f"{checks.failed} critical checks of the marts failed: expected none; the marts "
                "published before stay up; see `matchback status` or rpt_check_results."
            )
        remember_findings(connection, run_id=facts.run_id)
        carry_to_warehouse(connection, settings)
        refresh_after_dbt(connection, compiled_after_dbt(settings, manifest))
        tables = publish_marts(
            connection,
            folder=settings.publish_folder,
            run_id=facts.run_id,
            run_facts=run_facts(connection, facts, finished_at=finished_at),
            comments=dbt_project.table_comments(manifest),
            keep_runs=settings.publish.keep_runs,
            progress=progress,
        )
    leave_marker(settings, run_id=facts.run_id, finished_at=finished_at, outcome=outcome)
    with open_published(settings) as marts:
        watch(settings, marts)
    return tables


def _check_counts(connection: Any, run_id: str) -> CheckCounts:
    row = connection.execute(
        """
        select count(*) filter (where is_passed),
            count(*) filter (where not is_passed and severity not in ('critical', 'error')),
            count(*) filter (where not is_passed and severity in ('critical', 'error')
                and (suite = 'dbt' or suite like 'marts%'))
        from raw_matchback.check_results where run_id = ?
        """,
        [run_id],
    ).fetchone()
    return CheckCounts(*row)


def compiled_after_dbt(
    settings: Settings, manifest: dict[str, Any]
) -> dict[str, tuple[str, Sequence[str]]]:
    """Compiled SQL and columns of the marts that publishing fills again."""
    compiled: dict[str, tuple[str, Sequence[str]]] = {}
    folder = dbt_project.target_dir(settings) / "compiled"
    for table, columns in dbt_project.after_dbt_models(manifest):
        files = list(folder.rglob(f"{table}.sql"))
        if files:
            compiled[table] = (files[0].read_text(), columns)
    return compiled


def run_facts(connection: Any, facts: BuildFacts, *, finished_at: datetime) -> dict[str, Any]:
    """What `run.json` says: the run, and each source and account of it."""
    info = connection.execute("select * from marts.run_info")
    names = [column[0] for column in info.description]
    rows = info.fetchall()
    sources = connection.execute("select * from marts.run_sources order by source, account")
    source_names = [column[0] for column in sources.description]
    return {
        "run_id": facts.run_id,
        "as_of": facts.as_of,
        "started_at": facts.started_at,
        "finished_at": finished_at,
        **({} if not rows else {"run_info": dict(zip(names, rows[0], strict=True))}),
        "sources": [dict(zip(source_names, row, strict=True)) for row in sources.fetchall()],
    }
