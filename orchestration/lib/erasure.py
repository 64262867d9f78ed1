"""Erasing a person by privacy request: the one exception to raw being append only.

Personal fields are taken out of every landed version that belongs to the customer, ids, times and
amounts stay, so that the facts stand under the (anonymous) customer key; payload hashes stay as
they were. Each erased record is listed in `raw_matchback.erasures`: the linkage keeps it where it
was although nothing is left to compare, and a build as of an earlier day reads the erased payloads
too. What was derived from them is built anew by the next run; copies handed out are not ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from ingestion.errors import SettingsError
from ingestion.registry import SOURCES
from orchestration.lib.identity_words import RECORDS, find_record

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


@dataclass(frozen=True)
class Erasure:
    """What one erasure did.

    Attributes:
        customer_key: Whose records.
        record_count: Records erased.
        row_count: Landed rows (versions) whose payload was cleared.
    """

    customer_key: str
    record_count: int
    row_count: int


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
    cursor = connection.execute(
        f"select record_key, source, account, entity, customer_id, email, phone, phone_2, "
        f"address_line_1 from {RECORDS} where customer_key = ?",
        [customer_key],
    )
    names = [column[0] for column in cursor.description or ()]
    records = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not records:
        raise SettingsError(f"Customer {reference!r} has no records: nothing to erase.")
    connection.execute("begin")
    try:
        row_count = _clear_landed(connection, records)
        _clear_logs(connection, _words_of(records))
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
    return Erasure(customer_key, len(records), row_count)


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
    return sorted(words)


def _clear_landed(connection: duckdb.DuckDBPyConnection, records: list[dict[str, Any]]) -> int:
    """Clear every landed row of the records, and rows of other tables that name the person."""
    words = _words_of(records)
    cleared = 0
    for source in SOURCES.values():
        ids = sorted(
            {
                str(record["customer_id"])
                for record in records
                if record["source"] == source.name or source.name == "import"
            }
        )
        for entity in source.entities:
            fields = IMPORT_FIELDS if source.name == "import" else list(entity.personal_fields)
            if not fields:
                continue
            cleared += _clear_table(
                connection, f'raw_{source.name}."{entity.name}"', fields, ids=ids, words=words
            )
    return cleared


def _clear_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    fields: list[str],
    *,
    ids: list[str],
    words: list[str],
) -> int:
    """Clear one table's rows that hold one of the ids as a value, or one of the words."""
    rows = connection.execute(
        f"""
        select rowid, record_id, payload from {table}
        where exists (select 1 from (select unnest(?) as id) where record_id = id
                or contains(record_id, id || '|') or contains(record_id, '|' || id)
                or contains(payload, '"' || id || '"') or contains(payload, ':' || id || ',')
                or contains(payload, ':' || id || '}}') or contains(payload, ': ' || id || ',')
                or contains(payload, ': ' || id || '}}'))
            or exists (select 1 from (select unnest(?) as word)
                where contains(lower(payload), word)
                or contains(regexp_replace(payload, '[^0-9]', '', 'g'), word)
                and regexp_matches(word, '^[0-9]+$'))
        """,
        [ids, words],
    ).fetchall()
    for rowid, record_id, payload in rows:
        content = json.loads(payload) if payload else {}
        if not isinstance(content, dict) or not _is_about(content, record_id, ids, words):
            continue
        for field in fields:
            _remove(content, field.split("."))
        connection.execute(
            f"update {table} set payload = ? where rowid = ?", [json.dumps(content), rowid]
        )
    return len(rows)


_ID_KEYS = ("customer", "contact", "recipient", "location", "member", "id", "value", "reference")


def _is_about(content: Any, record_id: str, ids: list[str], words: list[str]) -> bool:
    """Return whether an id stands where customers are named, or a word of the person anywhere."""
    if record_id in ids or any(part in ids for part in record_id.replace(":", "|").split("|")):
        return True
    stack: list[tuple[str, Any]] = [("", content)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((f"{key}.{name}".lower(), inner) for name, inner in value.items())
        elif isinstance(value, list):
            stack.extend((key, inner) for inner in value)
        elif value is not None:
            text = str(value)
            if text in ids and any(word in key for word in _ID_KEYS):
                return True
            low = " ".join(text.lower().split())
            digits = "".join(letter for letter in text if letter.isdigit())
            if any(word in low or (word.isdigit() and digits.endswith(word)) for word in words):
                return True
    return False


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
