"""The report as a workbook: the same figures, as numbers, one sheet a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.lib.campaign_report import CampaignReport
from orchestration.lib.report_definitions import DEFINITIONS
from orchestration.lib.report_html import figures
from orchestration.lib.split_list import safe_cell

_MONEY = "#,##0.00"


def write_workbook(report: CampaignReport, file: Path) -> None:
    """Write the workbook; text never runs as a formula, amounts are numbers."""
    from openpyxl import Workbook

    book = Workbook()
    summary = book.active
    summary.title = "Summary"
    opening: list[Sequence[Any]] = [
        [report.campaign["campaign_name"]],
        [report.verdict],
        [],
        *([name, value] for name, value in figures(report)),
        [],
        ["What is estimated"],
        *([sentence] for sentence in report.estimates),
    ]
    _fill(summary, opening)
    for title, rows in (
        ("Lift", report.lifts),
        ("Models and windows", report.roi),
        ("Funnel", report.funnel),
        ("Response curve", report.curve),
        ("Tie-out", report.tie_out),
        ("Stories", [{"job": job, **step} for job, steps in report.stories for step in steps]),
    ):
        sheet = book.create_sheet(title)
        if rows:
            _fill(sheet, [list(rows[0]), *(list(row.values()) for row in rows)])
            sheet.freeze_panes = "A2"
    _fill(book.create_sheet("Definitions"), [["Term", "Meaning"], *DEFINITIONS])
    book.save(file)


def _fill(sheet: Any, rows: Iterable[Sequence[Any]]) -> None:
    widths: dict[int, int] = {}
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, _plain(value))
            if isinstance(value, Decimal):
                cell.number_format = _MONEY
            widths[column] = max(widths.get(column, 8), min(len(str(value or "")) + 2, 60))
    for column, width in widths.items():
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width


def _plain(value: Any) -> Any:
    """What a cell can hold: no zones, no lists, no formulas."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, list):
        return safe_cell(", ".join(map(str, value)))
    return safe_cell(value) if isinstance(value, str) else value
