"""Net revenue, collected amount and margin of invoices and jobs; one sale, one invoice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.dbt_project.attribution_cases import HOSTILE, case_marts
from tests.dbt_project.attribution_world import Marts

# A build of the whole project; three of them on a busy machine take their time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def marts() -> Marts:
    return case_marts()


@pytest.mark.parametrize(
    ("job", "net", "collected", "margin", "basis"),
    [
        # 162.00 refunded of 108.00: tax part 12.00, net part 150.00.
        ("J-big_refund", "-50.00", "-50.00", "-25.00", "rate"),
        # 60 - 20 and 40 - 10, less the discount of 10; half paid.
        ("J-discount", "90.00", "45.00", "60.00", "actual"),
        # The deposit line is no revenue of its own: 200 earned, 50 of it paid before.
        ("J-deposit", "200.00", "200.00", "100.00", "rate"),
        # Memo 27.00, of it 2.00 tax; its pay-out counts once; the write-off not at all.
        ("J-memo", "75.00", "75.00", "37.50", "rate"),
        ("J-void", "0.00", "0.00", "0.00", "rate"),
        ("J-partial", "100.00", "50.00", "50.00", "rate"),
        ("J-three_invoices", "300.00", "300.00", "150.00", "rate"),
        # The lines make 45.00 of 70.00: one made-up line holds the rest.
        ("J-nolines", "70.00", "70.00", "35.00", "rate"),
        ("J-split1", "66.67", "33.34", "33.34", "rate"),
        ("J-split2", "33.33", "16.66", "16.67", "rate"),
        # 100 - 30 for the job, and 25 for the visit that had to redo it.
        ("J-callback", "100.00", "100.00", "45.00", "actual"),
        ("J-again", "0.00", "0.00", "0.00", "charged to the job it redoes"),
        ("J-replacement", "9000.00", "9000.00", "3600.00", "rate"),
    ],
)
def test_the_money_of_a_job(
    marts: Marts, job: str, net: str, collected: str, margin: str, basis: str
) -> None:
    row = marts.row("select * from marts.fct_jobs where job_id = ?", job)
    assert row["net_revenue_amount"] == Decimal(net)
    assert row["collected_amount"] == Decimal(collected)
    assert row["margin_amount"] == Decimal(margin)
    assert row["margin_basis"] == basis


def test_a_sale_in_dispatch_and_books_counts_once(marts: Marts) -> None:
    rows = marts.rows(
        """
        select invoices.invoice_id, counted.invoice_id as counted_in, invoices.is_counted
        from marts.fct_invoices as invoices
        left join marts.fct_invoices as counted
            on invoices.counted_in_invoice_key = counted.invoice_key
        where invoices.invoice_id in ('D1', 'Q1', 'Q2') order by 1
        """
    )
    assert [(row["invoice_id"], row["counted_in"], row["is_counted"]) for row in rows] == [
        ("D1", None, True),
        ("Q1", "D1", False),
        ("Q2", None, True),
    ]
    lines = marts.value(
        """
        select count(*) from marts.fct_invoice_lines
        inner join marts.fct_invoices using (invoice_key) where invoice_id = 'Q1'
        """
    )
    assert lines == 0


def test_an_invoice_without_a_job_stays_and_has_none(marts: Marts) -> None:
    row = marts.row("select * from marts.fct_invoices where invoice_id = 'I-nojob'")
    assert row["job_key"] is None
    assert row["net_revenue_amount"] == Decimal("33.33")


def test_a_write_off_is_shown_and_takes_nothing_off_revenue(marts: Marts) -> None:
    row = marts.row("select * from marts.fct_invoices where invoice_id = 'I-J-memo'")
    assert row["written_off_amount"] == Decimal("5.00")
    assert row["net_revenue_amount"] == Decimal("75.00")


def test_customer_classes_look_at_the_household_before_first_contact(marts: Marts) -> None:
    rows = marts.rows(
        """
        select job_id, customer_class from marts.fct_jobs
        where job_id in ('J-bad_history', 'J-old', 'J-old_customer', 'J-person', 'J-again')
        """
    )
    assert {row["job_id"]: row["customer_class"] for row in rows} == {
        "J-bad_history": None,  # the account's history starts with this job
        "J-old": "new",
        "J-old_customer": "reactivated",
        "J-person": "new",
        "J-again": "active",
    }


def test_a_follow_up_job_has_the_first_contact_of_its_parent(marts: Marts) -> None:
    row = marts.row("select * from marts.fct_jobs where job_id = 'J-replacement'")
    assert row["first_contact_kind"] == "parent_job"
    assert str(row["first_contact_on"]) == "2026-05-20"


def test_a_job_without_a_known_customer_is_an_orphan(marts: Marts) -> None:
    rows = marts.rows("select job_id from marts.fct_jobs where is_orphan order by job_id")
    leaked = sorted(f"J-bad_leak{number}" for number in range(100))
    assert [row["job_id"] for row in rows] == [*leaked, "J-shared0", "J-shared1", "J-shared2"]


def test_transitions_tell_each_change_once(marts: Marts) -> None:
    rows = marts.rows(
        """
        select from_state, to_state from marts.fct_job_transitions
        inner join marts.fct_jobs using (job_key) where job_id = 'J-person' order by happened_at,
            case to_state when 'New' then 1 else 2 end
        """
    )
    assert [(row["from_state"], row["to_state"]) for row in rows] == [
        (None, "New"),
        ("New", "Completed"),
    ]


def test_a_hostile_id_goes_the_whole_way_as_it_came(marts: Marts) -> None:
    row = marts.row("select * from marts.fct_jobs where job_id = ?", HOSTILE)
    assert row["net_revenue_amount"] == Decimal("0.00")
    lines = marts.rows("select * from marts.fct_invoices where invoice_id = ?", f"I-{HOSTILE}")
    assert [line["job_key"] for line in lines] == [row["job_key"]]


@pytest.mark.parametrize(
    ("job", "created_at", "created_on"),
    [
        # There is no 2:30 in the night clocks go forward: 3:30 daylight time is meant.
        ("J-dst_spring", datetime(2026, 3, 8, 7, 30, tzinfo=UTC), date(2026, 3, 8)),
        # There are two 1:30 in the night they go back: the first one counts.
        ("J-dst_autumn", datetime(2025, 11, 2, 5, 30, tzinfo=UTC), date(2025, 11, 2)),
    ],
)
def test_the_nights_clocks_change_keep_their_day(
    marts: Marts, job: str, created_at: datetime, created_on: date
) -> None:
    row = marts.row("select created_at, created_on from marts.fct_jobs where job_id = ?", job)
    assert row["created_at"].astimezone(UTC) == created_at
    assert row["created_on"] == created_on


def test_wrong_rows_are_rejected_with_their_reason_and_reach_no_mart(marts: Marts) -> None:
    rejects = marts.rows("select column_name, reason from raw_matchback.rejects order by all")
    assert [(row["column_name"], row["reason"].split(" ", 2)[2][:22]) for row in rejects] == [
        ("invoice_id", "has a key that stands "),
        ("invoice_id", "has a key that stands "),
        ("issued_on", "is no date such as 202"),
        ("job_id", "is an id damaged by a "),
        ("job_id", "is empty, and has to b"),
        ("subtotal_amount", "is negative, which it "),
        ("total_amount", "is negative, which it "),
        ("total_amount", "is no amount such as 1"),
    ]
    assert marts.value("select count(*) from marts.fct_invoices where invoice_id like 'B-%'") == 0
    assert marts.value("select count(*) from marts.fct_jobs where job_id = ''") == 0
