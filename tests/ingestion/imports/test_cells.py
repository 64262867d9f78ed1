"""How the text of a cell is read, kind by kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.imports.columns import Column, Table
from ingestion.imports.header import plan_header
from ingestion.imports.mapping import FileMap
from ingestion.imports.rows import raw_batch, trimmed
from ingestion.imports.scratch import Scratch
from ingestion.imports.typing_sql import Money, typing_query
from tests.ingestion.imports.support import NOW

KINDS = (
    Column("an_id", "id"),
    Column("a_text", "text"),
    Column("an_enum", "enum", ("direct_mail", "call")),
    Column("an_instant", "instant"),
    Column("a_date", "date"),
    Column("a_money", "money"),
    Column("a_signed_money", "signed_money"),
    Column("a_decimal", "decimal"),
    Column("an_integer", "integer"),
    Column("a_share", "share"),
    Column("a_boolean", "boolean"),
    Column("a_list", "list"),
    Column("a_postal_code", "postal_code"),
    Column("account", "id"),
    Column("updated_at", "instant"),
    Column("deleted_at", "instant"),
    Column("currency", "text"),
)
TABLE = Table("probe", "One row per probe.", ("an_id",), KINDS, ("an_id",), priced_on=("a_date",))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory):
    with Scratch(tmp_path_factory.mktemp("scratch")) as opened:
        opened.begin_table()
        yield opened


def read_cells(
    scratch: Scratch,
    column: str,
    texts: list[str],
    *,
    time_zone: str = "America/New_York",
    **map_options: Any,
) -> list[tuple[dict[str, Any] | None, str | None]]:
    """(payload, None) or (None, reason) of each text in one column."""
    import json

    file_map = FileMap(**map_options)
    header = ["an_id", column] if column != "an_id" else ["an_id"]
    ids = [f"row {number}" for number in range(len(texts))]
    columns = [pa.array(ids), pa.array(texts)] if column != "an_id" else [pa.array(texts)]
    batch = trimmed(raw_batch(columns, range(1, len(texts) + 1)).table)
    query = typing_query(
        table=TABLE,
        plan=plan_header(header, TABLE, file_map),
        file_map=file_map,
        zone=scratch.zone(time_zone),
        money=Money("USD", {}),
        now=NOW,
    )
    scratch.connection.register("batch", batch)
    found = scratch.connection.execute(
        f"select payload, reason from ({query}) order by line"
    ).fetchall()
    return [(None, reason) if reason else (json.loads(payload), None) for payload, reason in found]


def one(scratch: Scratch, column: str, text: str, **options: Any) -> tuple[Any, str | None]:
    payload, reason = read_cells(scratch, column, [text], **options)[0]
    return (payload or {}).get(column), reason


GOOD = [
    ("a_money", "145", "145.00"),
    ("a_money", "145.000000001", "145.00"),
    ("a_money", "144.9999999999", "145.00"),
    ("a_money", " +12.5 ", "12.50"),
    ("a_money", ".5", "0.50"),
    ("a_money", "-0.00", "0.00"),
    ("a_money", "0", "0.00"),
    ("a_signed_money", "-25.10", "-25.10"),
    ("a_money", "9999999999999.99", "9999999999999.99"),
    ("an_instant", "2026-10-01T12:00:00Z", "2026-10-01T12:00:00Z"),
    ("an_instant", "2026-10-01T12:00:00.25Z", "2026-10-01T12:00:00.25Z"),
    ("an_instant", "2026-10-01T12:00:00.1234567Z", "2026-10-01T12:00:00.123456Z"),
    ("an_instant", "2026-10-01T12:00:00-07:00", "2026-10-01T19:00:00Z"),
    ("an_instant", "2026-10-01T12:00:00-0700", "2026-10-01T19:00:00Z"),
    ("an_instant", "2026-10-01T12:00:00+05", "2026-10-01T07:00:00Z"),
    ("an_instant", "2026-10-01 12:00:00 UTC", "2026-10-01T12:00:00Z"),
    ("an_instant", "2026-10-01 12:00", "2026-10-01T16:00:00Z"),
    ("an_instant", "2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
    ("an_instant", "2024-02-29T00:00:00", "2024-02-29T05:00:00Z"),
    ("a_date", "2026-10-01", "2026-10-01"),
    ("a_date", "2026-10-01T02:00:00Z", "2026-09-30"),
    ("a_date", "2026-10-01T23:00:00", "2026-10-01"),
    ("an_integer", "12", "12"),
    ("an_integer", "12.0", "12"),
    ("a_decimal", "-2.50", "-2.50"),
    ("a_share", "0.25", "0.250000000"),
    ("a_share", "25%", "0.250000000"),
    ("a_boolean", "Yes", True),
    ("a_boolean", "0", False),
    ("a_list", "Tune-up; Repair ;;", ["Tune-up", "Repair"]),
    ("an_enum", "Direct Mail", "direct_mail"),
    ("an_enum", "Carrier pigeon", "Carrier pigeon"),
    ("a_postal_code", "2134", "02134"),
    ("a_postal_code", "501", "00501"),
    ("a_postal_code", "43081.0", "43081"),
    ("a_postal_code", "43081-1234", "43081"),
    ("a_postal_code", "k1a 0b1", "K1A 0B1"),
    ("a_text", "\u00a0two  words\t", "two  words"),
    ("an_id", "0012", "0012"),
    ("an_id", "12E5", "12E5"),
    ("a_text", "'; drop table rows; --", "'; drop table rows; --"),
    ("a_text", "{{ ref('x') }} $(id) %s \\ \"q\"", "{{ ref('x') }} $(id) %s \\ \"q\""),
    ("a_text", "=1+1", "=1+1"),
    ("a_text", "Zoë \u202e \u200b 🏠", "Zoë \u202e \u200b 🏠"),
]


@pytest.mark.parametrize(("column", "text", "expected"), GOOD)
def test_a_good_cell_is_normalised(scratch, column, text, expected):
    assert one(scratch, column, text) == (expected, None)


BAD = [
    ("a_money", "145.005", "more than two decimals"),
    ("a_money", "145.001", "more than two decimals"),
    ("a_money", "145.00001", "more than two decimals"),
    ("a_money", "-5", "is negative"),
    ("a_money", "12,50", "no amount"),
    ("a_money", "$12.50", "no amount"),
    ("a_money", "1e3", "no amount"),
    ("a_money", "NaN", "no amount"),
    ("a_money", "inf", "no amount"),
    ("a_money", "12 USD", "no amount"),
    ("a_money", "99999999999999", "no amount"),
    ("an_instant", "2026-02-30T10:00:00Z", "no instant"),
    ("an_instant", "2026-13-01", "no instant"),
    ("an_instant", "yesterday", "no instant"),
    ("an_instant", "04/10/2026", "no instant"),
    ("an_instant", "45931.5", "no instant"),
    ("an_instant", "2026-10-01T12:00:00 America/New_York", "no instant"),
    ("an_instant", "9999-12-31T00:00:00Z", "outside the years"),
    ("an_instant", "0001-01-01T00:00:00Z", "outside the years"),
    ("a_date", "2026-02-29", "no date"),
    ("a_date", "1/2/2026", "no date"),
    ("a_date", "infinity", "no date"),
    ("an_integer", "-1", "no whole number"),
    ("an_integer", "1.5", "no whole number"),
    ("a_decimal", "many", "no number"),
    ("a_share", "10", "no share"),
    ("a_share", "-0.1", "no share"),
    ("a_boolean", "maybe", "neither true/false"),
    ("an_id", "1.2E+11", "damaged by a spreadsheet"),
    ("an_id", "1,23456E+12", "damaged by a spreadsheet"),
    ("an_id", "x" * 501, "longer than 500"),
    ("updated_at", "2026-11-30T00:00:00Z", "lies in the future"),
]


@pytest.mark.parametrize(("column", "text", "part"), BAD)
def test_a_bad_cell_rejects_its_row_and_says_why_without_its_value(scratch, column, text, part):
    payload, reason = read_cells(scratch, column, [text])[0]
    assert payload is None
    assert part in reason
    assert len(text) < 3 or text not in reason.replace("1.2E+11", "")


@pytest.mark.parametrize(
    ("style", "text", "expected"),
    [
        ("us", "$1,234.56", "1234.56"),
        ("us", "(50.00)", "-50.00"),
        ("us", "($1,050.00)", "-1050.00"),
        ("us", "-$3", "-3.00"),
        ("us", "50.00-", "-50.00"),
        ("us", "1234.5", "1234.50"),
        ("us", "USD 12.00", "12.00"),
        ("eu", "1.234,56 €", "1234.56"),
        ("eu", "-12,5", "-12.50"),
    ],
)
def test_money_is_read_in_the_operators_style(scratch, style, text, expected):
    assert one(scratch, "a_signed_money", text, money_style=style) == (expected, None)


@pytest.mark.parametrize("text", ["1,23.45", "$", "(5", "1.234,56", "12..5", "--5"])
def test_money_that_does_not_fit_the_style_is_rejected(scratch, text):
    value, reason = one(scratch, "a_signed_money", text, money_style="us")
    assert value is None
    assert "no amount" in reason


def test_a_bare_date_where_an_instant_is_asked_is_local_midnight_and_flagged(scratch):
    payload, _ = read_cells(scratch, "an_instant", ["2026-07-01"])[0]
    assert payload["an_instant"] == "2026-07-01T04:00:00Z"
    assert payload["an_instant_is_date_only"] is True
    payload, _ = read_cells(scratch, "an_instant", ["2026-07-01T00:00:00"])[0]
    assert "an_instant_is_date_only" not in payload


def test_zip_plus_four_is_kept_apart(scratch):
    texts = ["2134-1234", "43081 - 1234", "430811234", "21341234"]
    payloads = [payload for payload, _ in read_cells(scratch, "a_postal_code", texts)]
    assert [(one["a_postal_code"], one["a_postal_code_4"]) for one in payloads] == [
        ("02134", "1234"),
        ("43081", "1234"),
        ("43081", "1234"),
        ("02134", "1234"),
    ]


def test_date_formats_of_the_map_are_tried_in_order(scratch):
    formats = ["%m/%d/%Y %I:%M %p", "%m/%d/%Y"]
    texts = ["4/9/2026 9:05 PM", "04/10/2026", "2026-04-11T10:00:00Z", "13/13/2026"]
    found = read_cells(scratch, "an_instant", texts, date_format=formats)
    assert found[0][0]["an_instant"] == "2026-04-10T01:05:00Z"
    assert found[1][0]["an_instant"] == "2026-04-10T04:00:00Z"
    assert found[1][0]["an_instant_is_date_only"] is True
    assert "an_instant_is_date_only" not in found[0][0]
    assert found[2][0]["an_instant"] == "2026-04-11T10:00:00Z"
    assert found[3][1]


DST = [
    ("2026-11-01T01:30:00", "2026-11-01T05:30:00Z"),  # repeated hour: the earlier instant
    ("2026-11-01T00:59:59", "2026-11-01T04:59:59Z"),
    ("2026-11-01T02:00:00", "2026-11-01T07:00:00Z"),
    ("2026-03-08T02:30:00", "2026-03-08T07:30:00Z"),  # skipped hour: forward, 03:30 EDT
    ("2026-03-08T01:59:59", "2026-03-08T06:59:59Z"),
    ("2026-03-08T03:00:00", "2026-03-08T07:00:00Z"),
]


@pytest.mark.parametrize(("text", "expected"), DST)
def test_daylight_saving_takes_the_earlier_offset_and_moves_forward(scratch, text, expected):
    assert one(scratch, "an_instant", text) == (expected, None)


@settings(max_examples=40, deadline=None)
@given(
    moments=st.lists(
        st.datetimes(
            min_value=datetime(1971, 1, 1),  # noqa: DTZ001
            max_value=datetime(2036, 12, 31),  # noqa: DTZ001
        ).map(lambda moment: moment.replace(microsecond=0)),
        min_size=1,
        max_size=40,
    ),
    zone=st.sampled_from(
        ["America/New_York", "America/Phoenix", "Australia/Lord_Howe", "Europe/Berlin", "UTC"]
    ),
)
def test_naive_instants_are_read_as_the_standard_library_reads_them(scratch, moments, zone):
    found = read_cells(
        scratch, "an_instant", [moment.isoformat() for moment in moments], time_zone=zone
    )
    for moment, (payload, reason) in zip(moments, found, strict=True):
        expected = moment.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
        assert reason is None
        assert datetime.fromisoformat(payload["an_instant"]) == expected


@settings(max_examples=40, deadline=None)
@given(
    moments=st.lists(
        st.datetimes(
            min_value=datetime(1901, 1, 2),  # noqa: DTZ001
            max_value=datetime(2099, 12, 30),  # noqa: DTZ001
            timezones=st.just(UTC),
        ),
        min_size=1,
        max_size=40,
    ),
    hours=st.integers(-12, 14),
)
def test_instants_with_an_offset_keep_their_instant(scratch, moments, hours):
    from datetime import timezone

    zone = timezone(timedelta(hours=hours))
    texts = [moment.astimezone(zone).isoformat() for moment in moments]
    for moment, (payload, reason) in zip(
        moments, read_cells(scratch, "an_instant", texts), strict=True
    ):
        assert reason is None
        assert datetime.fromisoformat(payload["an_instant"]) == moment


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(
        st.decimals(min_value=-(10**9), max_value=10**9, places=12, allow_nan=False),
        min_size=1,
        max_size=60,
    )
)
def test_money_is_its_cents_or_a_reject_never_something_else(scratch, amounts):
    found = read_cells(scratch, "a_signed_money", [format(amount, "f") for amount in amounts])
    for amount, (payload, reason) in zip(amounts, found, strict=True):
        cents = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
        if abs(amount - cents) < Decimal("0.000001"):
            assert reason is None
            assert Decimal(payload["a_signed_money"]) == cents
        else:
            assert "more than two decimals" in reason


@settings(max_examples=60, deadline=None)
@given(cents=st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=60))
def test_whole_cents_survive_the_noise_of_floats(scratch, cents):
    texts = [format(Decimal(repr(cent / 100)), "f") for cent in cents]
    for cent, (payload, reason) in zip(
        cents, read_cells(scratch, "a_signed_money", texts), strict=True
    ):
        assert reason is None
        assert Decimal(payload["a_signed_money"]) == Decimal(cent) / 100


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
        min_size=1,
        max_size=30,
    )
)
def test_text_is_kept_verbatim_but_for_blanks_around_it(scratch, texts):
    found = read_cells(scratch, "a_text", texts)
    for text, (payload, reason) in zip(texts, found, strict=True):
        assert reason is None
        assert payload.get("a_text", "") == text.strip(" \t\n\r\u00a0")


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(
        st.text(alphabet="0123456789-:TZ+. /eE$,()", max_size=25), min_size=1, max_size=40
    )
)
def test_no_text_of_any_kind_breaks_the_query(scratch, texts):
    for column in ("an_instant", "a_date", "a_money", "an_integer", "a_postal_code", "a_share"):
        for payload, reason in read_cells(scratch, column, texts):
            assert (payload is None) == (reason is not None)


def test_paths_are_not_needed(tmp_path: Path):
    """A scratch database lives in the folder it is given and nowhere else."""
    with Scratch(tmp_path) as scratch:
        scratch.begin_table()
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == {"scratch"}
