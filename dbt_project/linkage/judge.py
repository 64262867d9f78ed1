"""Patterns of agreement to probabilities, and pairs as arrays for clustering."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from dbt_project.linkage.clusters import Pairs
from dbt_project.linkage.household_model import HouseholdModel, probabilities
from dbt_project.linkage.model import decode_levels
from dbt_project.linkage.pairs import PairWork
from dbt_project.linkage.rules import limits


def pattern_probabilities(
    model: HouseholdModel, patterns: dict[str, np.ndarray], *, scale: int
) -> np.ndarray:
    """Return each pattern's probability of one person, within what no model may decide."""
    if not len(next(iter(patterns.values()))):
        return np.zeros(0)
    person, _ = probabilities(model, patterns, record_count=scale)
    return np.minimum(person, limits(patterns))


def judge_patterns(
    connection: duckdb.DuckDBPyConnection, work: PairWork, *, pairs: str
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Make temp table `judged_words` (levels, place, match_probability) of the patterns in `pairs`.

    Returns:
        The probability of each pattern and its levels, by place.
    """
    words = [
        row[0]
        for row in connection.execute(
            f"select distinct levels from {pairs} order by levels"
        ).fetchall()
    ]
    patterns = decode_levels(words)
    person = pattern_probabilities(work.model, patterns, scale=work.scale)
    connection.register(
        "level_words",
        pa.table(
            {
                "levels": pa.array(words, pa.string()),
                "place": pa.array(np.arange(len(words)), pa.int64()),
                "match_probability": pa.array(person, pa.float64()),
            }
        ),
    )
    connection.execute("create or replace temp table judged_words as from level_words")
    connection.unregister("level_words")
    return person, patterns


def read_pairs(connection: duckdb.DuckDBPyConnection, work: PairWork) -> Pairs:
    """Read table `pairs` as arrays, with probabilities; record indexes are unique_id - 1."""
    person, patterns = judge_patterns(connection, work, pairs="pairs")
    rows = connection.execute(
        """
        select l.unique_id - 1 as left_index, r.unique_id - 1 as right_index, judged_words.place
        from pairs
        inner join judged_words using (levels)
        inner join compared as l on pairs.record_key_l = l.record_key
        inner join compared as r on pairs.record_key_r = r.record_key
        order by all
        """
    ).fetchnumpy()
    place = np.asarray(rows["place"]).astype(np.int64)
    return Pairs(
        np.asarray(rows["left_index"]).astype(np.int64),
        np.asarray(rows["right_index"]).astype(np.int64),
        person[place] if len(person) else np.zeros(0),
        {name: levels[place] for name, levels in patterns.items()},
    )
