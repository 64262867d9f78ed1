"""How the credit of a job is shared and split into cents, and the reports made of it."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.dbt_project.attribution_cases import case_marts
from tests.dbt_project.attribution_world import Marts

# A build of the whole project; three of them on a busy machine take their time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden"
CREDITS = """
    select
        credits.model,
        coalesce(pieces.mail_piece_id, credits.channel) as earner,
        sum(credits.credit_amount) as amount
    from marts.bridge_attribution_credits as credits
    inner join marts.fct_jobs as jobs using (job_key)
    left join marts.fct_mail_pieces as pieces using (mail_piece_key)
    where jobs.job_id = ? and credits.window_label = '60' and credits.model = ?
    group by all
"""


@pytest.fixture(scope="module")
def marts() -> Marts:
    return case_marts()


@pytest.mark.parametrize(
    ("job", "model", "expected"),
    [
        ("J-coded", "deterministic", {"P-coded": "100.00"}),
        ("J-cancelled_code", "deterministic", {"P-cancelled_code": "100.00"}),
        ("J-shared0", "last", {"direct_mail": "100.00"}),
        ("J-big_refund", "last", {"P-big_refund": "-50.00"}),
        ("J-three_invoices", "last", {"P-three_invoices": "300.00"}),
        ("J-replacement", "last", {"P-tuneup": "9000.00"}),
        ("J-void", "last", {"P-void": "0.00"}),
        ("J-warranty", "last", {"unattributed": "100.00"}),
        ("J-late", "deterministic", {"unattributed": "100.00"}),
    ],
)
def test_a_jobs_revenue_is_shared_by_the_model(
    marts: Marts, job: str, model: str, expected: dict[str, str]
) -> None:
    rows = marts.rows(CREDITS, job, model)
    assert {row["earner"]: row["amount"] for row in rows} == {
        earner: Decimal(amount) for earner, amount in expected.items()
    }


def test_credits_equal_the_golden_file_computed_by_hand(marts: Marts) -> None:
    with (GOLDEN / "attribution_credits.csv").open(newline="") as file:
        golden = {
            (row["job_id"], row["model"], row["earner"]): Decimal(row["amount"])
            for row in csv.DictReader(file)
        }
    rows = {
        (job, model, row["earner"]): row["amount"]
        for job, model in {key[:2] for key in golden}
        for row in marts.rows(CREDITS, job, model)
    }
    assert rows == golden


def test_credits_of_every_model_and_window_sum_to_all_lines(marts: Marts) -> None:
    rows = marts.rows(
        """
        select model, window_label, sum(credit_amount) as amount
        from marts.bridge_attribution_credits group by all
        """
    )
    lines = marts.value("select sum(net_amount) from marts.fct_invoice_lines")
    assert len(rows) == 10 * 4
    assert {row["amount"] for row in rows} == {lines}


def test_a_job_without_invoice_has_shares_and_no_line(marts: Marts) -> None:
    rows = marts.rows(
        """
        select credits.* from marts.bridge_attribution_credits as credits
        inner join marts.fct_jobs using (job_key)
        where job_id = 'J-uninvoiced' and model = 'last' and window_label = '60'
        """
    )
    assert [
        (row["invoice_line_key"], row["credit_share"], row["credit_amount"]) for row in rows
    ] == [(None, 1.0, Decimal(0))]


def test_what_nobody_earned_says_why(marts: Marts) -> None:
    rows = marts.rows(
        """
        select unattributed_reason, sum(credit_amount) as amount
        from marts.bridge_attribution_credits
        where model = 'last' and window_label = '60' and channel = 'unattributed' group by all
        """
    )
    # Jobless: I-nojob 33.33 and the books' own Q2 40.00. Not eligible: the warranty call 100.00.
    # No touch: late, early, cancelled, returned, J-old 500.00; nolines 70.00; split job 100.00;
    # the job before the card 100.00; the job before any history 100.00.
    assert {row["unattributed_reason"]: row["amount"] for row in rows} == {
        "no job": Decimal("73.33"),
        "not eligible": Decimal("100.00"),
        "no touch in window": Decimal("870.00"),
    }


def test_a_negative_invoice_is_rejected_with_its_reason_and_credits_nothing(marts: Marts) -> None:
    """Only lines of a file may be negative; negative ones of vendors: test of properties."""
    rejected = marts.rows(
        "select table_name, column_name, reason from raw_matchback.rejects "
        "where column_name = 'subtotal_amount'"
    )
    assert rejected == [
        {
            "table_name": "invoices",
            "column_name": "subtotal_amount",
            "reason": "Column subtotal_amount is negative, which it may not be.",
        }
    ]
    assert marts.rows(CREDITS, "J-bad_negative", "last") == [
        {"model": "last", "earner": "P-bad_negative", "amount": Decimal("0.00")}
    ]


def test_a_job_before_any_history_is_new_to_nobody_and_credited_to_nobody(marts: Marts) -> None:
    row = marts.row("select * from marts.fct_jobs where job_id = 'J-bad_history'")
    assert row["customer_class"] is None
    assert marts.rows(CREDITS, "J-bad_history", "first") == [
        {"model": "first", "earner": "unattributed", "amount": Decimal("100.00")}
    ]


def test_a_campaign_without_cost_has_credits_and_no_roi(marts: Marts) -> None:
    row = marts.row("select * from marts.rpt_campaign_summary where campaign_name = 'Odd input'")
    # Twins 100.00, the code's owner 100.00, a hundred strangers 1.00 each.
    assert row["net_revenue_amount"] == Decimal("300.00")
    assert row["cost_amount"] is None
    assert (row["roi"], row["roas"], row["iroi"]) == (None, None, None)


def test_the_tie_out_holds_the_books_exactly(marts: Marts) -> None:
    row = marts.row("select * from marts.rpt_revenue_tie_out where month_on = '2026-05-01'")
    parts = ("attributed", "unattributed", "not_eligible", "no_job", "unreconciled")
    assert row["books_income_amount"] == Decimal("140.00")
    assert row["books_income_amount"] == sum(row[f"{part}_amount"] for part in parts)


def test_the_summary_carries_cost_margin_and_roi(marts: Marts) -> None:
    row = marts.row("select * from marts.rpt_campaign_summary where campaign_name like 'Spring%'")
    # 10.01 print - 0.50 postage refund on wave 1; wave 2's one card by rate card, 47.25 cents.
    assert row["cost_amount"] == Decimal("9.98")
    assert row["roi"] == pytest.approx(float(row["margin_amount"] - row["cost_amount"]) / 9.98)
    assert row["roas"] == pytest.approx(float(row["net_revenue_amount"]) / 9.98)
    assert row["direct_responses"] == 5
    assert row["is_revenue_mature"]
    assert row["is_data_complete"]


def test_a_campaign_without_pieces_keeps_its_cost_and_has_zero_pieces(marts: Marts) -> None:
    row = marts.row("select * from marts.rpt_campaign_summary where campaign_name = 'Never mailed'")
    assert row["pieces_mailed"] == 0
    assert row["cost_amount"] == Decimal("250.00")
    assert row["roi"] == -1.0
    assert row["margin_estimated_share"] is None


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [("Priced by rate card", ["0.47", "0.48"]), ("Billed by order", ["0.33", "0.33", "0.34"])],
)
def test_costs_of_cards_add_up_to_the_cent_over_their_wave_or_order(
    marts: Marts, campaign: str, expected: list[str]
) -> None:
    rows = marts.rows(
        """
        select cost_amount from marts.fct_mail_pieces
        inner join marts.dim_campaigns using (campaign_key)
        where campaign_name = ? order by cost_amount
        """,
        campaign,
    )
    assert [str(row["cost_amount"]) for row in rows] == expected


def test_tags_cut_by_trigger_with_cost_and_by_earned_job_without(marts: Marts) -> None:
    rows = marts.rows(
        """
        select cut_value, pieces_mailed, cost_amount from marts.rpt_campaign_roi
        where cut = 'tag_trigger' and wave = '(all)' and model = 'last' and window_label = '60'
        order by cut_value
        """
    )
    assert [(row["cut_value"], row["pieces_mailed"]) for row in rows] == [
        ("VIP", 1),
        ("Water Heater", 1),
    ]
    assert all(row["cost_amount"] is not None for row in rows)
    earned = marts.value(
        """
        select count(*) from marts.rpt_campaign_roi
        where cut = 'tag_earned' and (cost_amount is not null or roi is not null)
        """
    )
    assert earned == 0


def test_break_even_is_the_first_day_the_margin_covers_the_cost_for_good(marts: Marts) -> None:
    row = marts.row(
        """
        select break_even_on, is_window_closed from marts.rpt_campaign_roi
        inner join marts.dim_campaigns using (campaign_key)
        where dim_campaigns.campaign_name = 'Spring tune-up' and wave = '1' and cut = '(all)'
            and model = 'last' and window_label = '60'
        """
    )
    assert str(row["break_even_on"]) == "2026-05-07"
    assert row["is_window_closed"]


def test_every_cut_that_has_a_cost_may_break_even_under_every_model(marts: Marts) -> None:
    rows = marts.rows(
        "select distinct cut, model from marts.rpt_campaign_roi where break_even_on is not null"
    )
    found = {(row["cut"], row["model"]) for row in rows}
    assert found >= {("postal_code", "linear"), ("week", "deterministic"), ("(all)", "first")}
    assert "tag_earned" not in {cut for cut, _ in found}


def test_the_funnel_counts_down_from_mailed_to_collected(marts: Marts) -> None:
    rows = marts.rows(
        """
        select step, count, share_of_previous from marts.rpt_funnel
        where campaign_name = 'Spring tune-up' order by step_number
        """
    )
    assert [row["step"] for row in rows] == [
        "mailed",
        "in home",
        "responded",
        "booked",
        "completed",
        "sold",
        "collected",
    ]
    assert rows[0]["share_of_previous"] is None
    assert rows[1]["share_of_previous"] == pytest.approx(rows[1]["count"] / rows[0]["count"])


def test_postcard_job_and_invoice_stand_in_one_row(marts: Marts) -> None:
    row = marts.row("select * from marts.rpt_postcard_job_invoice where job_id = 'J-coded'")
    assert (row["mail_piece_id"], row["invoice_id"]) == ("P-coded", "I-J-coded")
    assert row["attributed_amount"] == Decimal("100.00")
    assert row["days_to_job"] == 12
