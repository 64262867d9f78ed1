"""Records as vendors send them: odd shapes, hostile texts, doubles, clocks; nothing is bent."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.bodies import id_text, parse_page
from ingestion.landing import create_landing_tables, landed_page, parse_instants
from ingestion.registry import SOURCES
from ingestion.versions import EntityVersions
from tests.ingestion.conftest import NOW, Home, Reply, Vendor

JOBS = "/jpm/v2/tenant/77/export/jobs"


def serve(vendor: Vendor, *bodies: str | list[Any]) -> None:
    """Each body is one night's feed: the records, or the array's text as it stands."""
    replies = []
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        page = f'{{"hasMore": false, "continueFrom": "t", "data": {text}}}'
        replies.append(Reply(page.encode()))
    vendor.on(JOBS, replies)


def test_every_entity_of_every_source_has_its_table_and_a_second_time_changes_nothing() -> None:
    with duckdb.connect() as connection:
        create_landing_tables(connection)
        create_landing_tables(connection)
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    expected = {
        (f"raw_{source.name}", entity.name)
        for source in SOURCES.values()
        for entity in source.entities
    }
    own = {("raw_matchback", name) for name in ("rejects", "api_calls", "source_runs")}
    assert set(tables) == expected | own
    assert {name: len(source.entities) for name, source in SOURCES.items()} == (
        {"hubspot": 8, "servicetitan": 25, "quickbooks": 7, "pcm": 9, "import": 28}
    )


def test_the_records_text_is_kept_as_it_was_sent(home: Home, vendor: Vendor) -> None:
    text = '{ "id" : 9007199254740993123, "total":149.00 ,"name":"O\\u0027N \\"]}\\" é", "x":1e2 }'
    serve(vendor, f"[{text}]")
    home.pull("servicetitan", "jobs")
    assert home.rows("servicetitan.jobs", "record_id, payload") == [("9007199254740993123", text)]


def test_ids_beyond_sixty_four_bits_lose_no_digit(home: Home, vendor: Vendor) -> None:
    serve(vendor, '[{"id": 123456789012345678901234567890}, {"id": 77.0}, {"id": " a-1 "}]')
    home.pull("servicetitan", "jobs")
    assert home.rows("servicetitan.jobs") == ["123456789012345678901234567890", "77", "a-1"]


def test_what_is_no_record_goes_to_the_rejects_with_its_text_and_the_rest_lands(
    home: Home, vendor: Vendor
) -> None:
    home.limits["record_kilobytes"] = 2
    big = json.dumps({"id": 8, "note": "x" * 3000})
    serve(
        vendor,
        f'[{{"id": 1}}, null, 5, ["a"], {{"name": "no id"}}, {{"id": {{}}}}, {{"id": true}}, {big},'
        '{"id": 2, "rate": NaN}, {"id": 3, "half": "\\ud800"}, {"id": ""}, {"id": 4}]',
    )
    result = home.pull("servicetitan", "jobs").entities[0]
    assert home.rows("servicetitan.jobs") == ["1", "4"]
    assert (result.read_count, result.landed_count, result.rejected_count) == (12, 2, 10)
    rejects = home.query("select table_name, reason, record_text from raw_matchback.rejects")
    assert len(rejects) == 10
    assert {row[0] for row in rejects} == {"jobs"}
    assert any("limits.record_kilobytes" in row[1] for row in rejects)
    assert ('{"name": "no id"}') in {row[2] for row in rejects}


def test_ten_thousand_unknown_fields_and_changed_types_land_untouched(
    home: Home, vendor: Vendor
) -> None:
    wide = {"id": 1, **{f"field_{number}": number for number in range(10_000)}}
    night_2 = {"id": 1, "total": {"now": "an object"}, "tags": None, "ID": "case"}
    night_3 = {"id": 1, "total": "149.00", "tags": [[]]}
    serve(vendor, [wide], [night_2], [night_3])
    for _ in range(3):
        assert home.pull("servicetitan", "jobs").is_complete
    payloads = [json.loads(text) for text in home.rows("servicetitan.jobs", "payload")]
    assert payloads == [wide, night_2, night_3]
    columns = home.query(
        "select count(*) from information_schema.columns "
        "where table_schema = 'raw_servicetitan' and table_name = 'jobs'"
    )
    assert columns == [(10,)]


HOSTILE = [
    "'; drop table raw_servicetitan.jobs; --",
    "{{ ref('x') }} $(rm -rf /) %s {0}",
    "\u202egnp.exe \u200b\ufeff e\u0301 é 🧾",
    'a"b\\c\n\t|/..',
]


def test_hostile_texts_in_ids_and_values_are_texts(home: Home, vendor: Vendor) -> None:
    serve(vendor, [{"id": text, "name": text, text: text} for text in HOSTILE])
    assert home.pull("servicetitan", "jobs").is_complete
    assert home.rows("servicetitan.jobs") == HOSTILE
    assert [json.loads(text)["name"] for text in home.rows("servicetitan.jobs", "payload")] == (
        HOSTILE
    )


def test_a_clock_of_the_future_neither_moves_the_cursor_nor_hides_later_changes(
    home: Home, vendor: Vendor
) -> None:
    serve(
        vendor,
        [{"id": 1, "modifiedOn": "9999-12-31T23:59:59Z"}, {"id": 2, "modifiedOn": "2031-01-01"}],
        [{"id": 2, "modifiedOn": "2026-10-01T09:00:00Z"}],
    )
    first = home.pull("servicetitan", "jobs").entities[0]
    assert first.newest_record_at == NOW + timedelta(hours=1, minutes=5)
    home.pull("servicetitan", "jobs")
    latest = home.query(
        "select payload ->> 'modifiedOn' from raw_servicetitan.jobs where record_id = '2' "
        "order by coalesce(modified_at, _loaded_at) desc limit 1"
    )
    assert latest == [("2026-10-01T09:00:00Z",)]


@pytest.mark.parametrize("minutes", [0, -10])
def test_a_clock_that_was_set_back_neither_doubles_nor_hides_anything(
    home: Home, vendor: Vendor, minutes: int
) -> None:
    same, before, after = {"id": 1}, {"id": 2, "state": "before"}, {"id": 2, "state": "after"}
    serve(vendor, [same, before], [after, same], [after, same])
    for run in range(3):
        home.pull("servicetitan", "jobs", now=NOW + timedelta(minutes=minutes * run))
    assert home.query(
        "select payload ->> 'state' from raw_servicetitan.jobs where record_id = '2' "
        "order by coalesce(modified_at, _loaded_at), _loaded_at, _position"
    ) == [("before",), ("after",)]
    assert home.query("select count(*) from raw_servicetitan.jobs") == [(3,)]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-10-01T12:00:00Z", "2026-10-01T12:00:00+00:00"),
        ("2026-10-01T12:00:00.1234567Z", "2026-10-01T12:00:00.123456+00:00"),
        ("2026-10-01T05:00:00-07:00", "2026-10-01T12:00:00+00:00"),
        ("2026-11-01T01:30:00-04:00", "2026-11-01T05:30:00+00:00"),
        ("2026-10-01 12:00:00", "2026-10-01T12:00:00+00:00"),
        ("yesterday", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T00:00:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_instants_are_read_in_utc(text: str | None, instant: str | None) -> None:
    (value,) = parse_instants(pa.array([text], pa.string())).to_pylist()
    assert (value.isoformat() if value else None) == instant


def version(record_id: str, hours: float | None, payload: str, *, gone: bool = False) -> Any:
    return (record_id, NOW - timedelta(hours=hours) if hours is not None else None, payload, gone)


A_THEN_B = [version("1", 5, "A"), version("1", 3, "B")]


@pytest.mark.parametrize(
    ("batches", "kept"),
    [
        ([A_THEN_B, A_THEN_B], [["A", "B"], []]),
        ([A_THEN_B, [version("1", 5, "A")]], [["A", "B"], []]),
        ([[version("1", None, text) for text in "ABBA"]], [["A", "B", "A"]]),
        (
            [[version("1", 3, "B")], [version("1", 5, "A")], [version("1", 5, "A")]],
            [["B"], ["A"], []],
        ),
        ([[version("1", 3, "B")], [version("1", 2, "B", gone=True)]], [["B"], ["B"]]),
        ([[version("1", 2, "B", gone=True)], [version("1", 2, "B", gone=True)]], [["B"], []]),
        ([[version("1", 3, "A"), version("1", 3, "A")]], [["A"]]),
        ([[version("1", 3, "A"), version("2", 3, "A")]], [["A", "A"]]),
        ([[version("1", 3, "A")], [version("1", 2, "A")]], [["A"], []]),
    ],
)
def test_a_version_that_equals_its_predecessor_adds_nothing(
    tmp_path: Path, batches: list[list[Any]], kept: list[list[str]]
) -> None:
    with EntityVersions(
        warehouse=tmp_path / "none.duckdb", source="x", entity="y", account="main"
    ) as versions:
        position = 0
        for rows, expected in zip(batches, kept, strict=True):
            page = landed_page(
                record_ids=[row[0] for row in rows],
                payloads=[row[2] for row in rows],
                modified_at=pa.array([row[1] for row in rows], pa.timestamp("us", tz="UTC")),
                is_deleted=[row[3] for row in rows],
                accounts=["main"] * len(rows),
            )
            numbers = pa.array(range(position, position + len(rows)), pa.int64())
            position += len(rows)
            new = versions.keep_new(page.append_column("position", numbers), now=NOW)
            assert new.column("payload").to_pylist() == expected


def test_a_batch_bigger_than_a_page_is_cut_and_counted(home: Home, vendor: Vendor) -> None:
    rows = [{"id": number % 700} for number in range(1000)]
    serve(vendor, rows)
    result = home.pull("servicetitan", "jobs").entities[0]
    assert (result.read_count, result.landed_count, result.unchanged_count) == (1000, 700, 300)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    records=st.lists(st.dictionaries(st.text(max_size=6), JSON), max_size=5),
    before=JSON,
    after=JSON,
    indent=st.sampled_from([None, 1]),
    is_ascii=st.booleans(),
)
def test_cutting_a_page_gives_each_records_own_text(
    records: list[Any], before: Any, after: Any, indent: int | None, is_ascii: bool
) -> None:
    page = {"x": before, "data": {"data": records, "y": after}, "z": after}
    body = json.dumps(page, indent=indent, ensure_ascii=is_ascii)
    if not is_ascii:
        body = body.encode("utf-8", errors="surrogatepass").decode("utf-8", errors="replace")
        page = json.loads(body)
        records = page["data"]["data"]
    parsed = parse_page(body.encode(), ("data", "data"), what="GET /x")
    assert [json.loads(text) for text in parsed.texts] == parsed.records
    assert len(parsed.texts) + len(parsed.bad) == len(records)
    assert all(text in body.encode() for text in parsed.texts)


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (1, b'{"id":1}', "1"),
        ("x", b'{"id":"x"}', "x"),
        (1.5e30, b'{"id":1500000000000000000000000000001}', "1500000000000000000000000000001"),
        (None, b'{"id":null}', None),
        (True, b'{"id":true}', None),
        ([], b'{"id":[]}', None),
    ],
)
def test_ids_are_texts(value: Any, text: bytes, expected: str | None) -> None:
    assert id_text(value, text, ("id",)) == expected
