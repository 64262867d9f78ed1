"""Marts are reported with their rows and money totals, after dbt has let go of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from dagster import AssetCheckResult, AssetKey, Output
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.lib.mart_events import measured_last
from orchestration.lib.table_measures import TableMeasures, measure_schema

STAGED, JOBS_KEY, CUT = (
    AssetKey(["staging", "stg_jobs"]),
    AssetKey(["marts", "fct_jobs"]),
    AssetKey(["intermediate", "int_jobs__cut"]),
)
DEPS: dict[AssetKey, set[AssetKey]] = {STAGED: set(), JOBS_KEY: {STAGED}, CUT: {JOBS_KEY}}
JOBS = TableMeasures("fct_jobs", 3, {"net_revenue_amount": "10.50"})


def built(key: AssetKey) -> Output[None]:
    return Output(
        value=None, output_name=key.to_python_identifier(), metadata={"status": "success"}
    )


def dbt_events() -> Iterator[Any]:
    yield built(JOBS_KEY)
    yield AssetCheckResult(passed=True, asset_key=JOBS_KEY, check_name="is_key")
    yield built(CUT)
    yield built(STAGED)


def test_marts_come_last_with_rows_and_totals_and_their_readers_after_them() -> None:
    staged, jobs, check, cut = measured_last(dbt_events(), DEPS, lambda: {"fct_jobs": JOBS})
    assert staged.output_name == STAGED.to_python_identifier()
    assert {key: value.value for key, value in jobs.metadata.items()} == {
        "status": "success",
        "dagster/row_count": 3,
        "net_revenue_amount": "10.50",
    }
    assert check.check_name == "is_key"
    assert cut.output_name == CUT.to_python_identifier()
    assert set(cut.metadata) == {"status"}


def test_a_failed_build_still_reports_the_marts_it_built() -> None:
    def failing() -> Iterator[Any]:
        yield from dbt_events()
        raise DagsterDbtCliRuntimeError(description="dbt failed")

    seen: list[Any] = []
    with pytest.raises(DagsterDbtCliRuntimeError, match="dbt failed"):
        seen.extend(measured_last(failing(), DEPS, lambda: {"fct_jobs": JOBS}))
    assert len(seen) == 4


def test_nothing_is_measured_when_no_mart_was_built() -> None:
    def never() -> dict[str, TableMeasures]:
        raise AssertionError("the warehouse must stay closed")

    assert list(measured_last(iter([]), DEPS, never)) == []


def test_a_schema_is_counted_and_its_amounts_are_summed() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_jobs as select * from (values (1, 4.25::decimal(18, 2)), "
            "(2, null)) as jobs (job_id, margin_amount)"
        )
        found = measure_schema(connection, "marts")
    assert found == {
        "fct_jobs": TableMeasures("fct_jobs", 2, {"margin_amount": str(Decimal("4.25"))})
    }
