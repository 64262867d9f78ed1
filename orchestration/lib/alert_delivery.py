"""Sends what the alert router has queued, and remembers what became of it.

A channel that is down is tried again, later each time up to an hour; nothing is dropped while its
cause is open. Quiet hours hold back everything but pages.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from orchestration.lib.alert_channels import Channel, Message, channels_from
from orchestration.lib.alert_rules import Rule
from orchestration.lib.operator_store import open_store, stamp

_LONGEST_RETRY = timedelta(hours=1)
_LOG = logging.getLogger(__name__)


def deliver_due(
    settings: Settings,
    *,
    now: datetime | None = None,
    channels: Mapping[str, Channel] | None = None,
) -> tuple[int, int]:
    """Send what is queued and due; a failed delivery is queued again, later each time.

    Returns:
        Number sent and number that failed this time.
    """
    now = now or settings.now()
    channels = channels_from(settings) if channels is None else channels
    with open_store(settings) as store:
        due = store.execute(
            "select deliveries.*, alerts.rule, alerts.severity, alerts.owner, alerts.text, "
            "alerts.runbook, alerts.opened_at from deliveries join alerts using (alert_id) "
            "where deliveries.state = 'queued' and deliveries.due_at <= ? "
            "order by deliveries.due_at, alert_id, channel",
            [stamp(now)],
        ).fetchall()
    sent = failed = 0
    for row in due:
        if _deliver(settings, row, channels, now):
            sent += 1
        else:
            failed += 1
    return sent, failed


def _deliver(
    settings: Settings, row: sqlite3.Row, channels: Mapping[str, Channel], now: datetime
) -> bool:
    message = Message(
        alert_id=row["alert_id"],
        rule=row["rule"],
        severity=row["severity"],
        owner=row["owner"],
        text=row["text"],
        runbook=row["runbook"] or "",
        raised_at=row["opened_at"],
        is_escalation=bool(row["is_escalation"]),
    )
    error = None
    try:
        if row["channel"] not in channels:
            raise OSError("the channel is not configured")
        channels[row["channel"]].send(message)
    except Exception as fault:  # noqa: BLE001 - whatever a channel dies of, the queue lives on
        error = f"{type(fault).__name__}: {str(fault)[:200]}"
        _LOG.warning("alert %s did not leave by %s: %s", row["alert_id"], row["channel"], error)
    attempts = row["attempts"] + 1
    wait = min(timedelta(minutes=2 ** min(attempts, 10)), _LONGEST_RETRY)
    with open_store(settings) as store:
        store.execute(
            "update deliveries set attempts = ?, state = ?, error = ?, due_at = ? "
            "where alert_id = ? and channel = ? and is_escalation = ?",
            [
                attempts,
                "queued" if error else "sent",
                error,
                stamp(now + wait if error else now),
                row["alert_id"],
                row["channel"],
                row["is_escalation"],
            ],
        )
        status = "failed" if error else "sent"
        log_event(store, row["alert_id"], status, now, channel=row["channel"])
    return error is None


def queue_deliveries(
    store: sqlite3.Connection,
    settings: Settings,
    rule: Rule,
    alert_id: str,
    now: datetime,
    *,
    escalation: bool = False,
) -> None:
    """Queue one delivery per channel of the rule (all configured ones where it names none)."""
    due = now if rule.severity == "page" else after_quiet_hours(settings, now)
    for channel in rule.channels or tuple(channels_from(settings)):
        store.execute(
            "insert or ignore into deliveries (alert_id, channel, due_at, is_escalation) "
            "values (?, ?, ?, ?)",
            [alert_id, channel, stamp(due), int(escalation)],
        )


def log_event(
    store: sqlite3.Connection,
    alert_id: str,
    status: str,
    now: datetime,
    *,
    channel: str | None = None,
) -> None:
    """Append what happened to an alert to its log, inside the caller's transaction."""
    store.execute(
        "insert into alert_log (alert_id, happened_at, rule, cause_key, severity, owner, channel, "
        "status, text, runbook, acknowledged_at, acknowledged_by) "
        "select alert_id, ?, rule, cause_key, severity, owner, ?, ?, text, runbook, "
        "acknowledged_at, acknowledged_by from alerts where alert_id = ?",
        [stamp(now), channel, status, alert_id],
    )


def after_quiet_hours(settings: Settings, instant: datetime) -> datetime:
    """The instant itself, or the end of the quiet hours it falls into (operator's zone).

    Raises:
        SettingsError: `alerts.quiet_hours` is not like `21:00-07:00`.
    """
    words = settings.alerts.quiet_hours
    if not words:
        return instant
    try:
        start, end = (time.fromisoformat(part.strip()) for part in words.split("-"))
    except ValueError:
        raise SettingsError(
            f"Setting 'alerts.quiet_hours' is '{words}': expected something like '21:00-07:00'."
        ) from None
    local = instant.astimezone(ZoneInfo(settings.operator.time_zone))
    clock = local.time()
    is_quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not is_quiet:
        return instant
    wake = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return wake if wake > local else wake + timedelta(days=1)
