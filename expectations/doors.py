"""The two doors: what is checked when data has landed, and before it is published."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from expectations.registry import mart_suites, raw_suites
from expectations.results import SuiteReport
from expectations.rules import Scope
from expectations.runner import load_gx, opened, run_suites


def check_raw(
    connection_or_path: duckdb.DuckDBPyConnection | Path | str,
    source: str,
    account: str,
    *,
    run_id: str,
    as_of: datetime,
) -> SuiteReport:
    """Check what one account landed in one run.

    Args:
        connection_or_path: The warehouse, open or by its path.
        source: Vendor, or `import`.
        account: Label of the account.
        run_id: The run whose new rows are looked at.
        as_of: Its instant (aware).

    Returns:
        One result per expectation of the vendor's raw suites. Critical failures hold back this
        account's new data.
    """
    instant = as_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00")
    scope = Scope(run_id=run_id, source=source, account=account, as_of=instant)
    with opened(connection_or_path) as connection:
        load_gx()
        started = time.perf_counter()
        results = run_suites(connection, raw_suites(source), scope)
        return SuiteReport(tuple(results), time.perf_counter() - started)


def check_marts(
    connection_or_path: duckdb.DuckDBPyConnection | Path | str, *, run_id: str
) -> SuiteReport:
    """Check the marts of one run.

    Returns:
        One result per expectation of the marts' suites. Critical failures block publishing.
    """
    with opened(connection_or_path) as connection:
        load_gx()
        started = time.perf_counter()
        results = run_suites(connection, mart_suites(), Scope(run_id=run_id))
        return SuiteReport(tuple(results), time.perf_counter() - started)
