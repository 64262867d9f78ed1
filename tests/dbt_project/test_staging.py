"""What staging makes of landed records, built by dbt over real files."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from tests.dbt_project.landed import LOADS, NASTY

pytestmark = pytest.mark.slow
Warehouse = duckdb.DuckDBPyConnection


def test_staging_reads_the_world_as_of_the_build(warehouse: Warehouse) -> None:
    status, known_at = warehouse.execute(
        "select status, known_at from staging.stg_servicetitan__jobs where job_id = '2'"
    ).fetchone()
    assert (status, known_at) == ("Canceled", LOADS["second"])


def test_text_is_kept_as_it_came(warehouse: Warehouse) -> None:
    row = warehouse.execute(
        "select name, postal_code from staging.stg_servicetitan__customers where customer_id = '77'"
    ).fetchone()
    assert row == (NASTY, "78701-1234")


def test_what_does_not_fit_is_a_reject_with_its_reason(warehouse: Warehouse) -> None:
    rows = warehouse.execute(
        "select table_name, record_id, column_name, reason from staging.stg_servicetitan__rejects"
    ).fetchall()
    assert sorted(rows) == [
        ("invoices", "13", "items", "is not a list"),
        ("invoices", "13", "total_cents", "is not an amount in whole cents"),
    ]


def test_a_tombstone_keeps_what_was_known_last(warehouse: Warehouse) -> None:
    rows = warehouse.execute(
        "select job_number, status, is_deleted from staging.stg_servicetitan__jobs "
        "where job_id = '3'"
    ).fetchall()
    assert rows == [("1003", "Zapped", True)]


def test_money_of_each_vendor_is_whole_cents(warehouse: Warehouse) -> None:
    rows = warehouse.execute(
        """
        select 'text', total_cents from staging.stg_servicetitan__invoices where invoice_id = '11'
        union all
        select 'number', total_cents from staging.stg_quickbooks__invoices where invoice_id = '238'
        union all
        select 'property', amount_cents from staging.stg_hubspot__deals where deal_id = '601'
        union all
        select 'half a cent of cost', cost_cents from staging.stg_servicetitan__invoice_items
        where item_id = '111'
        """
    ).fetchall()
    assert dict(rows) == {
        "text": 14900,
        "number": 16129,
        "property": 14900,
        "half a cent of cost": 4012,
    }


def test_times_are_utc_instants(warehouse: Warehouse) -> None:
    (created_at,) = warehouse.execute(
        "select created_at from staging.stg_hubspot__contacts where contact_id = '501'"
    ).fetchone()
    assert created_at == datetime(2026, 1, 2, 13, 0, 1, 327000, tzinfo=UTC)
