"""Comparing: all pairs in a full run, those of new and changed records in a night; which model.

Compared pairs are kept from run to run with their levels, not their probabilities: those are made
anew from the model, so that a night of few changes ends with the same clusters as a full run.
Comparing itself is model.py's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import duckdb

from dbt_project.linkage.comparisons import BLOCKING_RULES, COMPARISONS, VERSION
from dbt_project.linkage.frequencies import count_rows
from dbt_project.linkage.household_model import HouseholdModel, from_json
from dbt_project.linkage.model import (
    RECORDS_TO_TRAIN,
    default_model,
    keep_patterns,
    score_pairs,
    splink_settings,
    train,
)

# Records grow by this factor before the model is estimated anew (on a full scan, half of it).
RETRAIN_GROWTH = 4.0
# Probabilities are made for a rounded record count, so that they do not stir every night.
SCALE_STEP = 1.5

FINGERPRINT = hashlib.md5(  # noqa: S324 (a name, not a secret)
    json.dumps([VERSION, COMPARISONS, BLOCKING_RULES], sort_keys=True).encode()
).hexdigest()[:12]

_NO_PAIRS = (
    "(record_key_l varchar, record_key_r varchar, levels varchar, match_weight double, rule bigint)"
)


@dataclass(frozen=True)
class PairWork:
    """What was compared and how it is to be judged.

    Attributes:
        model: The household model in force.
        model_id: Its name in the registry (`default` for the one shipped).
        scale: Rounded record count that probabilities are made for.
        is_full: True if all records were compared.
    """

    model: HouseholdModel
    model_id: str
    scale: int
    is_full: bool


def scale_of(record_count: int) -> int:
    """Round a record count up to the next step of a fixed ladder."""
    scale = 100.0
    while scale < record_count:
        scale *= SCALE_STEP
    return int(scale)


def compare_all(connection: duckdb.DuckDBPyConnection, model: HouseholdModel) -> None:
    """Make table `pairs` of all pairs of `compared` that blocking finds.

    It has record_key_l < record_key_r, levels, match_weight and rule.
    """
    if count_rows(connection, "compared") < 2:
        # Splink wants something to compare; one record has nobody.
        connection.execute(f"create or replace table pairs {_NO_PAIRS}")
        return
    scored = score_pairs(connection, table="compared", model=model)
    keep_patterns(connection, pairs=scored, target="pairs", table="compared", model=model)
    connection.execute(f"drop table {scored}")


def compare_changed(connection: duckdb.DuckDBPyConnection, model: HouseholdModel) -> None:
    """Make table `new_pairs`, as `compare_all` does, of pairs with a record of `changed_keys`.

    Reads `around`: the changed records and every other that shares a blocking key with one.
    """
    connection.execute(
        "create or replace table changed_records as "
        "select * from around semi join changed_keys using (record_key)"
    )
    connection.execute(
        "create or replace table unchanged_records as "
        "select * from around anti join changed_keys using (record_key)"
    )
    if not count_rows(connection, "changed_records"):
        connection.execute(f"create or replace table new_pairs {_NO_PAIRS}")
        return
    scored = score_pairs(
        connection,
        table="around",
        model=model,
        changed="changed_records",
        unchanged="unchanged_records",
    )
    keep_patterns(connection, pairs=scored, target="new_pairs", table="around", model=model)


def saved_model(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    as_of: datetime,
    count: int,
    is_full_scan: bool,
) -> tuple[HouseholdModel, str] | None:
    """Return the model in force and its id; None where one is to be estimated."""
    if count < RECORDS_TO_TRAIN:
        return default_model(), f"default-{FINGERPRINT}"
    saved = connection.execute(
        f"""
        select model_id, record_count, household_model from {durable}.identity_models
        where known_at <= ? and version = ? order by known_at desc, rowid desc limit 1
        """,
        [as_of, FINGERPRINT],
    ).fetchall()
    growth = RETRAIN_GROWTH / 2 if is_full_scan else RETRAIN_GROWTH
    if saved and count < growth * saved[0][1]:
        return from_json(saved[0][2]), saved[0][0]
    return None


def estimate_model(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    run_id: str,
    as_of: datetime,
    count: int,
) -> tuple[HouseholdModel, str]:
    """Estimate a model from table `compared`, without labels, and save it with the run."""
    text = train(connection, table="compared", record_count=count).to_json()
    model = from_json(text)  # as every later run will read it, rounded
    model_id = hashlib.md5(text.encode()).hexdigest()[:16]  # noqa: S324
    report = {
        "person_pairs_per_record": model.person_pairs,
        "home_pairs_per_record": model.home_pairs,
    }
    connection.execute(
        f"""
        insert into {durable}.identity_models (model_id, run_id, known_at, record_count, version,
            splink_settings, household_model, report) values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            *(model_id, run_id, as_of, count, FINGERPRINT),
            *(json.dumps(splink_settings(model)), text, json.dumps(report)),
        ],
    )
    return model, model_id
