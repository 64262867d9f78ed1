"""The mapping lists what the staging models really read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.commands.mapping import PROJECT
from orchestration.lib.field_mapping import mapped_fields, spreadsheet_safe


def test_a_staging_model_and_its_readers_are_read(tmp_path: Path):
    staging = tmp_path / "models" / "staging" / "acme"
    staging.mkdir(parents=True)
    (staging / "stg_acme__jobs.sql").write_text(
        "{{ stage_records('acme', 'jobs', key='job_id', columns={\n"
        "    'total_cents': ('total.value', 'cents'),\n"
        "    'name': ('name', 'text'),\n"
        "}) }}\n"
    )
    (tmp_path / "models" / "int_x.sql").write_text("select 1 from {{ ref('stg_acme__jobs') }}")
    fields = mapped_fields(tmp_path)
    assert [(field.field, field.type, field.column) for field in fields] == [
        ("name", "text", "name"),
        ("total.value", "cents", "total_cents"),
    ]
    assert fields[0].goes_to == "int_x"


def test_all_four_vendors_are_listed_with_their_main_entities():
    found = {(field.source, field.entity) for field in mapped_fields(PROJECT)}
    assert {
        ("hubspot", "contacts"),
        ("servicetitan", "jobs"),
        ("quickbooks", "invoices"),
        ("pcm", "orders"),
    } <= found


def test_csv_is_whole_and_safe_for_spreadsheets():
    import typer

    from orchestration.commands import mapping

    app = typer.Typer()
    mapping.register(app)
    app.command("other")(lambda: None)
    result = CliRunner().invoke(app, ["mapping", "export", "--format", "csv"])
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) > 100
    assert set(rows[0]) >= {"source", "entity", "field", "type", "column", "goes_to"}


@pytest.mark.parametrize(
    ("text", "expected"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("total", "total"), ("", "")]
)
def test_cells_are_no_formulas(text, expected):
    assert spreadsheet_safe(text) == expected
