"""How fast records land: an import file, and an export feed read over HTTP by the connector.

Each is set beside DuckDB reading the same records as JSON, the limit for JSON on the machine, so
that figures of different machines can be compared. CPU seconds stand beside wall seconds: on a
busy machine only the first say something.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from tests.bench.feed import ROWS_A_PAGE, job, page

if TYPE_CHECKING:
    from ingestion.results import AccountResult

RUN = "bench"
SECRETS = ("CLIENT_ID", "CLIENT_SECRET", "APP_KEY")


def bench_import(folder: Path, rows: int) -> None:
    """Land a jobs file of 16 columns, then read it again unchanged."""
    from ingestion.run import land_account
    from ingestion.settings import Settings

    exports = folder / "exports"
    exports.mkdir()
    duckdb.execute(
        f"""
        copy (
            select 'bench' as source, 'J' || number as job_id, 'N' || number as job_number,
                'C' || number % 1000 as customer_id, 'repair' as job_type,
                'Completed' as status, '2026-03-01T12:00:00Z' as created_at,
                '2026-03-02T14:00:00Z' as scheduled_start_at,
                '2026-03-02T14:20:00Z' as started_at, '2026-03-02T16:05:00Z' as completed_at,
                'HVAC' as business_unit, number % 900 || '.50' as total_amount,
                'TU1-' || number as promo_code, number || ' Main St' as address_line_1,
                'Austin' as city, '787' || lpad((number % 90)::varchar, 2, '0') as postal_code
            from range({rows}) as numbers(number)
        ) to '{exports}/jobs.csv' (header)
        """
    )
    import dlt  # noqa: F401  its import is not what is measured

    settings = Settings(home=folder / "import_home", imports=(exports,))

    def land() -> AccountResult:
        return land_account(settings, "import", "exports", run_id=RUN, now=settings.now())

    count, wall, cpu = _timed(land)
    _, again, _ = _timed(land)
    limit = _json_limit(folder / "import_pages", rows)
    report("import folder", count, wall, cpu, limit, f"read again, nothing new: {again:.1f} s")


def bench_export(folder: Path, rows: int) -> None:
    """Land an export feed of ServiceTitan's jobs, served from a process of its own."""
    import dlt  # noqa: F401

    from ingestion.run import land_account
    from ingestion.settings import Settings

    command = [sys.executable, "-m", "tests.bench.feed", str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as feed:
        try:
            assert feed.stdout is not None
            url = f"http://127.0.0.1:{int(feed.stdout.readline())}"
            settings = Settings(
                home=folder / "export_home",
                sources=_servicetitan(url),
                environment={f"SOURCES__SERVICETITAN__{name}": "bench" for name in SECRETS},
            )
            count, wall, cpu = _timed(
                lambda: land_account(
                    settings,
                    "servicetitan",
                    "main",
                    run_id=RUN,
                    now=settings.now(),
                    entities=("jobs",),
                )
            )
        finally:
            feed.kill()
    limit = _json_limit(folder / "export_pages", rows)
    report("ServiceTitan export", count, wall, cpu, limit, f"{len(json.dumps(job(1)))} bytes each")


def _servicetitan(url: str) -> dict[str, Any]:
    return {
        "servicetitan": {
            "enabled": True,
            "accounts": {"main": {"tenant": "1"}},
            "options": {"base_url": url, "token_url": f"{url}/token", "requests_per_second": 1e4},
        }
    }


def _timed(land: Callable[[], AccountResult]) -> tuple[int, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = land()
    if not result.is_complete:
        raise SystemExit(f"The bench could not land: {result.error}")
    landed = sum(entity.landed_count for entity in result.entities)
    return landed, time.perf_counter() - wall, time.process_time() - cpu


def _json_limit(pages: Path, rows: int) -> float:
    """CPU seconds in which DuckDB reads the feed's records from files of pages."""
    pages.mkdir()
    for first in range(0, rows, ROWS_A_PAGE):
        (pages / f"{first}.json").write_bytes(page(first, rows))
    started = time.process_time()
    duckdb.execute(
        f"select count(*), max(r.modifiedOn) from ("
        f"select unnest(data) as r from read_json('{pages}/*.json'))"
    ).fetchall()
    return time.process_time() - started


def report(what: str, count: int, wall: float, cpu: float, limit: float, more: str) -> None:
    """Print one measurement."""
    print(
        f"{what}: {count:,} rows in {wall:.1f} s, {cpu:.1f} CPU s "
        f"({count / wall:,.0f} rows/s, {count / cpu:,.0f} a CPU s); "
        f"{cpu / limit:.1f} times DuckDB's read_json of as many jobs ({limit:.1f} CPU s); {more}",
        flush=True,
    )
