"""Input nobody hopes for: nothing, one, everybody at one phone or address, scripts, injections."""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tests.linkage.helpers import Home, people
from tests.linkage.world import as_records, hard_records


def test_no_records():
    assert Home(people({}).slice(0, 0)).table().num_rows == 0


def test_one_record():
    (row,) = Home(people({"name": "Ann Poole"})).run().values()
    assert row["match_method"] == "alone"


def test_all_null_records_stay_alone():
    result = Home(people(*[{} for _ in range(50)])).run()
    assert len({row["customer_key"] for row in result.values()}) == 50
    assert len({row["household_key"] for row in result.values()}) == 50


def test_names_of_one_letter_make_nobody_one():
    rows = [{"first_name": "A", "last_name": "B", "source": f"s{place % 3}"} for place in range(30)]
    result = Home(people(*rows)).run()
    assert len({row["customer_key"] for row in result.values()}) == 30


@pytest.mark.slow
@pytest.mark.parametrize("place", [{}, {"city": "Austin", "state": "TX", "postal_code": "78701"}])
def test_made_up_names_that_sound_alike_are_not_drawn_together(place):
    """Nothing but like-sounding names, and of each pair one letter at most is another."""
    rng = np.random.default_rng(5)
    syllables = [a + b for a in "bdklmnrst" for b in "aeiou"]
    names = {
        ("".join(rng.choice(syllables, 3)), "".join(rng.choice(syllables, 3))) for _ in range(200)
    }
    rows = [
        {"first_name": first, "last_name": last, "source": source, **place}
        for first, last in sorted(names)
        for source, last in (
            ("crm", last),
            ("books", last[:-1] + ("a" if last[-1] != "a" else "o")),
        )
    ]
    result = Home(people(*rows)).run()
    assert len({row["customer_key"] for row in result.values()}) == len(rows)


def test_any_script_and_hostile_text_pass_through():
    odd = [
        "محمد علي", "李 小龍", "Ångström Žižek", "‮Evil Name", "a\u200bb c", "😀 😀", "'; drop table records; --",
        "{{ ref('x') }}", "%s %d", "\x00x", "=cmd|' /C calc'!A0", "N" * 10_000,
    ]  # fmt: skip
    rows = [{"name": text, "email": text, "phone": text, "address_line_1": text} for text in odd]
    result = Home(people(*rows)).run()
    assert len({row["customer_key"] for row in result.values()}) == len(odd)


def test_zero_width_letters_do_not_hide_a_person():
    home = {"address_line_1": "1 Elm St", "city": "Austin", "postal_code": "78701"}
    rows = [{"name": "Ann Poole", **home}, {"name": "An\u200bn Poole", **home, "source": "books"}]
    assert len({row["customer_key"] for row in Home(people(*rows)).run().values()}) == 1


@pytest.mark.slow
def test_fifty_thousand_records_of_one_phone_are_not_one_customer():
    count = 50_000
    rng = np.random.default_rng(3)
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    names = ["".join(rng.choice(letters, 7)) for _ in range(2 * count)]
    table = pa.table(
        {
            "source": ["crm"] * count,
            "entity": ["customer"] * count,
            "customer_id": [str(place) for place in range(count)],
            "first_name": names[:count],
            "last_name": names[count:],
            "phone": ["512-234-5678"] * count,
        }
    )
    home = Home(as_records(table)[0])
    result = home.table()
    assert len(set(result["customer_key"].to_pylist())) >= count - 10
    (pairs,) = home.connection.execute("select count(*) from pairs").fetchone()
    assert pairs < count


def test_an_address_with_four_hundred_units_is_four_hundred_homes():
    rows = [
        {
            "name": f"{first} {last}",
            "address_line_1": "500 Tower Blvd",
            "address_line_2": f"Apt {place}",
            "city": "Austin",
            "postal_code": "78701",
        }
        for place, (first, last) in enumerate(
            [
                (f"Ann{chr(65 + a)}{chr(65 + b)}", f"Poole{chr(65 + b)}{chr(65 + a)}")
                for a in range(20)
                for b in range(20)
            ]
        )
    ]
    result = Home(people(*rows)).run()
    assert len({row["household_key"] for row in result.values()}) == 400
    assert len({row["customer_key"] for row in result.values()}) == 400


@pytest.mark.slow
def test_the_same_record_two_hundred_times_is_cut_or_proven():
    row = {"name": "Ann Poole", "phone": "512-234-5678", "email": "ann.poole@home.com"}
    rows = [{**row, "source": f"s{place % 4}"} for place in range(200)]
    records, _ = hard_records(200, 4)
    home = Home(pa.concat_tables([records, people(*rows)]))
    result = home.run()
    sizes: dict[str, int] = {}
    for found in result.values():
        sizes[found["customer_key"]] = sizes.get(found["customer_key"], 0) + 1
    for key in [key for key, size in sizes.items() if size > 12]:
        members = [name for name, found in result.items() if found["customer_key"] == key]
        (matches,) = home.connection.execute(
            """select count(*) from pairs inner join judged_words using (levels)
            where match_probability >= 0.9 and record_key_l in (select unnest(?))
            and record_key_r in (select unnest(?))""",
            [members, members],
        ).fetchone()
        assert matches >= 0.5 * len(members) * (len(members) - 1) / 2
