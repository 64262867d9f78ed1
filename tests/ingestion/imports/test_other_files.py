"""Workbooks and Parquet files come to the same rows as text files do."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.imports.workbook_rows import cell_text
from tests.ingestion.imports.support import read_table, write


def workbook(path: Path, rows: list[list[object]], *, head: int = 0) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for number in range(head):
        sheet.append([f"Title {number}"])
    for row in rows:
        sheet.append(row)
    book.create_sheet("second").append(["not", "read"])
    book.save(path)


def test_the_first_sheet_of_a_workbook_is_read_with_its_types(tmp_path):
    rows = [
        ["source", "job_id", "created_at", "completed_at", "on_hold", "estimate_amount", None],
        [
            "x",
            12345678901,
            dt.datetime.fromisoformat("2026-04-01T09:05"),
            dt.date(2026, 4, 2),
            True,
            145.1,
            None,
        ],
        [None, None, None, None, None, None, None],
        ["x", "0012", "2026-04-01T09:05:00Z", None, "no", 12, None],
        ["x", 1.2e20, dt.datetime.fromisoformat("2026-04-01"), None, None, None, None],
        ["x", 13, dt.datetime.fromisoformat("2026-04-01"), None, None, 0.1 + 0.2, None],
    ]
    workbook(tmp_path / "jobs.xlsx", rows)
    read = read_table(tmp_path, "jobs")
    assert [payload["job_id"] for payload in read.payloads] == ["12345678901", "0012", "13"]
    first, _, third = read.payloads
    assert first["created_at"] == "2026-04-01T13:05:00Z"
    assert first["completed_at_is_date_only"] is True
    assert first["on_hold"] is True
    assert first["estimate_amount"] == "145.10"
    assert third["estimate_amount"] == "0.30"
    assert [one.location for one in read.rejects] == ["jobs.xlsx:5"]
    assert "damaged by a spreadsheet" in read.reasons[0]


def test_the_header_of_a_report_is_found_below_its_titles(tmp_path):
    rows = [
        ["Job #", "Job Status", "Created On"],
        ["7", "Completed", dt.datetime.fromisoformat("2026-04-01T09:00")],
    ]
    workbook(tmp_path / "Job report.xlsx", rows, head=4)
    write(tmp_path, {"imports.toml": 'presets = ["servicetitan"]\n'})
    assert read_table(tmp_path, "jobs").payloads[0]["job_number"] == "7"


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 torn"])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    write(tmp_path, {"jobs.xlsx": content})
    read = read_table(tmp_path, "jobs")
    assert read.rows == []
    assert "xlsx" in read.reasons[0]


def test_a_workbook_that_unpacks_too_large_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "jobs.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 150_000_000)
    assert "unpacks to" in read_table(tmp_path, "jobs").reasons[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (12.0, "12"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (float("nan"), "nan"),
        (dt.datetime.fromisoformat("2026-04-01"), "2026-04-01"),
        (dt.time(9, 5), "09:05:00"),
    ],
)
def test_a_typed_cell_becomes_the_text_the_format_asks_for(value, text):
    assert cell_text(value) == text


def test_parquet_is_read_with_its_types(tmp_path):
    table = pa.table(
        {
            "Source": ["x", "x"],
            "job_id": pa.array([1, 2], pa.int64()),
            "created_at": pa.array(
                [dt.datetime(2026, 4, 1, 9, 5, tzinfo=dt.UTC)] * 2, pa.timestamp("us", tz="UTC")
            ),
            "started_at": pa.array(
                [dt.datetime.fromisoformat("2026-04-01T09:05")] * 2, pa.timestamp("ms")
            ),
            "completed_at": pa.array([dt.date(2026, 4, 2), None]),
            "tags": pa.array([["a", "b"], []], pa.list_(pa.string())),
            "on_hold": [True, None],
            "estimate_amount": pa.array([Decimal("12.50"), Decimal("12.345")], pa.decimal128(9, 3)),
            "odd": pa.array([{"q": 1}, None]),
        }
    )
    pq.write_table(table, tmp_path / "jobs_1.parquet")
    read = read_table(tmp_path, "jobs")
    assert read.payloads == [
        {
            "source": "x",
            "job_id": "1",
            "created_at": "2026-04-01T09:05:00Z",
            "started_at": "2026-04-01T13:05:00Z",
            "completed_at": "2026-04-02T04:00:00Z",
            "completed_at_is_date_only": True,
            "tags": ["a", "b"],
            "on_hold": True,
            "estimate_amount": "12.50",
            "account": "main",
            "_extra": {"odd": '{"q":1}'},
        }
    ]
    assert [one.location for one in read.rejects] == ["jobs_1.parquet:2"]


def test_float_ids_and_amounts_of_parquet_keep_their_value_or_are_rejected(tmp_path):
    table = pa.table(
        {
            "source": ["x", "x", "x"],
            "cost_id": [1.0, 1e17, 3.0],
            "element": ["print"] * 3,
            "amount": [0.1 + 0.2, 1.0, 12.345],
        }
    )
    pq.write_table(table, tmp_path / "mail_costs.parquet")
    read = read_table(tmp_path, "mail_costs")
    assert [(one["cost_id"], one["amount"]) for one in read.payloads] == [("1", "0.30")]
    assert sorted(one.column_name for one in read.rejects) == ["amount", "cost_id"]


def test_damaged_parquet_is_refused_and_names_with_wildcards_are_names(tmp_path):
    write(tmp_path, {"jobs.parquet": b"PAR1 torn"})
    pq.write_table(
        pa.table({"source": ["x"], "job_id": ["1"], "created_at": ["2026-01-01"]}),
        tmp_path / "jobs_[a]*.parquet",
    )
    read = read_table(tmp_path, "jobs")
    assert len(read.rows) == 1
    assert "Parquet" in read.reasons[0]
