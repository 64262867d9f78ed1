"""Prunes what is kept for a time only: bodies of API answers and raw callbacks.

Nothing else is ever pruned: versions, findings and logs stay. What was pruned is written to the
audit log, so that an empty body is never a riddle.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ingestion.settings import Settings
from orchestration.lib import audit_log
from orchestration.lib.warehouse import create_own_tables, open_warehouse, single_run


def prune_api_bodies(settings: Settings, *, now: datetime) -> int:
    """Empty the bodies of API answers older than `retention.api_bodies_days`.

    Returns:
        How many bodies were emptied; the calls themselves stay.
    """
    oldest = now - timedelta(days=settings.retention.api_bodies_days)
    with single_run(settings, name="writer", wait=True), open_warehouse(settings) as connection:
        create_own_tables(connection)
        row = connection.execute(
            "select count(*) from raw_matchback.api_calls "
            "where response_body is not null and called_at < ?",
            [oldest],
        ).fetchone()
        count = row[0] if row else 0
        if count:
            connection.execute(
                "update raw_matchback.api_calls set response_body = null where called_at < ?",
                [oldest],
            )
            connection.execute("checkpoint")
    if count:
        audit_log.record(
            settings,
            actor="matchback",
            action="prune",
            entity="api_calls",
            entity_id=oldest.date().isoformat(),
            detail=f"{count} bodies of API answers before {oldest:%Y-%m-%d} emptied",
        )
    return count
