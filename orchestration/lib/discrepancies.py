"""What people do about discrepancies, and the memory that lets findings have a first day.

The findings themselves are SQL (domain quality of the dbt project). Their log holds openings and
closings only: `remember_findings` appends them after dbt has built and before publishing. Words of
people go to the audit log, from where the next build reads them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from orchestration.lib import audit_log

COLUMNS = (
    "discrepancy_key",
    "wire",
    "kind",
    "severity",
    "state",
    "owner",
    "source",
    "account",
    "entity",
    "entity_id",
    "expected",
    "observed",
    "first_seen_at",
)


def remember_findings(connection: duckdb.DuckDBPyConnection, *, run_id: str) -> tuple[int, int]:
    """Append what this build opened and closed to `raw_matchback.finding_log`, once per run.

    To be called by a live build only, after dbt; an as-of build remembers nothing.

    Returns:
        Findings opened and findings closed (0 and 0 when this run was remembered already).
    """
    known = connection.execute(
        "select count(*) from raw_matchback.finding_log where run_id = ?", [run_id]
    ).fetchone()
    if known != (0,):
        return 0, 0
    connection.execute(
        """
        insert into raw_matchback.finding_log by name
        select context.run_id, context.as_of as seen_at, findings.finding_kind,
            findings.finding_key, findings.rule, findings.severity, findings.source,
            findings.account, findings.entity, findings.entity_id,
            json_object('expected', findings.expected, 'observed', findings.observed,
                'detail', findings.detail)::varchar as detail,
            findings.change as event
        from intermediate.int_quality__findings_followed as findings
        cross join raw_matchback.run_context as context
        where findings.change is not null and context.run_id = ?
        order by findings.finding_key
        """,
        [run_id],
    )
    row = connection.execute(
        "select count(*) filter (where event = 'opened'), count(*) filter (where event = 'closed')"
        " from raw_matchback.finding_log where run_id = ?",
        [run_id],
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def list_discrepancies(
    marts: duckdb.DuckDBPyConnection,
    *,
    kind: str | None = None,
    wire: str | None = None,
    owner: str | None = None,
    is_settled: bool = False,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Discrepancies of the published marts, worst and oldest first.

    Args:
        marts: The published marts.
        kind: Only this kind.
        wire: Only this wire.
        owner: Only this owner's.
        is_settled: Resolved and closed ones instead of open and acknowledged ones.
        limit: At most so many.
    """
    states = ("resolved", "closed") if is_settled else ("open", "acknowledged")
    result = marts.execute(
        f"""
        select {", ".join(COLUMNS)} from rpt_reconciliation
        where state in (?, ?) and (? is null or kind = ?) and (? is null or wire = ?)
            and (? is null or owner = ?)
        order by case severity when 'critical' then 0 when 'warning' then 1 else 2 end,
            cast(first_seen_at as date), kind, entity_id, discrepancy_key
        limit ?
        """,
        [*states, kind, kind, wire, wire, owner, owner, limit],
    )
    return [dict(zip(COLUMNS, row, strict=True)) for row in result.fetchall()]


def find_discrepancy(marts: duckdb.DuckDBPyConnection, key: str) -> dict[str, Any]:
    """The one discrepancy whose key begins so, all columns.

    Raises:
        SettingsError: None or several do.
    """
    result = marts.execute(
        "select * from rpt_reconciliation where starts_with(discrepancy_key, ?) limit 2", [key]
    )
    names = [column[0] for column in result.description]
    rows = result.fetchall()
    if len(rows) != 1:
        count = "no discrepancy" if not rows else "more than one discrepancy"
        raise SettingsError(
            f"{count} begins with '{key}': expected exactly one; see "
            "`matchback discrepancies list`."
        )
    return dict(zip(names, rows[0], strict=True))


def words_about(settings: Settings, key: str) -> list[dict[str, str]]:
    """What people recorded about a discrepancy, oldest first."""
    from orchestration.lib.operator_store import open_store

    with open_store(settings) as store:
        rows = store.execute(
            "select happened_at, actor, action, detail from audit_log "
            "where entity = 'discrepancy' and entity_id = ? order by number",
            [key],
        ).fetchall()
    return [dict(row) for row in rows]


def act_on_discrepancy(
    settings: Settings,
    marts: duckdb.DuckDBPyConnection,
    key: str,
    *,
    action: str,
    actor: str,
    note: str,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Record ack, resolve or reopen with a person's words; the next build shows it.

    Returns:
        The discrepancy as published.

    Raises:
        SettingsError: No such discrepancy, or a resolution without words.
    """
    if action == "resolve" and not note.strip():
        raise SettingsError(
            "A resolution needs words: say with --note why this discrepancy is settled although "
            "the data disagree."
        )
    found = find_discrepancy(marts, key)
    audit_log.record(
        settings,
        actor=actor,
        action=action,
        entity="discrepancy",
        entity_id=found["discrepancy_key"],
        detail=note,
        now=now,
    )
    return found
