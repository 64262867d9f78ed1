"""Addresses to their postal parts: a table of ways to write the same thing, and of bad input."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from dbt_project.linkage.addresses import collect_addresses, normalise_addresses

COLUMNS = ("address_line_1", "address_line_2", "city", "state", "postal_code")


def split(*rows: tuple[str | None, ...]) -> list[dict[str, str | None]]:
    connection = duckdb.connect()
    table = pa.table(
        {
            name: pa.array([row[place] for row in rows], pa.string())
            for place, name in enumerate(COLUMNS)
        }
    )
    connection.register("given", table)
    collect_addresses(connection, source="given", target="collected")
    normalise_addresses(connection, source="collected", target="parts")
    return (
        connection.execute("select * from parts order by address_id").to_arrow_table().to_pylist()
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("123 North Main Street", "Apt 4B"), ("123 N MAIN ST. #4-B", None)),
        (("123 N. Main St Unit 4b", None), ("123 N MAIN ST", "4B")),
        (("12 First Street NW", "3"), ("12 1ST STREET Northwest", "#3")),
        (("P.O. Box 12", None), ("PO BOX 12", None)),
        (("Suite 5", "77 Oak Avenue"), ("77 OAK AVE STE 5", None)),
        (("12 Avenue B", None), ("12 Ave B", None)),
        (("9 Canberra House", "Rodway Street"), ("9 Rodway St", None)),
        (("Flat 3, 12 High Street", None), ("12 HIGH ST", "#3")),
    ],
)
def test_two_ways_to_write_one_home_are_one(one, other):
    rows = split(*[(*lines, "Austin", "TX", "78701") for lines in (one, other)])
    assert len({row["property_text"] for row in rows}) == 1
    assert rows[0]["property_text"] is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("123 Main St", "Apt 1"), ("123 Main St", "Apt 2")),
        (("123 Main St", None), ("123 Main St", "Apt 2")),
        (("123 N Main St", None), ("125 N Main St", None)),
        (("12 Oak St", None), ("12 Elm St", None)),
        (("PO Box 12", None), ("PO Box 13", None)),
    ],
)
def test_two_homes_are_never_drawn_into_one(one, other):
    rows = split(*[(*lines, "Austin", "TX", "78701") for lines in (one, other)])
    assert len({row["property_text"] for row in rows}) == 2


def test_a_mistyped_street_is_drawn_to_the_commoner_spelling():
    right = ("8 Valley View Rd", None, "Austin", "TX", "78701")
    twice = ("8 VALLEY VIEW ROAD", None, "Austin", "TX", "78701")
    wrong = ("8 Valey View Rd", None, "Austin", "TX", "78701")
    assert {row["street"] for row in split(right, twice, wrong)} == {"VALLEY VIEW RD"}


@pytest.mark.parametrize(
    "row",
    [
        (None, None, None, None, None),
        ("", "", "", "", ""),
        ("...", None, "--", None, "x"),
        ("١٢ شارع", None, "القاهرة", None, None),
        ("'; drop table x; --", None, "{{ ref() }}", "%s", "$(id)"),
        ("1" * 5000, "#" * 5000, "a", "b", "9" * 300),
    ],
)
def test_odd_lines_make_no_fault_and_lose_no_row(row):
    found = split(row)
    assert len(found) == (1 if any(cell is not None for cell in row) else 0)


def test_a_street_without_place_is_no_home():
    (row,) = split(("100 Park Ave", None, None, None, None))
    assert row["street"] == "PARK AVE"
    assert row["property_text"] is None


@pytest.mark.parametrize(
    ("written", "zip_code"),
    [
        ("78701-1234", "78701"),
        ("TX 78701", "78701"),
        ("2134", "02134"),
        ("SW1A 1AA", "SW1A1AA"),
        ("k1a 0b1", "K1A0B1"),
        ("n/a", None),
        ("00000", None),
    ],
)
def test_postal_codes_of_other_countries_keep_their_letters(written, zip_code):
    (row,) = split(("12 High St", None, "Leeds", None, written))
    assert row["zip"] == zip_code
