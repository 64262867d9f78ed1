"""Lift, geo lift and response curve from export files to marts, against figures counted by hand.

One world: campaign EXP holds out 400 of 1,200 households. Of the mailed 80 have a job within 30
days, of the holdout 20, each of 100.00 at a margin rate of a half; a card costs 0.50.
"""

from __future__ import annotations

import runpy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dbt_project.measurement.shares import share_difference
from orchestration.lib.run_context import write_run_context
from tests.dbt_project.attribution_cases import Cases
from tests.dbt_project.attribution_world import DBT_FOLDER, Marts, land, open_home, run_dbt
from tests.dbt_project.homes import homes

pytestmark = pytest.mark.slow

IN_HOME, BEFORE, JOB, AFTER = "2026-05-08", "2026-05-07", "2026-05-20", "2026-07-07"
AS_OF = datetime(2026, 8, 1, 12, tzinfo=UTC)
SETTINGS = """
[margin_rates]
demand = 0.5

[[mail.rate_card]]
source = "mail"
mail_class = "marketing"
piece_cents = 50.0
"""
MAILED, HELD = 800, 400
MODELS_ONLY = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def household(world: Cases, name: str, number: int) -> None:
    world.add("customers", customer_id=name, **homes()[number])


def sale(world: Cases, name: str, job: str, on: str, **more: str) -> None:
    world.job(name, job=job, at=f"{on}T15:00:00Z", **more)
    world.bill(job, on=on, net="100.00", tax="0.00", total="100.00", paid=None)


def experiment(world: Cases) -> None:
    world.add("campaigns", campaign_id="EXP", name="EXP", started_on="2026-04-20")
    for number in range(MAILED + HELD):
        name, is_mailed = f"unit{number:04d}", number < MAILED
        household(world, name, number)
        world.add(
            "campaign_members", campaign_id="EXP", wave="1", member_id=name,
            customer_source="servicetitan", customer_id=name,
            arm="mailed" if is_mailed else "holdout", planned_holdout_share="0.333333",
            stratum=f"s{number % 2}",
        )  # fmt: skip
        if is_mailed:
            world.card(name, campaign="EXP", delivered=f"{IN_HOME}T16:00:00Z")
        if number < 80 or MAILED <= number < MAILED + 20:
            sale(world, name, f"J-{name}", JOB)
    sale(world, "unit0700", "J-early", BEFORE)
    sale(world, "unit0701", "J-late", AFTER)
    sale(world, "unit0702", "J-warranty", JOB, job_class="warranty")
    # A stranger who names the campaign exists for one arm only: no outcome.
    household(world, "stranger", 1_200)
    sale(world, "stranger", "J-stranger", JOB, campaign_id="EXP")
    # Held out and mailed all the same: counted, kept as assigned.
    world.card("unit0900", campaign="EXP", delivered=f"{IN_HOME}T16:00:00Z")


def geo(world: Cases) -> None:
    world.add("campaigns", campaign_id="GEO", name="GEO", mail_class="marketing")
    world.add("mail_costs", cost_id="geo", campaign_id="GEO", element="print", amount="1000.00",
              incurred_on="2026-05-01")  # fmt: skip
    for area in range(16):
        code, treated = f"31{area:03d}", area % 2 == 0
        world.add(
            "campaign_areas", source="mail", campaign_source="mail", campaign_id="GEO",
            postal_code=code, arm="mailed" if treated else "holdout",
            mailed_on="2026-05-04" if treated else "",
        )  # fmt: skip
        household(world, f"geo{area:02d}", 1_210 + area)
        for month in ("02-10", "03-10", "04-10"):
            sale(world, f"geo{area:02d}", f"J-{code}-{month}", f"2026-{month}",
                 service_postal_code=code)  # fmt: skip
        for day in range(3 if treated else 1):
            sale(world, f"geo{area:02d}", f"J-{code}-{day}", f"2026-05-2{day + area % 3}",
                 service_postal_code=code)  # fmt: skip


WIDE_AREAS, WIDE_OPENS = 44, date(2026, 5, 13)  # mailed on 4 May, eight postal days later


def wide_geo(world: Cases) -> None:
    """Forty-four areas with sales on most days before; the treated ones sell more in the window."""
    world.add("campaigns", campaign_id="WIDE", name="WIDE", mail_class="marketing")
    world.add("mail_costs", cost_id="wide", campaign_id="WIDE", element="print", amount="100.00",
              incurred_on="2026-05-01")  # fmt: skip
    for area in range(WIDE_AREAS):
        code = f"32{area:03d}"
        world.add(
            "campaign_areas", source="mail", campaign_source="mail", campaign_id="WIDE",
            postal_code=code, arm="mailed" if area % 2 == 0 else "holdout",
            mailed_on="2026-05-04" if area % 2 == 0 else "",
        )  # fmt: skip
        household(world, f"wide{area:02d}", 1_300 + area)
        for day, count in wide_sales(area).items():
            for number in range(count):
                sale(world, f"wide{area:02d}", f"J-{code}-{day}-{number}",
                     str(WIDE_OPENS + timedelta(days=day)), service_postal_code=code)  # fmt: skip


def wide_sales(area: int) -> dict[int, int]:
    """Sales of 100.00 by day since the window opened: a common season, the area's own noise."""
    rng = np.random.default_rng(area)
    sales = {}
    for day in range(-40, 30):
        share = 0.25 + 0.2 * np.sin(day / 5)
        more = 0.4 if day >= 0 and area % 2 == 0 else 0.0
        if rng.random() < share + more:
            sales[day] = 1
    return sales


def late_wave(world: Cases) -> None:
    """Wave 2 has been in homes for 22 days when the marts are built."""
    for number in range(60):
        name = f"late{number:02d}"
        household(world, name, 1_230 + number)
        world.card(name, campaign="EXP", wave="2", mailed="2026-07-01",
                   delivered="2026-07-10T16:00:00Z")  # fmt: skip
        if number < 6:
            sale(world, name, f"J-{name}", f"2026-07-{12 + number}")


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    world = Cases()
    experiment(world)
    geo(world)
    wide_geo(world)
    late_wave(world)
    folder = tmp_path_factory.mktemp("measurement")
    imports = world.write(folder / "exports")
    settings = open_home(folder / "home", imports=imports, settings_text=SETTINGS)
    land(settings, now=AS_OF, run_id="run-1")
    with duckdb.connect(str(settings.warehouse)) as connection:
        write_run_context(connection, settings, run_id="run-1", as_of=AS_OF, started_at=AS_OF)
    run_dbt(settings, *MODELS_ONLY, "--select", "+path:models/marts/measurement")
    return Marts(warehouse=settings.warehouse, settings=settings)


LIFT = """
    select * from marts.rpt_campaign_lift
    where campaign_name = 'EXP' and wave = ? and metric = ? and window_label = ?
"""


def test_jobs_are_counted_blind_to_codes_in_both_arms(marts: Marts) -> None:
    row = marts.row(LIFT, "1", "job_share", "60")
    assert (row["mailed_count"], row["holdout_count"]) == (MAILED, HELD)
    assert (row["mailed_buying_count"], row["holdout_buying_count"]) == (80, 20)
    longer = marts.row(LIFT, "1", "job_share", "90")  # the first day after the 60 is within 90
    assert (longer["mailed_buying_count"], longer["holdout_buying_count"]) == (81, 20)
    shorter = marts.row(LIFT, "1", "job_share", "30")
    assert (shorter["mailed_buying_count"], shorter["holdout_buying_count"]) == (80, 20)
    assert shorter["mailed_mean"] == pytest.approx(0.10)
    assert shorter["lift"] == pytest.approx(0.05)
    assert shorter["method"] == "score_miettinen_nurminen"
    by_strata = share_difference([40, 40], [400, 400], [10, 10], [200, 200])
    assert (shorter["lift_ci_low"], shorter["lift_ci_high"]) == pytest.approx(
        (by_strata.ci_low, by_strata.ci_high)
    )


def test_the_money_is_that_of_the_counts(marts: Marts) -> None:
    row = marts.row(LIFT, "1", "margin", "30")
    assert row["lift"] == pytest.approx(50 * 0.05)
    assert float(row["incremental_revenue_amount"]) == pytest.approx(100 * 0.05 * MAILED)
    assert float(row["incremental_margin_amount"]) == pytest.approx(50 * 0.05 * MAILED)
    assert float(row["cost_amount"]) == pytest.approx(0.50 * (MAILED + 1))
    assert row["iroi"] == pytest.approx((2000 - 400.5) / 400.5)
    assert float(row["matched_revenue_amount"]) >= 8000
    assert row["overstatement_ratio"] == pytest.approx(
        float(row["matched_revenue_amount"]) / 4000, rel=1e-6
    )
    assert row["contaminated_count"] == 1
    assert row["sample_ratio_note"] == "as planned"


def test_only_the_primary_closed_row_has_a_verdict(marts: Marts) -> None:
    said = marts.rows(
        "select distinct metric, window_label, verdict from marts.rpt_campaign_lift "
        "where campaign_name = 'EXP' and verdict <> 'exploratory'"
    )
    assert said == [{"metric": "margin", "window_label": "60", "verdict": "pays"}]
    still_open = marts.row(LIFT, "1", "margin", "90")
    assert still_open["is_window_closed"] is False
    assert still_open["verdict"] == "exploratory"


def geo_row(marts: Marts, campaign: str, method: str) -> dict[str, Any]:
    return marts.row(
        "select * from marts.rpt_geo_lift join marts.dim_campaigns using (campaign_key) "
        "where campaign_name = ? and window_label = '30' and method = ?",
        campaign, method,
    )  # fmt: skip


def test_areas_are_compared_by_permutation_below_forty(marts: Marts) -> None:
    row = geo_row(marts, "GEO", "difference_in_differences")
    assert (row["treated_area_count"], row["control_area_count"]) == (8, 8)
    # Every treated area has two sales of 100.00 more than every control area.
    assert float(row["incremental_revenue_amount"]) == pytest.approx(8 * 200.0)
    assert row["iroas"] == pytest.approx(1.6)
    assert float(row["cost_amount"]) == 1000.0


def test_forty_areas_are_judged_by_the_regression_on_the_control_areas(marts: Marts) -> None:
    daily = np.array(
        [[wide_sales(area).get(day, 0) for day in range(-40, 30)] for area in range(WIDE_AREAS)]
    )
    treated, control = 100.0 * daily[::2].sum(axis=0), 100.0 * daily[1::2].sum(axis=0)
    # The days before begin with the first sale on record.
    begins = int(np.flatnonzero(daily.sum(axis=0))[0])
    before, during = slice(begins, 40), slice(40, 70)
    design = np.column_stack([np.ones(40 - begins), control[before]])
    fitted, *_ = np.linalg.lstsq(design, treated[before], rcond=None)
    free = len(design) - 2
    variance = ((treated[before] - design @ fitted) ** 2).sum() / free
    ahead = np.array([30.0, control[during].sum()])
    effect = treated[during].sum() - ahead @ fitted
    error = np.sqrt(variance * (30 + ahead @ np.linalg.inv(design.T @ design) @ ahead))
    margin = stats.t.ppf(0.975, free) * error

    row = geo_row(marts, "WIDE", "time_based_regression")
    assert (row["treated_area_count"], row["control_area_count"]) == (22, 22)
    assert float(row["incremental_revenue_amount"]) == pytest.approx(effect, abs=0.01)
    assert float(row["ci_low"]) == pytest.approx(effect - margin, abs=0.01)
    assert float(row["ci_high"]) == pytest.approx(effect + margin, abs=0.01)
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(effect / error, free))
    assert row["iroas_ci_low"] == pytest.approx((effect - margin) / 100.0, rel=1e-4)
    assert row["verdict"] == "pays"
    other = geo_row(marts, "WIDE", "difference_in_differences")
    assert other["verdict"] == "exploratory"
    assert float(other["ci_low"]) > 0
    assert geo_row(marts, "GEO", "time_based_regression")["verdict"] == "exploratory"


def test_lift_is_the_same_on_one_core_or_two_and_in_any_order_of_rows(marts: Marts) -> None:
    found = [
        lift_of_shuffled_units(marts, threads=threads, seed=seed)
        for threads, seed in ((1, "a"), (2, "b"))
    ]
    assert len(found[0]) > 0
    pd.testing.assert_frame_equal(found[0], found[1], check_exact=True)
    published = marts.rows("select * from intermediate.int_measurement__lift_estimated")
    assert len(found[0]) == len(published)


def lift_of_shuffled_units(marts: Marts, *, threads: int, seed: str) -> pd.DataFrame:
    """The lift table from the built units, read on so many threads in a random order."""
    from dbt_project.measurement.tables import lift_table

    model = runpy.run_path(
        str(DBT_FOLDER / "models/intermediate/measurement/int_measurement__lift_estimated.py")
    )
    marts.connection.execute(f"set threads = {threads}")
    units = marts.connection.sql(
        "select * from intermediate.int_measurement__units_built "
        f"order by md5(unit_key || '{seed}')"
    )
    money = marts.connection.sql(
        "select * from intermediate.int_measurement__wave_money_summed "
        f"order by md5(wave || window_label || '{seed}')"
    ).df()
    keys = ["campaign_key", "window_label", "wave"]
    return lift_table(
        arms=units.query("units", model["ARMS"]).df(),
        units=units.query("units", model["UNITS"]).df(),
        waves=units.query("units", model["WAVES"]).df().merge(money, on=keys, how="left"),
        primary_metric="margin",
        primary_window_days=60,
    )


def test_the_curve_counts_what_came_and_forecasts_the_rest(marts: Marts) -> None:
    key = marts.value("select campaign_key from marts.dim_campaigns where campaign_name = 'EXP'")
    closed = marts.rows(
        "select * from marts.rpt_response_curve where campaign_key = ? and wave = '1' order by day",
        key,
    )
    assert len(closed) == 60
    assert all(row["is_observed"] for row in closed)
    assert closed[11]["cumulative_jobs"] == 0
    assert closed[12]["jobs"] == pytest.approx(80)
    coming = marts.rows(
        "select * from marts.rpt_response_curve where campaign_key = ? and wave = '2' order by day",
        key,
    )
    assert sum(row["is_observed"] for row in coming) == 22
    assert coming[21]["cumulative_jobs"] == pytest.approx(6)
    assert coming[59]["forecast_jobs_low"] >= 6
    assert coming[59]["forecast_low"] == pytest.approx(coming[59]["forecast_jobs_low"] / 60)


def test_a_second_build_gives_the_same_rows(marts: Marts, tmp_path: Path) -> None:
    query = "select * exclude (account) from marts.rpt_campaign_lift order by all"
    before = marts.rows(query)
    marts.connection.close()
    del marts.__dict__["connection"]
    run_dbt(
        marts.settings, *MODELS_ONLY, "--select", "int_measurement__units_built",
        "int_measurement__lift_estimated", "rpt_campaign_lift",
    )  # fmt: skip
    assert marts.rows(query) == before
