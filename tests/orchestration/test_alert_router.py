"""One alert per open cause, sent once, late only in quiet hours, escalated, and never lost."""

from __future__ import annotations

import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from aiosmtpd.controller import Controller

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from ingestion.settings_model import AlertRule, Alerts, Operator
from orchestration.lib.alert_delivery import after_quiet_hours, deliver_due
from orchestration.lib.alert_router import (
    acknowledge,
    close_alert,
    escalate,
    list_alerts,
    raise_alert,
    watch,
)
from orchestration.lib.alert_rules import DEFAULT_RULES, rules_from
from orchestration.lib.ledger_tables import create_ledger_tables
from orchestration.lib.operator_store import carry_to_warehouse

NOON = datetime(2026, 10, 1, 16, tzinfo=UTC)  # noon in New York
EVENING = datetime(2026, 10, 2, 2, tzinfo=UTC)
MORNING = datetime(2026, 10, 2, 11, tzinfo=UTC)
# The night in which clocks go back is an hour longer.
CLOCKS_BACK = (datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC))
MIDNIGHT = datetime(2026, 10, 2, 4, tzinfo=UTC)


class Receiver:
    """A webhook on loopback that answers what it is told to."""

    def __init__(self) -> None:
        self.bodies: list[dict] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.bodies.append(json.loads(body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def settings_with(tmp_path: Path, **alerts: object) -> Settings:
    operator = Operator(time_zone="America/New_York")
    return Settings(home=tmp_path, operator=operator, alerts=Alerts(**alerts))


def raised(settings: Settings, cause: str = "c", *, rule: str = "check_failed", now=NOON) -> str:
    return raise_alert(settings, rule=rule, cause_key=cause, text="words", now=now)


def test_the_same_open_cause_alerts_once_and_again_only_after_it_was_gone(tmp_path, receiver):
    settings = settings_with(tmp_path, webhook_url=receiver.url)
    first = raised(settings)
    assert raised(settings, now=NOON + timedelta(hours=1)) == first
    assert len(receiver.bodies) == 1
    close_alert(settings, rule="check_failed", cause_key="c", now=NOON + timedelta(hours=2))
    assert raised(settings, now=NOON + timedelta(hours=3)) != first
    assert len(receiver.bodies) == 2


def test_every_message_names_rule_owner_and_runbook(tmp_path, receiver):
    settings = settings_with(tmp_path, webhook_url=receiver.url, slack_url=receiver.url)
    raised(settings)
    plain = next(body for body in receiver.bodies if "rule" in body)
    assert plain["runbook"] == "orchestration/runbooks.md#a-check-failed"
    assert (plain["rule"], plain["owner"], plain["severity"]) == ("check_failed", "data", "ticket")
    slack = next(body for body in receiver.bodies if "rule" not in body)
    assert set(slack) == {"text"}
    assert "Runbook: orchestration/runbooks.md#a-check-failed" in slack["text"]
    line = json.loads((settings.state_dir / "alerts.log").read_text())
    assert line["text"] == "words"


def test_a_channel_that_is_down_is_queued_retried_and_reported(tmp_path, receiver):
    settings = settings_with(tmp_path, webhook_url=receiver.url)
    receiver.status = 503
    raised(settings)
    assert "503" in list_alerts(settings)[0]["stuck_channels"]
    assert deliver_due(settings, now=NOON + timedelta(minutes=1)) == (0, 0)
    assert deliver_due(settings, now=NOON + timedelta(minutes=2)) == (0, 1)
    receiver.status = 200
    assert deliver_due(settings, now=NOON + timedelta(minutes=3)) == (0, 0)
    assert deliver_due(settings, now=NOON + timedelta(minutes=6)) == (1, 0)
    assert deliver_due(settings, now=NOON + timedelta(days=1)) == (0, 0)
    assert len(receiver.bodies) == 3
    assert list_alerts(settings)[0]["stuck_channels"] is None


def test_mail_goes_out_over_smtp(tmp_path):
    class Box:
        def __init__(self) -> None:
            self.mails: list[str] = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            self.mails.append(envelope.content.decode())
            return "250 OK"

    box = Box()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings = settings_with(
            tmp_path, smtp_host="127.0.0.1", smtp_port=port, mail_to=("ops@operator.example",)
        )
        raised(settings)
    finally:
        controller.stop()
    assert len(box.mails) == 1
    assert "Subject: [ticket] check_failed for data" in box.mails[0]


def test_quiet_hours_hold_tickets_but_never_pages(tmp_path, receiver):
    settings = settings_with(tmp_path, webhook_url=receiver.url, quiet_hours="21:00-07:00")
    raised(settings, now=MIDNIGHT)
    assert receiver.bodies == []
    raised(settings, rule="run_failed", now=MIDNIGHT)
    assert [body["rule"] for body in receiver.bodies] == ["run_failed"]
    deliver_due(settings, now=MIDNIGHT + timedelta(hours=7))
    assert [body["rule"] for body in receiver.bodies] == ["run_failed", "check_failed"]


@pytest.mark.parametrize(
    ("words", "instant", "expected"),
    [
        (None, MIDNIGHT, MIDNIGHT),
        ("21:00-07:00", NOON, NOON),
        ("21:00-07:00", MIDNIGHT, MORNING),
        (
            "21:00-07:00",
            datetime(2026, 10, 2, 2, tzinfo=UTC),
            datetime(2026, 10, 2, 11, tzinfo=UTC),
        ),
        ("12:00-13:00", NOON, datetime(2026, 10, 1, 17, tzinfo=UTC)),
        # The night in which clocks go back is an hour longer.
        (
            "21:00-07:00",
            datetime(2026, 11, 1, 2, tzinfo=UTC),
            datetime(2026, 11, 1, 12, tzinfo=UTC),
        ),
    ],
)
def test_quiet_hours_end_in_the_operators_zone(tmp_path, words, instant, expected):
    assert after_quiet_hours(settings_with(tmp_path, quiet_hours=words), instant) == expected


def test_what_nobody_acknowledges_is_escalated_once(tmp_path, receiver):
    settings = settings_with(tmp_path, webhook_url=receiver.url, escalation_owner="boss")
    raised(settings)
    assert escalate(settings, now=NOON + timedelta(minutes=59)) == 0
    assert escalate(settings, now=NOON + timedelta(minutes=60)) == 1
    assert escalate(settings, now=NOON + timedelta(minutes=120)) == 0
    deliver_due(settings, now=NOON + timedelta(minutes=61))
    assert [body["is_escalation"] for body in receiver.bodies] == [False, True]
    assert receiver.bodies[1]["owner"] == "boss"


def test_an_acknowledged_alert_is_not_escalated_and_stands_in_the_audit_log(tmp_path):
    settings = settings_with(tmp_path)
    alert = raised(settings)
    acknowledge(settings, alert[:6], actor="anna", note="on it", now=NOON)
    assert escalate(settings, now=NOON + timedelta(days=1)) == 0
    assert list_alerts(settings)[0]["state"] == "acknowledged by anna"
    with pytest.raises(SettingsError, match="expected one"):
        acknowledge(settings, "zzz", actor="anna")
    with duckdb.connect() as connection:
        create_ledger_tables(connection)
        assert carry_to_warehouse(connection, settings) == 4
        rows = connection.execute(
            "select status, acknowledged_by from raw_matchback.alert_log"
        ).fetchall()
        assert ("acknowledged", "anna") in rows
        audit = connection.execute("select actor, entity_id from raw_matchback.audit_log")
        assert audit.fetchall() == [("anna", alert)]


def test_settings_change_a_rule_by_its_name_and_unknown_names_are_refused(tmp_path):
    rule = AlertRule(rule="discrepancies", severity="page", owner="anna", threshold=7)
    assert rules_from(settings_with(tmp_path, rules=(rule,)))["discrepancies"].threshold == 7
    with pytest.raises(SettingsError, match="no alert rule"):
        rules_from(settings_with(tmp_path, rules=(AlertRule(rule="nonsense"),)))


MARTS = {
    "rpt_reconciliation": "kind varchar, severity varchar, state varchar, remedy varchar, "
    "owner varchar, first_seen_at timestamptz, first_seen_on date",
    "rpt_hygiene": "rule varchar, severity varchar, is_open boolean, remedy varchar",
    "run_sources": "source varchar, account varchar, is_complete boolean, held_reason varchar, "
    "error varchar",
    "rpt_slos": "slo varchar, action varchar, value double, target double",
    "rpt_incidents": "incident_key varchar, source varchar, cause varchar, opened_at timestamptz, "
    "is_open boolean",
    "rpt_api_health": "day_on date, source varchar, account varchar, client_id varchar, "
    "calls bigint, auth_failures bigint",
    "rpt_wires": "day_on date, wire varchar, expected_count bigint, observed_count bigint, "
    "completeness_share double",
    "rpt_kpis": "period varchar, cut varchar, kpi varchar, value double, target double, "
    "is_met boolean, period_start_on date",
    "rpt_handoffs": "handoff varchar, failures_24h bigint, rollback_step varchar",
}
# rule -> (a row that must not alert, a row that must, the cause)
CASES = {
    "discrepancies": (
        "rpt_reconciliation",
        "('job_without_invoice', 'warning', 'resolved', 'r', 'finance', now(), current_date)",
        "('job_without_invoice', 'warning', 'open', 'r', 'finance', now(), current_date)",
        "discrepancy:job_without_invoice",
    ),
    "hygiene": (
        "rpt_hygiene",
        "('orphaned_work_order', 'warning', false, 'r')",
        "('orphaned_work_order', 'warning', true, 'r')",
        "hygiene:orphaned_work_order",
    ),
    "source_incomplete": (
        "run_sources",
        "('pcm', 'main', true, null, null)",
        "('pcm', 'main', false, null, 'down')",
        "source:pcm/main",
    ),
    "service_level": (
        "rpt_slos",
        "('api_success', 'ticket', 0.9, 0.99)",
        "('api_success', 'page', 0.9, 0.99)",
        "slo:api_success",
    ),
    "service_level_ticket": (
        "rpt_slos",
        "('api_success', 'none', 0.999, 0.99)",
        "('api_success', 'ticket', 0.9, 0.99)",
        "slo:api_success",
    ),
    "incident": (
        "rpt_incidents",
        "('k', 'pcm', 'down', now(), false)",
        "('k', 'pcm', 'down', now(), true)",
        "incident:k",
    ),
    "auth_failures": (
        "rpt_api_health",
        "(date '2026-10-01', 'pcm', 'main', 'app', 100, 1)",
        "(date '2026-10-01', 'pcm', 'main', 'app', 100, 2)",
        "auth:pcm/main/app",
    ),
    "wire_broken": (
        "rpt_wires",
        "(date '2026-10-01', 'lead_in', 10, 9, 0.9)",
        "(date '2026-10-01', 'lead_in', 10, 8, 0.8)",
        "wire:lead_in",
    ),
    "kpi_missed": (
        "rpt_kpis",
        "('month', '(all)', 'on_time_start', 0.95, 0.92, true, date '2026-10-01')",
        "('month', '(all)', 'on_time_start', 0.9, 0.92, false, date '2026-10-01')",
        "kpi:on_time_start",
    ),
    "handoff_failing": (
        "rpt_handoffs",
        "('callback', 2, 'r')",
        "('callback', 3, 'r')",
        "handoff:callback",
    ),
}


def marts_with(table: str, row: str | None) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, columns in MARTS.items():
        connection.execute(f"create table {name} ({columns})")
    if row:
        connection.execute(f"insert into {table} values {row}")
    return connection


def test_every_rule_with_a_query_has_a_case():
    assert {rule.rule for rule in DEFAULT_RULES if rule.query} == set(CASES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_alerts_for_its_reason_only_and_closes_itself(tmp_path, rule):
    settings = settings_with(tmp_path)
    table, harmless, harmful, cause = CASES[rule]

    def open_causes() -> list[str]:
        return [row["cause_key"] for row in list_alerts(settings) if row["rule"] == rule]

    def all_states() -> list[str]:
        rows = list_alerts(settings, is_everything=True)
        return [row["state"] for row in rows if row["rule"] == rule]

    watch(settings, marts_with(table, harmless), now=NOON)
    assert open_causes() == []
    watch(settings, marts_with(table, harmful), now=NOON)
    watch(settings, marts_with(table, harmful), now=NOON + timedelta(minutes=15))
    assert open_causes() == [cause]
    watch(settings, marts_with(table, None), now=NOON + timedelta(minutes=30))
    assert open_causes() == []
    assert [
        row["state"] for row in list_alerts(settings, is_everything=True) if row["rule"] == rule
    ] == ["closed"]


def test_an_alert_goes_to_who_owns_its_cause_unless_settings_name_somebody(tmp_path):
    table, _, harmful, _ = CASES["discrepancies"]
    settings = settings_with(tmp_path / "wires")
    watch(settings, marts_with(table, harmful), now=NOON)
    assert list_alerts(settings)[0]["owner"] == "finance"
    rule = AlertRule(rule="discrepancies", owner="anna", threshold=1)
    settings = settings_with(tmp_path / "one", rules=(rule,))
    watch(settings, marts_with(table, harmful), now=NOON)
    assert list_alerts(settings)[0]["owner"] == "anna"
