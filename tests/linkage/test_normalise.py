"""Names, phones, e-mails and tax ids as they are compared; what identifies nobody becomes null."""

from __future__ import annotations

import pytest

from tests.linkage.helpers import Home, people


def prepared(row: dict):
    home = Home(people(row))
    home.prepare()
    cursor = home.connection.execute("select * from compared")
    return dict(zip([c[0] for c in cursor.description], cursor.fetchone(), strict=True))


@pytest.mark.parametrize(
    ("row", "first", "last"),
    [
        ({"name": "Smith, John Q"}, "JOHN", "SMITH"),
        ({"name": "Mr. John Smith Jr."}, "JOHN", "SMITH"),
        ({"name": "Bob & Sue Jones"}, "BOB", "JONES"),
        ({"name": "Bob and Sue Jones"}, "BOB", "JONES"),
        ({"first_name": "José", "last_name": "Núñez"}, "JOSE", "NUNEZ"),
        ({"first_name": "Mary Ann", "last_name": "De La Cruz"}, "MARY", "DELACRUZ"),
        ({"name": "Maria van Dyke"}, "MARIA", "VANDYKE"),
        ({"name": "محمد علي"}, "محمد", "علي"),
        ({"name": "X"}, None, None),
        ({"first_name": "Current", "last_name": "Resident"}, "CURRENT", None),
        ({"first_name": "n/a", "last_name": "Unknown"}, None, None),
    ],
)
def test_names(row, first, last):
    found = prepared(row)
    assert (found["first"], found["last"]) == (first, last)


def test_a_couples_other_half_is_known():
    assert prepared({"name": "Bob & Sue Jones"})["partner"] == "SUE"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Oak Ridge Dental, LLC", "OAKRIDGEDENTAL"),
        ("OAK RIDGE DENTAL L.L.C.", "OAKRIDGEDENTAL"),
        ("The Oak Ridge Dental Inc.", "OAKRIDGEDENTAL"),
    ],
)
def test_company_forms_fall_away(name, core):
    found = prepared({"name": name, "customer_type": "commercial"})
    assert found["company"] == core
    assert found["is_company"]


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("(512) 234-5678", "+15122345678"),
        ("1-512-234-5678 x12", "+15122345678"),
        ("512.234.5678 ext. 9", "+15122345678"),
        ("+44 20 7946 0958", "+442079460958"),
        ("020 7946 0958", "02079460958"),
        ("0000 0000", None),
        ("555-0100", None),
        ("512-555-0142", None),
        ("000-000-0000", None),
        ("1234567890", None),
        ("n/a", None),
        ("512-867-5309", None),  # the operator's own
        ("112-234-5678", None),  # no area code
    ],
)
def test_phones(phone, expected):
    assert prepared({"phone": phone})["own_phones"] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("email", "own", "shared"),
    [
        ("Jo.Smith+deals@GMail.com", "josmith@gmail.com", None),
        (" jo@Example-Home.com ", "jo@example-home.com", None),
        ("info@oakridge.com", None, "info@oakridge.com"),
        ("test@test.com", None, None),
        ("noemail@gmail.com", None, None),
        ("n/a", None, None),
    ],
)
def test_emails(email, own, shared):
    found = prepared({"email": email})
    assert (found["own_email"], found["shared_email"]) == (own, shared)


def test_the_operators_own_office_is_nobodys_home():
    row = {
        "first_name": "Jo",
        "last_name": "Hill",
        "address_line_1": "4400 Industrial Oaks Boulevard #210",
        "city": "Austin",
        "state": "TX",
        "postal_code": "78735",
    }
    assert prepared(row)["home"] is None


@pytest.mark.parametrize(
    ("tax_id", "expected"), [("12-3456789", "123456789"), ("00-0000000", None)]
)
def test_tax_ids(tax_id, expected):
    assert prepared({"company": "Oak", "tax_id": tax_id})["tax_id"] == expected
