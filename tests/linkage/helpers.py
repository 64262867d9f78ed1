"""Linking a few made records, or a world, without dbt; and scoring the result against a truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from dbt_project.linkage.addresses import collect_addresses
from dbt_project.linkage.households import resolve_addresses
from dbt_project.linkage.link import LinkageSettings, link_records, prepare_records
from dbt_project.linkage.normalise import NicknameTable, OperatorDetails
from dbt_project.linkage.registry import create_identity_tables
from tests.linkage.world import NOW, OPERATOR, as_records, nicknames


class Home:
    """One linkage home: records come and go, runs follow each other, keys stay."""

    def __init__(self, records: pa.Table | None = None, *, threads: int = 2) -> None:
        self.connection = duckdb.connect(config={"threads": threads})
        self.connection.execute("set timezone = 'UTC'")
        create_identity_tables(self.connection)
        self.runs = 0
        if records is not None:
            self.hold(records)

    def hold(self, records: pa.Table) -> None:
        """Replace the records."""
        self.connection.register("records_held", records)
        self.connection.execute("create or replace table records as from records_held")
        self.connection.unregister("records_held")

    def run(self, **settings: Any) -> dict[str, dict[str, Any]]:
        """Link; returns the result by record key."""
        return {row["record_key"]: row for row in self.table(**settings).to_pylist()}

    def table(
        self,
        *,
        operator: OperatorDetails = OPERATOR,
        names: NicknameTable | None = None,
        as_of: datetime | None = None,
        **settings: Any,
    ) -> pa.Table:
        """Link; returns the result as it is."""
        self.runs += 1
        instant = as_of or NOW + timedelta(days=self.runs)
        run_id = f"run {self.runs}"
        self._resolve(operator, run_id, instant, is_live=settings.get("is_live", True))
        return link_records(
            self.connection,
            source="records",
            addresses="addresses",
            nicknames=names or nicknames(),
            settings=LinkageSettings(run_id, instant, operator=operator, **settings),
        )

    def prepare(self) -> None:
        """Make table `compared` only: what linking would compare."""
        self._resolve(OPERATOR, "none", NOW, is_live=True)
        prepare_records(
            self.connection,
            source="records",
            addresses="addresses",
            nicknames=nicknames(),
            operator=OPERATOR,
        )

    def _resolve(
        self, operator: OperatorDetails, run_id: str, instant: datetime, *, is_live: bool
    ) -> None:
        collect_addresses(self.connection, source="records", target="collected")
        resolve_addresses(
            self.connection,
            source="collected",
            target="addresses",
            own_address=operator.address,
            run_id=run_id,
            as_of=instant,
            is_live=is_live,
        )

    def changes(self) -> list[tuple[str, str]]:
        """Return (run, reason) of every entry that changed a key."""
        return self.connection.execute(
            """select run_id, reason from raw_matchback.identity_registry
            where from_customer_key is distinct from customer_key order by all"""
        ).fetchall()

    def say(
        self, action: str, left: str | None, right: str | None, undoes: int | None = None
    ) -> int:
        """Append one word of the operator, known since the last run."""
        number = 1 + int(
            self.connection.execute(
                "select count(*) from raw_matchback.identity_decisions"
            ).fetchall()[0][0]
        )
        self.connection.execute(
            "insert into raw_matchback.identity_decisions values (?, ?, 'tester', ?, ?, ?, ?, '')",
            [number, NOW + timedelta(days=self.runs, hours=1), action, left, right, undoes],
        )
        return number


def people(*rows: dict[str, Any]) -> pa.Table:
    """Make records from rows; source, entity and customer_id have defaults (r1, r2, ...)."""
    filled = [
        {"source": "crm", "entity": "customer", "customer_id": f"r{place}", **row}
        for place, row in enumerate(rows, start=1)
    ]
    extra = ("declared_record_key", "is_erased")
    columns = sorted({name for row in filled for name in row if name not in extra})
    table = pa.table(
        {name: pa.array([row.get(name) for row in filled], pa.string()) for name in columns}
    )
    records, _ = as_records(table)
    by_id = {row["customer_id"]: row for row in filled}
    ids = records["customer_id"].to_pylist()
    declared = pa.array([by_id[i].get("declared_record_key") for i in ids], pa.string())
    erased = pa.array([bool(by_id[i].get("is_erased")) for i in ids])
    records = records.set_column(
        records.column_names.index("declared_record_key"), "declared_record_key", declared
    )
    return records.set_column(records.column_names.index("is_erased"), "is_erased", erased)


def key_of(records: pa.Table, customer_id: str) -> str:
    """Return the record key of one record."""
    rows = zip(records["customer_id"].to_pylist(), records["record_key"].to_pylist(), strict=True)
    return next(key for name, key in rows if name == customer_id)


@dataclass(frozen=True)
class Score:
    """Agreement of clusters with the truth: over pairs of records, and over whole clusters."""

    precision: float
    recall: float
    exact_precision: float
    exact_recall: float
    largest: int

    @property
    def f1(self) -> float:
        """Pairwise F1."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)

    @property
    def exact_f1(self) -> float:
        """F1 over clusters that are exactly a truth's."""
        return (
            2
            * self.exact_precision
            * self.exact_recall
            / (self.exact_precision + self.exact_recall)
        )


def score(found: Sequence[Any], truth: Sequence[Any]) -> Score:
    """Compare two labellings of the same records, in the same order."""
    one = np.unique(np.asarray(found, dtype=str), return_inverse=True)[1].astype(np.int64)
    two = np.unique(np.asarray(truth, dtype=str), return_inverse=True)[1].astype(np.int64)
    joint = np.unique(one * (two.max() + 1) + two, return_inverse=True)[1]
    sizes = [np.bincount(labels) for labels in (one, two, joint)]
    pairs = [float((size * (size - 1) // 2).sum()) for size in sizes]
    first = np.zeros(len(sizes[2]), dtype=int)
    first[joint] = np.arange(len(one))
    exact = (sizes[2] == sizes[0][one[first]]) & (sizes[2] == sizes[1][two[first]])
    return Score(
        precision=pairs[2] / pairs[0],
        recall=pairs[2] / pairs[1],
        exact_precision=float(exact.sum()) / len(sizes[0]),
        exact_recall=float(exact.sum()) / len(sizes[1]),
        largest=int(sizes[0].max()),
    )
