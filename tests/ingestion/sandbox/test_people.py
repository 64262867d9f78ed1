"""The generated people: their truth, their faults at the rates asked for, and that seeds repeat."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from ingestion.sandbox.people import PeopleRates, generate_people, messy_records

COUNT = 20_000


@pytest.fixture(scope="module")
def people():
    return generate_people(COUNT, 7)


def share(mask) -> float:
    return float(np.mean(np.asarray(mask)))


def test_equal_seeds_make_equal_people_and_records(people):
    again = generate_people(COUNT, 7)
    assert people.persons.equals(again.persons)
    ids = people.persons["person_id"].slice(0, 500)
    assert messy_records(people, "crm", ids, 3).equals(messy_records(again, "crm", ids, 3))
    assert not messy_records(people, "crm", ids, 3).equals(messy_records(people, "crm", ids, 4))


def test_people_live_at_homes_that_exist(people):
    homes = set(people.properties["property_id"].to_pylist())
    assert set(people.persons["property_id"].to_pylist()) <= homes
    assert len(homes) == people.properties.num_rows


def test_no_two_homes_have_one_address(people):
    rows = people.properties.select(["address_line_1", "address_line_2", "postal_code"]).to_pylist()
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_shared_homes_come_at_the_rate_asked_for(people):
    homes = np.array(people.persons["property_id"].to_pylist())
    _, inverse, counts = np.unique(homes, return_inverse=True, return_counts=True)
    assert share(counts[inverse] > 1) == pytest.approx(PeopleRates().shared_home, abs=0.01)


@pytest.mark.parametrize(
    ("system", "column", "missing"),
    [("invoicing", "phone", 0.40), ("dispatch", "email", 0.75), ("mail_list", "phone", 1.0)],
)
def test_systems_lack_what_they_lack(people, system, column, missing):
    records = messy_records(people, system, people.persons["person_id"], 1)
    assert share(records[column].is_null()) == pytest.approx(missing, abs=0.02)


def test_movers_stand_at_their_old_address_in_some_records(people):
    records = messy_records(people, "dispatch", people.persons["person_id"], 1)
    moved = people.persons["previous_property_id"].is_valid()
    at_old = pc.not_equal(records["property_id"], people.persons["property_id"])
    assert share(moved) == pytest.approx(PeopleRates().moved, abs=0.01)
    assert 0 < share(at_old) < share(moved)


def test_repeated_ids_give_repeated_records_in_order(people):
    ids = ["P0000003", "P0000001", "P0000003"]
    assert messy_records(people, "crm", ids, 1)["person_id"].to_pylist() == ids


def test_one_person_alone_can_be_made():
    alone = generate_people(1, 1)
    assert alone.persons.num_rows == 1
    assert messy_records(alone, "mail_list", alone.persons["person_id"], 1).num_rows == 1
