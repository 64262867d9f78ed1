"""What people and vendors say of records: the operator outranks vendors, both the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np


@dataclass(frozen=True)
class Words:
    """Standing words, as pairs of record indexes (unique_id - 1).

    Attributes:
        together: (n, 2); the operator's confirmations first, newest first, then vendors' merges.
        apart: (n, 2); pairs the operator keeps apart.
    """

    together: np.ndarray
    apart: np.ndarray


# The last word on a pair stands, unless it was undone; then the one before it does.
STANDING = """
    with known as (
        select * from {durable}.identity_decisions where known_at <= ?
    ), undone as (
        select undoes_number as decision_number from known where action = 'undo'
    )
    select decision_number, action, least(left_record_key, right_record_key) as left_record_key,
        greatest(left_record_key, right_record_key) as right_record_key
    from known anti join undone using (decision_number)
    where action in ('confirm', 'separate')
    qualify row_number() over (
        partition by least(left_record_key, right_record_key),
            greatest(left_record_key, right_record_key)
        order by decision_number desc
    ) = 1
"""


def read_words(connection: duckdb.DuckDBPyConnection, *, durable: str, as_of: datetime) -> Words:
    """Read the standing words on records of table `compared`; makes temp table `standing_words`."""
    connection.execute(
        f"create or replace temp table standing_words as {STANDING.format(durable=durable)}",
        [as_of],
    )
    rows = connection.execute(
        """
        select standing_words.action, l.unique_id - 1, r.unique_id - 1
        from standing_words
        inner join compared as l on standing_words.left_record_key = l.record_key
        inner join compared as r on standing_words.right_record_key = r.record_key
        order by decision_number desc
        """
    ).fetchall()
    declared = connection.execute(
        """
        select l.unique_id - 1, r.unique_id - 1
        from compared as l inner join compared as r on l.declared_record_key = r.record_key
        where l.record_key <> r.record_key
        order by all
        """
    ).fetchall()
    # An erased record has nothing left to be compared by: it stays with those it was one with.
    erased = connection.execute(
        """
        select compared.unique_id - 1, min(compared.unique_id) over (
            partition by assigned.customer_key) - 1
        from compared inner join assigned using (record_key)
        where compared.is_erased
        order by all
        """
    ).fetchall()
    confirmed = [(a, b) for action, a, b in rows if action == "confirm"]
    return Words(
        together=_pairs(confirmed + declared + [(a, b) for a, b in erased if a != b]),
        apart=_pairs([(a, b) for action, a, b in rows if action == "separate"]),
    )


def _pairs(rows: list[tuple[int, int]]) -> np.ndarray:
    return np.array(rows, dtype=np.int64).reshape(-1, 2)
