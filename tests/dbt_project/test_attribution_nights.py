"""What a later night changes: late invoices and refunds restate; no data gives empty marts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.attribution_cases import Cases
from tests.dbt_project.attribution_world import (
    BUILD_WITHOUT_TESTS,
    Marts,
    World,
    build,
    build_world,
    land,
    open_home,
)

# A build of the whole project; three of them on a busy machine take their time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

FIRST_NIGHT = datetime(2026, 6, 1, 6, tzinfo=UTC)
SECOND_NIGHT = datetime(2026, 9, 1, 6, tzinfo=UTC)
RESTATED = """
    select wave, measure, is_window_closed, cause, change_amount from marts.rpt_restatements
    where model = 'last' and window_label = '60' order by all
"""
WAVES = """
    select wave, net_revenue_amount, is_window_closed, is_revenue_mature
    from marts.rpt_campaign_roi
    where cut = '(all)' and model = 'last' and window_label = '60' and wave <> '(all)'
"""


@dataclass(frozen=True)
class Nights:
    """Figures of two nights over one warehouse, and of the first night built again later."""

    first: list[dict[str, Any]]
    second: list[dict[str, Any]]
    causes: list[dict[str, Any]]
    first_again: list[dict[str, Any]]
    first_jobs: list[dict[str, Any]]
    first_jobs_again: list[dict[str, Any]]


def _first_world() -> Cases:
    world = Cases()
    for number, name in enumerate(("kept", "refunded", "late"), 1):
        world.household(name, number=number)
        world.card(name)
        world.job(name)
    world.add("campaigns", campaign_id="SPRING26", name="Spring")
    world.bill("J-kept")
    world.bill("J-refunded")
    return world


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    folder = tmp_path_factory.mktemp("nights")
    world = _first_world()
    settings = open_home(folder / "home", imports=world.write(folder / "exports"))
    land(settings, now=FIRST_NIGHT, run_id="run-1")
    jobs = "select * from marts.fct_jobs order by job_key"
    marts = build(settings, as_of=FIRST_NIGHT, run_id="run-1", arguments=BUILD_WITHOUT_TESTS)
    first, first_jobs = marts.rows(WAVES), marts.rows(jobs)
    marts.connection.close()

    world.bill("J-late", on="2026-06-20")
    world.add(
        "credits",
        credit_id="R",
        invoice_id="I-J-refunded",
        kind="refund",
        issued_on="2026-07-01",
        amount="54.00",
    )
    world.job("kept", job="J-more", at="2026-06-10T15:00:00Z")
    world.bill("J-more", on="2026-06-11", net="20.00", tax="0.00", total="20.00")
    world.write(folder / "exports")
    land(settings, now=SECOND_NIGHT, run_id="run-2")
    marts = build(settings, as_of=SECOND_NIGHT, run_id="run-2")
    second, causes = marts.rows(WAVES), marts.rows(RESTATED)
    marts.connection.close()

    again = build(settings, as_of=FIRST_NIGHT, run_id="run-3", arguments=BUILD_WITHOUT_TESTS)
    return Nights(first, second, causes, again.rows(WAVES), first_jobs, again.rows(jobs))


def test_a_late_invoice_and_a_refund_restate_the_wave_that_earned_them(nights: Nights) -> None:
    assert [row["net_revenue_amount"] for row in nights.first] == [Decimal("200.00")]
    # + 100.00 late invoice, + 20.00 new job, - 50.00 net part of the refund.
    assert [row["net_revenue_amount"] for row in nights.second] == [Decimal("270.00")]


def _causes(nights: Nights, wave: str, measure: str, *, is_closed: bool = True) -> dict[str, str]:
    return {
        row["cause"]: str(row["change_amount"])
        for row in nights.causes
        if (row["wave"], row["measure"], row["is_window_closed"]) == (wave, measure, is_closed)
    }


def test_the_causes_sum_to_the_whole_difference(nights: Nights) -> None:
    assert _causes(nights, "1", "net_revenue") == {
        "late invoice": "100.00",
        "new job": "20.00",
        "refund": "-50.00",
    }
    assert _causes(nights, "1", "jobs") == {"new job": "1.00"}
    # 54.00 of 108.00 went back; the late invoice and the new job's were paid.
    assert _causes(nights, "1", "collected") == {
        "late invoice": "100.00",
        "new job": "20.00",
        "refund": "-50.00",
    }


def test_a_window_that_closed_moves_its_figure_to_the_closed_total(nights: Nights) -> None:
    assert _causes(nights, "(all)", "net_revenue") == {
        "late invoice": "100.00",
        "new job": "20.00",
        "refund": "-50.00",
        "window closed": "200.00",
    }
    assert _causes(nights, "(all)", "net_revenue", is_closed=False) == {"window closed": "-200.00"}
    assert _causes(nights, "(all)", "jobs") == {"new job": "1.00", "window closed": "3.00"}


def test_open_windows_are_marked_until_their_last_day_has_passed(nights: Nights) -> None:
    assert [row["is_window_closed"] for row in nights.first] == [False]
    assert [row["is_window_closed"] for row in nights.second] == [True]
    assert [row["is_revenue_mature"] for row in nights.second] == [True]


def test_a_past_day_can_be_built_again_row_for_row(nights: Nights) -> None:
    assert nights.first_again == nights.first
    assert nights.first_jobs_again == nights.first_jobs


def test_an_operator_without_any_data_gets_empty_tables(tmp_path: Path) -> None:
    marts: Marts = build_world(World(), tmp_path, arguments=BUILD_WITHOUT_TESTS)
    for table in (
        "dim_campaigns",
        "fct_mail_pieces",
        "fct_jobs",
        "fct_invoices",
        "fct_invoice_lines",
        "bridge_match_candidates",
        "bridge_attribution_credits",
        "rpt_campaign_summary",
        "rpt_campaign_roi",
        "rpt_funnel",
        "rpt_revenue_tie_out",
        "rpt_restatements",
    ):
        assert marts.value(f"select count(*) from marts.{table}") == 0, table
