"""Households whom nothing but their own home and names describes."""

from __future__ import annotations

from functools import cache

from ingestion.sandbox.people import generate_people


@cache
def homes() -> list[dict[str, str]]:
    """People of homes of their own, as the sandbox draws them: one a property."""
    people = generate_people(6_000, seed=11)
    properties = {row["property_id"]: row for row in people.properties.to_pylist()}
    found: dict[str, dict[str, str]] = {}
    for person in people.persons.to_pylist():
        place = properties[person["property_id"]]
        if person["person_type"] != "person" or place["address_line_2"]:
            continue
        names = ("first_name", "last_name", "email", "phone")
        places = ("address_line_1", "city", "state", "postal_code")
        found.setdefault(
            person["property_id"],
            {**{key: person[key] for key in names}, **{key: place[key] for key in places}},
        )
    return list(found.values())
