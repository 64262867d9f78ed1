"""Records to comparable values: names, phones, e-mails, tax ids, company cores, addresses.

One table in, one table out, in SQL; `phonenumbers` sees only the distinct numbers that are not
plainly North American. A value that identifies nobody (placeholder, the operator's own phone or
office) becomes null here, so it can never match. Frequencies, which say how far a shared value
may be trusted, are frequencies.py's business; addresses are split in addresses.py.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from dbt_project.linkage.addresses import address_id

TITLES = "MR|MRS|MS|MISS|DR|PROF|REV|MRS|HON"
SUFFIXES = "JR|SR|II|III|IV|V"
COMPANY_FORMS = "LLC|L L C|INC|INCORPORATED|CORP|CORPORATION|CO|COMPANY|PLLC|LTD|LP|LLP|PC|PA|DBA|GMBH|ASSOC|TRUST"
COMPANY_MARKS = (
    r"\b(LLC|L L C|INC|INCORPORATED|CORP|CORPORATION|COMPANY|PLLC|LTD|LLP|DBA|CHURCH|SCHOOL|"
    r"DENTAL|CLINIC|HOSPITAL|APARTMENTS|PROPERTIES|PROPERTY MANAGEMENT|REALTY|HOA|BANK|UNIVERSITY|"
    r"RESTAURANT|HOTEL|MOTEL|ASSOCIATES|ASSOCIATION|MANAGEMENT|HOLDINGS|ENTERPRISES|SERVICES)\b"
)
JUNK_NAMES = (
    "UNKNOWN|NONE|NA|N A|TEST|TESTER|CUSTOMER|CURRENT RESIDENT|RESIDENT|OCCUPANT|HOMEOWNER|"
    "NEIGHBOR|OUR NEIGHBOR|OWNER|TENANT|NULL|NO NAME|NONAME|FIRST|LAST|FNAME|LNAME|CASH|"
    "WALK IN|CASH CUSTOMER|NEW CUSTOMER|TBD|X|XX|XXX|DELETED|ANONYMOUS|GUEST|DUPLICATE"
)
# The straight one (doubled for SQL), the curly one, grave and acute accents.
_APOSTROPHES = "''\u2019`\u00b4"
JUNK_LOCALS = (
    "test|testing|none|na|n.a|noemail|no-email|no_email|nomail|no.email|unknown|null|fake|abc|asdf|"
    "xxx|xx|x|donotreply|do-not-reply|noreply|no-reply|declined|refused|notprovided|no|email|"
    "example|user|customer|nobody|anonymous|notgiven|noemailprovided|didnotprovide"
)
JUNK_DOMAINS = (
    "test.com|none.com|na.com|example.com|example.org|noemail.com|fake.com|no.com|email.com|x.com"
)
ROLE_LOCALS = (
    "info|office|accounts|accounting|billing|ap|ar|admin|administrator|contact|hello|help|sales|"
    "service|support|invoices|invoice|manager|management|mail|frontdesk|reception|team|family|"
    "maintenance|leasing|bookkeeping|payables|accountspayable|hr|jobs|inquiries|home|webmaster"
)

# What a record is normalised from; its address parts come from the resolved addresses.
INPUT_COLUMNS = (
    *("source", "account", "entity", "customer_id", "declared_record_key", "is_deleted"),
    *("is_erased", "first_name", "last_name", "name", "company", "email", "phone", "phone_2"),
    *("address_line_1", "address_line_2", "city", "state", "postal_code", "customer_type"),
    *("tax_id", "created_at", "updated_at"),
)


@dataclass(frozen=True)
class OperatorDetails:
    """The operator's own name, phones and address: found on records, they identify nobody.

    Attributes:
        name: Company name, or empty.
        phones: Own numbers as written, any style.
        address: Own address in one line, or empty.
    """

    name: str = ""
    phones: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class NicknameTable:
    """Nicknames and the formal names each may stand for; upper case."""

    pairs: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    def arrow(self) -> pa.Table:
        """Return one row per nickname: nickname, roots (formal names and itself, sorted)."""
        roots: dict[str, set[str]] = {}
        for nickname, formal in self.pairs:
            roots.setdefault(nickname, {nickname}).add(formal)
            roots.setdefault(formal, {formal})
        words = sorted(roots)
        return pa.table(
            {
                "nickname": pa.array(words, pa.string()),
                "roots": pa.array([sorted(roots[word]) for word in words], pa.list_(pa.string())),
            }
        )


def normalise_records(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    target: str,
    addresses: str,
    nicknames: NicknameTable,
    operator: OperatorDetails,
) -> None:
    """Make `target`: one row per record of `source`, comparable values beside the record's keys.

    Args:
        connection: Where both live.
        source: record_key, source, account, entity, customer_id, the person columns of the import
            format, customer_type, tax_id, declared_record_key, is_deleted, is_erased, created_at,
            updated_at.
        target: Table made: record_key and is_company, first, first_roots (list), middle, last,
            suffix, partner (the other one of a couple), company, phones (list, E.164), email,
            is_role_email, tax_id, the address columns of `normalise_addresses`, address_id,
            order_at, input_hash (of the record as it came).
        addresses: Table that `resolve_addresses` made of (at least) their addresses.
        nicknames: Which names may stand for which.
        operator: Own values to ignore.
    """
    connection.register("nickname_arrow", nicknames.arrow())
    connection.execute("create or replace temp table nickname_roots as from nickname_arrow")
    connection.unregister("nickname_arrow")
    _names(connection, source)
    _phones(connection, source, operator)
    connection.execute(_PREPARED.format(source=source, target=target, addresses=addresses))
    for table in ("record_names", "record_phones", "nickname_roots"):
        connection.execute(f"drop table if exists {table}")


def input_hash(prefix: str = "") -> str:
    """Return the SQL of a record's fingerprint: unchanged, it is normalised to the same values."""
    return "hash(" + ", ".join(f"{prefix}{name}" for name in INPUT_COLUMNS) + ")"


def _letters(column: str) -> str:
    """Upper-case letters of any script, blanks single; digits stay (companies have them).

    A text that is wholly a placeholder is null.
    """
    text = f"upper(strip_accents(nfc_normalize({column})))"
    text = f"regexp_replace({text}, '[{_APOSTROPHES}.]', '', 'g')"
    text = f"regexp_replace({text}, '[^\\p{{L}}\\p{{M}}0-9,&+]+', ' ', 'g')"
    return f"nullif(regexp_replace(trim({text}), '^(?:{JUNK_NAMES})$', ''), '')"


def _names(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Split names: titles and suffixes off, `Last, First`, couples, companies told apart."""
    joined = "concat_ws(' ', first_name, last_name)"
    connection.execute(
        f"""
        create or replace temp table record_names as
        with texts as (
            select record_key, {_letters("first_name")} as given, {_letters("last_name")} as family,
                {_letters("coalesce(nullif(trim(name), ''), nullif(trim(" + joined + "), ''))")} as whole,
                {_letters("company")} as company_text,
                coalesce(customer_type, '') = 'commercial' as is_commercial,
                nullif(trim(coalesce(first_name, '') || coalesce(last_name, '')), '') is not null
                    as has_parts
            from {source}
        ), kinds as (
            select *, coalesce(company_text, case
                when not has_parts and (is_commercial or regexp_matches(whole, '{COMPANY_MARKS}'))
                then whole end) as company_found
            from texts
        ), spoken as (
            select record_key, company_found, has_parts, given, family,
                case when company_found is not null and not has_parts then null else
                    trim(regexp_replace(regexp_replace(
                        case when has_parts then concat_ws(' ', given, family)
                            when contains(whole, ',')
                            then split_part(whole, ',', 2) || ' ' || split_part(whole, ',', 1)
                            else whole end,
                        '(^| )(?:{TITLES}) ', ' ', 'g'), ' (?:{SUFFIXES})$', '')) end as person,
                coalesce(nullif(regexp_extract(whole, '[ ,]({SUFFIXES})$', 1), ''),
                    nullif(regexp_extract(split_part(whole, ',', 1), ' ({SUFFIXES})$', 1), ''))
                    as suffix
            from kinds
        ), coupled as (
            select *, regexp_matches(person, ' (?:AND|&|\\+) |&|\\+') as is_couple,
                string_split(trim(regexp_replace(person, ' *(?: AND | Y |&|\\+) *', ' & ', 'g')), ' & ')
                    as halves,
                trim(regexp_replace(regexp_replace(person, ' *(?: AND |&|\\+) *', ' ', 'g'),
                    '[,0-9]', '', 'g')) as plain
            from spoken
        ), parts as (
            select *,
                string_split(case when is_couple and len(halves) = 2 then halves[1] else plain end,
                    ' ') as words,
                case when is_couple and len(halves) = 2 then string_split(halves[2], ' ') end as second
            from coupled
        )
        select record_key, company_found as company_text,
            nullif(regexp_replace(case when has_parts and not is_couple and given is not null
                    then split_part(regexp_replace(given, '^(?:{TITLES}) ', ''), ' ', 1)
                when has_parts and not is_couple then null else words[1] end,
                '[^\\p{{L}}\\p{{M}}]', '', 'g'), '') as first,
            nullif(regexp_replace(case when has_parts and not is_couple then
                    regexp_replace(family, ' (?:{SUFFIXES})$', '')
                when second is not null and len(words) = 1 then second[len(second)]
                when len(words) > 1 then case
                    when len(words) > 2 and words[len(words) - 1] in
                        ('DE', 'LA', 'DEL', 'VAN', 'VON', 'DER', 'DI', 'DA', 'ST', 'MAC', 'MC', 'LE')
                    then words[len(words) - 1] || words[len(words)] else words[len(words)] end end,
                '[^\\p{{L}}\\p{{M}}]', '', 'g'), '') as last,
            case when has_parts then nullif(left(split_part(given, ' ', 2), 1), '')
                when second is null and len(words) > 2 then left(words[2], 1) end as middle,
            nullif(second[1], '') as partner, nullif(suffix, '') as suffix,
            is_couple
        from parts
        """
    )


def _phones(connection: duckdb.DuckDBPyConnection, source: str, operator: OperatorDetails) -> None:
    """E.164 by rule for the North American plan, by phonenumbers for the distinct rest."""
    connection.execute(
        f"""
        create or replace temp table record_phones as
        with raw as (
            select distinct unnest([phone, phone_2]) as written from {source}
        ), digits as (
            select written, regexp_replace(regexp_replace(lower(written),
                '(?:x|ext|extension)[. ]*[0-9]+ *$', ''), '[^0-9]', '', 'g') as digits
            from raw where written is not null
        )
        select written, digits, case
            when starts_with(ltrim(written), '+') and not starts_with(digits, '1') then null
            when length(digits) = 10 then '+1' || digits
            when length(digits) = 11 and starts_with(digits, '1') then '+' || digits
            -- Numbers of other countries as they are dialled at home: good to compare as they are.
            when length(digits) between 8 and 11 and length(replace(digits, digits[1], '')) > 2
                and not regexp_matches(digits, '^0?12345') then digits end as e164,
            (starts_with(ltrim(written), '+') and not starts_with(digits, '1'))
                or length(digits) > 11 as is_foreign
        from digits
        """
    )
    foreign = connection.execute(
        "select written from record_phones where is_foreign order by written limit 100000"
    ).fetchall()
    if foreign:
        table = pa.table(
            {
                "written": [row[0] for row in foreign],
                "parsed": pa.array([_foreign_phone(row[0]) for row in foreign], pa.string()),
            }
        )
        connection.register("foreign_phones", table)
        connection.execute(
            """update record_phones set e164 = parsed from foreign_phones
            where record_phones.written = foreign_phones.written"""
        )
        connection.unregister("foreign_phones")
    connection.execute(
        r"""
        delete from record_phones where e164 is null
            or regexp_matches(e164, '^\+1([01]|[2-9][0-9]{2}[01])')
            or regexp_matches(e164, '^\+1[0-9]{3}5550[01][0-9]{2}$|^\+1[0-9]{3}5555555$|^\+1555')
            or length(replace(e164[3:], e164[12], '')) <= 1
            or e164 in ('+11234567890', '+12345678901', '+12345678900', '+19876543210')
        """
    )
    for own in operator.phones:
        digits = "".join(letter for letter in own if letter.isdigit())[-10:]
        if digits:
            connection.execute("delete from record_phones where right(e164, 10) = ?", [digits])


def _foreign_phone(written: str) -> str | None:
    import phonenumbers  # 0.1 s to import; most runs hold no foreign number

    try:
        number = phonenumbers.parse(written if written.lstrip().startswith("+") else "+" + written)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_EMAIL = r"""
    case when regexp_matches(trim(lower(email)), '^[^@\s,;]+@[a-z0-9.-]+\.[a-z]{{2,}}$')
        then regexp_replace(split_part(trim(lower(email)), '@', 1), '\+.*$', '') end"""

_PREPARED = (
    """
    create or replace table {target} as
    with emails as (
        select record_key, """
    + _EMAIL
    + """ as local, split_part(trim(lower(email)), '@', 2) as domain
        from {source}
    ), cores as (
        select record_key, company_text,
            nullif(trim(regexp_replace(regexp_replace(regexp_replace(company_text,
                '[,&+]', ' ', 'g'), '^THE ', ''), '( (?:"""
    + COMPANY_FORMS
    + """))+$', '')), '') as core
        from record_names
    )
    select records.record_key, records.source, records.account, records.entity,
        records.customer_id, records.declared_record_key, records.is_deleted, records.is_erased,
        coalesce(records.updated_at, records.created_at) as order_at,
        names.first is null and names.last is null and cores.core is not null
            or coalesce(records.customer_type, '') = 'commercial' and cores.core is not null
            as is_company,
        case when not regexp_matches(names.first, '^(?:"""
    + JUNK_NAMES
    + """)$') then names.first end as first,
        case when not regexp_matches(names.last, '^[A-Z]$') and not regexp_matches(names.last, '^(?:"""
    + JUNK_NAMES
    + """)$') and not regexp_matches(concat_ws(' ', names.first, names.last), '^(?:"""
    + JUNK_NAMES
    + """)$') then names.last end as last,
        case when names.first is not null then coalesce(nickname_roots.roots, [names.first]) end
            as first_roots,
        last_nickname.roots as last_roots,
        names.middle, names.suffix, names.partner,
        nullif(replace(cores.core, ' ', ''), '') as company,
        list_distinct(list_filter([phone_1.e164, phone_2.e164], lambda number: number is not null))
            as phones,
        case when emails.local <> '' and emails.local is not null
            and not regexp_matches(emails.local, '^(?:"""
    + JUNK_LOCALS
    + """)$') and not regexp_matches(emails.domain, '^(?:"""
    + JUNK_DOMAINS.replace(".", "[.]")
    + """)$') then case when emails.domain in ('gmail.com', 'googlemail.com')
            then replace(emails.local, '.', '') || '@gmail.com'
            else emails.local || '@' || emails.domain end end as email,
        coalesce(regexp_matches(emails.local, '^(?:"""
    + ROLE_LOCALS
    + """)[0-9]*$'), false) as is_role_email,
        case when length(regexp_replace(records.tax_id, '[^0-9]', '', 'g')) >= 8
            and length(replace(regexp_replace(records.tax_id, '[^0-9]', '', 'g'),
                left(regexp_replace(records.tax_id, '[^0-9]', '', 'g'), 1), '')) > 1
            then regexp_replace(records.tax_id, '[^0-9]', '', 'g') end as tax_id,
        addresses.house_number, addresses.street, addresses.raw_street, addresses.unit,
        addresses.other_line,
        addresses.zip, addresses.city_key, addresses.property_text, addresses.household_key
        as home_key,
        """
    + address_id("records.")
    + " as address_id, "
    + input_hash("records.")
    + """ as input_hash
    from {source} as records
    inner join record_names as names using (record_key)
    inner join cores using (record_key)
    inner join emails using (record_key)
    left join nickname_roots on names.first = nickname_roots.nickname
    left join nickname_roots as last_nickname on names.last = last_nickname.nickname
    left join record_phones as phone_1 on records.phone = phone_1.written
    left join record_phones as phone_2 on records.phone_2 = phone_2.written
    left join {addresses} as addresses
        on """
    + address_id("records.")
    + """ = addresses.address_id
    """
)


def nickname_table(rows: Mapping[str, str] | list[tuple[str, str]]) -> NicknameTable:
    """Make the table from (nickname, formal name) pairs in any case."""
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    return NicknameTable(tuple((nick.upper(), formal.upper()) for nick, formal in pairs))
