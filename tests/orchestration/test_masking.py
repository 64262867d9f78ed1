"""E-mails and phones in text are masked; ids, amounts and codes are not."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.lib.masking import masked, may_hold_text


@pytest.mark.parametrize(
    ("text", "is_masked"),
    [
        ("call jane@example.com", True),
        ("+15551234567", True),
        ("(555) 123-4567", True),
        ("ask for 555-123-4567 please", True),
        ("5551234567", False),
        ("12-3456789-01", False),
        ("2026-10-01", False),
        ("SPRING26-TUNEUP-000123", False),
        ("", False),
    ],
)
def test_only_contact_data_is_masked(text: str, is_masked: bool) -> None:
    row = duckdb.execute(f"select {masked('t')} from (select ? as t)", [text]).fetchone()
    assert row is not None
    assert (row[0] != text) == is_masked


def test_null_stays_null() -> None:
    assert duckdb.execute(f"select {masked('t')} from (select null::varchar as t)").fetchone() == (
        None,
    )


@pytest.mark.parametrize(
    ("column", "data_type", "expected"),
    [
        ("job_id", "VARCHAR", True),
        ("detail", "VARCHAR", True),
        ("campaign_name", "VARCHAR", True),
        ("job_key", "VARCHAR", False),
        ("model", "VARCHAR", False),
        ("tracking_phone", "VARCHAR", False),
        ("job_id", "BIGINT", False),
    ],
)
def test_text_columns_are_recognised(column: str, data_type: str, expected: bool) -> None:
    assert may_hold_text(column, data_type) is expected
