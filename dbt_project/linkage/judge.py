"""Patterns of agreement to probabilities, and pairs as arrays for clustering."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from dbt_project.linkage.clusters import Pairs
from dbt_project.linkage.household_model import HouseholdModel, from_json, probabilities
from dbt_project.linkage.model import decode_levels, default_model
from dbt_project.linkage.pairs import PairWork
from dbt_project.linkage.registry import SCHEMA
from dbt_project.linkage.rules import limits


def pattern_probabilities(
    model: HouseholdModel, patterns: dict[str, np.ndarray], *, scale: int
) -> np.ndarray:
    """Return each pattern's probability of one person, within what no model may decide."""
    if not len(next(iter(patterns.values()))):
        return np.zeros(0)
    person, _ = probabilities(model, patterns, record_count=scale)
    return np.minimum(person, limits(patterns))


def judge_last_night(connection: duckdb.DuckDBPyConnection, *, durable: str = SCHEMA) -> None:
    """Make temp table `judged_words` of the last run's pairs, by the model it judged them by."""
    rows = connection.execute(
        f"""
        select night.model_id, night.scale, models.household_model
        from {durable}.identity_night as night
        left join {durable}.identity_models as models using (model_id)
        """
    ).fetchall()
    model_id, scale, text = rows[0] if rows else ("none", 1, None)
    model = from_json(text) if text else default_model()
    work = PairWork(model, model_id, scale, is_full=True)
    judge_patterns(connection, work, pairs=f"{durable}.identity_pairs")


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
