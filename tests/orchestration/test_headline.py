"""What the demo shows first: made of the marts, in the order and the width a person can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from rich.console import Console

from orchestration.commands.demo import next_steps
from orchestration.lib.headline import campaign_table, kpi_table, kpi_text

MARTS = """
create table run_info as select timestamptz '2026-11-21 08:00:00+00' as as_of;
create table rpt_campaign_summary (
    campaign_key varchar, campaign_name varchar, pieces_mailed bigint, direct_responses bigint,
    jobs_completed double, net_revenue_amount decimal(18, 2), cost_amount decimal(18, 2),
    margin_amount decimal(18, 2), verdict varchar, is_window_closed boolean
);
insert into rpt_campaign_summary values
    ('c1', 'Heating check before the season for everybody in the north', 1000, 90, 60, 60000,
     1000, 31000, 'pays', true),
    ('c1', 'Heating check before the season for everybody in the north', 822, 80, 26, 3544.17,
     688.96, 2000, 'pays', true),
    ('c2', 'Movers', 518, 40, 40, 14309.65, 973.18, 9000, 'exploratory', false),
    ('c3', 'SEO', 0, 0, 477, 210494.36, null, 100000, null, true),
    ('c4', 'Never mailed', 0, 0, 0, 0, 0, 0, null, true);
create table rpt_kpis (
    kpi varchar, period varchar, cut varchar, period_start_on date, value double, target double,
    target_direction varchar, is_met boolean
);
insert into rpt_kpis values
    ('on_time_start', 'month', '(all)', '2026-09-01', 0.5, 0.92, 'at_least', false),
    ('on_time_start', 'month', '(all)', '2026-10-01', 0.848, 0.92, 'at_least', false),
    ('on_time_start', 'month', '(all)', '2026-11-01', 0.99, 0.92, 'at_least', true),
    ('on_time_start', 'month', 'crew', '2026-10-01', 0.1, 0.92, 'at_least', false),
    ('cycle_time_hours', 'month', '(all)', '2026-10-01', 40.25, 48, 'at_most', true),
    ('api_success', 'month', '(all)', '2026-11-01', 1, 0.993, 'at_least', true),
    ('booking_rate', 'month', '(all)', '2026-10-01', 0.733, null, null, null),
    ('crew_idle_share', 'month', '(all)', '2026-10-01', 0.646, null, null, null);
"""


@pytest.fixture
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(MARTS)
        yield connection


def shown(table: Any) -> list[list[str]]:
    return [list(cells) for cells in zip(*(column.cells for column in table.columns), strict=True)]


def test_mail_comes_first_with_all_locations_summed(marts: duckdb.DuckDBPyConnection) -> None:
    rows = shown(campaign_table(marts))
    assert [row[0][:7] for row in rows] == ["Heating", "Movers", "SEO"]
    # (33,000 - 1,688.96) / 1,688.96
    assert rows[0][1:] == ["1,822", "170", "86", "63,544", "1,689", "+1,854%", "pays"]
    assert rows[1][-1] == "window open"
    assert rows[2][1:] == ["-", "-", "477", "210,494", "-", "-", "no holdout"]


def test_kpis_with_a_target_come_first_each_of_its_last_whole_month(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert shown(kpi_table(marts)) == [
        ["api success", "2026-11", "100.0%", "at least 99.3%", "[green]yes[/]"],
        ["cycle time hours", "2026-10", "40.2 h", "at most 48.0 h", "[green]yes[/]"],
        ["on time start", "2026-10", "84.8%", "at least 92.0%", "[red]no[/]"],
        ["booking rate", "2026-10", "73.3%", "-", "-"],
    ]


def test_both_fit_a_hundred_columns_with_every_figure_whole(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    console = Console(width=100, record=True)
    console.print(campaign_table(marts), kpi_table(marts))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert "210,494" in text


@pytest.mark.parametrize(
    ("kpi", "value", "text"),
    [
        ("average_ticket", 507.976, "507.98"),
        ("lead_response_hours_p90", 1227.3, "1,227.3 h"),
        ("close_rate", None, "-"),
    ],
)
def test_a_kpi_is_told_in_its_unit(kpi: str, value: float | None, text: str) -> None:
    assert kpi_text(kpi, value) == text


def test_the_next_steps_can_be_pasted() -> None:
    steps = next_steps("data/demo")
    assert steps[0].startswith("export MATCHBACK_HOME=data/demo ")
    assert all(step.startswith(("export ", ".venv/bin/matchback ")) for step in steps)
