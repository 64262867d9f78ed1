"""Whole folders: which rows land, which are rejected, and that none is lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.errors import SettingsError
from ingestion.imports.folder import NO_TABLE, folder_labels
from tests.ingestion.imports.support import read_all, read_table, write

JOBS = "source,job_id,created_at,status,updated_at\n"


def test_a_row_lands_with_its_key_account_and_normalised_payload(tmp_path):
    write(tmp_path, {"jobs.csv": "Source,JOB_ID,Created At\nst,7,2026-04-10T09:00:00\n"})
    read = read_table(tmp_path, "jobs")
    assert [(row["account"], row["record_id"], row["is_deleted"]) for row in read.rows] == [
        ("main", "st|7", False)
    ]
    assert read.payloads == [
        {"source": "st", "job_id": "7", "created_at": "2026-04-10T13:00:00Z", "account": "main"}
    ]


def test_keys_are_escaped_so_that_two_never_become_one(tmp_path):
    content = "source,job_id,created_at\na|b,c,2026-01-01\na,b|c,2026-01-01\na\\,b,2026-01-01\n"
    write(tmp_path, {"jobs.csv": content})
    ids = [row["record_id"] for row in read_table(tmp_path, "jobs").rows]
    assert ids == [r"a\|b|c", r"a|b\|c", "a\\\\|b"]


def test_optional_parts_of_a_key_may_be_empty(tmp_path):
    write(
        tmp_path,
        {
            "payments.csv": "source,payment_id,invoice_id,paid_at,amount\n"
            "st,1,I1,2026-01-01,5\nst,1,I2,2026-01-01,6\nst,2,,2026-01-01,7\n",
            "campaign_members.csv": "campaign_source,campaign_id,customer_id,arm,assigned_at\n"
            "pcm,C,K1,Mailed,2026-01-01\n",
        },
    )
    found = read_all(tmp_path)
    assert [row["record_id"] for row in found["payments"].rows] == ["st|1|I1", "st|1|I2", "st|2|"]
    member = found["campaign_members"]
    assert member.rows[0]["record_id"] == "pcm|C|1|K1"
    assert member.payloads[0]["wave"] == "1"
    assert member.payloads[0]["member_id"] == "K1"
    assert member.payloads[0]["arm"] == "mailed"


def test_bad_rows_are_rejected_with_file_line_column_and_reason_and_the_rest_lands(tmp_path):
    content = (
        "source,invoice_id,issued_on,total_amount\n"
        "qb,1,2026-01-01,10\n"
        "qb,,2026-01-01,10\n"
        "qb,3,2026-02-30,10\n"
        "qb,4,2026-01-01,ten\n"
        "qb,5,2026-01-01,-10\n"
        "qb,6,2026-01-01\n"
        "qb,7,2026-01-01,10\n"
    )
    write(tmp_path, {"invoices.csv": content})
    read = read_table(tmp_path, "invoices")
    assert [row["record_id"] for row in read.rows] == ["qb|1", "qb|7"]
    assert sorted((one.location, one.column_name) for one in read.rejects) == [
        ("invoices.csv:3", "invoice_id"),
        ("invoices.csv:4", "issued_on"),
        ("invoices.csv:5", "total_amount"),
        ("invoices.csv:6", "total_amount"),
        ("invoices.csv:7", None),
    ]
    texts = {one.location: one.record_text for one in read.rejects}
    assert json.loads(texts["invoices.csv:5"])["total_amount"] == "ten"
    assert texts["invoices.csv:7"] == "qb,6,2026-01-01"
    assert all(one.table_name == "invoices" for one in read.rejects)


def test_one_of_a_group_has_to_be_filled(tmp_path):
    content = "source,mail_piece_id,created_at,mailed_on\npcm,1,,\npcm,2,,2026-01-01\n"
    write(tmp_path, {"mail_pieces.csv": content})
    read = read_table(tmp_path, "mail_pieces")
    assert [row["record_id"] for row in read.rows] == ["pcm|2"]
    assert "one of created_at, mailed_on" in read.reasons[0]


def test_a_file_without_a_required_column_is_refused_whole_with_the_list(tmp_path):
    write(
        tmp_path,
        {"jobs.csv": "job_id,status\n1,x\n2,y\n", "jobs_2.csv": JOBS + "st,3,2026-01-01,,\n"},
    )
    read = read_table(tmp_path, "jobs")
    assert [row["record_id"] for row in read.rows] == ["st|3"]
    assert len(read.rejects) == 1
    assert read.rejects[0].location == "jobs.csv"
    assert "source, created_at" in read.reasons[0]


def test_a_column_that_stands_twice_refuses_the_file(tmp_path):
    write(tmp_path, {"jobs.csv": "source,job_id,Job ID,created_at\nst,1,2,2026-01-01\n"})
    assert "same column twice: job_id" in read_table(tmp_path, "jobs").reasons[0]


def test_unknown_columns_are_kept_and_named_once(tmp_path):
    content = (
        'source,job_id,created_at,"a"";drop table x",Zeta,Zeta\nst,1,2026-01-01,v,"{""q"":1}",z2\n'
    )
    write(tmp_path, {"jobs.csv": content, "jobs_b.csv": content.replace("st,1", "st,2")})
    read = read_table(tmp_path, "jobs")
    assert read.payloads[0]["_extra"] == {
        'a";drop table x': "v",
        "Zeta": '{"q":1}',
        "Zeta (again)": "z2",
    }
    assert len(read.notes) == 1
    assert read.notes[0].count("Zeta,") == 1


def test_unknown_words_of_an_enum_are_kept_and_reported(tmp_path):
    content = "source,touch_id,occurred_at,kind\nx,1,2026-01-01,Fax\nx,2,2026-01-01,CALL\n"
    write(tmp_path, {"touches.csv": content})
    read = read_table(tmp_path, "touches")
    assert [payload["kind"] for payload in read.payloads] == ["Fax", "call"]
    assert read.notes == ["touches.kind: words kept that the format does not know: Fax (1)."]


def test_the_same_key_twice_in_a_file_is_rejected_if_it_contradicts_itself(tmp_path):
    rows = "st,1,2026-01-01,open,\nst,1,2026-01-01,done,\nst,2,2026-01-01,x,\nst,2,2026-01-01,x,\n"
    write(tmp_path, {"jobs.csv": JOBS + rows})
    read = read_table(tmp_path, "jobs")
    assert [row["record_id"] for row in read.rows] == ["st|2", "st|2"]
    assert [one.location for one in read.rejects] == ["jobs.csv:2", "jobs.csv:3"]
    assert "more than once with different content" in read.reasons[0]


def test_of_several_files_the_newest_update_then_the_last_file_name_wins(tmp_path):
    write(
        tmp_path,
        {
            "jobs_1.csv": JOBS + "st,1,2026-01-01,new,2026-02-02\nst,2,2026-01-01,first,\n",
            "jobs_2.csv": JOBS + "st,1,2026-01-01,old,2026-02-01\nst,2,2026-01-01,second,\n",
            "jobs_3.csv": JOBS + "st,1,2026-01-01,undated,\n",
        },
    )
    read = read_table(tmp_path, "jobs")
    assert read.rejects == []
    assert len(read.rows) == 5
    assert {(one["job_id"], one["status"]) for one in read.payloads} == {
        ("1", "new"),
        ("2", "second"),
    }


def test_a_contradiction_in_one_file_leaves_the_record_of_another_alone(tmp_path):
    write(
        tmp_path,
        {
            "jobs_1.csv": JOBS + "st,1,2026-01-01,a,\n",
            "jobs_2.csv": JOBS + "st,1,2026-01-01,b,\nst,1,2026-01-01,c,\n",
        },
    )
    read = read_table(tmp_path, "jobs")
    assert [payload["status"] for payload in read.payloads] == ["a"]
    assert len(read.rejects) == 2


def test_a_deletion_is_a_version_as_new_as_it_was_told(tmp_path):
    content = (
        "source,job_id,created_at,updated_at,deleted_at\n"
        "st,1,2026-01-01,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z\n"
        "st,2,2026-01-01,,2026-01-03T00:00:00Z\n"
    )
    write(tmp_path, {"jobs.csv": content})
    rows = read_table(tmp_path, "jobs").rows
    assert [row["is_deleted"] for row in rows] == [True, True]
    assert [row["modified_at"] and row["modified_at"].day for row in rows] == [3, None]


def test_accounts_keep_equal_ids_apart(tmp_path):
    content = "source,account,job_id,created_at\nst,north,1,2026-01-01\nst,south,1,2026-01-02\n"
    write(tmp_path, {"jobs.csv": content})
    read = read_table(tmp_path, "jobs")
    assert [(row["account"], row["record_id"]) for row in read.rows] == [
        ("north", "st|1"),
        ("south", "st|1"),
    ]
    assert read.rejects == []


def test_negative_amounts_are_for_lines_and_mail_costs_only(tmp_path):
    write(
        tmp_path,
        {
            "invoice_lines.csv": "source,invoice_id,line_id,amount\nst,1,1,-25\n",
            "mail_costs.csv": "source,cost_id,element,amount\npcm,1,postage,-0.96\n",
            "credits.csv": "source,credit_id,kind,issued_on,amount\nst,1,refund,2026-01-01,-5\n",
            "marketing_costs.csv": "source,cost_id,channel,amount,incurred_on\n"
            "g,1,email,-1,2026-01-01\n",
        },
    )
    found = read_all(tmp_path)
    assert found["invoice_lines"].payloads[0]["amount"] == "-25.00"
    assert found["mail_costs"].payloads[0]["amount"] == "-0.96"
    assert "negative" in found["credits"].reasons[0]
    assert "negative" in found["marketing_costs"].reasons[0]


INVOICES = (
    "source,invoice_id,issued_on,total_amount,currency\n"
    "qb,1,2026-03-01,100,CAD\nqb,2,2026-01-01,100,cad\nqb,3,2026-03-01,100,usd\nqb,4,2026-03-01,100,EUR\n"
    "qb,5,2026-03-01,100,Dollars\n"
)
LINES = "source,invoice_id,line_id,amount\nqb,1,1,60\nqb,2,1,60\nqb,3,1,60\nqb,4,1,60\n"


def test_another_currency_needs_a_rate_for_its_date_and_lines_inherit_it(tmp_path):
    write(tmp_path, {"invoices.csv": INVOICES, "invoice_lines.csv": LINES})
    found = read_all(tmp_path, rates={"CAD": date(2026, 2, 1)})
    invoices, lines = found["invoices"], found["invoice_lines"]
    assert [row["record_id"] for row in invoices.rows] == ["qb|1", "qb|3"]
    assert invoices.payloads[0]["currency"] == "CAD"
    assert invoices.payloads[0]["_currency_on"] == "2026-03-01"
    assert "_currency_on" not in invoices.payloads[1]
    assert [one.column_name for one in invoices.rejects] == ["currency"] * 3
    assert [row["record_id"] for row in lines.rows] == ["qb|1|1", "qb|3|1"]
    assert lines.payloads[0]["currency"] == "CAD"
    assert lines.payloads[0]["_currency_on"] == "2026-03-01"
    assert "currency" not in lines.payloads[1]


def test_lines_inherit_the_currency_also_when_only_they_are_read(tmp_path):
    from ingestion.rejects import Reject
    from tests.ingestion.imports.support import NOW, reader_of

    write(tmp_path, {"invoices.csv": INVOICES, "invoice_lines.csv": LINES})
    reader = reader_of(tmp_path)
    items = list(reader.read_table("invoice_lines", now=NOW))
    reader.close()
    assert sum(isinstance(item, Reject) for item in items) == 3


def test_links_folders_and_other_files_are_refused_by_name(tmp_path):
    secret = (
        write(tmp_path / "elsewhere", {"secret.csv": JOBS + "st,1,2026-01-01,,\n"}) / "secret.csv"
    )
    folder = write(
        tmp_path / "drop", {"notes.docx": b"x", "wages.csv": "a,b,c\n1,2,3\n", "README.md": "hi"}
    )
    (folder / "jobs.csv").symlink_to(secret)
    (folder / "jobs_more").mkdir()
    (folder / ".hidden.csv").write_text("x")
    found = read_all(folder)
    assert found["jobs"].rows == []
    strays = {one.location: one.reason for one in found["customers"].rejects}
    assert set(strays) == {"jobs.csv", "jobs_more", "notes.docx", "wages.csv"}
    assert "links are not followed" in strays["jobs.csv"]
    assert "names no table" in strays["wages.csv"]
    assert all(one.table_name == NO_TABLE for one in found["customers"].rejects)


def test_a_missing_folder_is_a_setting_to_fix(tmp_path):
    with pytest.raises(SettingsError, match="does not exist"):
        read_all(tmp_path / "nowhere")


def test_empty_files_and_zero_customers_are_fine(tmp_path):
    write(
        tmp_path,
        {"customers.csv": "source,customer_id\n", "jobs.csv": "", "invoices.csv": b"\xef\xbb\xbf"},
    )
    found = read_all(tmp_path)
    assert all(not read.rows and not read.rejects for read in found.values())


def test_ten_thousand_unknown_columns_are_kept(tmp_path):
    extra = [f"field {number}" for number in range(10_000)]
    header = ",".join(["source", "job_id", "created_at", *extra])
    row = ",".join(["st", "1", "2026-01-01", *(str(number) for number in range(10_000))])
    write(tmp_path, {"jobs.csv": f"{header}\n{row}\n"})
    read = read_table(tmp_path, "jobs")
    assert len(read.payloads[0]["_extra"]) == 10_000


def test_no_reason_and_no_note_holds_a_persons_data(tmp_path):
    canary = "Canary Nightingale"
    content = "source,customer_id,name,created_at,customer_type\n"
    content += f"st,1,{canary},{canary},x\nst,,{canary},,x\nst,3\n"
    write(tmp_path, {"customers.csv": content})
    read = read_table(tmp_path, "customers")
    assert len(read.rejects) == 3
    assert not any(canary in text for text in [*read.reasons, *read.notes])
    assert any(canary in (one.record_text or "") for one in read.rejects)


def test_labels_of_folders_are_distinct():
    assert folder_labels((Path("/a/x"), Path("/b/x"), Path("/c/y"))) == ("x", "x_2", "y")


CELL = st.sampled_from(
    [
        "st",
        "1",
        "2",
        "",
        "2026-01-01",
        "2026-02-30",
        "x\ny",
        '"',
        "a,b",
        "-5",
        "12.345",
        "\x00",
        "é",
    ]
)


@settings(max_examples=20, deadline=None)
@given(
    files=st.lists(
        st.lists(st.lists(CELL, min_size=3, max_size=6), max_size=12), min_size=1, max_size=3
    ),
    is_quoted=st.booleans(),
)
def test_rows_read_are_rows_out_plus_rejects(tmp_path_factory, files, is_quoted):
    import csv
    import io

    folder = tmp_path_factory.mktemp("folder")
    for number, rows in enumerate(files):
        text = io.StringIO()
        writer = csv.writer(
            text, lineterminator="\n", quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
        )
        writer.writerow(["source", "job_id", "created_at", "estimate_amount", "status"])
        writer.writerows(rows)
        (folder / f"jobs_{number}.csv").write_bytes(text.getvalue().encode())
    filled = sum(any(cell for cell in row) for rows in files for row in rows)
    read = read_table(folder, "jobs")
    assert len(read.rows) + len(read.rejects) == filled == read.read_count
