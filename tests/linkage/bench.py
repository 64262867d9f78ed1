"""How long a million records take, and how well they are linked: `python tests/linkage/bench.py`.

Prints one line a step: wall seconds, CPU seconds (on a busy machine the honest figure, over the
cores), peak memory; then accuracy against the world's truth, pairs by blocking rule and blocking
recall. `--records 100000` for a shorter look.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[2]))

from dbt_project.linkage.comparisons import BLOCKING_RULES
from dbt_project.linkage.household_model import from_json
from dbt_project.linkage.model import score_pairs
from tests.linkage.helpers import Home, score
from tests.linkage.world import NOW, RECORDS_PER_PERSON, hard_records


def timed(what: str, work: Callable[[], object]) -> object:
    """Run one step and print what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{what:<44} {time.perf_counter() - wall:8.1f} s wall {time.process_time() - cpu:8.1f} s CPU"
        f"  peak {peak:.1f} GB",
        flush=True,
    )
    return result


def report_accuracy(connection: duckdb.DuckDBPyConnection, result: object, what: str) -> None:
    """Print agreement with the truth, for customers and for households."""
    connection.register("result", result)
    rows = connection.execute(
        """select customer_key, household_key, person_id, household_id
        from result inner join truth using (record_key)"""
    ).fetchnumpy()
    for level, truth in (("customer_key", "person_id"), ("household_key", "household_id")):
        found = score(rows[level], rows[truth])
        print(
            f"{what}, {level}: precision {found.precision:.4f} recall {found.recall:.4f} "
            f"F1 {found.f1:.4f} exact-cluster F1 {found.exact_f1:.4f} largest {found.largest}",
            flush=True,
        )


def report_blocking(connection: duckdb.DuckDBPyConnection) -> None:
    """Print pairs by the rule that found them first, and the share of true pairs found."""
    names = list(BLOCKING_RULES)
    for rule, count in connection.execute(
        "select rule, count(*) from pairs group by rule order by rule"
    ).fetchall():
        print(f"  {count:>10,} pairs by {names[rule]}")
    (possible,) = connection.execute(
        "select sum(n * (n - 1) / 2) from (select count(*) as n from truth group by person_id)"
    ).fetchone()
    (found,) = connection.execute(
        """select count(*) from pairs
        inner join truth as l on pairs.record_key_l = l.record_key
        inner join truth as r on pairs.record_key_r = r.record_key
        where l.person_id = r.person_id"""
    ).fetchone()
    print(f"blocking recall {found / possible:.4f}", flush=True)


def main() -> None:
    """Run the steps one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=21)
    given = parser.parse_args()
    people = int(given.records / RECORDS_PER_PERSON)
    records, truth = timed("make the world", lambda: hard_records(people, given.seed))
    home = Home()
    connection = home.connection
    connection.execute("set memory_limit = '3GB'")
    connection.register("truth_arrow", truth)
    connection.execute("create table truth as from truth_arrow")
    connection.register("all_arrow", records)
    connection.execute("create table all_records as from all_arrow")
    newest = max(1, records.num_rows // 100)
    print(f"{records.num_rows:,} records, of which {newest:,} come on the last night")
    connection.execute(
        f"create view records as from all_records where record_key not in "
        f"(select record_key from all_records order by md5(record_key || 'late') limit {newest})"
    )
    timed("first run, with training", lambda: home.table(as_of=NOW))
    result = timed(
        "full run with the saved model",
        lambda: home.table(as_of=NOW + timedelta(days=1), is_full_scan=True),
    )
    report_accuracy(connection, result, "99 %")
    connection.execute("create or replace view records as from all_records")
    result = timed("night with 1 % new", lambda: home.table(as_of=NOW + timedelta(days=2)))
    report_accuracy(connection, result, "100 %")
    report_blocking(connection)
    print(
        connection.execute(
            """select run_id, reason, count(*) from raw_matchback.identity_registry
        where from_customer_key is distinct from customer_key and reason <> 'new record'
        group by all order by all"""
        ).fetchall()
    )
    home.prepare()
    (model,) = connection.execute(
        "select household_model from raw_matchback.identity_models"
    ).fetchone()
    connection.execute(
        f"create table late as from compared order by md5(record_key || 'late') limit {newest}"
    )
    connection.execute("create table early as from compared anti join late using (record_key)")
    timed(
        f"comparing {newest:,} new with the rest",
        lambda: score_pairs(
            connection, table="compared", model=from_json(model), changed="late", unchanged="early"
        ),
    )


if __name__ == "__main__":
    main()
