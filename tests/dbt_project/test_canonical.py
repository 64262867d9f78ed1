"""What the canonical unions make of several systems at once, built by dbt over real files."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

pytestmark = pytest.mark.slow
Warehouse = duckdb.DuckDBPyConnection


def rows(warehouse: Warehouse, sql: str) -> list[tuple]:
    return sorted(warehouse.execute(sql).fetchall(), key=repr)


def test_an_import_enriches_the_mail_vendors_campaign(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select source, campaign_id, name, channel, goal, mail_class, campaign_code, started_on "
        "from intermediate.int_canonical__campaigns_unioned",
    )
    assert found == [
        (
            "pcm",
            "SPRING26-TUNEUP",
            "Spring tune-up",
            "direct_mail",
            "reactivation",
            "marketing",
            "SPRING26TUNEUP",
            date(2026, 5, 30),
        ),
        ("servicetitan", "9", "SPRING26-TUNEUP", "direct_mail", None, None, "SPRING26TUNEUP", None),
    ]


def test_a_holdout_row_refers_to_the_campaign_it_names(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select source, campaign_source, campaign_account, campaign_id, wave, member_id, arm, "
        "customer_source from intermediate.int_canonical__campaign_members_unioned",
    )
    assert found == [
        ("matchback", "pcm", "main", "FALL26", "1", "m1", "holdout", None),
        ("pcm", "pcm", "main", "SPRING26-TUNEUP", "1", "77", "holdout", "pcm"),
    ]


def test_a_job_carries_state_reason_and_code(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select job_id, status, vendor_status, cancel_reason, no_show_by, code_texts, is_deleted "
        "from intermediate.int_canonical__jobs_unioned",
    )
    assert found == [
        ("1", "Completed", "Completed", None, None, ["S26-1"], False),
        ("2", "No Show", "Canceled", "Customer no-show", "customer", ["S26-1"], False),
        ("3", None, "Zapped", None, None, ["S26-1"], True),
    ]


def test_an_adjustment_is_part_of_the_invoice_it_adjusts(warehouse: Warehouse) -> None:
    invoices = rows(
        warehouse,
        "select source, invoice_id, status, total_cents, system_kind "
        "from intermediate.int_canonical__invoices_unioned",
    )
    assert invoices == [
        ("quickbooks", "238", "paid", 16129, "books"),
        ("quickbooks", "240", "void", None, "books"),
        ("servicetitan", "11", "paid", 14000, "dispatch"),
        ("servicetitan", "13", "open", None, "dispatch"),
    ]
    lines = rows(
        warehouse,
        "select source, invoice_id, line_id, kind, amount_cents "
        "from intermediate.int_canonical__invoice_lines_unioned",
    )
    assert lines == [
        ("quickbooks", "238", "1", "labor", 14900),
        ("servicetitan", "11", "111", "labor", 16000),
        ("servicetitan", "11", "112", "discount", -1100),
        ("servicetitan", "11", "12:121", "labor", -900),
    ]


def test_an_amount_without_a_rate_is_refused_and_said(warehouse: Warehouse) -> None:
    costs = rows(
        warehouse,
        "select cost_id, channel, amount_cents "
        "from intermediate.int_canonical__marketing_costs_unioned",
    )
    refused = rows(
        warehouse,
        "select source, table_name, record_id, reason "
        "from intermediate.int_canonical__currency_rejects_found",
    )
    assert costs == [("1", "paid_search", 1000)]
    assert refused == [
        (
            "ledger",
            "marketing_costs",
            "ledger|2",
            "is in EUR and settings give no rate for its date",
        ),
        ("quickbooks", "invoices", "239", "is in CAD and settings give no rate for its date"),
    ]


def test_a_piece_knows_its_campaign_code_and_trigger(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select mail_piece_id, campaign_id, wave, promo_code, postal_code, status, "
        "trigger_job_source, trigger_job_id, mailed_on "
        "from intermediate.int_canonical__mail_pieces_unioned",
    )
    shared = ("SPRING26-TUNEUP", "1", "S26-1", "08701")
    job = ("servicetitan", "1")
    assert found == [
        ("P-1", *shared, "Delivered", *job, date(2026, 6, 1)),
        ("P-2", *shared, "Failed", *job, None),
    ]


def test_the_story_of_a_piece_is_told_by_batch_scan_and_response(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select mail_piece_id, event_type, vendor_event_type, is_facility_scan, occurred_at "
        "from intermediate.int_canonical__mail_events_unioned",
    )
    assert found == [
        ("P-1", "delivered", "delivered", True, datetime(2026, 6, 8, 12, tzinfo=UTC)),
        ("P-1", "queued", "Processing", False, datetime(2026, 6, 1, 5, tzinfo=UTC)),
        ("P-1", "responded", "QR Code Scan", False, datetime(2026, 6, 10, 12, tzinfo=UTC)),
        ("P-1", "sent", "Mailing", False, datetime(2026, 6, 3, 5, tzinfo=UTC)),
        ("P-2", "queued", "Processing", False, datetime(2026, 6, 1, 5, tzinfo=UTC)),
    ]


def test_calls_and_scans_are_touches_with_their_references(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select source, kind, job_id, campaign_id, mail_piece_id, call_seconds, tracking_phone "
        "from intermediate.int_canonical__touches_unioned",
    )
    assert found == [
        ("pcm", "qr_scan", None, "SPRING26-TUNEUP", "P-1", None, None),
        ("servicetitan", "call", "1", "9", None, 125, "5125550100"),
    ]


def test_a_task_done_is_a_follow_up_of_the_deals_contact(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select follow_up_id, kind, customer_source, customer_id, job_number "
        "from intermediate.int_canonical__follow_ups_unioned",
    )
    assert found == [("task-701", "call", "hubspot", "501", "1001")]


def test_customers_of_all_systems_stand_side_by_side(warehouse: Warehouse) -> None:
    found = rows(
        warehouse,
        "select source, customer_id, email, phone, postal_code, postal_code_4, is_deleted "
        "from intermediate.int_canonical__customers_unioned",
    )
    assert found == [
        ("hubspot", "501", "rob@example.com", None, None, None, False),
        ("hubspot", "504", None, None, None, None, True),
        ("quickbooks", "41", None, None, None, None, False),
        ("servicetitan", "77", "a@example.com", "(512) 555-0111", "78701", "1234", False),
        ("servicetitan", "78", None, None, None, None, True),
    ]
    merges = rows(
        warehouse,
        "select source, customer_id, merged_into_id "
        "from intermediate.int_canonical__customer_merges_unioned where entity = 'customer'",
    )
    assert merges == [
        ("hubspot", "502", "501"),
        ("hubspot", "503", "501"),
        ("servicetitan", "78", "77"),
    ]
