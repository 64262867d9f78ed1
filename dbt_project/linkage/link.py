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

from dbt_project.linkage.clusters import (
    ClusterSettings,
    find_clusters,
    find_groups,
    join_declared,
)
from dbt_project.linkage.decisions import read_words
from dbt_project.linkage.frequencies import count_rows, measure_frequencies
from dbt_project.linkage.judge import judge_patterns, read_pairs
from dbt_project.linkage.keys import assign_keys
from dbt_project.linkage.night import find_changes, look_at_groups, prepare_night
from dbt_project.linkage.normalise import NicknameTable, OperatorDetails, normalise_records
from dbt_project.linkage.outcome import store_outcome
from dbt_project.linkage.pairs import (
    PairWork,
    compare_all,
    compare_changed,
    estimate_model,
    saved_model,
    scale_of,
)
from dbt_project.linkage.registry import ASSIGNMENT_SQL, SCHEMA
from dbt_project.linkage.state import LastNight, read_last_night, run_fingerprint


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
    if not settings.is_live:
        return _as_they_were(connection, source=source, as_of=settings.as_of, durable=durable)
    run = _Run(connection, source, addresses, nicknames, settings, durable)
    work, fingerprint = run.compare()
    connection.execute(
        "create or replace temp table assigned as "
        + ASSIGNMENT_SQL.format(
            durable=durable, restriction="and record_key in (select record_key from compared)"
        ),
        {"as_of": settings.as_of},
    )
    _cluster(connection, work, settings=settings, durable=durable)
    assign_keys(connection, durable=durable)
    store_outcome(
        connection,
        durable=durable,
        run_id=settings.run_id,
        night=LastNight(
            settings.as_of, work.model_id, work.scale, _newest_resolution(connection, addresses)
        ),
        fingerprint=fingerprint,
        is_full=work.is_full,
        review_threshold=settings.review_threshold,
    )
    return connection.execute(
        f"""
        select record_key, customer_key, household_key, match_method, match_probability
        from {durable}.identity_results order by record_key
        """
    ).to_arrow_table()


def _newest_resolution(connection: duckdb.DuckDBPyConnection, addresses: str) -> int:
    query = f"select coalesce(max(resolution), 0) from {addresses}"
    return int(connection.execute(query).fetchall()[0][0])


@dataclass(frozen=True)
class _Run:
    """One run's inputs, to compare by: see `link_records`."""

    connection: duckdb.DuckDBPyConnection
    source: str
    addresses: str
    nicknames: NicknameTable
    settings: LinkageSettings
    durable: str

    def compare(self) -> tuple[PairWork, str]:
        """Make `compared`, the records to cluster, and `pairs`, all pairs among them."""
        connection, durable, settings = self.connection, self.durable, self.settings
        count = count_rows(connection, self.source)
        scale = scale_of(count)
        saved = saved_model(
            connection,
            durable=durable,
            as_of=settings.as_of,
            count=count,
            is_full_scan=settings.is_full_scan,
        )
        if saved and not settings.is_full_scan:
            fingerprint = self._fingerprint(count, saved[1])
            last = read_last_night(connection, durable=durable, fingerprint=fingerprint)
            if last and find_changes(
                connection,
                source=self.source,
                addresses=self.addresses,
                durable=durable,
                since=last.resolution,
            ):
                work = PairWork(*saved, scale, is_full=False)
                self._compare_night(work, count)
                return work, fingerprint
        prepare_records(
            connection,
            source=self.source,
            addresses=self.addresses,
            nicknames=self.nicknames,
            operator=settings.operator,
        )
        model, model_id = saved or estimate_model(
            connection,
            durable=durable,
            run_id=settings.run_id,
            as_of=settings.as_of,
            count=count,
        )
        compare_all(connection, model)
        return PairWork(model, model_id, scale, is_full=True), self._fingerprint(count, model_id)

    def _fingerprint(self, count: int, model_id: str) -> str:
        settings = self.settings
        return run_fingerprint(
            record_count=count,
            parts=(
                *(model_id, scale_of(count), settings.match_threshold, settings.review_threshold),
                *(settings.maximum_cluster_size, settings.operator, self.nicknames.pairs),
            ),
        )

    def _compare_night(self, work: PairWork, count: int) -> None:
        prepare_night(
            self.connection,
            source=self.source,
            addresses=self.addresses,
            durable=self.durable,
            nicknames=self.nicknames,
            operator=self.settings.operator,
            record_count=count,
        )
        compare_changed(self.connection, work.model)
        judge_patterns(self.connection, work, pairs="new_pairs")
        least = min(self.settings.match_threshold, self.settings.review_threshold)
        self.connection.execute(
            """
            create or replace temp table near_pairs as
            select record_key_l, record_key_r from new_pairs inner join judged_words using (levels)
            where match_probability >= ?
            """,
            [least],
        )
        look_at_groups(self.connection, durable=self.durable)


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


def _as_they_were(
    connection: duckdb.DuckDBPyConnection, *, source: str, as_of: datetime, durable: str
) -> pa.Table:
    """Give records the keys known at the time; one not yet linked then stands alone."""
    connection.execute(
        "create or replace temp table assigned as "
        + ASSIGNMENT_SQL.format(durable=durable, restriction=""),
        {"as_of": as_of},
    )
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


def _cluster(
    connection: duckdb.DuckDBPyConnection,
    work: PairWork,
    *,
    settings: LinkageSettings,
    durable: str,
) -> None:
    """Make temp tables `clusters` (record_key, cluster_id) and `groups` (record_key, group_id).

    A group is whatever is joined in any way: see state.py.
    """
    rows = connection.execute("select record_key from compared order by unique_id").fetchnumpy()
    keys = np.asarray(rows["record_key"], dtype=object)
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
    group = find_groups(pairs, words.together, size=len(keys), threshold=settings.match_threshold)
    connection.register(
        "cluster_rows",
        pa.table(
            {
                "record_key": pa.array(keys, pa.string()),
                "cluster_id": pa.array(label, pa.int64()),
                "group_name": pa.array(keys[group], pa.string()),
            }
        ),
    )
    connection.execute(
        "create or replace temp table clusters as select record_key, cluster_id from cluster_rows"
    )
    connection.execute(
        "create or replace temp table groups as "
        "select record_key, hash(group_name) as group_id from cluster_rows"
    )
    connection.unregister("cluster_rows")
