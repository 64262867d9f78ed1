"""The operator's word on identity: which records are one customer, and which are not.

Words are appended to `raw_matchback.identity_decisions` and to the audit log; the next run's
linkage reads them (dbt_project/linkage/decisions.py) and they outrank the model. Erasing a person
is in erasure.py; what the commands print is in commands/identity.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from ingestion.errors import SettingsError

RECORDS = "intermediate.int_identity__records_keyed"
DECISIONS = "raw_matchback.identity_decisions"
PERSON_COLUMNS = (
    "source, account, entity, customer_id, name, first_name, last_name, company, email, phone, "
    "address_line_1, address_line_2, city, postal_code"
)


@dataclass(frozen=True)
class ReviewPair:
    """Two records that may be one person, side by side.

    Attributes:
        left: The one record's columns.
        right: The other's.
        probability: Of being one person, 0..1.
        evidence: What was compared and how it came out.
    """

    left: dict[str, Any]
    right: dict[str, Any]
    probability: float
    evidence: str


def has_identity(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether a run has linked anything in this home yet."""
    return bool(
        connection.execute(
            "select count(*) from duckdb_tables() where schema_name = 'intermediate' "
            "and table_name = 'int_identity__records_keyed'"
        ).fetchall()[0][0]
    )


def review_pairs(connection: duckdb.DuckDBPyConnection, *, limit: int) -> list[ReviewPair]:
    """Return the pairs of the review band, surest first."""
    pairs = connection.execute(
        """
        select record_key_l, record_key_r, match_probability, evidence
        from raw_matchback.identity_review
        order by match_probability desc, record_key_l, record_key_r limit ?
        """,
        [limit],
    ).fetchall()
    keys = [key for row in pairs for key in row[:2]]
    records = records_by_key(connection, keys)
    return [
        ReviewPair(records[left], records[right], float(probability), evidence)
        for left, right, probability, evidence in pairs
        if left in records and right in records
    ]


def records_by_key(
    connection: duckdb.DuckDBPyConnection, keys: list[str]
) -> dict[str, dict[str, Any]]:
    """Return record columns by record key."""
    cursor = connection.execute(
        f"select record_key, customer_key, {PERSON_COLUMNS} from {RECORDS} "
        "where record_key in (select unnest(?))",
        [keys],
    )
    names = [column[0] for column in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def find_record(connection: duckdb.DuckDBPyConnection, reference: str) -> dict[str, Any]:
    """Return the record a person means: a record key, a customer key, or source[:account]:id.

    A customer key stands for the customer's first record.

    Raises:
        SettingsError: Nothing, or more than one thing, goes by that name.
    """
    parts = reference.split(":")
    if len(parts) == 1:
        where, values = "record_key = ? or customer_key = ?", [reference, reference]
    elif len(parts) == 2:
        where, values = "source = ? and customer_id = ?", parts
    else:
        where, values = (
            "source = ? and account = ? and customer_id = ?",
            [
                *parts[:2],
                ":".join(parts[2:]),
            ],
        )
    rows = connection.execute(
        f"select record_key, customer_key from {RECORDS} where {where} "
        "order by record_key <> ?, record_key",
        [*values, reference],
    ).fetchall()
    if not rows:
        raise SettingsError(
            f"No customer record goes by {reference!r}: give a customer key, a record key, or "
            "source:id or source:account:id, as `matchback identity review` shows them."
        )
    if len(parts) > 1 and len(rows) > 1:
        raise SettingsError(
            f"{reference!r} fits {len(rows)} records: name the account too "
            "(source:account:id), or give the record key."
        )
    return {"record_key": rows[0][0], "customer_key": rows[0][1]}


def decide(
    connection: duckdb.DuckDBPyConnection,
    *,
    action: str,
    left: str,
    right: str,
    actor: str,
    note: str,
    now: datetime,
) -> int:
    """Append one word on two records; returns its number.

    Raises:
        SettingsError: Both names mean one record.
    """
    left_key = find_record(connection, left)["record_key"]
    right_key = find_record(connection, right)["record_key"]
    if left_key == right_key:
        raise SettingsError(
            f"{left!r} and {right!r} are the same record: name two records, or two customers."
        )
    number = _next_number(connection)
    connection.execute(
        f"insert into {DECISIONS} values (?, ?, ?, ?, ?, ?, null, ?)",
        [number, now, actor, action, left_key, right_key, note],
    )
    return number


def undo(
    connection: duckdb.DuckDBPyConnection, number: int, *, actor: str, note: str, now: datetime
) -> int:
    """Take one word back; returns the number of the undoing.

    Raises:
        SettingsError: There is no such word, or it was taken back already.
    """
    rows = connection.execute(
        f"select action from {DECISIONS} where decision_number = ?", [number]
    ).fetchall()
    if not rows or rows[0][0] == "undo":
        raise SettingsError(
            f"There is no confirmation or separation with number {number}: "
            "`matchback identity decisions` lists them."
        )
    if connection.execute(
        f"select count(*) from {DECISIONS} where undoes_number = ?", [number]
    ).fetchall()[0][0]:
        raise SettingsError(f"Decision {number} was taken back already: nothing to do.")
    following = _next_number(connection)
    connection.execute(
        f"insert into {DECISIONS} values (?, ?, ?, 'undo', null, null, ?, ?)",
        [following, now, actor, number, note],
    )
    return following


def list_decisions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return all words, newest first, with whether each still stands."""
    cursor = connection.execute(
        f"""
        select decision_number, known_at, actor, action, left_record_key, right_record_key,
            undoes_number, detail, action <> 'undo' and decision_number not in (
                select undoes_number from {DECISIONS} where undoes_number is not null
            ) as is_standing
        from {DECISIONS} order by decision_number desc
        """
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _next_number(connection: duckdb.DuckDBPyConnection) -> int:
    return int(
        connection.execute(
            f"select coalesce(max(decision_number), 0) + 1 from {DECISIONS}"
        ).fetchall()[0][0]
    )
