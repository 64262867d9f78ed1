"""How common each shared value is, and the blocking keys that follow from it.

A phone on many names is a call centre or a property manager, an address with many names a
building: such values are taken out of blocking and get a comparison level of their own, so that
they can never chain strangers together, however many records there are.
"""

from __future__ import annotations

import duckdb

# Distinct surnames (first three letters, so that typing errors do not count) up to which a phone
# or e-mail is taken for one household's, and an address without unit for one home.
SURNAMES_PER_CONTACT = 5
SURNAMES_PER_HOME = 6
# Records up to which a blocking key is used; above, only narrower keys find the pairs.
RECORDS_PER_KEY = 40
RECORDS_PER_NAME = 12

_ROOT = "first_roots[len(first_roots)]"
# Names in alphabetical order: first and last name stand in each other's place now and then.
_NAMES = f"least({_ROOT}, last), greatest({_ROOT}, last)"
_LETTERS = "least(left(first, 3), left(last, 3)), greatest(left(first, 3), left(last, 3))"

# Blocking key: the texts that make it (all needed), and the records up to which it is used.
KEYS: dict[str, tuple[str, int]] = {
    "shared_email": ("shared_email, coalesce(company, last)", RECORDS_PER_KEY),
    "tax_id": ("tax_id", RECORDS_PER_KEY),
    "company_zip": ("company, zip", RECORDS_PER_KEY),
    "company": ("company", RECORDS_PER_NAME),
    "home": ("home", RECORDS_PER_KEY),
    "building_last": ("building, last", RECORDS_PER_KEY),
    "building_first": (f"building, {_ROOT}", RECORDS_PER_KEY),
    "name_zip": (f"zip, {_NAMES}", RECORDS_PER_KEY),
    "name": (f"case when length(first) > 1 then 1 end, {_NAMES}", RECORDS_PER_NAME),
    "number_last": ("house_number, left(street, 4), last", RECORDS_PER_KEY),
    "number_zip": ("house_number, zip, left(last, 3), left(first, 1)", RECORDS_PER_KEY),
    "common_phone": ("common_phone, last, left(first, 1)", RECORDS_PER_KEY),
    # Wide nets for badly typed names and addresses; only small data can afford their pairs.
    "wide_zip_first": ("zip, left(first, 3)", RECORDS_PER_KEY),
    "wide_zip_last": ("zip, left(last, 3)", RECORDS_PER_KEY),
    "wide_zip_number": ("zip, house_number", RECORDS_PER_KEY),
    "wide_city_first": ("city_key, left(first, 3)", RECORDS_PER_KEY),
    "wide_city_last": ("city_key, left(last, 3)", RECORDS_PER_KEY),
    "wide_street_first": ("left(street, 5), left(first, 3)", RECORDS_PER_KEY),
    "wide_street_last": ("left(street, 5), left(last, 3)", RECORDS_PER_KEY),
    "wide_other_line": ("left(other_line, 8)", RECORDS_PER_KEY),
    "wide_name": (_NAMES, RECORDS_PER_KEY),
    "wide_name_letters": (_LETTERS, RECORDS_PER_KEY),
    "wide_street_number": ("left(street, 4), house_number", RECORDS_PER_KEY),
    "wide_street_city": ("left(street, 4), left(city_key, 4)", RECORDS_PER_KEY),
    "wide_zip_street": ("zip, left(street, 4)", RECORDS_PER_KEY),
    "wide_city_number": ("city_key, house_number", RECORDS_PER_KEY),
    "wide_number_other": ("house_number, left(other_line, 4)", RECORDS_PER_KEY),
    "wide_name_ends": ("right(first, 3), right(last, 3)", RECORDS_PER_KEY),
}
RECORDS_FOR_WIDE_KEYS = 20_000


def measure_frequencies(connection: duckdb.DuckDBPyConnection, *, source: str, target: str) -> None:
    """Make `target` from `source` (what `normalise_records` makes), ready for comparing.

    Added: own_phones (list, without common ones), common_phone, own_email, shared_email, home
    (property text, null where crowded), building, system (null for mail recipients), the blocking
    keys `key_*` (null where the value is missing or too common), unique_id (place in the order of
    record keys) and content_hash (a fingerprint of all of these).
    """
    for name, value, limit in (
        ("phone_use", "unnest(phones)", SURNAMES_PER_CONTACT),
        ("email_use", "email", SURNAMES_PER_CONTACT),
        ("home_use", "property_text", SURNAMES_PER_HOME),
    ):
        connection.execute(
            f"""
            create or replace temp table {name} as
            select value from (
                select {value} as value, left(coalesce(last, company, first, ''), 3) as surname
                from {source}
            )
            where value is not null
            group by value having count(distinct surname) > {limit}
            """
        )
    connection.execute(_MARKED.format(source=source))
    count = int(connection.execute(f"select count(*) from {source}").fetchall()[0][0])
    active = [
        name for name in KEYS if count <= RECORDS_FOR_WIDE_KEYS or not name.startswith("wide_")
    ]
    keys = ", ".join(
        f"case when {_all_known(KEYS[name][0])} then hash({KEYS[name][0]}) end as by_{name}"
        for name in active
    )
    connection.execute(f"create or replace temp table hashed as select *, {keys} from marked")
    for name in active:
        connection.execute(
            f"""
            create or replace temp table common_{name} as
            select by_{name} from hashed where by_{name} is not null
            group by by_{name} having count(*) > {KEYS[name][1]}
            """
        )
    _finish(connection, target, active)
    for name in ("phone_use", "email_use", "home_use", "marked", "hashed"):
        connection.execute(f"drop table {name}")
    for name in active:
        connection.execute(f"drop table common_{name}")


def _all_known(texts: str) -> str:
    """Return the condition that every text of a key is there."""
    return " and ".join(f"({part}) is not null" for part in _parts(texts))


def _parts(texts: str) -> list[str]:
    """Split a list of SQL expressions at its outer commas."""
    parts, depth = [""], 0
    for letter in texts:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _finish(connection: duckdb.DuckDBPyConnection, target: str, active: list[str]) -> None:
    """Null the keys that are too common or not active; number and fingerprint the rows."""
    keys = ", ".join(
        f"case when by_{name} not in (select by_{name} from common_{name}) then by_{name} end "
        f"as key_{name}"
        if name in active
        else f"cast(null as ubigint) as key_{name}"
        for name in KEYS
    )
    dropped = ", ".join(f"by_{name}" for name in active)
    content = (
        "is_company, first, last, middle, suffix, partner, company, own_phones, common_phone, "
        "own_email, shared_email, tax_id, house_number, street, other_line, unit, zip, city_key, "
        "home, "
        "system, declared_record_key, is_erased, " + ", ".join(f"key_{name}" for name in KEYS)
    )
    connection.execute(
        f"""
        create or replace table {target} as
        with keyed as (
            select * exclude ({dropped}), own_phones[1] as key_phone_a,
                own_phones[2] as key_phone_b, own_email as key_email, {keys}
            from hashed
        )
        select *, row_number() over (order by record_key) as unique_id,
            cast(hash({content}) as varchar) as content_hash
        from keyed order by unique_id
        """
    )


_MARKED = """
create or replace temp table marked as
with common as (
    select record_key, list(phone_use.value order by phone_use.value) as common_phones
    from (select record_key, unnest(phones) as phone from {source}) as exploded
    inner join phone_use on exploded.phone = phone_use.value
    group by record_key
)
select records.* exclude (phones),
    case when common.common_phones is null then records.phones
        else list_filter(records.phones,
            lambda phone: not list_contains(common.common_phones, phone)) end as own_phones,
    common.common_phones[1] as common_phone,
    case when records.entity = 'customer' then concat_ws('|', records.source, records.account) end
        as system,
    case when email_use.value is null and not records.is_role_email then records.email end
        as own_email,
    case when email_use.value is not null or records.is_role_email then records.email end
        as shared_email,
    case when home_use.value is null then records.property_text end as home,
    case when records.street is not null then concat_ws('|', coalesce(records.house_number, ''),
        records.street, coalesce(records.zip, records.city_key, '')) end as building
from {source} as records
left join common using (record_key)
left join email_use on records.email = email_use.value
left join home_use on records.property_text = home_use.value
"""
