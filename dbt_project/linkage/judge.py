"""Patterns of agreement to probabilities, and pairs as arrays for clustering."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from dbt_project.linkage.clusters import Pairs
from dbt_project.linkage.comparisons import level_value
from dbt_project.linkage.household_model import HouseholdModel, probabilities
from dbt_project.linkage.model import decode_levels
from dbt_project.linkage.pairs import PairWork

# Below every sensible match threshold and inside the review band.
_FOR_A_PERSON_TO_SAY = 0.8
_NOTHING_PROVEN = 0.5


def pattern_probabilities(
    model: HouseholdModel, patterns: dict[str, np.ndarray], *, scale: int
) -> np.ndarray:
    """Return each pattern's probability of one person, within two rules the model cannot know.

    Without first name, surname or company on both sides, an e-mail of one's own or a tax id must
    speak. A name alone does not carry over to another address: in little data chance would call
    two John Smiths of two cities one.
    """
    if not len(next(iter(patterns.values()))):
        return np.zeros(0)
    person, _ = probabilities(model, patterns, record_count=scale)
    no_first = (patterns["first"] < 0) | (patterns["first"] == level_value("first", "initial"))
    nameless = (patterns["last"] < 0) & (patterns["company"] < 0) & no_first
    nameless &= patterns["first"] != level_value("first", "swapped with last")
    proven = (patterns["email"] >= level_value("email", "near")) | (
        patterns["identifier"] == level_value("identifier", "same tax id")
    )
    person = np.where(nameless & ~proven, np.minimum(person, _NOTHING_PROVEN), person)
    elsewhere = (patterns["address"] >= 0) & (
        patterns["address"] <= level_value("address", "same postal code")
    )
    called = patterns["phone"] >= level_value("phone", "one digit off")
    held = elsewhere & ~proven & ~called
    return np.where(held, np.minimum(person, _FOR_A_PERSON_TO_SAY), person)


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
