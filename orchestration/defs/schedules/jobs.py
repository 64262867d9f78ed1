"""Jobs, their schedules, and the sensors that turn a failed run or check into an alert."""

from dagster import (
    AssetSelection,
    DagsterEventType,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    EventRecordsFilter,
    RunFailureSensorContext,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    define_asset_job,
    in_process_executor,
    run_failure_sensor,
    schedule,
    sensor,
)

from ingestion.settings import load_settings
from orchestration.defs.ingest.assets import assets as landing

MOST_CHECKS_A_TICK = 1000

# Ten steps cost 4.5 s in one process and over 40 s with a process each; and DuckDB has one writer.
nightly = define_asset_job(
    "nightly",
    selection=AssetSelection.all(),
    description="Land every source, rebuild the marts, check them, publish them.",
    executor_def=in_process_executor,
    tags={"dagster/max_runtime": "14400"},
)
sync = define_asset_job(
    "sync",
    selection=AssetSelection.assets(*landing),
    description="Land what is new of every source, and records of discrepancies again; the marts "
    "wait for the night.",
    executor_def=in_process_executor,
)

_SETTINGS = load_settings()
_STATUS = (
    DefaultScheduleStatus.RUNNING if _SETTINGS.enabled_accounts() else DefaultScheduleStatus.STOPPED
)
_HOUR, _MINUTE = _SETTINGS.schedules.nightly.split(":")
_SCAN_DAY, _SCAN_TIME = _SETTINGS.schedules.identity_full_scan.split()
_SCAN_HOUR, _SCAN_MINUTE = _SCAN_TIME.split(":")

nightly_schedule = ScheduleDefinition(
    name="nightly_schedule",
    job=nightly,
    cron_schedule=f"{int(_MINUTE)} {int(_HOUR)} * * *",
    execution_timezone=_SETTINGS.operator.time_zone,
    default_status=_STATUS,
)
sync_schedule = ScheduleDefinition(
    name="sync_schedule",
    job=sync,
    cron_schedule=f"*/{_SETTINGS.schedules.sync_minutes} * * * *",
    execution_timezone=_SETTINGS.operator.time_zone,
    default_status=_STATUS,
)


@schedule(
    name="identity_full_scan_schedule",
    job=nightly,
    cron_schedule=f"{int(_SCAN_MINUTE)} {int(_SCAN_HOUR)} * * {_SCAN_DAY[:3].upper()}",
    execution_timezone=_SETTINGS.operator.time_zone,
    default_status=_STATUS,
)
def identity_full_scan_schedule(context: ScheduleEvaluationContext) -> RunRequest:
    """Once a week link all records against all; findings go to the change log."""
    return RunRequest(
        run_key=context.scheduled_execution_time.isoformat(),
        run_config={"resources": {"matchback": {"config": {"is_full_identity_scan": True}}}},
    )


@run_failure_sensor(name="run_failure_alert", default_status=DefaultSensorStatus.RUNNING)
def run_failure_alert(context: RunFailureSensorContext) -> None:
    """A failed run is an alert: logged, and posted where channels are configured."""
    from orchestration.lib.alert_router import raise_alert

    run = context.dagster_run
    raise_alert(
        load_settings(),
        rule="run_failed",
        cause_key=run.job_name,
        text=f"Run {run.run_id} of job {run.job_name} failed: {context.failure_event.message}",
    )


@sensor(
    name="check_failure_alert",
    minimum_interval_seconds=60,
    default_status=DefaultSensorStatus.RUNNING,
)
def check_failure_alert(context: SensorEvaluationContext) -> SensorResult:
    """A failed check is an alert, one while it stays red; it closes when the check passes."""
    from orchestration.lib.alert_router import close_alert, raise_alert

    settings = load_settings()
    records = context.instance.get_event_records(
        EventRecordsFilter(
            event_type=DagsterEventType.ASSET_CHECK_EVALUATION,
            after_cursor=int(context.cursor) if context.cursor else None,
        ),
        limit=MOST_CHECKS_A_TICK,
        ascending=True,
    )
    for record in records:
        event = record.event_log_entry.dagster_event
        evaluation = event.asset_check_evaluation_data if event else None
        if evaluation is None:
            continue
        asset = "/".join(evaluation.asset_key.path)
        cause = f"{asset}:{evaluation.check_name}"
        if evaluation.passed:
            close_alert(settings, rule="check_failed", cause_key=cause)
            continue
        raise_alert(
            settings,
            rule="check_failed",
            cause_key=cause,
            text=f"Check {evaluation.check_name} of {asset} failed in run {record.run_id}.",
        )
    cursor = str(records[-1].storage_id) if records else context.cursor
    return SensorResult(cursor=cursor)


@sensor(
    name="alert_watch",
    minimum_interval_seconds=60,
    default_status=DefaultSensorStatus.RUNNING,
)
def alert_watch() -> SkipReason:
    """The night that did not end, alerts nobody took, and messages that could not leave."""
    from orchestration.lib.alert_watch import tend_alerts

    tend_alerts(load_settings())
    return SkipReason("Looked after the alerts.")


jobs = [nightly, sync]
schedules = [nightly_schedule, sync_schedule, identity_full_scan_schedule]
sensors = [run_failure_alert, check_failure_alert, alert_watch]
