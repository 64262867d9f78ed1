"""Delimited text: what is cut into cells, what is rejected, at which line, in bounded memory."""

from __future__ import annotations

import csv
import gzip
import io
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.imports.csv_rows import CsvRows
from ingestion.imports.rows import MAX_FIELD_CHARS, BrokenRow, FileRefusedError


def cut(path: Path, **options) -> tuple[list[str], list[tuple], list[BrokenRow]]:
    """(header, rows with their line first, broken rows)."""
    source = CsvRows(path, **options)
    rows: list[tuple] = []
    broken: list[BrokenRow] = []
    for item in source.batches():
        if isinstance(item, BrokenRow):
            broken.append(item)
        else:
            rows += [tuple(row.values()) for row in item.table.to_pylist()]
    return source.header, rows, broken


def file_of(tmp_path: Path, content: str | bytes, name: str = "x.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_byte_order_mark_and_carriage_returns_vanish(tmp_path):
    path = file_of(tmp_path, b"\xef\xbb\xbfa,b\r\n1,2\r\n3,4\r\n")
    assert cut(path) == (["a", "b"], [(2, "1", "2"), (3, "3", "4")], [])


def test_embedded_newlines_and_quotes_keep_the_lines_of_later_rows(tmp_path):
    path = file_of(tmp_path, 'a,b\n1,"one\ntwo\r\nthree"\n2,"say ""hi"""\n3,x\n')
    _, rows, broken = cut(path)
    assert rows == [(2, "1", "one\ntwo\r\nthree"), (5, "2", 'say "hi"'), (6, "3", "x")]
    assert broken == []


def test_blank_rows_are_no_rows(tmp_path):
    _, rows, broken = cut(file_of(tmp_path, "a,b\n\n1,2\n,\n\n3,4\n\n"))
    assert rows == [(3, "1", "2"), (6, "3", "4")]
    assert broken == []


def test_a_file_without_rows_and_one_without_anything(tmp_path):
    assert cut(file_of(tmp_path, "a,b\n")) == (["a", "b"], [], [])
    assert cut(file_of(tmp_path, "")) == ([], [], [])


def test_a_row_of_another_width_is_broken_and_the_rest_is_not(tmp_path):
    _, rows, broken = cut(file_of(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8,,\n9,10\n"))
    assert rows == [(2, "1", "2"), (5, "7", "8"), (6, "9", "10")]
    assert [(one.line, one.text) for one in broken] == [(3, "3"), (4, "4,5,6")]
    assert "has 1 cells where the header has 2" in broken[0].reason


def test_a_quote_that_never_closes_costs_one_row(tmp_path):
    lines = ["a,b", '1,"never closed', *(f"{number},x" for number in range(2, 500))]
    _, rows, broken = cut(file_of(tmp_path, "\n".join(lines) + "\n"))
    assert [one.line for one in broken] == [2]
    assert "never closes" in broken[0].reason
    assert [row[0] for row in rows] == list(range(3, 501))


def test_a_quote_that_never_closes_before_other_quotes_costs_one_row(tmp_path):
    content = 'a,b\n1,"open\n2,"x"\n3,"y\nz"\n4,w\n'
    _, rows, broken = cut(file_of(tmp_path, content))
    assert [one.line for one in broken] == [2]
    assert [row[0] for row in rows] == [3, 4, 6]


def test_wrongly_quoted_cells_are_broken(tmp_path):
    _, rows, broken = cut(file_of(tmp_path, 'a,b\n1,"x"y\n2,5" pipe\n3,z\n'))
    assert [(one.line, "quoted" in one.reason) for one in broken] == [(2, True)]
    assert rows == [(3, "2", '5" pipe'), (4, "3", "z")]


def test_bytes_that_are_not_utf8_break_their_row_only(tmp_path):
    path = file_of(tmp_path, b"a,b\n1,caf\xe9\n2,caf\xc3\xa9\n")
    _, rows, broken = cut(path)
    assert rows == [(3, "2", "café")]
    assert broken[0].line == 2
    assert "not UTF-8" in broken[0].reason
    broken[0].text.encode("utf-8")
    assert cut(path, encoding="cp1252")[1][0] == (2, "1", "café")


def test_nul_bytes_break_their_row_only(tmp_path):
    _, rows, broken = cut(file_of(tmp_path, b"a,b\n1,x\x00y\n2,z\n"))
    assert rows == [(3, "2", "z")]
    assert [(one.line, "NUL" in one.reason) for one in broken] == [(2, True)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_other_encodings(tmp_path, encoding):
    path = file_of(tmp_path, "a,b\n1,café\n".encode(encoding))
    chosen = "latin-1" if encoding == "latin-1" else None
    assert cut(path, encoding=chosen) == (["a", "b"], [(2, "1", "café")], [])


def test_an_unknown_encoding_refuses_the_file(tmp_path):
    with pytest.raises(FileRefusedError, match="klingon"):
        cut(file_of(tmp_path, "a\n1\n"), encoding="klingon")


@pytest.mark.parametrize(("delimiter", "given"), [(";", None), ("\t", None), ("|", "|")])
def test_delimiters_are_seen_or_told(tmp_path, delimiter, given):
    path = file_of(tmp_path, f"a{delimiter}b\n1,5{delimiter}2\n")
    assert cut(path, delimiter=given)[1] == [(2, "1,5", "2")]


def test_excels_separator_line_is_understood(tmp_path):
    assert cut(file_of(tmp_path, "sep=;\na;b\n1;2\n")) == (["a", "b"], [(3, "1", "2")], [])


def test_head_and_foot_are_left_out(tmp_path):
    path = file_of(tmp_path, "Report\nFrom 1 to 2\na,b\n1,2\n3,4\nTotal,6\nGenerated,now\n")
    assert cut(path, skip_head=2, skip_foot=2)[1] == [(4, "1", "2"), (5, "3", "4")]
    found = cut(path, skip_head=None, skip_foot=2, is_header=lambda cells: cells == ["a", "b"])
    assert found[1] == [(4, "1", "2"), (5, "3", "4")]


def test_gzip_is_unpacked_and_a_torn_one_refused(tmp_path):
    body = "a,b\n" + "".join(f"{number},{number * 7919}\n" for number in range(20_000))
    packed = gzip.compress(body.encode())
    _, rows, _ = cut(file_of(tmp_path, packed, "x.csv.gz"))
    assert len(rows) == 20_000
    with pytest.raises(FileRefusedError, match="cannot be read to its end"):
        cut(file_of(tmp_path, packed[: len(packed) // 2], "torn.csv.gz"))
    with pytest.raises(FileRefusedError, match="cannot be read to its end"):
        cut(file_of(tmp_path, b"no gzip at all", "none.csv.gz"))


def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.imports.csv_lines.ALWAYS_ALLOWED_BYTES", 1_000_000)
    packed = gzip.compress(
        b"a,b\n" + b"1," + b"2" * 998 + b"\n" * 1 + (b"1," + b"2" * 997 + b"\n") * 50_000,
        compresslevel=9,
    )
    with pytest.raises(FileRefusedError, match="unpacks to more than"):
        cut(file_of(tmp_path, packed, "bomb.csv.gz"))


@pytest.mark.parametrize("newline_every", [None, 1_000])
def test_a_field_of_200_megabytes_costs_one_row_and_bounded_memory(tmp_path, newline_every):
    path = tmp_path / "x.csv"
    piece = b"x" * 1_000 if newline_every is None else b"x" * (newline_every - 1) + b"\n"
    with path.open("wb") as stream:
        stream.write(b'a,b\n1,2\n2,"')
        for _ in range(200):
            stream.write(piece * 1_000)
        stream.write(b'"\n3,4\n5,6\n')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _, rows, broken = cut(path)
    grown_megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_000
    assert [row[1:] for row in rows] == [("1", "2"), ("3", "4"), ("5", "6")]
    assert [(one.line, str(MAX_FIELD_CHARS) in one.reason) for one in broken] == [(3, True)]
    assert len(broken[0].text) < 10_000
    assert grown_megabytes < 150


CELL = st.text(
    st.one_of(
        st.sampled_from(',;"\n\r\t |=+-@\\'),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL, st.just("end")), max_size=30))
def test_whatever_is_written_as_rfc_4180_is_read_back(tmp_path_factory, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(text.getvalue().encode())
    _, found, broken = cut(path)
    assert broken == []
    assert [row[1:] for row in found] == [tuple(row) for row in rows]


@settings(max_examples=150, deadline=None)
@given(noise=st.binary(max_size=300))
def test_no_bytes_stop_the_reader(tmp_path_factory, noise):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(b"a,b\n" + noise + b"\n1,2\n")
    _, rows, broken = cut(path)
    assert rows or broken
