"""Which person has which record in which system, since when, and what became of the doubles."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import BUSY_DAYS, NEVER, Calendar, later, only_where
from ingestion.sandbox.generate.mail import DAY, HOUR
from ingestion.sandbox.generate.roster import TENANTS, Roster
from ingestion.sandbox.people import messy_records
from ingestion.sandbox.rates import WorldRates

FIRST, SECOND, THIRD, ELSEWHERE = range(4)
Columns = dict[str, np.ndarray]


def first_instants(person: np.ndarray, at: np.ndarray, count: int) -> np.ndarray:
    """The earliest instant of each person (NaT: none)."""
    first = np.full(count, np.datetime64("2262-01-01", "s"))
    np.minimum.at(first, person, at)
    return only_where(first < np.datetime64("2262-01-01", "s"), first)


def dispatch_records(
    roster: Roster, jobs: Columns, calendar: Calendar, seed: int, rates: WorldRates
) -> tuple[Columns, np.ndarray]:
    """Customer records of the two tenants.

    Returns:
        Columns person, tenant, kind, created_at, merged_at, merged_into (row), changed_at, seq
        (rank in its tenant by age), and the row of each job's customer record.
    """
    rng = generator(seed, "dispatch records")
    persons = len(roster.household)
    first_job = first_instants(jobs["person"], jobs["created_at"], persons)
    rows = np.flatnonzero(roster.existing_person | ~np.isnat(first_job))
    age = rng.integers(BUSY_DAYS, 2_300, len(rows))
    old = calendar.instants(-age, rng.integers(8, 18, len(rows)) * HOUR)
    called = later(first_job[rows], -rng.integers(30, 600, len(rows)))
    known = roster.existing_person[rows]
    born = np.where(known, np.fmin(old, called), called)
    tenant = roster.tenant[roster.household[rows]]
    has_job = ~np.isnat(first_job[rows])
    second = np.flatnonzero(has_job & (rng.random(len(rows)) < rates.second_record))
    third = second[rng.random(len(second)) < 0.12]
    elsewhere = np.flatnonzero(rng.random(len(rows)) < rates.other_tenant_record)
    base = np.arange(len(rows))
    source = np.concatenate([base, second, third, elsewhere])
    kind = np.repeat(
        [FIRST, SECOND, THIRD, ELSEWHERE], [len(rows), len(second), len(third), len(elsewhere)]
    )
    created = born[source].copy()
    created[kind == SECOND] = later(first_job[rows[second]], -60)
    created[kind == THIRD] = later(first_job[rows[third]], -30)
    created[kind == ELSEWHERE] = later(born[elsewhere], 40 * DAY)
    merged_into = np.full(len(source), -1)
    merged_into[kind == SECOND] = second
    merged_into[kind == THIRD] = len(rows) + np.searchsorted(second, third)
    merges = (merged_into >= 0) & ((rng.random(len(source)) < 0.6) | (kind == THIRD))
    merged_at = later(created, rng.integers(2, 120, len(source)) * DAY)
    merged_at = calendar.put_off(merged_at, created, rng)
    order_of_tenant = np.where(
        kind == ELSEWHERE, (tenant[source] + 1) % len(TENANTS), tenant[source]
    )
    columns: Columns = {
        "person": rows[source],
        "tenant": order_of_tenant,
        "kind": kind,
        "created_at": created,
        "merged_at": only_where(merges, merged_at),
        "merged_into": np.where(merges, merged_into, -1),
        "changed_at": only_where(
            rng.random(len(source)) < 0.12, later(created, rng.integers(5, 900, len(source)) * DAY)
        ),
        "do_not_mail": rng.random(len(source)) < 0.02,
        "seq": _ranks(order_of_tenant, created),
    }
    record_of_person = np.full(persons, -1)
    record_of_person[rows] = base
    second_of_person = np.full(persons, -1)
    second_of_person[rows[second]] = len(rows) + np.arange(len(second))
    record = record_of_person[jobs["person"]]
    other = second_of_person[jobs["person"]]
    with_other = np.where(
        (other >= 0) & (jobs["created_at"] < later(columns["created_at"][other], 200 * DAY)),
        other,
        record,
    )
    return columns, with_other


def _ranks(group: np.ndarray, created: np.ndarray) -> np.ndarray:
    """1, 2, 3, ... within each group by age."""
    order = np.lexsort((created, group))
    starts = np.r_[0, np.flatnonzero(np.diff(group[order])) + 1]
    sizes = np.diff(np.r_[starts, len(order)])
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order)) - np.repeat(starts, sizes) + 1
    return ranks


def ranks(group: np.ndarray, created: np.ndarray) -> np.ndarray:
    """1, 2, 3, ... within each group by age; the stuff ids are made of."""
    return _ranks(group, created) if len(group) else np.zeros(0, dtype=np.int64)


def crm_records(
    roster: Roster, asked: Columns, dispatch: Columns, calendar: Calendar, seed: int
) -> Columns:
    """Contacts of the CRM: most customers, most who ever asked, some twice.

    Args:
        roster: The people.
        asked: person and at of every request that reached the CRM.
        dispatch: Dispatch records, for when old customers became known.
        calendar: For what the office puts off.
        seed: The world's seed.

    Returns:
        Columns person, created_at, kind, merged_at, merged_into (row), archived_at, changed_at.
    """
    rng = generator(seed, "crm records")
    persons = len(roster.household)
    first_asked = first_instants(asked["person"], asked["at"], persons)
    oldest = first_instants(dispatch["person"], dispatch["created_at"], persons)
    imported = roster.existing_person & (rng.random(persons) < 0.8)
    old = later(oldest, rng.integers(1, 40, persons) * HOUR)
    born = np.where(imported, old, later(first_asked, 45))
    rows = np.flatnonzero(~np.isnat(born))
    double = np.flatnonzero((rng.random(len(rows)) < 0.05) & ~np.isnat(first_asked[rows]))
    source = np.concatenate([np.arange(len(rows)), double])
    created = born[rows][source].copy()
    created[len(rows) :] = later(
        np.maximum(first_asked[rows[double]], born[rows[double]]),
        rng.integers(60, DAY, len(double)),
    )
    merges = np.r_[np.zeros(len(rows), dtype=bool), rng.random(len(double)) < 0.6]
    merged_at = later(created, rng.integers(1, 150, len(source)) * DAY)
    archived_at = later(created, rng.integers(20, 700, len(source)) * DAY)
    archived = ~merges & (rng.random(len(source)) < 0.01)
    return {
        "person": rows[source],
        "kind": np.repeat([FIRST, SECOND], [len(rows), len(double)]),
        "created_at": created,
        "merged_at": only_where(merges, calendar.put_off(merged_at, created, rng)),
        "merged_into": np.where(merges, np.r_[np.full(len(rows), -1), double], -1),
        "archived_at": only_where(archived, calendar.put_off(archived_at, created, rng)),
        "changed_at": only_where(
            rng.random(len(source)) < 0.4, later(created, rng.exponential(200 * DAY, len(source)))
        ),
    }


def books_records(roster: Roster, invoices: Columns, seed: int) -> tuple[Columns, np.ndarray]:
    """Customers of the books: who ever had an invoice; and the row of each invoice's customer."""
    rng = generator(seed, "books records")
    persons = len(roster.household)
    first = first_instants(invoices["person"], invoices["created_at"], persons)
    rows = np.flatnonzero(~np.isnat(first))
    row_of = np.full(persons, -1)
    row_of[rows] = np.arange(len(rows))
    columns: Columns = {
        "person": rows,
        "created_at": later(first[rows], -600),
        "changed_at": only_where(
            rng.random(len(rows)) < 0.08, later(first[rows], rng.integers(5, 300, len(rows)) * DAY)
        ),
        "inactive_at": only_where(
            rng.random(len(rows)) < 0.01, later(first[rows], rng.integers(30, 300, len(rows)) * DAY)
        ),
    }
    return columns, row_of[invoices["person"]]


def written(roster: Roster, system: str, person: np.ndarray, seed: int) -> pa.Table:
    """Person columns of records as one system holds them, in the order of `person`."""
    ids = roster.people.persons["person_id"].combine_chunks().take(pa.array(person))
    return messy_records(roster.people, system, ids, seed)  # type: ignore[arg-type]


__all__ = ["NEVER", "books_records", "crm_records", "dispatch_records", "ranks", "written"]
