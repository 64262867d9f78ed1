"""What `matchback status` and the end of a run say, read from the warehouse's logs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.table import Table

from ingestion.settings import Settings
from orchestration.lib.warehouse import create_own_tables, open_warehouse

GIGABYTE = 2**30


@dataclass(frozen=True)
class DiskForecast:
    """Free and used bytes, and the days until the disk is full at the pace of recent runs."""

    used: int
    free: int
    days_left: float | None


def incomplete_accounts(settings: Settings, run_id: str) -> list[tuple[str, str]]:
    """(source/account, first cause) of every account one run could not read to its end."""
    with open_warehouse(settings) as connection:
        return connection.execute(
            """
            select source || '/' || account,
                coalesce(arg_min(error, started_at), 'not read to its end')
            from raw_matchback.source_runs
            where run_id = ? and not is_complete group by 1 order by 1
            """,
            [run_id],
        ).fetchall()


def rows_by_source(settings: Settings, run_id: str) -> Table:
    """Rows read, landed, rejected and unchanged of one run, by source and account."""
    with open_warehouse(settings) as connection:
        rows = connection.execute(
            """
            select source, account, sum(read_count)::bigint, sum(landed_count)::bigint,
                sum(rejected_count)::bigint, sum(unchanged_count)::bigint,
                sum(tombstone_count)::bigint, bool_and(is_complete)
            from raw_matchback.source_runs where run_id = ? group by 1, 2 order by 1, 2
            """,
            [run_id],
        ).fetchall()
    table = Table(
        "source",
        "account",
        "read",
        "landed",
        "rejected",
        "unchanged",
        "gone",
        "complete",
        title="Rows of this run",
        box=SIMPLE,
    )
    for column in table.columns[2:7]:
        column.justify = "right"
    for source, account, *counts, is_complete in rows:
        table.add_row(
            source,
            account,
            *(f"{count or 0:,}" for count in counts),
            "yes" if is_complete else "[yellow]no[/]",
        )
    return table


def last_runs(settings: Settings, *, count: int = 5) -> Table:
    """The last runs with their outcome and counts."""
    with open_warehouse(settings) as connection:
        create_own_tables(connection)
        rows = connection.execute(
            """
            select run_id, started_at, finished_at, outcome, landed_count, rejected_count,
                checks_passed, checks_warned, checks_failed
            from raw_matchback.run_history order by started_at desc limit ?
            """,
            [count],
        ).fetchall()
    table = Table(
        "run",
        "started (UTC)",
        "took",
        "outcome",
        "landed",
        "rejected",
        "checks ok / warn / fail",
        title="Last runs",
    )
    for run_id, started, finished, outcome, landed, rejected, *checks in rows:
        table.add_row(
            run_id[:8],
            f"{started:%Y-%m-%d %H:%M}",
            f"{(finished - started).total_seconds():.0f} s",
            outcome,
            f"{landed:,}",
            f"{rejected:,}",
            " / ".join(str(number) for number in checks),
        )
    return table


def freshness(settings: Settings) -> Table:
    """Per source and account: when it was last read whole, and its newest record."""
    now = settings.now()
    with open_warehouse(settings) as connection:
        rows = connection.execute(
            """
            with runs as (
                select source, account, run_id, max(finished_at) as finished_at,
                    bool_and(is_complete) as is_whole, max(newest_record_at) as newest_record_at,
                    arg_min(error, started_at) filter (where not is_complete) as error
                from raw_matchback.source_runs group by 1, 2, 3
            )
            select source, account, max(finished_at) filter (where is_whole),
                max(newest_record_at), arg_max(is_whole, finished_at),
                arg_max(coalesce(error, ''), finished_at)
            from runs group by 1, 2 order by 1, 2
            """
        ).fetchall()
    table = Table(
        "source", "account", "last read whole", "newest record", "state", title="Freshness"
    )
    for source, account, whole, newest, is_whole, error in rows:
        age = "never" if whole is None else f"{(now - whole).total_seconds() / 3600:.1f} h ago"
        table.add_row(
            source,
            account,
            age,
            f"{newest:%Y-%m-%d %H:%M}" if newest else "-",
            "complete" if is_whole else f"[yellow]incomplete: {error or 'not read whole'}[/]",
        )
    return table


def disk_forecast(settings: Settings) -> DiskForecast:
    """How long the disk lasts, from the growth of the warehouse over the last 30 runs."""
    with open_warehouse(settings) as connection:
        rows = connection.execute(
            """
            select finished_at, warehouse_bytes from raw_matchback.run_history
            where warehouse_bytes is not null order by finished_at desc limit 30
            """
        ).fetchall()
    used = sum(path.stat().st_size for path in settings.home.rglob("*") if path.is_file())
    free = shutil.disk_usage(settings.home).free
    if len(rows) < 2:
        return DiskForecast(used, free, None)
    days = (rows[0][0] - rows[-1][0]).total_seconds() / 86400
    growth = rows[0][1] - rows[-1][1]
    return DiskForecast(used, free, free / (growth / days) if days > 0 and growth > 0 else None)
