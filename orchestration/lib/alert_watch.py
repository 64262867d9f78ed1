"""What has to be looked at between two nights: the night that did not end, mail that did not leave.

Called every minute by Dagster's sensor and by every `matchback sync`, so that it also happens where
cron stands in for the daemon. Where neither lives, nothing of ours can speak: that is what
`matchback status` (exit code 1) is for, called by a monitor on another machine.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from orchestration.lib.alert_delivery import deliver_due
from orchestration.lib.alert_router import close_alert, escalate, raise_alert
from orchestration.lib.alert_rules import rules_from
from orchestration.lib.paths import marker_file

RULE = "nightly_missing"
CAUSE = "nightly"


def tend_alerts(settings: Settings, *, now: datetime | None = None) -> None:
    """Raise or close the alert of the missing night, escalate, and send what is queued and due."""
    now = now or settings.now()
    watch_nightly(settings, now=now)
    escalate(settings, now=now)
    deliver_due(settings, now=now)


def watch_nightly(settings: Settings, *, now: datetime | None = None) -> bool:
    """Raise an alert when the night's run has not ended well by its hour; close it when it has.

    Late is: past `schedules.nightly_due` of a day and no success since that night's start
    (`schedules.nightly`); or no success for as many hours as the rule's threshold (26). A home
    that has no source, or was never run, owes no night.

    Returns:
        Whether a night is missing.
    """
    now = now or settings.now()
    last = last_success(settings)
    if last is None or not (settings.enabled_accounts() or settings.imports):
        return False
    owed_since = last_night_owed(settings, now)
    hours = rules_from(settings)[RULE].threshold or 26.0
    is_missing = last < owed_since or now - last > timedelta(hours=hours)
    if not is_missing:
        close_alert(settings, rule=RULE, cause_key=CAUSE, now=now)
        return False
    zone = ZoneInfo(settings.operator.time_zone)
    due = settings.schedules.nightly_due
    raise_alert(
        settings,
        rule=RULE,
        cause_key=CAUSE,
        text=f"No nightly has ended well since {last.astimezone(zone):%Y-%m-%d %H:%M} "
        f"({(now - last).total_seconds() / 3600:.0f} h ago); expected by {due} every day. "
        "The marts published then stay up.",
        now=now,
    )
    return True


def last_success(settings: Settings) -> datetime | None:
    """When the last nightly ended well, from its marker, or None if none ever did."""
    file = marker_file(settings)
    if not file.exists():
        return None
    return datetime.fromisoformat(json.loads(file.read_text())["finished_at"])


def last_night_owed(settings: Settings, now: datetime) -> datetime:
    """The start of the latest night whose hour of being due has passed (aware)."""
    start, due = (
        _clock(name, getattr(settings.schedules, name)) for name in ("nightly", "nightly_due")
    )
    local = now.astimezone(ZoneInfo(settings.operator.time_zone))
    due_at = local.replace(hour=due.hour, minute=due.minute, second=0, microsecond=0)
    if local < due_at:
        due_at -= timedelta(days=1)
    started = due_at.replace(hour=start.hour, minute=start.minute)
    # A night that starts at 22:00 and is due at 06:00 began the day before.
    began = started if started <= due_at else started - timedelta(days=1)
    return began.astimezone(UTC)  # an hour that clocks skip moves forward


def _clock(name: str, text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"Setting 'schedules.{name}' is '{text}': expected a time like '06:00'."
        ) from None
