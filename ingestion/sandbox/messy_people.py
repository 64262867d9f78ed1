"""How each system writes a person down: formats, gaps, stale values, nicknames, typing errors.

The people themselves are made in people.py; which person has a record in which system, and when
it was written, is the world's business.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sandbox import columns as made
from ingestion.sandbox import names
from ingestion.sandbox.people_rates import PeopleRates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.sandbox.people import People

System = Literal["crm", "dispatch", "invoicing", "mail_list"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_JUNK_PHONES = ("555-0100", "000-000-0000", "999-999-9999", "n/a", "1234567890", "(555) 555-5555")
_JUNK_EMAILS = (
    "test@test.com",
    "none@none.com",
    "n/a",
    "noemail@gmail.com",
    "unknown",
    "na@na.com",
)


def messy_records(
    people: People,
    system: System,
    person_ids: Sequence[str] | pa.Array,
    seed: int,
    rates: PeopleRates | None = None,
) -> pa.Table:
    """Write persons down as one system would.

    Args:
        people: The population.
        system: crm (names apart), dispatch (one name), invoicing (one name, tax ids) or
            mail_list (upper case, no phone, no e-mail).
        person_ids: Whom to write, one record each, in this order; repeats are duplicates.
        seed: Equal seeds give equal records; give each batch its own.
        rates: How messy; None takes the defaults.

    Returns:
        One row per id given: person_id and property_id (the truth: of the address written),
        is_stale (holds a value from before a change), the person columns of the import format
        with postal_code_4, customer_type and tax_id. Text; null where the system has nothing.
    """
    rates = rates or PeopleRates()
    rng = made.generator(seed, f"messy {system}")
    order = {key: row for row, key in enumerate(people.persons["person_id"].to_pylist())}
    ids = (
        person_ids.to_pylist() if isinstance(person_ids, pa.Array | pa.ChunkedArray) else person_ids
    )
    persons = people.persons.take(
        pa.array([order[key] for key in ids], pa.int64())
    ).combine_chunks()
    column = {name: _flat(persons[name]) for name in persons.column_names}
    count = persons.num_rows
    stale = rng.random(count) < rates.stale
    names_written = _names(column, system, stale=stale, rates=rates, rng=rng)
    address, stale_home = _address(people, column, system, stale=stale, rates=rates, rng=rng)
    contacts, stale_phone = _contacts(column, system, stale=stale, rates=rates, rng=rng)
    company = pc.equal(column["person_type"], "company").to_numpy(zero_copy_only=False)
    holds_tax = company & (system == "invoicing") & (rng.random(count) < 0.8)
    return pa.table(
        {
            "person_id": column["person_id"],
            "property_id": address.pop("property_id"),
            "is_stale": pa.array(stale_home | stale_phone),
            **names_written,
            **contacts,
            **address,
            "country": pa.array(["US"] * count, pa.string()),
            "customer_type": made.where(company, "commercial", "residential"),
            "tax_id": made.where(holds_tax, column["tax_id"], None),
        }
    )


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _has(column: pa.Array) -> np.ndarray:
    return column.is_valid().to_numpy(zero_copy_only=False)


def _names(
    column: dict[str, pa.Array],
    system: System,
    *,
    stale: np.ndarray,
    rates: PeopleRates,
    rng: np.random.Generator,
) -> dict[str, pa.Array]:
    count = len(stale)
    nick = _nicknames(column["first_name"], rng)
    # The rate holds over all records, so names that have a nickname carry it more often.
    chance = min(1.0, rates.nickname / max(float(_has(nick).mean()), 1e-9)) if count else 0.0
    first = made.where((rng.random(count) < chance) & _has(nick), nick, column["first_name"])
    initials = pc.utf8_slice_codeunits(first, 0, 1)
    first = _mistyped(first, rates.name_typo, rng)
    short = rng.random(count) < rates.initial_only
    first = made.where(short, initials, first)
    last = made.where(
        stale & _has(column["previous_last_name"]),
        column["previous_last_name"],
        column["last_name"],
    )
    last = _mistyped(last, rates.name_typo, rng)
    swapped = rng.random(count) < rates.swapped_names
    first, last = made.where(swapped, last, first), made.where(swapped, first, last)
    middle = made.where(
        (rng.random(count) < 0.3) & _has(column["middle_initial"]), column["middle_initial"], None
    )
    first_middle = made.where(_has(middle), made.join(first, " ", middle), first)
    suffixed = _has(column["suffix"]) & (rng.random(count) < 0.5)
    last_suffix = made.where(suffixed, made.join(last, " ", column["suffix"]), last)
    company = _has(column["company"])
    brand = _companies(column["company"], rng)
    none = pa.nulls(count, pa.string())
    if system == "crm":
        blank = company & (rng.random(count) < 0.3)
        return {"first_name": made.where(blank, None, first), "last_name": made.where(blank, None, last_suffix), "name": none, "company": brand}  # fmt: skip
    if system == "mail_list":
        upper = [pc.utf8_upper(part) for part in (first_middle, last_suffix, brand)]
        return {"first_name": made.where(company, None, upper[0]), "last_name": made.where(company, None, upper[1]), "name": none, "company": upper[2]}  # fmt: skip
    whole = made.join(first_middle, last_suffix, separator=" ")
    reverse = rng.random(count) < (0.25 if system == "invoicing" else 0.08)
    whole = made.where(reverse, made.join(last_suffix, first_middle, separator=", "), whole)
    couple = (rng.random(count) < rates.couple_name) & _has(column["partner_first_name"])
    both = made.join(first, pick_and(count, rng), column["partner_first_name"], last, separator=" ")
    whole = made.where(couple, both, whole)
    return {"first_name": none, "last_name": none, "name": made.where(company, brand, whole), "company": made.where(company & (rng.random(count) < 0.5), brand, None)}  # fmt: skip


def pick_and(count: int, rng: np.random.Generator) -> pa.Array:
    """Return the word that joins a couple's names, per row."""
    return made.pick(("&", "and", "+"), count, rng, np.array([6.0, 3, 1]))


def _companies(company: pa.Array, rng: np.random.Generator) -> pa.Array:
    bare = pc.replace_substring_regex(company, r"[ ,]+(LLC|Inc\.?|L\.L\.C\.|Corp|Co|PLLC)$", "")
    style = rng.random(len(company))
    written = made.where(style < 0.35, bare, company)
    return made.where(style > 0.85, pc.utf8_upper(written), _mistyped(written, 0.03, rng))


def _nicknames(first: pa.Array, rng: np.random.Generator) -> pa.Array:
    choice = rng.integers(0, 12, len(first))
    result = pa.nulls(len(first), pa.string())
    for place in range(3):
        known = {name: nick[place % len(nick)] for name, nick in names.NICKNAMES.items()}
        index = pc.index_in(first, pa.array(list(known)))
        result = made.where(choice % 3 == place, pa.array(list(known.values())).take(index), result)
    return result


def _address(
    people: People,
    column: dict[str, pa.Array],
    system: System,
    *,
    stale: np.ndarray,
    rates: PeopleRates,
    rng: np.random.Generator,
) -> tuple[dict[str, pa.Array], np.ndarray]:
    count = len(stale)
    at_former = stale & _has(column["previous_property_id"])
    home = made.where(at_former, column["previous_property_id"], column["property_id"])
    rows = pc.index_in(home, _flat(people.properties["property_id"]))
    homes = people.properties.take(rows).combine_chunks()
    part = {name: _flat(homes[name]) for name in homes.column_names}
    line_1 = _street_style(part["address_line_1"], 0.9 if system == "mail_list" else 0.5, rng)
    line_1 = _mistyped(line_1, rates.address_typo, rng, start=5)
    unit = part["address_line_2"]
    style = rng.random(count)
    bare = pc.utf8_slice_codeunits(unit, 4)
    unit = made.where(
        style < 0.3, made.join("#", bare), made.where(style > 0.8, made.join("Unit ", bare), unit)
    )
    inline = _has(unit) & (rng.random(count) < 0.3)
    line_1 = made.where(inline, made.join(line_1, " ", unit), line_1)
    line_2 = made.where(inline, None, unit)
    city = _mistyped(part["city"], rates.city_typo, rng)
    postal = _wrong_digit(part["postal_code"], rates.city_typo / 2, rng)
    own = rng.random(count) < rates.operator_value / 2
    street, rest = names.OPERATOR_ADDRESS.split(", ")[0], names.OPERATOR_ADDRESS.split(", ")
    values = {
        "address_line_1": made.where(own, street, line_1),
        "address_line_2": made.where(own, None, line_2),
        "city": made.where(own, rest[1], city),
        "state": made.where(own, rest[2].split()[0], part["state"]),
        "postal_code": made.where(own, rest[2].split()[1], postal),
        "postal_code_4": made.where(~own & (rng.random(count) < 0.3), part["postal_code_4"], None),
    }
    if system == "mail_list":
        values = {name: pc.utf8_upper(value) for name, value in values.items()}
    if system == "crm":
        empty = rng.random(count) < rates.crm_no_address
        values = {name: made.where(empty, None, value) for name, value in values.items()}
    values["property_id"] = home
    return values, at_former


def _street_style(line: pa.Array, short_share: float, rng: np.random.Generator) -> pa.Array:
    short = line
    for long, abbreviation in names.STREET_TYPES:
        short = pc.replace_substring_regex(short, f" {long}$", f" {abbreviation}")
    for long, letter in names.DIRECTIONS:
        short = pc.replace_substring_regex(short, f"^([0-9]+) {long} ", rf"\1 {letter} ")
    draw = rng.random(len(line))
    written = made.where(draw < short_share, short, line)
    return made.where(draw < short_share * 0.2, made.join(written, "."), written)


def _contacts(
    column: dict[str, pa.Array],
    system: System,
    *,
    stale: np.ndarray,
    rates: PeopleRates,
    rng: np.random.Generator,
) -> tuple[dict[str, pa.Array], np.ndarray]:
    count = len(stale)
    none = pa.nulls(count, pa.string())
    if system == "mail_list":
        return {"email": none, "phone": none, "phone_2": none}, np.zeros(count, dtype=bool)
    at_former = stale & _has(column["previous_phone"])
    phone = made.where(at_former, column["previous_phone"], column["phone"])
    second = made.where(rng.random(count) < 0.5, column["phone_2"], None)
    flipped = _has(second) & (rng.random(count) < 0.3)
    phone, second = made.where(flipped, second, phone), made.where(flipped, phone, second)
    phone = _phone_style(_wrong_digit(phone, rates.phone_typo, rng), rng)
    second = _phone_style(second, rng)
    no_phone = {"crm": rates.crm_no_phone, "dispatch": 0.02, "invoicing": rates.invoice_no_phone}[
        system
    ]
    phone = made.where(rng.random(count) < no_phone, None, phone)
    phone = made.where(
        rng.random(count) < rates.junk_value, made.pick(_JUNK_PHONES, count, rng), phone
    )
    phone = made.where(rng.random(count) < rates.operator_value, names.OPERATOR_PHONE, phone)
    email = _mistyped(column["email"], rates.email_typo, rng, end=6)
    email = made.where(rng.random(count) < 0.1, pc.utf8_upper(email), email)
    no_email = {"crm": rates.crm_no_email, "dispatch": rates.dispatch_no_email, "invoicing": rates.invoice_no_email}[system]  # fmt: skip
    email = made.where(rng.random(count) < no_email, None, email)
    email = made.where(
        rng.random(count) < rates.junk_value, made.pick(_JUNK_EMAILS, count, rng), email
    )
    second = none if system == "invoicing" else second
    return {"email": email, "phone": phone, "phone_2": second}, at_former


def _phone_style(phone: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Write +1aaabbbcccc in the styles people use."""
    area, exchange, line = (
        pc.utf8_slice_codeunits(phone, start, stop) for start, stop in ((2, 5), (5, 8), (8, 12))
    )
    draw = rng.random(len(phone))
    styles = (
        made.join("(", area, ") ", exchange, "-", line),
        made.join(area, "-", exchange, "-", line),
        made.join(area, exchange, line),
        made.join(area, ".", exchange, ".", line),
        made.join("1 ", area, " ", exchange, " ", line),
    )
    result = phone
    for place, style in enumerate(styles):
        result = made.where((draw >= place * 0.17) & (draw < (place + 1) * 0.17), style, result)
    return made.where(draw > 0.99, made.join(result, " x12"), result)


def _mistyped(
    text: pa.Array, share: float, rng: np.random.Generator, *, start: int = 0, end: int = 0
) -> pa.Array:
    """Put one typing error into a share of the texts, after `start` and before `end` from behind."""
    rows = np.flatnonzero((rng.random(len(text)) < share) & _has(text))
    if not len(rows):
        return text
    draws = rng.random((len(rows), 3))
    values = text.take(pa.array(rows)).to_pylist()
    wrong = [_one_error(value, draw, start, end) for value, draw in zip(values, draws, strict=True)]
    mask = np.zeros(len(text), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(text, pa.array(mask), pa.array(wrong, pa.string()))


def _one_error(value: str, draw: np.ndarray, start: int, end: int) -> str:
    space = len(value) - start - end
    if space < 3:
        return value
    at = start + int(draw[0] * (space - 1))
    letter = _LETTERS[int(draw[1] * 26)]
    kind = int(draw[2] * 4)
    if kind == 0:
        return value[:at] + letter + value[at + 1 :]
    if kind == 1:
        return value[:at] + value[at + 1 :]
    if kind == 2:
        return value[:at] + letter + value[at:]
    return value[:at] + value[at + 1] + value[at] + value[at + 2 :]


def _wrong_digit(text: pa.Array, share: float, rng: np.random.Generator) -> pa.Array:
    """Change the last digit but one in a share of the texts."""
    digit = pc.cast(pa.array(rng.integers(0, 10, len(text))), pa.string())
    wrong = made.join(
        pc.utf8_slice_codeunits(text, 0, -2), digit, pc.utf8_slice_codeunits(text, -1)
    )
    return made.where(rng.random(len(text)) < share, wrong, text)
