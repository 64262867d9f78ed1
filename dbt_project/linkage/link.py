"""The whole linkage of one run: records in, keys out, registry and pair cache brought up to date.

What each step does is in its own module; here they are only put in order. A build of the past
(`is_live` false) reads keys and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from dbt_project.linkage.clusters import ClusterSettings, Pairs, find_clusters, join_declared
from dbt_project.linkage.comparisons import level_value
from dbt_project.linkage.decisions import read_words
from dbt_project.linkage.frequencies import measure_frequencies
from dbt_project.linkage.household_model import HouseholdModel, probabilities
from dbt_project.linkage.keys import assign_keys
from dbt_project.linkage.model import decode_levels
from dbt_project.linkage.normalise import NicknameTable, OperatorDetails, normalise_records
from dbt_project.linkage.outcome import store_outcome
from dbt_project.linkage.pairs import PairWork, bring_pairs_up_to_date
from dbt_project.linkage.registry import ASSIGNMENT_SQL, SCHEMA


@dataclass(frozen=True)
class LinkageSettings:
    """How one run links.

    Attributes:
        run_id: The run's id, kept with every change.
        as_of: Instant the run looks at; changes are known from then on.
        is_live: False for a build of the past: keys are read, none is minted or moved.
        match_threshold: Probability from which records are merged.
        review_threshold: Probability from which a person is asked.
        maximum_cluster_size: Clusters above it are cut unless they are proven.
        is_full_scan: Compare all records anew instead of new and changed ones.
        operator: The operator's own values.
    """

    run_id: str
    as_of: datetime
    is_live: bool = True
    match_threshold: float = 0.90
    review_threshold: float = 0.60
    maximum_cluster_size: int = 12
    is_full_scan: bool = False
    operator: OperatorDetails = field(default_factory=OperatorDetails)


RESULT = """
    select record_key, customer_key, household_key, match_method, match_probability
    from linked order by record_key
"""


def link_records(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    addresses: str,
    nicknames: NicknameTable,
    settings: LinkageSettings,
    durable: str = SCHEMA,
) -> pa.Table:
    """Link the records of table `source`.

    Args:
        connection: Holds `source`, `addresses` and the durable tables; working tables are made
            in its current schema.
        source: What `int_identity__records_collected` holds.
        addresses: What `resolve_addresses` made of their addresses.
        nicknames: Which names may stand for which.
        settings: How to link.
        durable: Where the tables of registry.py are.

    Returns:
        One row per record, sorted: record_key, customer_key, household_key, match_method (alone,
        model, declared, operator), match_probability (of its best link; null for one alone).
    """
    connection.execute(
        f"create or replace temp table assigned as {ASSIGNMENT_SQL.format(durable=durable)}",
        [settings.as_of],
    )
    if not settings.is_live:
        return _as_they_were(connection, source=source)
    prepare_records(
        connection,
        source=source,
        addresses=addresses,
        nicknames=nicknames,
        operator=settings.operator,
    )
    work = bring_pairs_up_to_date(
        connection,
        durable=durable,
        run_id=settings.run_id,
        as_of=settings.as_of,
        is_full_scan=settings.is_full_scan,
    )
    _cluster(connection, work, settings=settings, durable=durable)
    assign_keys(connection, durable=durable)
    store_outcome(
        connection,
        durable=durable,
        run_id=settings.run_id,
        as_of=settings.as_of,
        work=work,
        review_threshold=settings.review_threshold,
    )
    return connection.execute(RESULT).to_arrow_table()


def prepare_records(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    addresses: str,
    nicknames: NicknameTable,
    operator: OperatorDetails,
) -> None:
    """Make table `compared` from `source`: normalised, with frequencies and blocking keys."""
    normalise_records(
        connection,
        source=source,
        target="prepared",
        addresses=addresses,
        nicknames=nicknames,
        operator=operator,
    )
    measure_frequencies(connection, source="prepared", target="compared")
    connection.execute("drop table prepared")


def _as_they_were(connection: duckdb.DuckDBPyConnection, *, source: str) -> pa.Table:
    """Give records the keys known at the time; one not yet linked then stands alone."""
    return connection.execute(
        f"""
        select records.record_key,
            coalesce(assigned.customer_key, md5('customer|' || records.record_key))
                as customer_key,
            coalesce(assigned.household_key,
                md5('household|' || md5('customer|' || records.record_key))) as household_key,
            coalesce(assigned.match_method, 'alone') as match_method,
            assigned.match_probability
        from {source} as records left join assigned using (record_key)
        order by records.record_key
        """
    ).to_arrow_table()


def read_pairs(connection: duckdb.DuckDBPyConnection, work: PairWork) -> Pairs:
    """Read table `pairs` as arrays, with probabilities; record indexes are unique_id - 1."""
    words = [
        row[0]
        for row in connection.execute(
            "select distinct levels from pairs order by levels"
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
        person[place] if len(words) else np.zeros(0),
        {name: levels[place] for name, levels in patterns.items()},
    )


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


def _cluster(
    connection: duckdb.DuckDBPyConnection,
    work: PairWork,
    *,
    settings: LinkageSettings,
    durable: str,
) -> None:
    """Make temp table `clusters` (record_key, cluster_id) of this run's people."""
    keys = connection.execute("select record_key from compared order by unique_id").fetchnumpy()
    keys = np.asarray(keys["record_key"], dtype=object)
    words = read_words(connection, durable=durable, as_of=settings.as_of)
    pairs = read_pairs(connection, work)
    label = find_clusters(
        pairs,
        size=len(keys),
        model=work.model,
        settings=ClusterSettings(
            match_threshold=settings.match_threshold,
            maximum_size=settings.maximum_cluster_size,
            record_count=work.scale,
        ),
        apart=words.apart,
    )
    label = join_declared(label, words.together, words.apart)
    connection.register(
        "cluster_rows",
        pa.table(
            {"record_key": pa.array(keys, pa.string()), "cluster_id": pa.array(label, pa.int64())}
        ),
    )
    connection.execute("create or replace temp table clusters as from cluster_rows")
    connection.unregister("cluster_rows")
