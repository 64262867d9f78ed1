"""Which pairs are compared this run: all of them, or only those of new and changed records.

Compared pairs are kept from run to run with their levels, not their probabilities: those are made
anew from the model every run, so that a night of few changes ends with the same clusters as a full
one. Comparing is model.py's; here it is decided what to compare, and with which model.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import duckdb

from dbt_project.linkage.comparisons import BLOCKING_RULES, COMPARISONS, VERSION
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
# Share of changed records from which comparing all is quicker than comparing the changed.
FULL_SHARE = 0.3
# Probabilities are made for a rounded record count, so that they do not stir every night.
SCALE_STEP = 1.5

FINGERPRINT = hashlib.md5(  # noqa: S324 (a name, not a secret)
    json.dumps([VERSION, COMPARISONS, BLOCKING_RULES], sort_keys=True).encode()
).hexdigest()[:12]


@dataclass(frozen=True)
class PairWork:
    """What was compared and how it is to be judged.

    Attributes:
        model: The household model in force.
        model_id: Its name in the registry (`default` for the one shipped).
        scale: Rounded record count that probabilities are made for.
        compared_count: Pairs compared this run (the others came from the cache).
        is_full: True if all records were compared.
    """

    model: HouseholdModel
    model_id: str
    scale: int
    compared_count: int
    is_full: bool


def scale_of(record_count: int) -> int:
    """Round a record count up to the next step of a fixed ladder."""
    scale = 100.0
    while scale < record_count:
        scale *= SCALE_STEP
    return int(scale)


def bring_pairs_up_to_date(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    run_id: str,
    as_of: datetime,
    is_full_scan: bool,
) -> PairWork:
    """Make table `pairs` of all compared pairs of the live records.

    Args:
        connection: Holds `compared` and `assigned`.
        durable: Where models and the pair cache are.
        run_id: Kept with a model estimated now.
        as_of: Instant of the run.
        is_full_scan: Compare everything anew, and estimate anew if the data has grown.

    `pairs` has record_key_l < record_key_r, levels, match_weight and rule.
    """
    count = _number(connection, "select count(*) from compared")
    model, model_id = _model(
        connection, durable=durable, run_id=run_id, as_of=as_of, count=count, full=is_full_scan
    )
    scale = scale_of(count)
    connection.execute(
        """
        create or replace temp table changed_keys as
        select compared.record_key from compared left join assigned using (record_key)
        where assigned.content_hash is distinct from compared.content_hash
        """
    )
    changed = _number(connection, "select count(*) from changed_keys")
    cached = _number(
        connection, f"select count(*) from {durable}.identity_pairs where model_id = '{model_id}'"
    )
    if is_full_scan or not cached or changed > FULL_SHARE * count:
        _compare_all(connection, model)
        return PairWork(
            model, model_id, scale, _number(connection, "select count(*) from pairs"), True
        )
    compared = _compare_changed(connection, model, durable=durable) if changed else 0
    if not changed:
        connection.execute(f"create or replace table pairs as {_KEPT.format(durable=durable)}")
    return PairWork(model, model_id, scale, compared, False)


_KEPT = """
    select kept.record_key_l, kept.record_key_r, kept.levels, kept.match_weight, kept.rule
    from {durable}.identity_pairs as kept
    semi join compared as l on kept.record_key_l = l.record_key
    semi join compared as r on kept.record_key_r = r.record_key
    anti join changed_keys as cl on kept.record_key_l = cl.record_key
    anti join changed_keys as cr on kept.record_key_r = cr.record_key
"""


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _compare_all(connection: duckdb.DuckDBPyConnection, model: HouseholdModel) -> None:
    if _number(connection, "select count(*) from compared") < 2:
        # Splink wants something to compare; one record has nobody.
        connection.execute(
            "create or replace table pairs (record_key_l varchar, record_key_r varchar, "
            "levels varchar, match_weight double, rule bigint)"
        )
        return
    scored = score_pairs(connection, table="compared", model=model)
    keep_patterns(connection, pairs=scored, target="pairs", table="compared", model=model)
    connection.execute(f"drop table {scored}")


def _compare_changed(
    connection: duckdb.DuckDBPyConnection, model: HouseholdModel, *, durable: str
) -> int:
    connection.execute(
        "create or replace table changed_records as "
        "select * from compared semi join changed_keys using (record_key)"
    )
    connection.execute(
        "create or replace table unchanged_records as "
        "select * from compared anti join changed_keys using (record_key)"
    )
    scored = score_pairs(
        connection,
        table="compared",
        model=model,
        changed="changed_records",
        unchanged="unchanged_records",
    )
    keep_patterns(connection, pairs=scored, target="new_pairs", table="compared", model=model)
    connection.execute(
        f"""
        create or replace table pairs as
        {_KEPT.format(durable=durable)}
        union all
        select record_key_l, record_key_r, levels, match_weight, rule from new_pairs
        """
    )
    return _number(connection, "select count(*) from new_pairs")


def _model(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    run_id: str,
    as_of: datetime,
    count: int,
    full: bool,
) -> tuple[HouseholdModel, str]:
    """Return the model in force: saved, estimated now, or the default for little data."""
    if count < RECORDS_TO_TRAIN:
        return default_model(), f"default-{FINGERPRINT}"
    saved = connection.execute(
        f"""
        select model_id, record_count, household_model from {durable}.identity_models
        where known_at <= ? and version = ? order by known_at desc, rowid desc limit 1
        """,
        [as_of, FINGERPRINT],
    ).fetchall()
    growth = RETRAIN_GROWTH / 2 if full else RETRAIN_GROWTH
    if saved and count < growth * saved[0][1]:
        return from_json(saved[0][2]), saved[0][0]
    text = train(connection, table="compared", record_count=count).to_json()
    model = from_json(text)  # as every later run will read it, rounded
    model_id = hashlib.md5(text.encode()).hexdigest()[:16]  # noqa: S324
    connection.execute(
        f"""
        insert into {durable}.identity_models (model_id, run_id, known_at, record_count, version,
            splink_settings, household_model, report) values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            model_id,
            run_id,
            as_of,
            count,
            FINGERPRINT,
            json.dumps(splink_settings(model)),
            text,
            json.dumps(
                {
                    "person_pairs_per_record": model.person_pairs,
                    "home_pairs_per_record": model.home_pairs,
                }
            ),
        ],
    )
    return model, model_id
