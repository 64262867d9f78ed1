"""The first remedy of a discrepancy, by itself: its record is read again from its vendor.

After every landing (nightly and sync, before the marts are built) each open discrepancy whose rule
allows it is asked for once by record id, at most so many in 24 hours (`limits.rereads_per_night`),
the worst and oldest first. Nothing is written at a vendor. Each re-read is a row of the audit log,
from where the report of discrepancies takes it; one that failed is tried again by the next run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import duckdb

from ingestion.errors import AlreadyRunningError
from ingestion.reread import can_reread, reread_records
from ingestion.settings import Settings
from orchestration.lib import audit_log
from orchestration.lib.operator_store import open_store, stamp
from orchestration.lib.warehouse import open_warehouse, single_run

ACTOR = "matchback"
FAILED = "failed"
A_NIGHT = timedelta(hours=24)


@dataclass(frozen=True, order=True)
class Wanted:
    """One record of an open discrepancy that is to be read again."""

    source: str
    account: str
    entity: str
    entity_id: str
    finding_key: str


def reread_discrepancies(settings: Settings, *, run_id: str) -> dict[str, int]:
    """Read the records of open discrepancies again and record what came of it.

    Returns:
        How many discrepancies had which outcome: changed, unchanged, not answered, failed.
    """
    now = settings.now()
    counts: dict[str, int] = {}
    with single_run(settings, name="writer", wait=True):
        with open_warehouse(settings) as connection:
            candidates = open_findings(connection)
        accounts = set(settings.enabled_accounts())
        wanted = [
            item
            for item in _not_yet_read(settings, candidates, now=now)
            if (item.source, item.account) in accounts
        ]
        for (source, account), group in groupby(
            sorted(wanted), key=lambda item: (item.source, item.account)
        ):
            for outcome in _reread_account(settings, source, account, list(group), run_id, now):
                counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def open_findings(connection: duckdb.DuckDBPyConnection) -> list[tuple[Wanted, datetime]]:
    """Open discrepancies whose record can be read again, worst and oldest first, with their start.

    Empty before the first build.
    """
    built = connection.execute(
        "select count(*) from duckdb_tables() where schema_name || '.' || table_name in "
        "('staging.seed_finding_rules', 'raw_matchback.finding_log')"
    ).fetchone()
    if built != (2,):
        return []
    rows = connection.execute(
        """
        with last_words as (
            select finding_key, event, seen_at, rule, source, account, entity, entity_id
            from raw_matchback.finding_log
            where finding_kind = 'reconciliation'
            qualify row_number() over (partition by finding_key order by seen_at desc) = 1
        )
        select source, account, entity, entity_id, finding_key, seen_at
        from last_words
        inner join staging.seed_finding_rules as rules using (rule)
        where event = 'opened' and rules.is_reread
        order by
            case rules.severity when 'critical' then 0 when 'warning' then 1 else 2 end,
            seen_at, finding_key
        """
    ).fetchall()
    return [(Wanted(*row[:5]), row[5]) for row in rows if can_reread(row[0], row[2])]


def _not_yet_read(
    settings: Settings, candidates: Iterable[tuple[Wanted, datetime]], *, now: datetime
) -> list[Wanted]:
    """Those not read since they opened, as many as the night's limit leaves."""
    with open_store(settings) as store:
        done = {
            row["entity_id"]: datetime.fromisoformat(row["last_at"])
            for row in store.execute(
                "select entity_id, max(happened_at) as last_at from audit_log "
                "where action = 'reread' and detail <> ? group by entity_id",
                [FAILED],
            )
        }
        spent = store.execute(
            "select count(*) from audit_log where action = 'reread' and happened_at > ?",
            [stamp(now - A_NIGHT)],
        ).fetchone()[0]
    left = max(settings.limits.rereads_per_night - spent, 0)
    due = [
        item
        for item, opened_at in candidates
        if item.finding_key not in done or done[item.finding_key] < opened_at
    ]
    return due[:left]


def _reread_account(
    settings: Settings, source: str, account: str, wanted: list[Wanted], run_id: str, now: datetime
) -> list[str]:
    record_ids: dict[str, list[str]] = {}
    for item in wanted:
        record_ids.setdefault(item.entity, []).append(item.entity_id)
    try:
        result = reread_records(settings, source, account, record_ids, run_id=run_id, now=now)
    except AlreadyRunningError:
        return []  # somebody reads the account anyway; the next run asks again
    outcomes = []
    with open_store(settings) as store:
        for item in wanted:
            outcome = result.outcome(item.entity_id)
            outcomes.append(outcome)
            audit_log.append(
                store,
                actor=ACTOR,
                action="reread",
                entity="discrepancy",
                entity_id=item.finding_key,
                detail=outcome,
                now=now,
            )
    return outcomes
