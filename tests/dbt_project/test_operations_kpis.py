"""Every KPI of `rpt_kpis` equals a second, independent computation, to the last digit."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Operator
from ingestion.settings_model import Location
from tests.dbt_project.kpis_by_hand import LOCATIONS, Kpis
from tests.dbt_project.operations_warehouse import (
    CONTEXT_MODELS,
    create_canonical,
    create_empty_warehouse,
    create_upstream,
    frame,
    run_dbt,
)
from tests.dbt_project.operations_world import AS_OF, make_world

# Parsing the whole project takes minutes on a machine that is busy with other things.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

MODELS = (
    *CONTEXT_MODELS,
    "path:models/intermediate/operations",
    "int_service__api_calls_unioned",
    "int_service__logical_calls_judged",
    "fct_appointments",
    "fct_estimates",
    "fct_follow_ups",
    "fct_leads",
    "fct_marketing_costs",
    "rpt_kpis",
)

CELL = ["period", "period_start_on", "kpi", "cut", "cut_value"]
OPERATOR = Operator(
    time_zone="America/New_York",
    locations=tuple(
        Location(location_key=key, location_name=key.title(), account=account)
        for account, key in LOCATIONS.items()
    ),
)


@pytest.fixture(scope="module")
def world():
    return make_world()


@pytest.fixture(scope="module")
def warehouse(world, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("kpis")
    file = folder / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        create_empty_warehouse(connection, as_of=AS_OF.isoformat(), operator=OPERATOR)
        for table in (
            "technicians",
            "jobs",
            "appointments",
            "shifts",
            "timesheets",
            "leads",
            "estimates",
            "follow_ups",
            "marketing_costs",
            "api_calls",
        ):
            create_canonical(connection, table, world[table])
        for name, rows in (
            ("marts.fct_jobs", world["fct_jobs"]),
            ("marts.bridge_job_tags", world["tags"]),
            ("marts.fct_invoice_lines", world["lines"]),
            ("marts.bridge_attribution_credits", world["credits"]),
            ("marts.fct_mail_pieces", world["pieces"]),
            ("intermediate.int_identity__service_addresses_keyed", world["addresses"]),
            ("intermediate.int_identity__records_keyed", world["records"]),
        ):
            create_upstream(connection, name, rows)
    run_dbt(file, "run", "--select", *MODELS)
    return file


@pytest.fixture(scope="module")
def compared(world, warehouse) -> pd.DataFrame:
    kpis = Kpis(world)
    kpis.measure()
    expected = kpis.table()
    observed = frame(
        warehouse,
        "select period, period_start_on, kpi, cut, cut_value, value from marts.rpt_kpis "
        "where kpi not like '%_competing%'",
    )
    for table in (expected, observed):
        table["period_start_on"] = pd.to_datetime(table["period_start_on"])
        table["value"] = pd.to_numeric(table["value"])
    return expected.merge(
        observed, on=CELL, how="outer", suffixes=("_expected", "_observed"), indicator=True
    )


def test_both_computations_have_the_same_cells(compared):
    lone = compared[compared["_merge"] != "both"]
    assert lone.empty, lone.groupby(["kpi", "_merge"], observed=True).size().to_string()
    assert len(compared) > 20_000


def test_every_value_is_equal_to_the_last_digit(compared):
    left, right = compared["value_expected"], compared["value_observed"]
    wrong = compared[~((left == right) | (left.isna() & right.isna()))]
    assert wrong.empty, wrong.head(20).to_string()


def test_every_kpi_of_the_definitions_is_there(compared):
    assert set(compared["kpi"]) == {
        "on_time_start",
        "arrival_unknown_share",
        "cycle_time_hours",
        "cycle_time_hours_p90",
        "created_to_started_hours",
        "created_to_started_hours_p90",
        "started_to_completed_hours",
        "started_to_completed_hours_p90",
        "crew_utilization",
        "crew_drive_share",
        "crew_idle_share",
        "api_success",
        "api_caller_fault_share",
        "first_time_fix",
        "crew_show_rate",
        "booking_rate",
        "close_rate",
        "lead_response_hours",
        "lead_response_hours_p90",
        "lead_unanswered_share",
        "cac",
        "no_show_share",
        "no_show_customer_share",
        "no_show_crew_share",
        "unattributed_share",
        "average_ticket",
        "follow_up_sla",
    }


def test_targets_are_judged_in_their_direction(warehouse):
    judged = frame(
        warehouse,
        "select kpi, value, target, is_met from marts.rpt_kpis "
        "where target is not null and value is not null",
    )
    assert set(judged["kpi"]) >= {"on_time_start", "cycle_time_hours", "crew_utilization"}
    at_most = judged["kpi"] == "cycle_time_hours"
    met = (judged["value"] <= judged["target"]).where(at_most, judged["value"] >= judged["target"])
    assert (judged["is_met"].astype(bool) == met.astype(bool)).all()


def test_months_are_made_of_samples_not_of_days(warehouse):
    table = frame(
        warehouse,
        "select period, sum(denominator) as samples from marts.rpt_kpis "
        "where kpi = 'cycle_time_hours' and cut = '(all)' group by period",
    ).set_index("period")["samples"]
    assert table["day"] == table["month"] > 0


def test_open_jobs_lengthen_the_competing_risk_estimate(warehouse):
    table = frame(
        warehouse,
        "select kpi, value from marts.rpt_kpis where cut = '(all)' and period = 'month' "
        "and period_start_on = date '2026-10-01' "
        "and kpi in ('cycle_time_hours', 'cycle_time_hours_competing')",
    ).set_index("kpi")["value"]
    competing = table["cycle_time_hours_competing"]
    assert pd.isna(competing) or competing > table["cycle_time_hours"]
