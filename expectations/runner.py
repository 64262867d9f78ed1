"""Runs suites on a DuckDB connection through Great Expectations.

GX is imported here, inside the check: it takes seconds. The context is ephemeral, the checks are
pushed down to DuckDB, results carry counts only (`BASIC`, no partial lists), and ids of failed rows
come from a query of our own. An exception inside a check is a failed check with its kind, not a
crash. Which suites there are is in `registry`.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from expectations.results import CheckResult
from expectations.rules import Rule, Scope, Suite

logger = logging.getLogger(__name__)

SAMPLE_ROWS = 5
_ROWS = "rows_to_check"
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


@contextmanager
def opened(
    connection_or_path: duckdb.DuckDBPyConnection | Path | str,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection given, or a reading one to the file named."""
    if isinstance(connection_or_path, (str, Path)):
        with duckdb.connect(str(connection_or_path), read_only=True) as connection:
            yield connection
    else:
        yield connection_or_path


def run_suites(
    connection: duckdb.DuckDBPyConnection,
    suites: Sequence[Suite],
    scope: Scope,
    *,
    documents: list[Any] | None = None,
) -> list[CheckResult]:
    """Check suites one after the other.

    Args:
        connection: An open DuckDB; it is left as it was.
        suites: What to check; a suite whose tables are not there is left out.
        scope: The run, and for raw suites its source, account and instant.
        documents: Receives Great Expectations' own results, for Data Docs.

    Returns:
        One result per rule, in order.
    """
    there = _tables(connection)
    chosen = [suite for suite in suites if all(name in there for name in suite.reads)]
    if not chosen:
        return []
    reader = connection.cursor()
    reader.execute("set TimeZone = 'UTC'")
    with _context() as context:
        datasource = context.data_sources.add_duckdb("warehouse")
        datasource.attach(reader)
        results: list[CheckResult] = []
        for suite in chosen:
            results += _run_suite(datasource, reader, suite, scope, documents)
        datasource.get_execution_engine().close()
    reader.close()
    return results


def load_gx() -> None:
    """Import Great Expectations ahead of time; takes seconds once a process."""
    with _context():
        pass


@contextmanager
def _context() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        from expectations.datasource import DuckDBDatasource

        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
        context = gx.get_context(mode="ephemeral")
        # The context is thrown away: writing its YAML after each asset was a fifth of all time.
        setattr(context, "_save_project_config", lambda *_, **__: None)  # noqa: B010
        context.variables.analytics_enabled = False
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        if not hasattr(context.data_sources, "add_duckdb"):
            raise RuntimeError(f"{DuckDBDatasource.__name__} is not registered")
        yield context


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
    ).fetchall()
    return {row[0] for row in rows}


def _run_suite(
    datasource: Any,
    reader: duckdb.DuckDBPyConnection,
    suite: Suite,
    scope: Scope,
    documents: list[Any] | None,
) -> list[CheckResult]:
    query = suite.query(scope)
    try:
        # Every rule reads the rows again: parse them once.
        reader.execute(f"create or replace temp table {_ROWS} as {query}")
        (checked,) = reader.execute(f"select count(*) from {_ROWS}").fetchall()[0]
        validated = _validate(datasource, suite)
    except Exception as error:  # noqa: BLE001  a broken suite is a failed check, not a crash
        logger.warning("suite %s could not be run: %s", suite.name, type(error).__name__)
        return [_errored(suite, rule, scope, 0, type(error).__name__) for rule in suite.rules]
    if documents is not None:
        documents.append(validated)
    by_rule = {result.expectation_config.meta["rule"]: result for result in validated.results}
    return [
        _result(suite, rule, by_rule.get(rule.name), scope, checked, reader) for rule in suite.rules
    ]


def _validate(datasource: Any, suite: Suite) -> Any:
    import great_expectations as gx

    asset = datasource.add_query_asset(suite.name, f"select * from {_ROWS}")
    # Not put into the context's stores: that writes the whole suite again for each rule.
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    expectations = gx.ExpectationSuite(
        suite.name, expectations=[rule.to_gx() for rule in suite.rules]
    )
    return batch.validate(expectations, result_format=_RESULT_FORMAT)


def _result(
    suite: Suite,
    rule: Rule,
    found: Any,
    scope: Scope,
    checked: int,
    reader: duckdb.DuckDBPyConnection,
) -> CheckResult:
    fault = _fault(found)
    if fault:
        return _errored(suite, rule, scope, checked, fault)
    failed = 0 if found.success else _failed_count(rule, found.result)
    return CheckResult(
        run_id=scope.run_id,
        suite=suite.name,
        table_name=suite.table_name,
        expectation=rule.name,
        severity=rule.severity,
        is_passed=bool(found.success),
        checked_count=checked,
        failed_count=failed,
        sample=_sample(suite, rule, reader) if failed else (),
        detail=rule.why,
    )


def _failed_count(rule: Rule, result: dict[str, Any]) -> int:
    if rule.kind == "ExpectTableRowCountToBeBetween":
        return 1
    counted = result.get("unexpected_count", result.get("observed_value", 1))
    return int(counted) if isinstance(counted, (int, float)) else 1


def _fault(found: Any) -> str | None:
    """What went wrong inside a check: the kind of exception, without its text (it quotes rows)."""
    if found is None:
        return "no result"
    information = found.exception_info or {}
    nested = [one for one in information.values() if isinstance(one, dict)] or [information]
    for one in nested:
        if one.get("raised_exception"):
            text = str(one.get("exception_message") or "")
            for kind in ("BinderException", "ConversionException", "ParserException"):
                if kind in text:
                    return f"{kind} in DuckDB"
            return text.split(":", 1)[0].strip("( ")[:80] or "an exception"
    return None


def _errored(suite: Suite, rule: Rule, scope: Scope, checked: int, fault: str) -> CheckResult:
    return CheckResult(
        run_id=scope.run_id,
        suite=suite.name,
        table_name=suite.table_name,
        expectation=rule.name,
        severity=rule.severity,
        is_passed=False,
        checked_count=checked,
        failed_count=max(checked, 1),
        detail=f"The check itself failed: {fault}.",
    )


def _sample(suite: Suite, rule: Rule, reader: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    if rule.failing is None:
        return ()
    rows = reader.execute(
        f"select {suite.id_column}::varchar as id from {_ROWS} "
        f"{'qualify' if ' over (' in rule.failing else 'where'} {rule.failing} "
        f"order by id limit {SAMPLE_ROWS}"
    ).fetchall()
    return tuple(row[0] for row in rows if row[0] is not None)
