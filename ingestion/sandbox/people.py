"""People, companies and homes of the generated world, with the truth about who is who.

Everything is made by column with numpy and Arrow, so a million people take seconds. How each
vendor's system garbles a person is in messy_people.py (its `messy_records` is re-exported here);
word lists are in names.py; campaigns, jobs and vendors are the world's business, not here.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sandbox import names
from ingestion.sandbox.columns import generator, join, numbered, pick, where
from ingestion.sandbox.messy_people import messy_records
from ingestion.sandbox.people_rates import PeopleRates


@dataclass(frozen=True)
class People:
    """The true population.

    Attributes:
        persons: One row per customer: person_id, household_id, property_id,
            previous_property_id (movers), person_type (person, company), first_name,
            middle_initial, last_name, previous_last_name, suffix, partner_first_name (others
            at home, for couple names), company, tax_id, email, phone (E.164), phone_2,
            previous_phone. Text, null where there is none.
        properties: One row per home: property_id (= household_id of who lives there),
            building_id, address_line_1, address_line_2 (unit), city, state, postal_code,
            postal_code_4, owner_person_id (a landlord who lives elsewhere, else null).
    """

    persons: pa.Table
    properties: pa.Table

    @property
    def households(self) -> pa.Table:
        """The homes again: a household is who lives at one property."""
        return self.properties


def surnames() -> tuple[list[str], np.ndarray]:
    """Return some 6,000 surnames and how often each is drawn: few common ones, a long tail."""
    made = [root + ending for root in names.SURNAME_ROOTS for ending in names.SURNAME_ENDINGS]
    words = list(dict.fromkeys([*names.COMMON_SURNAMES, *made]))
    ranks = np.arange(len(words)) + 8.0
    common = np.arange(len(words)) < len(names.COMMON_SURNAMES)
    return words, np.where(common, ranks**-0.75, 0.012)


def generate_people(count: int, seed: int, rates: PeopleRates | None = None) -> People:
    """Make a population whose truth is known.

    Args:
        count: Customers to make, companies included; > 0.
        seed: Equal seeds give equal people.
        rates: How hard the world is; None takes the defaults.

    Returns:
        Persons in random order with ids `P0000001`, ...; homes with ids `H0000001`, ...
    """
    rates = rates or PeopleRates()
    rng = generator(seed, "people")
    home, head = _homes_of(count, rates, rng)
    home_count = int(home.max()) + 1
    moved = rng.random(count) < rates.moved
    taken_over = rng.random(count) < 0.5
    fresh = home_count + np.cumsum(moved & ~taken_over) - 1
    previous = np.where(taken_over, home[rng.permutation(count)], fresh)
    moved &= previous != home
    property_count = int(fresh.max(initial=home_count - 1)) + 1
    homes = _properties(property_count, rates, generator(seed, "properties"))
    persons = _persons(count, home, head, seed=seed, rates=rates, homes=homes)
    ids = numbered("P", count)
    household = homes["property_id"].combine_chunks().take(pa.array(home))
    former = homes["property_id"].combine_chunks().take(pa.array(np.where(moved, previous, home)))
    persons = {
        "person_id": ids,
        "household_id": household,
        "property_id": household,
        "previous_property_id": where(moved, former, None),
        **persons,
    }
    owned = rng.random(property_count) < rates.landlords
    owner = ids.take(pa.array(rng.integers(0, count, property_count)))
    homes = homes.append_column("owner_person_id", where(owned, owner, None))
    return People(persons=pa.table(persons), properties=homes)


def _homes_of(
    count: int, rates: PeopleRates, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return each person's home number, and for a second person at home the first's index."""
    order = rng.permutation(count)
    seconds = order[: int(count * rates.shared_home / 2)]
    firsts = order[len(seconds) : 2 * len(seconds)]
    head = np.full(count, -1)
    head[seconds] = firsts
    home = np.full(count, -1)
    alone = np.flatnonzero(head < 0)
    home[alone] = rng.permutation(len(alone))
    home[seconds] = home[firsts]
    return home, head


def _persons(
    count: int,
    home: np.ndarray,
    head: np.ndarray,
    *,
    seed: int,
    rates: PeopleRates,
    homes: pa.Table,
) -> dict[str, pa.Array]:
    rng = generator(seed, "persons")
    second = head >= 0
    source = np.where(second, head, np.arange(count))
    mates = np.isin(np.arange(count), head[second]) | second
    company = (rng.random(count) < rates.companies) & ~mates
    same_surname = second & (rng.random(count) < rates.shared_surname)
    same_first = same_surname & (rng.random(count) < rates.shared_first_name / rates.shared_surname)
    same_phone = second & (rng.random(count) < rates.shared_phone)
    same_email = second & (rng.random(count) < rates.shared_email)
    first_words = names.FIRST_NAMES
    first = pick(first_words, count, rng, (np.arange(len(first_words)) % 100 + 12.0) ** -0.7)
    words, weights = surnames()
    last = pick(words, count, rng, weights)
    last = last.take(pa.array(np.where(same_surname, source, np.arange(count))))
    first = first.take(pa.array(np.where(same_first, source, np.arange(count))))
    partner = np.full(count, -1)
    partner[second], partner[head[second]] = head[second], np.flatnonzero(second)
    suffix = where(same_first, "Jr", None)
    brand = join(
        pick(names.COMPANY_WORDS, count, rng), pick(names.COMPANY_TRADES, count, rng), separator=" "
    )
    numbers = pc.cast(pa.array(rng.integers(2, 99, count)), pa.string())
    brand = where(
        rng.random(count) < 0.4,
        brand,
        join(last, pick(names.COMPANY_TRADES, count, rng), numbers, separator=" "),
    )
    form = pick(names.COMPANY_FORMS, count, rng)
    area = homes["area_code"].combine_chunks().take(pa.array(home))
    phone = phones(count, area, generator(seed, "phone"))
    manager = phone.take(
        pa.array(rng.integers(0, max(1, math.ceil(count * rates.manager_phone / 12)), count))
    )
    own_phone = phone.take(pa.array(np.where(same_phone, source, np.arange(count))))
    own_phone = where(rng.random(count) < rates.manager_phone, manager, own_phone)
    email = emails(first, last, brand, company, generator(seed, "email"))
    email = email.take(pa.array(np.where(same_email, source, np.arange(count))))
    tax = pc.cast(pa.array(rng.permutation(9_000_000)[:count] + 1_000_000), pa.string())
    ein = join(pc.cast(pa.array(rng.integers(10, 99, count)), pa.string()), tax, separator="-")
    changed = generator(seed, "changes")
    return {
        "person_type": where(company, "company", "person"),
        "first_name": first,
        "middle_initial": where(rng.random(count) < 0.3, pick("ABCDEFGJKLMPRST", count, rng), None),
        "last_name": last,
        "previous_last_name": where(changed.random(count) < rates.changed_surname, pick(words, count, changed, weights), None),
        "suffix": suffix,
        "partner_first_name": where((partner >= 0) & ~same_first, first.take(pa.array(np.maximum(partner, 0))), None),
        "company": where(company, pc.utf8_rtrim_whitespace(join(brand, form, separator=" ")), None),
        "tax_id": where(company, ein, None),
        "email": email,
        "phone": own_phone,
        "phone_2": where(rng.random(count) < 0.25, phones(count, area, generator(seed, "phone 2")), None),
        "previous_phone": where(changed.random(count) < rates.changed_phone, phones(count, area, generator(seed, "old phone")), None),
    }  # fmt: skip


def phones(count: int, area: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Return distinct E.164 numbers of the given area codes, none in the fictional 555 range."""
    exchange = rng.integers(220, 999, count)
    exchange = np.where((exchange == 555) | (exchange % 100 == 11), exchange + 1, exchange)
    local = np.char.zfill((exchange * 10_000 + rng.integers(0, 10_000, count)).astype(str), 7)
    return join("+1", area, pa.array(local))


def emails(
    first: pa.Array, last: pa.Array, brand: pa.Array, company: np.ndarray, rng: np.random.Generator
) -> pa.Array:
    """Return an address per person, nearly all distinct; companies have a role address."""
    count = len(first)
    plain_first, plain_last = (
        pc.replace_substring_regex(pc.utf8_lower(part), "[^a-z]", "") for part in (first, last)
    )
    number = pc.cast(pa.array(rng.integers(1, 9_999, count)), pa.string())
    domain = pick(names.MAIL_DOMAINS, count, rng, np.array([9.0, 3, 2, 2, 2, 1]))
    style = rng.random(count)
    initial = pc.utf8_slice_codeunits(plain_first, 0, 1)
    local = where(
        style < 0.45, join(plain_first, ".", plain_last, number), join(initial, plain_last, number)
    )
    local = where(style > 0.85, join(plain_last, number, plain_first), local)
    site = pc.replace_substring_regex(pc.utf8_lower(brand), "[^a-z0-9]", "")
    role = join(pick(("info", "office", "accounts", "hello"), count, rng), "@", site, ".com")
    return where(company, role, join(local, "@", domain))


def _properties(count: int, rates: PeopleRates, rng: np.random.Generator) -> pa.Table:
    """Make homes at distinct addresses; units of one building share its first line."""
    building = np.arange(count)
    in_building = rng.random(count) < rates.units
    members = np.flatnonzero(in_building)
    per_building = max(1, rates.households_per_building)
    building[members] = members[(np.arange(len(members)) // per_building) * per_building]
    unit = np.zeros(count, dtype=np.int64)
    unit[members] = np.arange(len(members)) % per_building
    areas = int(np.clip(count / 1_500, 6, 480))
    code = _scattered(building, areas * len(names.STREETS) * 9_000, rng)
    zone, rest = code % areas, code // areas
    street, number = rest % len(names.STREETS), rest // len(names.STREETS) + 100
    town = (zone // 20) % len(names.CITIES)
    kind = (street * 7 + zone) % len(names.STREET_TYPES)
    direction = np.where((street + zone) % 5 == 0, (street + zone) % 4, 4)
    words = lambda values, index: pa.array(list(values)).take(pa.array(index))  # noqa: E731
    way = words([*(long + " " for long, _ in names.DIRECTIONS), ""], direction)
    road = words([name.replace("-", " ") for name in names.STREETS], street)
    type_word = words([long for long, _ in names.STREET_TYPES], kind)
    number_text = pc.cast(pa.array(number), pa.string())
    unit_text = pc.cast(pa.array((unit // 4 + 1) * 100 + unit % 4 + 1), pa.string())
    ids = numbered("H", count)
    postal = pc.cast(
        pa.array(np.array([row[2] for row in names.CITIES])[town] + zone % 20), pa.string()
    )
    return pa.table(
        {
            "property_id": ids,
            "building_id": ids.take(pa.array(building)),
            "address_line_1": join(number_text, join(way, road), type_word, separator=" "),
            "address_line_2": where(in_building, join("Apt ", unit_text), None),
            "city": words([row[0] for row in names.CITIES], town),
            "state": words([row[1] for row in names.CITIES], town),
            "postal_code": pc.utf8_lpad(postal, 5, "0"),
            "postal_code_4": pc.cast(pa.array(1_000 + (street * 53 + number) % 8_999), pa.string()),
            "area_code": words([row[3] for row in names.CITIES], town),
        }
    )


def _scattered(index: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Map distinct indexes to distinct, scattered numbers below `size`."""
    step = int(size * 0.618) | 1
    while math.gcd(step, size) != 1:
        step += 2
    return (index.astype(np.int64) * step + int(rng.integers(0, size))) % size


__all__ = ["People", "PeopleRates", "generate_people", "messy_records"]
