"""What linking costs and how good it is: `python tests/linkage/bench.py --records 1000000`.

Each step runs in a process of its own on one warehouse file, as a night does, and prints wall
seconds, CPU seconds (on a busy machine the honest figure, over the cores) and its peak memory; the
last ones print accuracy against the world's truth, pairs by blocking rule, blocking recall, and
keys that changed without a true merge or split.
"""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[2]))

from dbt_project.linkage.addresses import collect_addresses
from dbt_project.linkage.comparisons import BLOCKING_RULES
from dbt_project.linkage.dbt_run import link_in_warehouse, resolve_addresses_in_warehouse
from dbt_project.linkage.registry import create_identity_tables
from tests.linkage.helpers import score
from tests.linkage.world import NOW, OPERATOR, RECORDS_PER_PERSON, hard_records, nicknames

RECORDS = "intermediate.int_identity__records_collected"
COLLECTED = "intermediate.int_identity__addresses_collected"
RESOLVED = "intermediate.int_identity__addresses_resolved"
STEPS = (
    "make",
    "first run, with training",
    "full scan with the saved model",
    "night with nothing new",
    "night with 1 % new",
    "re-run of that night",
    "accuracy",
    "keys",
)


def make(folder: Path, *, records: int, seed: int) -> None:
    """Write the world, and a warehouse that holds what dbt has made before linking."""
    table, truth = hard_records(int(records / RECORDS_PER_PERSON), seed)
    pq.write_table(table, folder / "records.parquet")
    pq.write_table(truth, folder / "truth.parquet")
    connection = open_warehouse(folder)
    create_identity_tables(connection)
    for schema in ("intermediate", "staging"):
        connection.execute(f"create schema if not exists {schema}")
    connection.register("names", nicknames_table())
    connection.execute("create table staging.identity_nicknames as from names")
    late = f"select record_key from all_records order by md5(record_key || 'late') limit {max(1, table.num_rows // 100)}"
    connection.execute(
        f"""
        create table all_records as from '{folder}/records.parquet';
        create table all_truth as from '{folder}/truth.parquet';
        create table late as {late};
        """
    )
    connection.close()


def nicknames_table() -> pa.Table:
    """Return the seed as dbt loads it."""
    pairs = nicknames().pairs
    return pa.table({"nickname": [a for a, _ in pairs], "formal_name": [b for _, b in pairs]})


def open_warehouse(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open the warehouse as a night does: two threads, memory bounded."""
    connection = duckdb.connect(str(folder / "warehouse.duckdb"), config={"threads": 2})
    connection.execute("set timezone = 'UTC'; set memory_limit = '2GB'")
    connection.execute(f"set temp_directory = '{folder}/spill'")
    return connection


def hold(connection: duckdb.DuckDBPyConnection, *, day: int, with_late: bool, full: bool) -> None:
    """Make what dbt makes before linking (not measured)."""
    which = "" if with_late else "anti join late using (record_key)"
    connection.execute(f"create or replace table {RECORDS} as select * from all_records {which}")
    collect_addresses(connection, source=RECORDS, target=COLLECTED)
    connection.execute(
        """
        create or replace table raw_matchback.run_context as
        select ? as run_id, cast(? as timestamptz) as as_of, cast(? as boolean)
            as is_full_identity_scan, ? as company_name, ? as company_phone, ? as company_address
        """,
        [
            f"day {day}",
            NOW + timedelta(days=day),
            full,
            OPERATOR.name,
            ";".join(OPERATOR.phones),
            OPERATOR.address,
        ],
    )
    connection.execute("checkpoint")


def link(connection: duckdb.DuckDBPyConnection) -> None:
    """Resolve addresses and link, as the two dbt models do."""
    connection.register(
        "found", resolve_addresses_in_warehouse(connection.cursor(), addresses=COLLECTED)
    )
    connection.execute(f"create or replace table {RESOLVED} as from found")
    connection.unregister("found")
    connection.register(
        "found", link_in_warehouse(connection.cursor(), records=RECORDS, addresses=RESOLVED)
    )
    connection.execute("create or replace table linked as from found")
    connection.unregister("found")


def timed(what: str, work: Callable[[], object]) -> None:
    """Run one step and print what it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{what:<34} {time.perf_counter() - wall:7.1f} s wall {time.process_time() - cpu:7.1f} s CPU"
        f"  peak {peak:.2f} GB (before it {before:.2f})",
        flush=True,
    )


def report_accuracy(connection: duckdb.DuckDBPyConnection) -> None:
    """Print agreement with the truth, pairs by blocking rule, and blocking recall."""
    rows = connection.execute(
        """select customer_key, household_key, person_id, household_id
        from linked inner join all_truth using (record_key)"""
    ).fetchnumpy()
    for level, truth in (("customer_key", "person_id"), ("household_key", "household_id")):
        found = score(np.asarray(rows[level], dtype=str), np.asarray(rows[truth], dtype=str))
        print(
            f"{level}: precision {found.precision:.4f} recall {found.recall:.4f} "
            f"F1 {found.f1:.4f} exact-cluster F1 {found.exact_f1:.4f} largest {found.largest}",
            flush=True,
        )
    names = list(BLOCKING_RULES)
    for rule, count in connection.execute(
        "select rule, count(*) from raw_matchback.identity_pairs group by rule order by rule"
    ).fetchall():
        print(f"  {count:>10,} pairs by {names[rule]}")
    (possible,) = connection.execute(
        "select sum(n * (n - 1) / 2) from (select count(*) as n from all_truth group by person_id)"
    ).fetchone()
    (found_count,) = connection.execute(
        """select count(*) from raw_matchback.identity_pairs
        inner join all_truth as l on record_key_l = l.record_key
        inner join all_truth as r on record_key_r = r.record_key
        where l.person_id = r.person_id"""
    ).fetchone()
    print(f"blocking recall {found_count / possible:.4f}", flush=True)


def report_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Print key changes by run, reason, and whether the truth bears them out."""
    rows = connection.execute(
        """
        with moves as (
            select run_id, reason, record_key, from_customer_key, customer_key
            from raw_matchback.identity_registry
            where from_customer_key is distinct from customer_key and reason <> 'new record'
        )
        select moves.run_id, moves.reason, count(*) as records,
            count(*) filter (where moves.reason = 'merged' and exists (
                select 1 from linked as other inner join all_truth as theirs using (record_key)
                where other.customer_key = moves.customer_key
                    and other.record_key <> moves.record_key
                    and theirs.person_id = own.person_id)) as borne_out
        from moves inner join all_truth as own on moves.record_key = own.record_key
        group by all order by all
        """
    ).fetchall()
    print(f"key changes (run, reason, records, true merges): {rows}", flush=True)


def run_step(folder: Path, step: str, *, records: int, seed: int) -> None:
    """Run one step in this process."""
    if step == "make":
        timed(step, lambda: make(folder, records=records, seed=seed))
        return
    connection = open_warehouse(folder)
    day = STEPS.index(step)
    if step == "accuracy":
        report_accuracy(connection)
    elif step == "keys":
        report_keys(connection)
    else:
        hold(connection, day=day, with_late=day >= 4, full=step.startswith("full"))
        timed(step, lambda: link(connection))
    connection.close()


def main() -> None:
    """Run the steps one after the other, each in a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--folder", type=Path, help="keep the warehouse here")
    parser.add_argument("--step", choices=STEPS)
    given = parser.parse_args()
    if given.step:
        run_step(given.folder, given.step, records=given.records, seed=given.seed)
        return
    with tempfile.TemporaryDirectory(prefix="matchback-link-") as made:
        folder = given.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{given.records:,} records, of which 1 % come on the last night", flush=True)
        for step in STEPS:
            command = [sys.executable, __file__, "--folder", str(folder), "--step", step]
            command += ["--records", str(given.records), "--seed", str(given.seed)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
