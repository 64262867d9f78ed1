"""The alert router: one alert per open cause, to the right people, at the right time.

Raising writes the alert and queues its deliveries in one transaction; sending is a step of its
own, so a channel that is down costs nothing but a retry. Quiet hours hold back everything but
pages. What nobody acknowledges in time is sent again to the escalation owner. When a cause is gone
its alert closes itself. What is watched is `alert_rules.py`, how a message leaves is
`alert_channels.py` and `alert_delivery.py`.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import duckdb

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from orchestration.lib import audit_log
from orchestration.lib.alert_delivery import deliver_due, log_event, queue_deliveries
from orchestration.lib.alert_rules import rules_from
from orchestration.lib.operator_store import open_store, stamp


def raise_alert(
    settings: Settings,
    *,
    rule: str,
    cause_key: str,
    text: str,
    now: datetime | None = None,
) -> str:
    """Raise an alert and send what may be sent now; an open cause is not raised again.

    Returns:
        Id of the alert that stands for the cause, new or old.
    """
    now = now or settings.now()
    with open_store(settings) as store:
        alert_id = _raise(store, settings, rule, cause_key, text, now)
    deliver_due(settings, now=now)
    return alert_id


def watch(
    settings: Settings, marts: duckdb.DuckDBPyConnection, *, now: datetime | None = None
) -> tuple[int, int]:
    """Evaluate every rule with a query over the published marts.

    Returns:
        Number of alerts raised and of alerts closed because their cause is gone.
    """
    now = now or settings.now()
    raised = closed = 0
    for rule in rules_from(settings).values():
        if rule.query is None:
            continue
        query = rule.query.replace(":threshold", "?")
        values = [rule.threshold] * rule.query.count(":threshold")
        rows = marts.execute(query, values).fetchall()
        causes = {cause: text for cause, text, *_ in rows}
        owners = {} if rule.is_owner_set else {row[0]: row[2] for row in rows if len(row) > 2}
        with open_store(settings) as store:
            known = _open_causes(store, rule.rule)
            for cause_key, text in causes.items():
                _raise(store, settings, rule.rule, cause_key, text, now, owners.get(cause_key))
            for cause_key in known - set(causes):
                _close(store, rule.rule, cause_key, now)
            raised += len(set(causes) - known)
            closed += len(known - set(causes))
    escalate(settings, now=now)
    deliver_due(settings, now=now)
    return raised, closed


def close_alert(
    settings: Settings, *, rule: str, cause_key: str, now: datetime | None = None
) -> None:
    """Close the open alert of a cause that is gone; nothing if there is none."""
    with open_store(settings) as store:
        if cause_key in _open_causes(store, rule):
            _close(store, rule, cause_key, now or settings.now())


def acknowledge(
    settings: Settings, alert_id: str, *, actor: str, note: str = "", now: datetime | None = None
) -> None:
    """Take an alert: it is no longer escalated. Recorded in the audit log.

    Raises:
        SettingsError: There is no open alert whose id begins so, or more than one.
    """
    now = now or settings.now()
    with open_store(settings) as store:
        found = store.execute(
            "select * from alerts where alert_id like ? || '%' and closed_at is null", [alert_id]
        ).fetchall()
        if len(found) != 1:
            raise SettingsError(
                f"{len(found)} open alerts begin with '{alert_id}': expected one; "
                "see `matchback alerts list`."
            )
        alert = found[0]
        store.execute(
            "update alerts set acknowledged_at = ?, acknowledged_by = ? where alert_id = ?",
            [stamp(now), actor, alert["alert_id"]],
        )
        log_event(store, alert["alert_id"], "acknowledged", now)
        audit_log.append(
            store,
            actor=actor,
            action="ack",
            entity="alert",
            entity_id=alert["alert_id"],
            detail=note,
            now=now,
        )


def list_alerts(settings: Settings, *, is_everything: bool = False) -> list[dict[str, Any]]:
    """Alerts, loudest and oldest first, each with its state and the channels it is stuck in."""
    with open_store(settings) as store:
        rows = store.execute(
            "select alerts.*, case when closed_at is not null then 'closed' "
            "when acknowledged_at is not null then 'acknowledged by ' || acknowledged_by "
            "when escalated_at is not null then 'escalated' else 'open' end as state, "
            "(select group_concat(channel || ': ' || error, '; ') from deliveries "
            "where deliveries.alert_id = alerts.alert_id and state = 'queued' "
            "and error is not null) as stuck_channels "
            "from alerts where ? or closed_at is null "
            "order by case severity when 'page' then 0 when 'ticket' then 1 else 2 end, "
            "opened_at, alert_id",
            [is_everything],
        ).fetchall()
    return [dict(row) for row in rows]


def escalate(settings: Settings, *, now: datetime | None = None) -> int:
    """Send again, to the escalation owner, what nobody acknowledged in time; returns how many."""
    now = now or settings.now()
    limit = now - timedelta(minutes=settings.alerts.escalate_after_minutes)
    rules = rules_from(settings)
    with open_store(settings) as store:
        late = store.execute(
            "select * from alerts where closed_at is null and acknowledged_at is null "
            "and escalated_at is null and severity <> 'info' and opened_at <= ?",
            [stamp(limit)],
        ).fetchall()
        for alert in late:
            store.execute(
                "update alerts set escalated_at = ?, owner = ? where alert_id = ?",
                [stamp(now), settings.alerts.escalation_owner, alert["alert_id"]],
            )
            queue_deliveries(
                store, settings, rules[alert["rule"]], alert["alert_id"], now, escalation=True
            )
            log_event(store, alert["alert_id"], "escalated", now)
    return len(late)


def _raise(
    store: sqlite3.Connection,
    settings: Settings,
    rule_name: str,
    cause_key: str,
    text: str,
    now: datetime,
    owner: str | None = None,
) -> str:
    found = store.execute(
        "select alert_id from alerts where rule = ? and cause_key = ? and closed_at is null",
        [rule_name, cause_key],
    ).fetchone()
    if found:
        return str(found["alert_id"])
    rules = rules_from(settings)
    if rule_name not in rules:
        raise SettingsError(
            f"'{rule_name}' is no alert rule: expected one of {', '.join(sorted(rules))}."
        )
    rule = rules[rule_name]
    alert_id = uuid4().hex[:12]
    store.execute(
        "insert into alerts (alert_id, rule, cause_key, severity, owner, text, runbook, opened_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            alert_id,
            rule_name,
            cause_key,
            rule.severity,
            owner or rule.owner,
            text,
            rule.runbook,
            stamp(now),
        ],
    )
    log_event(store, alert_id, "raised", now)
    queue_deliveries(store, settings, rule, alert_id, now)
    return alert_id


def _close(store: sqlite3.Connection, rule: str, cause_key: str, now: datetime) -> None:
    row = store.execute(
        "select alert_id from alerts where rule = ? and cause_key = ? and closed_at is null",
        [rule, cause_key],
    ).fetchone()
    store.execute(
        "update alerts set closed_at = ? where alert_id = ?", [stamp(now), row["alert_id"]]
    )
    # What has not left yet need not leave any more.
    store.execute(
        "update deliveries set state = 'dropped' where alert_id = ? and state = 'queued'",
        [row["alert_id"]],
    )
    log_event(store, row["alert_id"], "closed", now)


def _open_causes(store: sqlite3.Connection, rule: str) -> set[str]:
    rows = store.execute(
        "select cause_key from alerts where rule = ? and closed_at is null", [rule]
    ).fetchall()
    return {row["cause_key"] for row in rows}
