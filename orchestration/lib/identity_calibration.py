"""How far the stated probabilities of identity can be believed, against records that are labelled.

Labels come from the sandbox's truth, or from any file in which an operator says which records are
one person. Nothing is tuned by them: this is a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from dbt_project.linkage.judge import judge_last_night
from ingestion.errors import SettingsError

# Bands of stated probability; the last holds everything from 0.999 on.
BANDS = (0.60, 0.80, 0.90, 0.95, 0.97, 0.99, 0.999)


@dataclass(frozen=True)
class Band:
    """Pairs of labelled records whose stated probability lies in one band.

    Attributes:
        low: Where it begins (0..1).
        pair_count: Pairs compared in it.
        stated: Mean stated probability.
        observed: Share that is one person by the labels.
    """

    low: float
    pair_count: int
    stated: float
    observed: float


@dataclass(frozen=True)
class Calibration:
    """The whole report.

    Attributes:
        record_count: Records that carry a label.
        bands: By stated probability, low to high.
        precision: Of the pairs of records that are one customer, the share that is one person.
        recall: Of the pairs that are one person, the share that is one customer.
    """

    record_count: int
    bands: tuple[Band, ...]
    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both."""
        if not self.precision or not self.recall:
            return None
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def calibrate(connection: duckdb.DuckDBPyConnection, labels: Path) -> Calibration:
    """Compare the last run's identity with labels.

    Args:
        connection: The warehouse, after a run.
        labels: CSV or Parquet with source, customer_id (or record_id), person_id and, where they
            differ from `main` and `customer`, account and entity; the sandbox writes one.

    Raises:
        SettingsError: The file cannot be read, lacks a column, or labels no record we have.
    """
    _read_labels(connection, labels)
    count = int(connection.execute("select count(*) from labelled").fetchall()[0][0])
    if not count:
        raise SettingsError(
            f"No record of this home stands in {labels}: expected the source, account, entity and "
            "customer_id that `matchback identity review` shows; check those columns."
        )
    judge_last_night(connection)
    ends = (*BANDS[1:], 1.01)
    rows = connection.execute(
        """
        select bands.low, count(*), avg(judged.match_probability),
            avg(cast(l.person_id = r.person_id as integer))
        from raw_matchback.identity_pairs as pairs
        inner join judged_words as judged using (levels)
        inner join labelled as l on pairs.record_key_l = l.record_key
        inner join labelled as r on pairs.record_key_r = r.record_key
        inner join (select unnest(?) as low, unnest(?) as high) as bands
            on judged.match_probability >= bands.low and judged.match_probability < bands.high
        group by bands.low order by bands.low
        """,
        [list(BANDS), list(ends)],
    ).fetchall()
    both, found, true = connection.execute(
        """
        select (select sum(n * (n - 1) / 2) from (
                select count(*) as n from labelled group by customer_key, person_id)),
            (select sum(n * (n - 1) / 2) from (
                select count(*) as n from labelled group by customer_key)),
            (select sum(n * (n - 1) / 2) from (
                select count(*) as n from labelled group by person_id))
        """
    ).fetchall()[0]
    return Calibration(
        record_count=count,
        bands=tuple(Band(float(a), int(b), float(c), float(d)) for a, b, c, d in rows),
        precision=float(both) / float(found) if found else None,
        recall=float(both) / float(true) if true else None,
    )


def _read_labels(connection: duckdb.DuckDBPyConnection, labels: Path) -> None:
    """Make temp table `labelled` (record_key, customer_key, person_id)."""
    reader = "read_csv(?, all_varchar = true)" if ".csv" in labels.name else "read_parquet(?)"
    try:
        cursor = connection.execute(f"select * from {reader} limit 0", [str(labels)])
    except duckdb.Error as error:
        raise SettingsError(
            f"{labels} cannot be read: expected a CSV or Parquet file of labels ({error})."
        ) from error
    names = {column[0].lower() for column in cursor.description or ()}
    identity = "record_id" if "record_id" in names else "customer_id"
    missing = [name for name in ("source", identity, "person_id") if name not in names]
    if missing:
        raise SettingsError(
            f"{labels} has no column {', '.join(missing)}: expected source, customer_id, person_id "
            "(and account, entity where they are not main, customer)."
        )
    account = "coalesce(cast(given.account as varchar), 'main')" if "account" in names else "'main'"
    entity = "coalesce(rtrim(given.entity, 's'), 'customer')" if "entity" in names else "'customer'"
    connection.execute(
        f"""
        create or replace temp table labelled as
        select records.record_key, records.customer_key, cast(given.person_id as varchar)
            as person_id
        from {reader} as given
        inner join intermediate.int_identity__records_keyed as records
            on cast(given.source as varchar) = records.source
            and {account} = records.account
            and {entity} = records.entity
            and cast(given.{identity} as varchar) = records.customer_id
        where given.person_id is not null
        qualify row_number() over (partition by records.record_key order by given.person_id) = 1
        """,
        [str(labels)],
    )
