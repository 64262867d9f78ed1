"""Small cases a person would decide at a glance, with the default model: who is one, who is two."""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import pytest

from tests.linkage.helpers import Home, key_of, people

HOME = {
    "address_line_1": "123 N Main St",
    "city": "Austin",
    "state": "TX",
    "postal_code": "78701",
}


def linked(*rows):
    """Link rows; returns result rows in the order given."""
    records = people(*rows)
    result = Home(records).run()
    return [result[key_of(records, f"r{place}")] for place in range(1, len(rows) + 1)]


def are_one(*rows) -> bool:
    return len({row["customer_key"] for row in linked(*rows)}) == 1


JOHN = {"first_name": "John", "last_name": "Harwood", **HOME}


@pytest.mark.parametrize(
    "other",
    [
        {"name": "HARWOOD, JOHN", **HOME, "source": "books"},
        {"name": "Jack Harwood", **HOME, "source": "books"},
        {"first_name": "Jon", "last_name": "Harwod", **HOME, "source": "books"},
        {"first_name": "Harwood", "last_name": "John", **HOME, "source": "books"},
        {"first_name": "John", "last_name": "Harwood", "phone": "512-234-5678", "email": "j@h.com",
         "address_line_1": "123 North Main Street", "postal_code": "78701-1234", "source": "books"},
    ],
)  # fmt: skip
def test_one_person_written_two_ways(other):
    assert are_one(JOHN, other)


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Mary", "last_name": "Harwood", **HOME},
        {"first_name": "Mary", "last_name": "Harwood", "phone": "512-234-5678", **HOME},
        {"first_name": "John", "last_name": "Harwood", "address_line_1": "9 Elm Dr",
         "city": "Dallas", "state": "TX", "postal_code": "75201"},
        {"first_name": "Gus", "last_name": "Petrov", **HOME},
    ],
)  # fmt: skip
def test_two_people_stay_two(other):
    assert not are_one({**JOHN, "phone": "512-234-5678"}, other)


def test_partners_at_one_address_are_one_household_and_two_customers():
    john, mary = linked(JOHN, {**JOHN, "first_name": "Mary"})
    assert john["customer_key"] != mary["customer_key"]
    assert john["household_key"] == mary["household_key"]


def test_units_of_one_building_are_two_households_and_never_merge_on_the_address():
    rows = linked(
        {"last_name": "Harwood", **HOME, "address_line_2": "Apt 1"},
        {"last_name": "Harwood", **HOME, "address_line_2": "Apt 2"},
    )
    assert rows[0]["customer_key"] != rows[1]["customer_key"]
    assert rows[0]["household_key"] != rows[1]["household_key"]


def test_landlord_and_tenant_stay_two_customers():
    landlord = {"name": "Lone Star Properties LLC", "address_line_1": "9 Elm Dr", "city": "Dallas",
                "postal_code": "75201", "phone": "214-234-5678", "customer_type": "commercial"}  # fmt: skip
    tenant = {"name": "Mary Poole", **HOME, "phone": "214-234-5678"}
    assert not are_one(landlord, tenant)


def test_a_moved_customer_keeps_identity_by_phone_and_email():
    moved = {**JOHN, "address_line_1": "9 Elm Dr", "city": "Dallas", "postal_code": "75201"}
    contact = {"phone": "512-234-5678", "email": "john.harwood@gmail.com"}
    assert are_one({**JOHN, **contact}, {**moved, **contact, "source": "books"})


def test_father_and_son_with_their_suffixes_are_two():
    contact = {"phone": "512-234-5678"}
    father = {"name": "John Harwood Sr", **HOME, **contact}
    son = {"name": "John Harwood Jr", **HOME, **contact}
    assert not are_one(father, son)


def test_one_company_written_two_ways_is_one():
    one = {"name": "Oak Ridge Dental, LLC", "customer_type": "commercial", **HOME}
    other = {"company": "OAK RIDGE DENTAL", **HOME, "source": "books"}
    assert are_one(one, other)


def test_a_shared_role_mailbox_makes_nobody_one():
    mail = {"email": "info@oakridge.com"}
    assert not are_one({"name": "John Harwood", **mail}, {"name": "Gus Petrov", **mail})


def test_address_alone_proves_nobody():
    assert not are_one(HOME, {**HOME, "source": "books"})


@pytest.mark.parametrize(
    "both",
    [
        {"name": "Zebulon Quuxworth"},
        {"name": "Zebulon Quuxworth", "state": "TX"},
        {"company": "Quuxworth Brothers", "customer_type": "commercial"},
    ],
)
def test_a_name_alone_proves_nobody_however_rare(both):
    assert not are_one(both, {**both, "source": "books"})


@pytest.mark.parametrize(
    "shared",
    [
        {"phone": "512-234-5678"},
        {"email": "zq@home.com"},
        HOME,
        {"email": "info@quuxworth.com", "company": "Quuxworth Brothers"},
    ],
)
def test_a_name_and_something_shared_do(shared):
    one = {"name": "Zebulon Quuxworth", **shared}
    assert are_one(one, {**one, "source": "books"})
