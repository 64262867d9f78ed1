"""Where a home keeps what orchestration writes beside the warehouse."""

from __future__ import annotations

from pathlib import Path

from ingestion.settings import Settings


def dagster_home(settings: Settings) -> Path:
    """Dagster's own storage: runs, events, schedules."""
    return settings.home / "dagster"


def marker_file(settings: Settings) -> Path:
    """Left by every successful nightly; older than 26 hours means that the schedule is dead."""
    return settings.state_dir / "nightly_success.json"


def operator_file(settings: Settings) -> Path:
    """SQLite file of the operator's actions and the alert queue."""
    return settings.state_dir / "operator.sqlite"
