"""`matchback inspect`: what is told about a folder, and that nothing is written."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from ingestion.imports.inspection import FolderFinding, inspect_folder
from orchestration.commands import inspect as command
from tests.ingestion.imports.support import NOW, reader_of, write


def inspected(folder, **options) -> FolderFinding:
    return inspect_folder(reader_of(folder), now=NOW, **options)


FILES = {
    "jobs.csv": "source,job_id,created_at,status,lead_source,wings\n"
    "st,1,2026-04-01,Done,Mailer,\nst,2,2026-05-01,Weird,,\nst,3,2026-06-01,Done,,\nst,4,x,Done,,\n",
    "touches.csv": "source,touch_id,occurred_at,kind,job_id\nx,1,2026-04-01,fax,2\n",
    "mail_pieces.csv": "source,mail_piece_id,mailed_on,last_name,address_line_1,promo_code\n"
    "pcm,1,2026-04-01,A,1 Elm St,\npcm,2,2026-04-01,,2 Elm St,\npcm,3,2026-04-01,,,CODE\n",
    "Customer export.csv": "Customer ID,Customer Name,Zip,Phone Number\n1,Ann,43081,555\n",
    "sheet7.csv": "Invoice No,Invoice Date,Total\n1,2026-04-01,5\n",
    "noise.csv": "a,b,c\n1,2,3\n",
}


def test_rows_dates_rejects_words_and_shares_are_told(tmp_path):
    write(tmp_path, FILES)
    found = inspected(tmp_path, known_status_words={"done"})
    jobs = next(one for one in found.tables if one.table == "jobs")
    assert (jobs.row_count, jobs.date_column, jobs.first, jobs.last) == (
        3,
        "created_at",
        "2026-04-01",
        "2026-06-01",
    )
    (reject,) = [one for one in found.rejects if one.table == "jobs"]
    assert (reject.column, reject.count, reject.example) == ("created_at", 1, "jobs.csv:5")
    assert found.unknown_words == {"touches.kind": {"fax": 1}, "jobs.status": {"Weird": 1}}
    assert (found.job_count, found.jobs_with_source_count) == (3, 2)
    assert (found.piece_count, found.matchable_piece_count) == (3, 2)
    file = next(one for one in found.files if one.file == "jobs.csv")
    assert (file.table, file.row_count, file.rejected_count) == ("jobs", 4, 1)
    assert file.unknown_columns == ("wings",)


def test_a_map_is_proposed_for_files_nobody_knows(tmp_path):
    write(tmp_path, FILES)
    files = {one.file: one for one in inspected(tmp_path).files}
    assert files["Customer export.csv"].table is None
    proposal = files["Customer export.csv"].proposal
    assert 'preset = "servicetitan.customers"' in proposal
    assert 'table = "customers"' in proposal
    assert files["noise.csv"].proposal is None
    assert "names no table" in files["noise.csv"].refused


def test_a_proposed_map_reads_the_file_it_was_proposed_for(tmp_path):
    write(tmp_path, {"Customer export.csv": FILES["Customer export.csv"]})
    (file,) = inspected(tmp_path).files
    write(tmp_path, {"imports.toml": file.proposal})
    found = inspected(tmp_path)
    assert found.rejects == []
    assert [(one.table, one.row_count) for one in found.tables] == [("customers", 1)]


def test_a_known_name_with_foreign_columns_gets_a_proposal(tmp_path):
    content = "Invoice No,Issued Date,Total\n1,2026-04-01,5\n"
    write(tmp_path, {"invoices.csv": content})
    (file,) = inspected(tmp_path).files
    assert file.table == "invoices"
    assert "lacks required columns" in inspected(tmp_path).rejects[0].reason
    assert 'source = "' in file.proposal
    assert "total_amount" in file.proposal


def test_the_command_shows_all_of_it_and_writes_nothing(tmp_path, monkeypatch):
    folder = write(tmp_path / "drop", FILES | {"[bold]x.csv": "a\n1\n"})
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())
    monkeypatch.setenv("MATCHBACK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    command.register(app)
    shown = CliRunner().invoke(app, [str(folder)], env={"COLUMNS": "200"})
    assert shown.exit_code == 1, shown.output
    for text in (
        "jobs.csv",
        "Rejects by reason",
        "Words nobody knows in touches.kind: fax (1)",
        "jobs with a marketing source: 2 of 3 (67%)",
        "mail pieces that can be matched: 2 of 3 (67%)",
        "Proposed for imports.toml (Customer export.csv)",
        "[bold]x.csv",
    ):
        assert text in shown.output
    assert not (tmp_path / "home").exists()
    assert before == sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())


def test_a_clean_folder_exits_with_zero(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHBACK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "drop", {"jobs.csv": "source,job_id,created_at\nx,1,2026-01-01\n"})
    app = typer.Typer()
    command.register(app)
    shown = CliRunner().invoke(app, [str(tmp_path / "drop")])
    assert shown.exit_code == 0, shown.output
    assert "No row would be rejected." in shown.output
