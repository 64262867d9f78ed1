"""Runs a Dagster job in this process, so that a plain command (or cron) leaves a run in the UI."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.disk import says_disk_full
from ingestion.errors import DiskFullError, MatchbackError
from ingestion.settings import Settings
from orchestration.lib.dbt_project import TransformError
from orchestration.lib.paths import dagster_home

DAGSTER_YAML = """\
# Written by matchback; one writer at a time, no usage reporting, runs that died are noticed.
telemetry:
  enabled: false
concurrency:
  pools:
    default_limit: 1
  runs:
    max_concurrent_runs: 2
run_monitoring:
  enabled: true
  start_timeout_seconds: 600
  poll_interval_seconds: 60
nux:
  enabled: false
retention:
  sensor:
    purge_after_days: 7
"""


class RunFailedError(MatchbackError):
    """A step of a run failed; leaves with the exit code of what failed in it."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class StepFailure:
    """A step that failed, why, and the exit code of that kind of fault."""

    step: str
    cause: str
    exit_code: int


@dataclass(frozen=True)
class JobOutcome:
    """How a job ended: its run id, whether every step did, and the steps that failed."""

    run_id: str
    is_success: bool
    failures: tuple[StepFailure, ...]
    failed_checks: tuple[tuple[str, str, str], ...]
    published: bool

    def require_success(self) -> None:
        """Say in one sentence why the run failed, if it did.

        Raises:
            RunFailedError: A step failed.
        """
        if self.is_success:
            return
        first = self.failures[0] if self.failures else StepFailure("", "no step says why", 1)
        at = f" at {first.step}" if first.step else ""
        marts = (
            "The new marts are published"
            if self.published
            else "The marts published before stay up"
        )
        raise RunFailedError(
            f"The run {self.run_id} failed{at}: {first.cause.rstrip('.')}. {marts}; see the run "
            "in `matchback ui`, or `matchback status`.",
            exit_code=first.exit_code,
        )


def prepare_dagster_home(settings: Settings) -> Path:
    """Create Dagster's home with its settings file and point this process at it."""
    folder = dagster_home(settings)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dagster.yaml").write_text(DAGSTER_YAML)
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ["MATCHBACK_HOME"] = str(settings.home)
    if settings.file:
        os.environ["MATCHBACK_SETTINGS"] = str(settings.file)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    return folder


def run_job(
    settings: Settings,
    job_name: str,
    *,
    options: dict[str, Any] | None = None,
    progress: Callable[[str], None] | None = None,
) -> JobOutcome:
    """Execute `nightly` or `sync` and record it in Dagster's home.

    Args:
        settings: The home's settings.
        job_name: A job of `orchestration.definitions`.
        options: Fields of the `Matchback` resource (sources, imports, is_forced, ...).
        progress: Told the name of each step when it starts.

    Returns:
        The outcome; a failed step does not raise here.
    """
    prepare_dagster_home(settings)
    from dagster import DagsterEventType, DagsterInstance

    from orchestration.definitions import defs
    from orchestration.lib.step_progress import listening

    job = defs.resolve_job_def(job_name)
    with DagsterInstance.get() as instance, listening(progress):
        end_dead_runs(instance, job_name)
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={
                "resources": {"matchback": {"config": options or {}}},
                # Its log is in the UI; a person at the command line gets the steps.
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            tags={"matchback/started_by": "command"},
        )
    failures, failed_checks, published = [], [], False
    for event in result.all_events:
        if event.event_type == DagsterEventType.STEP_FAILURE:
            failures.append(_failure(event))
        elif event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            check: Any = event.event_specific_data
            if not check.passed:
                failed_checks.append(
                    ("/".join(check.asset_key.path), check.check_name, check.severity.value)
                )
        elif event.event_type == DagsterEventType.STEP_SUCCESS and event.step_key == "publish":
            published = True
    return JobOutcome(
        run_id=result.run_id,
        is_success=result.success,
        failures=tuple(failures),
        failed_checks=tuple(failed_checks),
        published=published,
    )


def end_dead_runs(instance: Any, job_name: str) -> int:
    """Fail runs of a job that a command began and never ended, and free their pool slots.

    The caller holds the job's lock, so whoever began them is gone (killed, power lost); without
    this the next run would wait for their place in the writer's pool for ever.

    Returns:
        How many there were.
    """
    from dagster import DagsterRunStatus, RunsFilter

    dead = instance.get_runs(
        RunsFilter(
            job_name=job_name,
            statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING],
            tags={"matchback/started_by": "command"},
        )
    )
    for run in dead:
        instance.report_run_failed(run, "Its process ended without a word; the next run goes on.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(dead)


def _failure(event: Any) -> StepFailure:
    error = event.event_specific_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return StepFailure(event.step_key or "", "unknown", 1)
    name, message = error.cls_name or "", error.message.strip()
    code = exit_code_of(name, message)
    # Ours are one sentence behind their class's name already.
    cause = message.partition(": ")[2] if name in _our_errors() else one_line(message)
    return StepFailure(event.step_key or "", cause, code)


def exit_code_of(name: str, message: str) -> int:
    """The exit code of a step's error, known by its class's name and its text only.

    Args:
        name: The class; Dagster hands on no more of it.
        message: Its text, with what dbt printed if it was dbt.
    """
    if says_disk_full(message):
        return DiskFullError.exit_code
    if name in _our_errors():
        return _our_errors()[name].exit_code
    return TransformError.exit_code if "Dbt" in name else MatchbackError.exit_code


def _our_errors() -> dict[str, type[MatchbackError]]:
    found: dict[str, type[MatchbackError]] = {}
    waiting = [MatchbackError]
    while waiting:
        one = waiting.pop()
        found[one.__name__] = one
        waiting.extend(one.__subclasses__())
    return found


def one_line(message: str) -> str:
    """An error's message as one line; of dbt's long one, the nodes that failed."""
    failed = [
        line.strip().removeprefix("Failure in ")
        for line in message.splitlines()
        if line.strip().startswith("Failure in ")
    ]
    if failed:
        return f"dbt failed at {len(failed)} nodes: {'; '.join(failed[:5])}"
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines)[:500]
