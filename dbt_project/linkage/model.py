"""Comparing of pairs: Splink blocks, compares and weighs them.

Splink's own match weight (one person against strangers) is kept beside the pattern of levels, from
which household_model.py makes the probability. What is compared is declared in comparisons.py; what
follows from the probabilities is in clusters.py.
"""

from __future__ import annotations

import copy
import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from dbt_project.linkage.comparisons import BLOCKING_RULES, COMPARISONS
from dbt_project.linkage.household_model import (
    RANDOM_RECORDS,
    RAREST_AGREEMENT,
    HouseholdModel,
    estimate,
    from_json,
)

if TYPE_CHECKING:
    from splink import Linker

NAMES = [comparison["output_column_name"] for comparison in COMPARISONS]
DEFAULT_MODEL = Path(__file__).with_name("default_model.json")
# Fewer records cannot carry estimates of their own: they are judged by the default model.
RECORDS_TO_TRAIN = 300


def default_model() -> HouseholdModel:
    """Return the model shipped with the product, estimated on the sandbox's hard world."""
    return from_json(DEFAULT_MODEL.read_text())


def splink_settings(model: HouseholdModel) -> dict[str, Any]:
    """Return Splink's settings with the model's rates: m of one person, u of strangers.

    Weights of one comparison's levels are kept apart by a hair, because the levels of a scored
    pair are read back from its weights.
    """
    comparisons = copy.deepcopy(COMPARISONS)
    for comparison in comparisons:
        name = comparison["output_column_name"]
        levels = [
            level for level in comparison["comparison_levels"] if not level.get("is_null_level")
        ]
        used: set[float] = {0.0}
        for place, level in enumerate(levels):
            value = len(levels) - 1 - place
            # A level no pair showed (no tax ids at all, say) has rate 0, and 0 has no weight.
            agreeing = max(float(model.person[name][value]), RAREST_AGREEMENT)
            by_chance = max(float(model.strangers[name][value]), RAREST_AGREEMENT)
            while any(abs(math.log2(agreeing / by_chance) - weight) < 1e-4 for weight in used):
                agreeing *= 1.001
            used.add(math.log2(agreeing / by_chance))
            level["m_probability"], level["u_probability"] = agreeing, by_chance
    return {
        "link_type": "dedupe_only",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule} for rule in BLOCKING_RULES.values()
        ],
        "probability_two_random_records_match": 1e-5,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink's progress texts out of the logs: they hold no decision of ours."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(before)


def _linker(connection: duckdb.DuckDBPyConnection, table: str, model: HouseholdModel) -> Linker:
    from splink import DuckDBAPI, Linker, SettingsCreator  # 1.5 s to import

    api = DuckDBAPI(connection)
    settings = SettingsCreator.from_path_or_dict(splink_settings(model))
    return Linker(api.register(table), settings, log_level=logging.ERROR)


def estimate_strangers(
    connection: duckdb.DuckDBPyConnection, *, table: str, prior: HouseholdModel
) -> dict[str, np.ndarray]:
    """Return how often pairs of random records agree, by Splink; floored and summing to 1."""
    # Chosen by the hash of their keys, not by the database's sampling: the same records whatever
    # the order and the number of threads. All their pairs are compared.
    connection.execute(
        f"""
        create or replace table random_records as
        from {table} order by md5(record_key || 'sample') limit {RANDOM_RECORDS}
        """
    )
    with _quiet():
        linker = _linker(connection, "random_records", prior)
        linker.training.estimate_u_using_random_sampling(
            max_pairs=RANDOM_RECORDS**2, min_count_per_level=None, num_chunks=1
        )
        trained = linker._settings_obj.as_dict()  # Splink offers it as a file only
    untrained = {
        comparison["output_column_name"]: np.array(
            [
                row["u_probability"]
                for row in reversed(comparison["comparison_levels"])
                if not row.get("is_null_level")
            ]
        )
        for comparison in splink_settings(prior)["comparisons"]
    }
    rates = {}
    for comparison in trained["comparisons"]:
        levels = [row for row in comparison["comparison_levels"] if not row.get("is_null_level")]
        seen = np.array([float(row.get("u_probability") or 0.0) for row in reversed(levels)])
        # Splink leaves a level it never saw at the value it was given.
        given = untrained[comparison["output_column_name"]]
        seen = np.where(seen == given, np.minimum(given, 0.5 / RANDOM_RECORDS**2), seen)
        seen = np.maximum(seen, RAREST_AGREEMENT)
        rates[comparison["output_column_name"]] = seen / seen.sum()
    return rates


def score_pairs(
    connection: duckdb.DuckDBPyConnection,
    *,
    table: str,
    model: HouseholdModel,
    changed: str | None = None,
    unchanged: str | None = None,
) -> str:
    """Block and compare with Splink; return the name of the table of scored pairs.

    Args:
        connection: Where `table` (of `measure_frequencies`) lives.
        table: All records.
        model: Rates that give Splink's weights.
        changed: Table of the new and changed records among them; then only pairs with at least
            one of those are made.
        unchanged: Table of the others, needed with `changed`.

    The table has unique_id_l, unique_id_r, match_key (place of the blocking rule that found the
    pair first), match_weight and one `mw_` column a comparison.
    """
    with _quiet():
        linker = _linker(connection, table, model)
        if changed is None or unchanged is None:
            return linker.inference.predict(warning_mode="never").physical_name
        api = linker._db_api
        sides = [api.register(name) for name in (changed, unchanged)]
        new = linker.inference.predict_within(sides[0], warning_mode="never")
        old = linker.inference.predict_between(sides[1], sides[0], warning_mode="never")
        connection.execute(
            f"create or replace table pairs_scored as from {new.physical_name} "
            f"union all by name from {old.physical_name}"
        )
        return "pairs_scored"


def read_patterns(
    connection: duckdb.DuckDBPyConnection, *, pairs: str, model: HouseholdModel
) -> tuple[dict[str, np.ndarray], np.ndarray, pa.Table]:
    """Return the distinct comparison patterns of scored pairs.

    Returns:
        Levels per comparison (-1 missing), pairs per pattern, and the weights they were read
        from (columns `mw_*`), all in one fixed order.
    """
    columns = ", ".join(f"mw_{name}" for name in NAMES)
    rows = connection.execute(
        f"select {columns}, count(*) as pair_count from {pairs} group by all order by all"
    ).to_arrow_table()
    settings = splink_settings(model)["comparisons"]
    levels = {}
    for comparison in settings:
        name = comparison["output_column_name"]
        known = [row for row in comparison["comparison_levels"] if not row.get("is_null_level")]
        weights = [math.log2(row["m_probability"] / row["u_probability"]) for row in known]
        table = np.array([*reversed(weights), 0.0])
        seen = rows[f"mw_{name}"].to_numpy()
        nearest = np.abs(seen[:, None] - table[None, :]).argmin(axis=1)
        levels[name] = np.where(nearest == len(known), -1, nearest)
    return levels, rows["pair_count"].to_numpy().astype(float), rows.drop_columns(["pair_count"])


def train(
    connection: duckdb.DuckDBPyConnection, *, table: str, record_count: int
) -> HouseholdModel:
    """Estimate a model from the records themselves, without labels."""
    prior = default_model()
    strangers = estimate_strangers(connection, table=table, prior=prior)
    start = HouseholdModel(
        prior.person, prior.home, strangers, prior.person_pairs, prior.home_pairs, record_count
    )
    pairs = score_pairs(connection, table=table, model=start)
    patterns, counts, _ = read_patterns(connection, pairs=pairs, model=start)
    connection.execute(f"drop table {pairs}")
    return estimate(patterns, counts, strangers=strangers, prior=start, record_count=record_count)


def keep_patterns(
    connection: duckdb.DuckDBPyConnection,
    *,
    pairs: str,
    target: str,
    table: str,
    model: HouseholdModel,
) -> None:
    """Make `target`: scored pairs by record key, with their levels as a word of one sign each.

    Columns: record_key_l < record_key_r, levels, match_weight (Splink's, bits), rule (place of
    the blocking rule that found the pair first).
    """
    patterns, _, weights = read_patterns(connection, pairs=pairs, model=model)
    words = encode_levels(patterns)
    connection.register(
        "level_words", weights.append_column("levels", pa.array(words, pa.string()))
    )
    columns = ", ".join(f"mw_{name}" for name in NAMES)
    connection.execute(
        f"""
        create or replace table {target} as
        select least(l.record_key, r.record_key) as record_key_l,
            greatest(l.record_key, r.record_key) as record_key_r,
            level_words.levels, pairs.match_weight, cast(pairs.match_key as bigint) as rule
        from {pairs} as pairs
        inner join level_words using ({columns})
        inner join {table} as l on pairs.unique_id_l = l.unique_id
        inner join {table} as r on pairs.unique_id_r = r.unique_id
        """
    )
    connection.unregister("level_words")


_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"


def encode_levels(patterns: dict[str, np.ndarray]) -> list[str]:
    """Write each pattern as one sign a comparison, in the order of `NAMES`; `-` is missing."""
    columns = [
        [_SIGNS[value] if value >= 0 else "-" for value in patterns[name].tolist()]
        for name in NAMES
    ]
    return ["".join(signs) for signs in zip(*columns, strict=True)]


def decode_levels(words: list[str]) -> dict[str, np.ndarray]:
    """Read what `encode_levels` wrote."""
    return {
        name: np.array([_SIGNS.find(word[place]) for word in words], dtype=np.int64)
        for place, name in enumerate(NAMES)
    }


_LABELS = {
    comparison["output_column_name"]: [
        level["label_for_charts"]
        for level in reversed(comparison["comparison_levels"])
        if not level.get("is_null_level")
    ]
    for comparison in COMPARISONS
}


def evidence_of(word: str) -> str:
    """Say what was compared and how it came out; holds no personal data."""
    return "; ".join(
        f"{name}: {_LABELS[name][_SIGNS.index(sign)]}"
        for name, sign in zip(NAMES, word, strict=True)
        if sign != "-"
    )
