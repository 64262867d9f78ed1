"""Erasing a person by privacy request: the one exception to raw being append only.

Personal fields are taken out of every landed version that belongs to the customer, ids, times and
amounts stay, so that the facts stand under the (anonymous) customer key; payload hashes stay as
they were. Each erased record is listed in `raw_matchback.erasures`: the linkage keeps it where it
was although nothing is left to compare, and a build as of an earlier day reads the erased payloads
too. What was derived from them, published or logged is swept by erasure_sweep.py; copies handed out
are not ours. Who shares the person's home, phone or name keeps their own records.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from ingestion.errors import SettingsError
from ingestion.registry import SOURCES
from ingestion.settings import Settings
from orchestration.lib.erasure_sweep import (
    Person,
    rewrite_database,
    sweep_files,
    sweep_published,
    sweep_warehouse,
)
from orchestration.lib.identity_words import RECORDS, find_record
from orchestration.lib.warehouse import open_warehouse, single_run

# Import rows: what the import format calls person columns, and free text beside them.
IMPORT_FIELDS = [
    "first_name",
    "last_name",
    "name",
    "company",
    "email",
    "phone",
    "phone_2",
    "address_line_1",
    "address_line_2",
    "city",
    "tax_id",
    "service_address_line_1",
    "service_address_line_2",
    "service_city",
    "notes",
    "custom_fields",
    "description",
    "detail",
    "tracking_url",
    "response_body",
    "_extra",
]
# Numbers shorter than this are no phone: they would find strangers' rows.
_PHONE_DIGITS = 10
_NAME_LETTERS = 6
# Tables whose record is the customer itself: there the record's id is the customer's.
_OWN = ("customers", "contacts", "recipients")
# Elsewhere a customer is named under a key with one of these in it.
_REFERENCES = ("customer", "contact", "recipient", "member")
# Free fields that also carry facts (a postcard's code): only what names the person goes.
_MIXED = ("customFields", "custom_fields")


@dataclass(frozen=True)
class Erasure:
    """What one erasure did.

    Attributes:
        customer_key: Whose records.
        record_count: Records erased.
        row_count: Landed rows (versions) whose payload was cleared.
        person: By what their traces elsewhere are found.
    """

    customer_key: str
    record_count: int
    row_count: int
    person: Person


def erase_everywhere(
    settings: Settings, reference: str, *, erasure_id: str, actor: str, reason: str
) -> Erasure:
    """Erase a customer from the warehouse, kept published runs, waiting rows and logs of a home.

    Raises:
        SettingsError: No customer goes by that name.
    """
    with single_run(settings, name="writer", wait=True):
        with open_warehouse(settings) as connection:
            done = erase_customer(
                connection,
                reference,
                erasure_id=erasure_id,
                actor=actor,
                reason=reason,
                now=settings.now(),
            )
            sweep_warehouse(connection, done.person)
            connection.execute("checkpoint")
        # Old texts stay in a database file until their space is used again.
        rewrite_database(settings.warehouse)
        sweep_published(settings, done.person)
        sweep_files(settings, done.person)
    return done


def erase_customer(
    connection: duckdb.DuckDBPyConnection,
    reference: str,
    *,
    erasure_id: str,
    actor: str,
    reason: str,
    now: datetime,
) -> Erasure:
    """Erase a customer's personal fields from all landed data, in one transaction.

    Raises:
        SettingsError: No customer goes by that name.
    """
    customer_key = find_record(connection, reference)["customer_key"]
    cursor = connection.execute(f"select * from {RECORDS} where customer_key = ?", [customer_key])
    names = [column[0] for column in cursor.description or ()]
    records = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not records:
        raise SettingsError(f"Customer {reference!r} has no records: nothing to erase.")
    person = _person(connection, customer_key, records)
    connection.execute("begin")
    try:
        row_count = _clear_landed(connection, records, list(person.words))
        _clear_logs(connection, list(person.words))
        for record in records:
            connection.execute(
                "insert into raw_matchback.erasures (erasure_id, known_at, actor, reason, "
                "record_key, source, account, entity, customer_id, customer_key) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    erasure_id,
                    now,
                    actor,
                    reason,
                    *(record[name] for name in ("record_key", "source", "account", "entity")),
                    record["customer_id"],
                    customer_key,
                ],
            )
        connection.execute("commit")
    except duckdb.Error:
        connection.execute("rollback")
        raise
    connection.execute("checkpoint")
    return Erasure(customer_key, len(records), row_count, person)


def _person(
    connection: duckdb.DuckDBPyConnection, customer_key: str, records: list[dict[str, Any]]
) -> Person:
    """Say by what the person is found: what another customer has too would find that one."""
    words = _words_of(records)
    shared = connection.execute(
        f"""
        select word from (select unnest(?) as word)
        where exists (
            select 1 from {RECORDS}
            where customer_key <> ? and (
                lower(trim(email)) = word
                or right(regexp_replace(phone, '[^0-9]', '', 'g'), 10) = word
                or right(regexp_replace(phone_2, '[^0-9]', '', 'g'), 10) = word
                or regexp_replace(lower(trim(address_line_1)), '\\s+', ' ', 'g') = word
                or regexp_replace(lower(trim(name)), '\\s+', ' ', 'g') = word
                or lower(trim(concat_ws(' ', first_name, last_name))) = word
                or lower(trim(concat_ws(' ', last_name, first_name))) = word
                or regexp_replace(lower(trim(company)), '\\s+', ' ', 'g') = word))
        """,
        [words, customer_key],
    ).fetchall()
    record_keys = [record["record_key"] for record in records]
    keys = connection.execute(
        """
        select distinct unnest([customer_key, from_customer_key])
        from raw_matchback.identity_registry where record_key in (select unnest(?))
        """,
        [record_keys],
    ).fetchall()
    return Person(
        customer_keys=tuple(sorted({customer_key, *(row[0] for row in keys if row[0])})),
        record_keys=tuple(sorted(record_keys)),
        record_ids=tuple((r["source"], r["account"], str(r["customer_id"])) for r in records),
        words=tuple(sorted(set(words) - {row[0] for row in shared})),
    )


def _words_of(records: list[dict[str, Any]]) -> list[str]:
    """Texts by which a row of another table is known to be about the person."""
    words: set[str] = set()
    for record in records:
        if record["email"]:
            words.add(record["email"].strip().lower())
        for name in ("phone", "phone_2"):
            digits = "".join(letter for letter in record[name] or "" if letter.isdigit())
            if len(digits) >= _PHONE_DIGITS:
                words.add(digits[-_PHONE_DIGITS:])
        street = " ".join((record["address_line_1"] or "").lower().split())
        if any(letter.isdigit() for letter in street) and len(street) >= 8:
            words.add(street)
        first, last = record["first_name"], record["last_name"]
        for whole in (record["name"], record["company"], f"{first or ''} {last or ''}"):
            words |= _ways_to_write(whole or "")
    return sorted(words)


def _ways_to_write(name: str) -> set[str]:
    """A whole name as it stands and turned round; none if it is one word or too short to tell."""
    parts = name.lower().replace(",", " ").split()
    whole = " ".join(parts)
    if len(parts) < 2 or len(whole) < _NAME_LETTERS:
        return set()
    return {whole, " ".join([parts[-1], *parts[:-1]]), " ".join([*parts[1:], parts[0]])}


def _clear_landed(
    connection: duckdb.DuckDBPyConnection, records: list[dict[str, Any]], words: list[str]
) -> int:
    """Clear every landed row of the records, and rows of other tables that name the person."""
    own = {(r["source"], r["account"], str(r["customer_id"])) for r in records}
    cleared = 0
    for source in SOURCES.values():
        for entity in source.entities:
            fields = IMPORT_FIELDS if source.name == "import" else list(entity.personal_fields)
            if not fields:
                continue
            table = f'raw_{source.name}."{entity.name}"'
            for rowid, account, record_id, payload in _candidates(connection, table, own, words):
                content = json.loads(payload) if payload else {}
                if not isinstance(content, dict):
                    continue
                if source.name == "import":
                    is_theirs = _imported_of(content, own)
                else:
                    ids = {i for s, a, i in own if s == source.name and a == account}
                    is_theirs = (
                        entity.name in _OWN and bool(ids & {record_id, *record_id.split(":")})
                    ) or _refers_to(content, ids)
                # Another customer's own record is theirs, whatever they share.
                if not is_theirs and (entity.name in _OWN or not _has_word(content, words)):
                    continue
                for field in fields:
                    if field in _MIXED:
                        _remove_words(content, field, words)
                    else:
                        _remove(content, field.split("."))
                connection.execute(
                    f"update {table} set payload = ? where rowid = ?", [json.dumps(content), rowid]
                )
                cleared += 1
    return cleared


def _candidates(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    own: set[tuple[str, str, str]],
    words: list[str],
) -> list[tuple[int, str, str, str]]:
    """Rows in which one of the ids or words stands anywhere; which are meant is told in Python."""
    return connection.execute(
        f"""
        select rowid, account, record_id, payload from {table}
        where exists (select 1 from (select unnest(?) as id)
                where contains(record_id, id) or contains(payload, id))
            or exists (select 1 from (select unnest(?) as word)
                where contains(regexp_replace(lower(payload), '[\\s,]+', ' ', 'g'), word)
                or (regexp_matches(word, '^[0-9]+$')
                    and contains(regexp_replace(payload, '[^0-9]', '', 'g'), word)))
            -- A person's first and last name stand in fields of their own.
            or exists (select 1 from (select unnest(?) as pair)
                where pair[1] <> '' and contains(lower(payload), pair[1])
                    and contains(lower(payload), pair[2]))
        """,
        [
            sorted({identity for _, _, identity in own}),
            words,
            [[word.split()[0], word.split()[-1]] for word in words if " " in word] or [["", ""]],
        ],
    ).fetchall()


def _imported_of(content: dict[str, Any], own: set[tuple[str, str, str]]) -> bool:
    """Return whether an import row is the person's record, or refers to it."""
    source, account = str(content.get("source")), str(content.get("account") or "main")
    referred = (
        str(content.get("customer_source") or source),
        str(content.get("customer_account") or account),
    )
    named = {(*referred, str(content.get("customer_id")))}
    named |= {
        (source, account, str(content.get(name)))
        for name in ("customer_id", "recipient_id", "mail_piece_id", "member_id")
    }
    return bool(named & own)


def _refers_to(content: Any, ids: set[str]) -> bool:
    """Return whether one of the ids stands where a vendor's record names its customer."""
    return any(
        text in ids and any(word in key for word in _REFERENCES) for key, text in _leaves(content)
    )


def _has_word(content: Any, words: list[str]) -> bool:
    """Return whether a payload names the person: a word in one value, or in name parts together."""
    values = [text for _, text in _leaves(content)]
    whole = " ".join(" ".join(text.lower().replace(",", " ").split()) for text in values)
    return any(_names(text, words) for text in values) or any(
        word in whole for word in words if " " in word
    )


def _names(text: str, words: list[str]) -> bool:
    low = " ".join(text.lower().replace(",", " ").split())
    digits = "".join(letter for letter in text if letter.isdigit())
    return any(word in low or (word.isdigit() and digits.endswith(word)) for word in words)


def _leaves(content: Any) -> list[tuple[str, str]]:
    """Return every value of a payload as text, with its dotted key in lower case."""
    found: list[tuple[str, str]] = []
    stack: list[tuple[str, Any]] = [("", content)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((f"{key}.{name}".lower(), inner) for name, inner in value.items())
        elif isinstance(value, list):
            stack.extend((key, inner) for inner in value)
        elif value is not None:
            found.append((key, str(value)))
    return found[::-1]


def _remove_words(content: dict[str, Any], field: str, words: list[str]) -> None:
    """Take out of a mixed field the parts that name the person; other parts are facts."""
    value = content.get(field)
    if isinstance(value, list):
        content[field] = [item for item in value if not _has_word(item, words)]
    elif isinstance(value, str):
        kept = [part for part in value.split(";") if not _names(part, words)]
        content[field] = ";".join(kept)


def _remove(content: Any, path: list[str]) -> None:
    """Take one (dotted) field out of a payload, through lists."""
    if isinstance(content, list):
        for item in content:
            _remove(item, path)
    elif isinstance(content, dict):
        if len(path) == 1:
            content.pop(path[0], None)
        elif path[0] in content:
            _remove(content[path[0]], path[1:])


def _clear_logs(connection: duckdb.DuckDBPyConnection, words: list[str]) -> None:
    """Clear texts of rejects and of call bodies that hold a word of the person."""
    for table, column in (("rejects", "record_text"), ("api_calls", "response_body")):
        for word in words:
            connection.execute(
                f"""
                update raw_matchback.{table} set {column} = null
                where contains(lower({column}), ?)
                    or (regexp_matches(?, '^[0-9]+$')
                        and contains(regexp_replace({column}, '[^0-9]', '', 'g'), ?))
                """,
                [word, word, word],
            )
