"""How common each shared value is, and the blocking keys that follow from it.

A phone on many names is a call centre or a property manager, an address with many names a
building: such values are taken out of blocking and get a comparison level of their own, so that
they can never chain strangers together, however many records there are. What is too common is
found over all records here; how a night keeps that up to date is in night.py.
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

# Shared value: the expression over prepared records, and the surnames up to which it identifies.
VALUES: dict[str, tuple[str, int]] = {
    "phone": ("unnest(phones)", SURNAMES_PER_CONTACT),
    "email": ("email", SURNAMES_PER_CONTACT),
    "home": ("property_text", SURNAMES_PER_HOME),
}

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


def active_keys(record_count: int) -> list[str]:
    """Return the blocking keys in use for so many records."""
    return [
        name
        for name in KEYS
        if record_count <= RECORDS_FOR_WIDE_KEYS or not name.startswith("wide_")
    ]


def measure_frequencies(connection: duckdb.DuckDBPyConnection, *, source: str, target: str) -> None:
    """Make `target` from `source` (what `normalise_records` makes), ready for comparing.

    See `block_records` for its columns. Leaves tables `known` (`source` with the keys `by_*`,
    whether common or not), `common_values` and `common_keys`.
    """
    connection.execute(
        f"""
        create or replace table common_values as
        select kind, value from ({exploded_values(source)})
        group by kind, value having count(distinct surname) > {limit_of(VALUES)}
        """
    )
    active = active_keys(count_rows(connection, source))
    key_records(connection, source=source, target="known", active=active)
    counted = " union all ".join(
        f"select '{name}' as kind, by_{name} as key from known where by_{name} is not null "
        f"group by by_{name} having count(*) > {KEYS[name][1]}"
        for name in active
    )
    connection.execute(f"create or replace table common_keys as {counted}")
    block_records(connection, source="known", target=target, active=active)


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return the number of rows of a table."""
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])


def exploded_values(source: str) -> str:
    """Return a query of record_key, kind, value, surname: one row per shared value of a record."""
    return " union all ".join(
        f"select * from (select record_key, '{kind}' as kind, {value} as value, "
        f"left(coalesce(last, company, first, ''), 3) as surname from {source}) "
        "where value is not null"
        for kind, (value, _) in VALUES.items()
    )


def exploded_keys(source: str, active: list[str], *, prefix: str = "by_") -> str:
    """Return a query of record_key, kind, key: one row per blocking key of a record."""
    return " union all ".join(
        f"select record_key, '{name}' as kind, {prefix}{name} as key from {source} "
        f"where {prefix}{name} is not null"
        for name in active
    )


def limit_of(kinds: dict[str, tuple[str, int]]) -> str:
    """Return the SQL of the limit that belongs to a row's `kind` (of VALUES or KEYS)."""
    cases = " ".join(f"when '{kind}' then {limit}" for kind, (_, limit) in kinds.items())
    return f"case kind {cases} end"


def key_records(
    connection: duckdb.DuckDBPyConnection, *, source: str, target: str, active: list[str]
) -> None:
    """Make `target`: `source` with its blocking keys, common or not, as `by_*`."""
    keys = ", ".join(
        f"case when {_all_known(texts)} then hash({texts}) end as by_{name}"
        if name in active
        else f"cast(null as ubigint) as by_{name}"
        for name, (texts, _) in KEYS.items()
    )
    marks = "own_phones, common_phone, system, own_email, shared_email, home, building"
    connection.execute(
        f"create or replace table {target} as with marked as ({marked(source)}) "
        f"select marked.* exclude ({marks}), {keys} from marked"
    )


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


def block_records(
    connection: duckdb.DuckDBPyConnection, *, source: str, target: str, active: list[str]
) -> None:
    """Make `target` from `source` (of `key_records`): what is compared, keys only where useful.

    Added: own_phones (list, without common ones), common_phone, own_email, shared_email, home
    (property text, null where crowded), building, system (null for mail recipients), the blocking
    keys `key_*` (null where the value is missing, too common or not active), unique_id (place in
    the order of record keys) and content_hash (a fingerprint of all of these).
    """
    keys = ", ".join(
        f"case when by_{name} not in (select key from common_keys where kind = '{name}') "
        f"then by_{name} end as key_{name}"
        if name in active
        else f"cast(null as ubigint) as key_{name}"
        for name in KEYS
    )
    dropped = ", ".join(f"by_{name}" for name in KEYS)
    content = (
        "is_company, first, last, middle, suffix, partner, company, own_phones, common_phone, "
        "own_email, shared_email, tax_id, house_number, street, other_line, unit, zip, city_key, "
        "home, "
        "system, declared_record_key, is_erased, " + ", ".join(f"key_{name}" for name in KEYS)
    )
    connection.execute(
        f"""
        create or replace table {target} as
        with marked as ({marked(source)}), keyed as (
            select * exclude ({dropped}), own_phones[1] as key_phone_a,
                own_phones[2] as key_phone_b, own_email as key_email, {keys}
            from marked
        )
        select *, row_number() over (order by record_key) as unique_id,
            cast(hash({content}) as varchar) as content_hash
        from keyed order by unique_id
        """
    )


def marked(source: str) -> str:
    """Return a query of `source` with shared values told apart by table `common_values`."""
    return f"""
    select records.*,
        case when common.common_phones is null then records.phones
            else list_filter(records.phones,
                lambda phone: not list_contains(common.common_phones, phone)) end as own_phones,
        common.common_phones[1] as common_phone,
        case when records.entity = 'customer' then concat_ws('|', records.source, records.account)
            end as system,
        case when email_use.value is null and not records.is_role_email then records.email end
            as own_email,
        case when email_use.value is not null or records.is_role_email then records.email end
            as shared_email,
        case when home_use.value is null then records.property_text end as home,
        case when records.street is not null then concat_ws('|',
            coalesce(records.house_number, ''), records.street,
            coalesce(records.zip, records.city_key, '')) end as building
    from {source} as records
    left join (
        select record_key, list(value order by value) as common_phones
        from (select record_key, unnest(phones) as value from {source}) as exploded
        inner join common_values using (value)
        where common_values.kind = 'phone'
        group by record_key
    ) as common using (record_key)
    left join common_values as email_use
        on records.email = email_use.value and email_use.kind = 'email'
    left join common_values as home_use
        on records.property_text = home_use.value and home_use.kind = 'home'
    """
