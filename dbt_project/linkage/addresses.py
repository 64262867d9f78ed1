"""Addresses to one spelling: street, unit and postal code apart, as the post writes them.

SQL does the bulk over distinct lines; `usaddress` sees only what the rules cannot split (no house
number in front, no box). Then spellings of one street under one house number and postal code are
drawn to the commoner one. Which people live at an address is decided in households.py.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import duckdb
import pyarrow as pa

from dbt_project.linkage.words import DIRECTIONS, ORDINALS, STREET_TYPES, UNIT_WORDS

_UNIT = (
    r"(?:^| )(?:" + "|".join(UNIT_WORDS) + r")(?: *#| +| *-) *([A-Z0-9][A-Z0-9/-]{0,7})$"
    r"|(?:# *|(?:^| )(?:APT|UNIT|STE))([A-Z0-9-]{0,2}[0-9][A-Z0-9/-]{0,7}|[A-Z])$"
)
_BOX = r"^(?:P[. ]*O[. ]*|POST OFFICE )?(?:BOX|BX)[ #.]*([A-Z0-9-]+)$"
_MAXIMUM_PARSED = 200_000
_STREET_END = (
    " (?:" + "|".join(sorted({*STREET_TYPES, *STREET_TYPES.values()})) + ")( [NSEW]{1,2})?$"
)


def normalise_addresses(connection: duckdb.DuckDBPyConnection, *, source: str, target: str) -> None:
    """Make `target` from the distinct addresses of `source`: spelled, then drawn together.

    Args:
        connection: Where both tables live.
        source: One row per distinct address: address_id, address_line_1, address_line_2, city,
            state, postal_code (text), use_count.
        target: Table made; see `draw_together`.
    """
    spell_addresses(connection, source=source, target="address_spellings")
    draw_together(connection, source="address_spellings", target=target)
    connection.execute("drop table address_spellings")


def spell_addresses(connection: duckdb.DuckDBPyConnection, *, source: str, target: str) -> None:
    """Make `target`: each address of `source` for itself, split and spelled the postal way.

    It has address_id, use_count, house_number, street (without number and unit), unit, other_line
    (letters of a second line that is no unit), city_key and zip.
    """
    _words(connection)
    connection.execute(
        f"""
        create or replace temp table address_lines as
        select address_id, address_line_1, address_line_2, city, state, postal_code, use_count,
            {_cleaned("address_line_1")} as line_1, {_cleaned("address_line_2")} as line_2,
            nullif(upper(regexp_replace(strip_accents(city), '[^A-Za-z]', '', 'g')), '') as city_key,
            {_postal_code()} as zip
        from {source}
        """
    )
    _split(connection)
    _parse_remainder(connection)
    _spell(connection)
    connection.execute(
        f"""
        create or replace table {target} as
        select address_id, use_count, house_number, street, unit, other_line, city_key, zip
        from address_spelled
        """
    )
    for name in ("address_lines", "address_split", "address_spelled"):
        connection.execute(f"drop table if exists {name}")


def draw_together(connection: duckdb.DuckDBPyConnection, *, source: str, target: str) -> None:
    """Make `target`: `source` with rarer spellings of a street drawn to the commoner one.

    Only addresses of one house number and postal code bear on each other. Added: raw_street (as
    it was), property_text (number, street, unit and zip as one text, null where the address
    cannot carry a household: no street, or neither postal code nor city) and raw_property_text.
    """
    _draw_together(connection, source)
    connection.execute(
        f"""
        create or replace table {target} as
        select spelled.* exclude (street),
            coalesce(drawn.common_street, spelled.street) as street,
            spelled.street as raw_street,
            case when spelled.street is not null and coalesce(zip, city_key) is not null
                then concat_ws('|', coalesce(house_number, ''),
                    coalesce(drawn.common_street, spelled.street), coalesce(unit, ''),
                    coalesce(zip, city_key)) end as property_text,
            case when spelled.street is not null and coalesce(zip, city_key) is not null
                then concat_ws('|', coalesce(house_number, ''), spelled.street, coalesce(unit, ''),
                    coalesce(zip, city_key)) end as raw_property_text
        from {source} as spelled
        left join address_drawn as drawn using (house_number, street, zip)
        """
    )
    connection.execute("drop table address_drawn")


def collect_addresses(connection: duckdb.DuckDBPyConnection, *, source: str, target: str) -> None:
    """Make `target`, one row per distinct address of the records of `source`."""
    connection.execute(
        f"""
        create or replace table {target} as
        select {address_id()} as address_id, min(address_line_1) as address_line_1,
            min(address_line_2) as address_line_2, min(city) as city, min(state) as state,
            min(postal_code) as postal_code, count(*) as use_count
        from {source}
        where coalesce(address_line_1, address_line_2, city, postal_code) is not null
        group by 1
        """
    )


def address_id(prefix: str = "") -> str:
    """Return the SQL of an address's fingerprint; the dbt macro surrogate_key makes the same."""
    columns = ("address_line_1", "address_line_2", "city", "state", "postal_code")
    return (
        "md5(concat_ws('|', "
        + ", ".join(f"coalesce({prefix}{name}, '')" for name in columns)
        + "))"
    )


def _postal_code() -> str:
    """Five digits where they stand; codes of other countries with their letters."""
    digits = "regexp_replace(postal_code, '[^0-9]', '', 'g')"
    return (
        "case when regexp_matches(postal_code, '[A-Za-z]') "
        "and not regexp_matches(postal_code, '[0-9]{5}') "
        f"and {digits} <> '' "
        "then upper(regexp_replace(postal_code, '[^A-Za-z0-9]', '', 'g')) "
        f"else nullif(lpad(left({digits}, 5), 5, '0'), '00000') end"
    )


def _cleaned(column: str) -> str:
    """Upper case, no accents and dots, single blanks; a line of only punctuation is null."""
    text = f"upper(strip_accents({column}))"
    text = f"regexp_replace({text}, '[^A-Z0-9#/& -]+', ' ', 'g')"
    return f"nullif(trim(regexp_replace({text}, '\\s+', ' ', 'g')), '')"


def _words(connection: duckdb.DuckDBPyConnection) -> None:
    pairs = {**STREET_TYPES, **ORDINALS}
    table = pa.table({"word": list(pairs), "postal": list(pairs.values())})
    connection.register("street_words_arrow", table)
    connection.execute("create or replace temp table street_words as from street_words_arrow")
    connection.unregister("street_words_arrow")


def _split(connection: duckdb.DuckDBPyConnection) -> None:
    """Unit off the end of line 1, or line 2 when it holds one; boxes; number off the front."""
    # A unit in front of the number, as some countries write it: `Flat 3, 12 High St`.
    leading = r"^(?:FLAT|APARTMENT|APT|UNIT|SUITE) *#? *([A-Z0-9]{1,5}) ([0-9]+[A-Z]? [A-Z].*)$"
    unit_1 = f"regexp_extract(line_1, '{_UNIT}', 1) || regexp_extract(line_1, '{_UNIT}', 2)"
    unit_2 = f"regexp_extract(line_2, '{_UNIT}', 1) || regexp_extract(line_2, '{_UNIT}', 2)"
    connection.execute(
        f"""
        create or replace temp table address_split as
        with turned_round as (
            select * replace (
                case when regexp_matches(line_1, '{leading}')
                    then regexp_extract(line_1, '{leading}', 2)
                        || ' UNIT ' || regexp_extract(line_1, '{leading}', 1)
                    else line_1 end as line_1)
            from address_lines
        ), lines as (
            select * replace (
                case when not regexp_matches(coalesce(line_1, ''), '^[0-9]|^P *O |BOX')
                        and regexp_matches(coalesce(line_2, ''), '^[0-9]+[A-Z]? [A-Z0-9]')
                    then line_2 else coalesce(line_1, line_2) end as line_1,
                case when not regexp_matches(coalesce(line_1, ''), '^[0-9]|^P *O |BOX')
                        and regexp_matches(coalesce(line_2, ''), '^[0-9]+[A-Z]? [A-Z0-9]')
                    then line_1 when line_1 is not null then line_2 end as line_2)
            from turned_round
        ), units as (
            select *, coalesce(nullif({unit_1}, ''), nullif({unit_2}, ''),
                case when regexp_matches(line_2, '^[A-Z]?[0-9]{{1,5}}[A-Z]?$|^[A-Z]$')
                    then line_2 end) as unit_found,
                trim(regexp_replace(line_1, '{_UNIT}', '')) as rest,
                regexp_extract(line_1, '{_BOX}', 1) as box
            from lines
        ), parts as (
            select * exclude (unit_found, rest, box),
                case when unit_found is null then line_2 end as other_found,
                case when box = '' then regexp_replace(unit_found, '[^A-Z0-9]', '', 'g') end
                    as unit,
                case when box <> '' then 'BOX' || box else nullif(regexp_extract(rest,
                    '^([0-9]+(?:-[0-9]+)?[A-Z]?(?: 1/2)?)(?: |$)', 1), '') end as house_number,
                case when box <> '' then 'PO BOX' else nullif(trim(regexp_replace(rest,
                    '^[0-9]+(?:-[0-9]+)?[A-Z]?(?: 1/2)?(?: |$)', '')), '') end as street_typed
            from units
        ), turned as (
            -- Lines in each other's place: the street is the one that ends like a street.
            select *, coalesce(not regexp_matches(street_typed, '{_STREET_END}')
                and regexp_matches(other_found, '{_STREET_END}'), street_typed is null) as is_turned
            from parts
        )
        select * exclude (other_found, street_typed, is_turned),
            case when is_turned then other_found else street_typed end as street_found,
            nullif(regexp_replace(case when is_turned then street_typed else other_found end,
                '[^A-Z]', '', 'g'), '') as other_line
        from turned
        """
    )


def _parse_remainder(connection: duckdb.DuckDBPyConnection) -> None:
    """Let usaddress try lines in which no rule found a house number but a digit stands."""
    rows = connection.execute(
        """
        select distinct line_1 from address_split
        where house_number is null and regexp_matches(line_1, '[0-9]')
        order by line_1 limit ?
        """,
        [_MAXIMUM_PARSED],
    ).fetchall()
    parsed = [found for (line,) in rows if (found := _parsed(line))]
    if not parsed:
        return
    columns = ("line_1", "number", "way", "unit_parsed")
    table = pa.table(
        {name: list(cells) for name, cells in zip(columns, zip(*parsed, strict=True), strict=True)}
    )
    connection.register("parsed_lines", table)
    connection.execute(
        """
        update address_split set house_number = parsed.number, street_found = parsed.way,
            unit = coalesce(address_split.unit, parsed.unit_parsed)
        from parsed_lines as parsed where address_split.line_1 = parsed.line_1
        """
    )
    connection.unregister("parsed_lines")


def _parsed(line: str) -> tuple[str, str, str, str | None] | None:
    import usaddress  # takes half a second to import, and most runs never need it

    try:
        tags, _ = usaddress.tag(line)
    except usaddress.RepeatedLabelError:
        return None
    number = tags.get("AddressNumber")
    street = " ".join(text for label, text in tags.items() if label.startswith("StreetName"))
    if not number or not street:
        return None
    return line, number, street, tags.get("OccupancyIdentifier")


def _spell(connection: duckdb.DuckDBPyConnection) -> None:
    """Postal words for the street type at the end, directions at both ends, ordinals."""
    long = ", ".join(f"when '{word}' then '{letter}'" for word, letter in DIRECTIONS.items())
    direction = f"case %s {long.replace(',', '')} else %s end"
    connection.execute(
        f"""
        create or replace temp table address_spelled as
        with words as (
            select *, string_split(regexp_replace(street_found, '[^A-Z0-9 ]', '', 'g'), ' ') as parts
            from address_split
        ), ends as (
            select *, len(parts) as size, parts[1] as head, parts[len(parts)] as tail,
                case when len(parts) > 2 and parts[len(parts)] in ({_quoted(DIRECTIONS)})
                    then parts[len(parts) - 1] end as before_tail
            from words
        )
        select ends.* exclude (street_found, parts, size, head, tail, before_tail),
            nullif(trim(regexp_replace(concat_ws(' ',
                case when size > 1 then {direction % ("head", "coalesce(first_word.postal, head)")} end,
                array_to_string(case when before_tail is null then parts[2:size - 1]
                    else parts[2:size - 2] end, ' '),
                coalesce(before_word.postal, before_tail),
                case when before_tail is null then coalesce(last_word.postal, tail)
                    else {direction % ("tail", "tail")} end), ' +', ' ', 'g')), '') as street
        from ends
        left join street_words as first_word
            on ends.head = first_word.word and (
                (ends.size > 2 and regexp_matches(first_word.postal, '^[0-9]'))
                or (ends.size = 2 and first_word.postal in ('AVE', 'HWY', 'RTE', 'RD')))
        left join street_words as last_word on ends.tail = last_word.word
        left join street_words as before_word on ends.before_tail = before_word.word
        """
    )


def _quoted(words: dict[str, str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _draw_together(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Map rarer spellings of a street to the commonest near one, within number and postal code.

    Two letters' difference in a name of six and more, or a missing street type or direction.
    """
    connection.execute(
        f"""
        create or replace temp table address_drawn as
        with streets as (
            select house_number, street, zip, sum(use_count) as use_count
            from {source}
            where house_number is not null and street is not null and zip is not null
                and street <> 'PO BOX'
            group by all
        )
        select rare.house_number, rare.street, rare.zip,
            arg_max(common.street, (common.use_count, common.street)) as common_street
        from streets as rare
        inner join streets as common
            on rare.house_number = common.house_number and rare.zip = common.zip
            and rare.street <> common.street
            and (common.use_count, common.street) > (rare.use_count, rare.street)
        where damerau_levenshtein(rare.street, common.street)
                <= case when length(rare.street) >= 8 then 2 else 1 end
            or (length(rare.street) >= 4 and starts_with(common.street, rare.street || ' '))
            or (length(common.street) >= 4 and starts_with(rare.street, common.street || ' '))
            or regexp_replace(rare.street, '^[NSEW]{{1,2}} ', '')
                = regexp_replace(common.street, '^[NSEW]{{1,2}} ', '')
        group by all
        """
    )
