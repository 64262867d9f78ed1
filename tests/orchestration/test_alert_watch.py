"""The night that did not end is noticed by the clock, once, and forgotten when one ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from ingestion.settings_model import AlertRule, Alerts, Operator, Schedules
from orchestration.lib.alert_router import list_alerts, raise_alert
from orchestration.lib.alert_watch import last_night_owed, tend_alerts, watch_nightly
from orchestration.lib.nightly import leave_marker

# Chicago is five hours behind UTC in summer, six from November on.
NIGHT = datetime(2026, 10, 1, 7, 0, tzinfo=UTC)  # 02:00 there
ENDED = NIGHT + timedelta(minutes=10)


def settings_of(folder: Path, **more: object) -> Settings:
    return Settings(
        home=folder,
        imports=(folder,),
        operator=Operator(time_zone="America/Chicago"),
        **more,  # type: ignore[arg-type]
    )


def ended(settings: Settings, at: datetime) -> None:
    leave_marker(settings, run_id="r", finished_at=at, outcome="published")


def test_a_night_is_missed_at_its_hour_not_before_and_closes_with_the_next_success(tmp_path):
    patient = AlertRule(rule="nightly_missing", severity="page", owner="data", threshold=48)
    settings = settings_of(tmp_path, alerts=Alerts(rules=(patient,)))
    ended(settings, ENDED)
    next_due = datetime(2026, 10, 2, 11, 0, tzinfo=UTC)  # 06:00 there
    assert not watch_nightly(settings, now=next_due - timedelta(minutes=1))
    assert watch_nightly(settings, now=next_due)
    assert watch_nightly(settings, now=next_due + timedelta(hours=1))
    (alert,) = list_alerts(settings)
    assert (alert["rule"], alert["severity"]) == ("nightly_missing", "page")
    assert alert["runbook"].endswith("#no-nightly")
    assert "2026-10-01 02:10" in alert["text"]
    ended(settings, next_due + timedelta(hours=2))
    assert not watch_nightly(settings, now=next_due + timedelta(hours=2))
    assert list_alerts(settings) == []


def test_more_than_26_hours_without_a_success_are_a_missing_night_whatever_the_due_hour(tmp_path):
    settings = settings_of(tmp_path, schedules=Schedules(nightly_due="23:59"))
    ended(settings, ENDED)
    assert not watch_nightly(settings, now=ENDED + timedelta(hours=26))
    assert watch_nightly(settings, now=ENDED + timedelta(hours=26, minutes=1))


@pytest.mark.parametrize(
    ("now", "owed"),
    [
        # The night in which clocks go back lasts 25 hours; its due hour is 12:00 UTC, not 11:00.
        (datetime(2026, 11, 1, 11, 30, tzinfo=UTC), datetime(2026, 10, 31, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 1, 12, 0, tzinfo=UTC), datetime(2026, 11, 1, 8, 0, tzinfo=UTC)),
        (datetime(2027, 3, 14, 11, 0, tzinfo=UTC), datetime(2027, 3, 14, 8, 0, tzinfo=UTC)),
    ],
)
def test_the_due_hour_is_the_operators_through_clock_changes(tmp_path, now, owed):
    assert last_night_owed(settings_of(tmp_path), now) == owed


def test_a_night_that_starts_in_the_evening_is_owed_the_morning_after(tmp_path):
    settings = settings_of(tmp_path, schedules=Schedules(nightly="22:00", nightly_due="06:00"))
    assert last_night_owed(settings, datetime(2026, 10, 2, 12, tzinfo=UTC)) == datetime(
        2026, 10, 2, 3, tzinfo=UTC
    )


def test_a_home_that_never_ran_or_has_no_source_owes_no_night(tmp_path):
    assert not watch_nightly(settings_of(tmp_path), now=NIGHT)
    alone = Settings(home=tmp_path)
    ended(alone, ENDED)
    assert not watch_nightly(alone, now=ENDED + timedelta(days=9))


def test_an_hour_that_is_none_is_refused_with_the_settings_name(tmp_path):
    settings = settings_of(tmp_path, schedules=Schedules(nightly_due="six"))
    ended(settings, ENDED)
    with pytest.raises(SettingsError, match=r"schedules\.nightly_due"):
        watch_nightly(settings, now=NIGHT)


def test_between_nights_what_was_stuck_leaves_and_what_nobody_took_is_escalated(tmp_path):
    settings = settings_of(tmp_path, alerts=Alerts(quiet_hours="21:00-07:00"))
    ended(settings, ENDED)
    # Raised at 22:00: quiet hours hold it back until 07:00.
    at = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)
    raise_alert(settings, rule="check_failed", cause_key="c", text="words", now=at)
    assert not (settings.state_dir / "alerts.log").exists()
    ended(settings, datetime(2026, 10, 2, 8, tzinfo=UTC))
    tend_alerts(settings, now=datetime(2026, 10, 2, 12, 0, tzinfo=UTC))  # 07:00
    lines = (settings.state_dir / "alerts.log").read_text().splitlines()
    assert len(lines) == 2  # the message, and its escalation after nobody took it
    assert list_alerts(settings)[0]["state"] == "escalated"
