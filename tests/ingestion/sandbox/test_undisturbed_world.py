"""Without planted faults the systems agree: what a reconciliation finds there is a false alarm."""

from __future__ import annotations

from datetime import date

import pytest

from ingestion.sandbox import FaultRates, Sandbox, WorldRates, build_world
from ingestion.sandbox.serve import Store
from tests.ingestion.sandbox.test_planted_faults import CHECKS, found

pytestmark = pytest.mark.slow
ANCHOR = date(2026, 10, 14)


@pytest.fixture(scope="module")
def stores() -> list[Store]:
    """An undisturbed small world on its first night and forty nights later."""
    rates = WorldRates(faults=FaultRates.none())
    sandboxes = [
        Sandbox(build_world("small", seed=seed, anchor=ANCHOR, rates=rates)) for seed in (7, 12)
    ]
    sandboxes[1].advance(24 * 40)
    return [sandbox.store for sandbox in sandboxes]


@pytest.mark.parametrize("kind", CHECKS)
def test_no_check_finds_anything_in_it(stores, kind):
    assert [CHECKS[kind](store) for store in stores] == [set(), set()]


def wrong(store: Store, sql: str) -> list[tuple]:
    return store.rows(sql)


def test_no_technician_is_in_two_places_or_on_the_way_while_at_work(stores):
    for store in stores:
        crossing = """
            with spans as (
                select account, technician, job, coalesce(dispatched_at, arrived_at) as leaves_at,
                    coalesce(sheet_done_at, arrived_at, dispatched_at) as done_at
                from base.jobs where coalesce(dispatched_at, arrived_at) is not null
            )
            select job from spans qualify leaves_at < max(done_at) over (
                partition by account, technician order by leaves_at, done_at
                rows between unbounded preceding and 1 preceding)"""
        assert wrong(store, crossing) == []


def test_every_assignment_is_to_someone_free(stores):
    """Both people sent to an installation have that one job at the time."""
    for store in stores:
        busy = found(
            store,
            """with held as (
                select s.account, s.j->>'technicianId' as technician, t.id,
                    (t.j->>'arrivedOn')::timestamp as begins, (t.j->>'doneOn')::timestamp as ends
                from {assigned} as s
                inner join {sheets} as t on t.account = s.account and t.j->>'jobId' = s.j->>'jobId'
                where t.j->>'arrivedOn' is not null
            )
            select account, id from held qualify begins < max(ends) over (
                partition by account, technician order by begins, ends
                rows between unbounded preceding and 1 preceding)""",
            assigned="servicetitan__appointment_assignments",
            sheets="servicetitan__timesheets",
        )
        assert busy == set()


def test_the_life_of_a_job_goes_forward(stores):
    for store in stores:
        backward = """
            select job from base.jobs
            where dispatched_at < created_at or arrived_at <= dispatched_at
                or started_at < arrived_at or hold_at < started_at or resumed_at < hold_at
                or completed_at < coalesce(resumed_at, started_at) or dispatched_at > cancelled_at
                or sheet_done_at < arrived_at"""
        assert wrong(store, backward) == []


def test_payments_and_refunds_stay_within_the_invoice(stores):
    for store in stores:
        beyond = """
            with paid as (
                select invoice, sum(cents) filter (where kind = 0) as paid_cents,
                    sum(cents) as kept_cents
                from base.payments group by invoice
            )
            select i.invoice from base.invoices as i inner join paid as p on p.invoice = i.invoice
            where p.paid_cents > i.total_cents + i.change_cents or p.kept_cents < 0
                or i.total_cents = 0 or i.voided_at is not null"""
        assert wrong(store, beyond) == []
        cheap = "select invoice from base.invoices where total_cents + change_cents < 0"
        assert wrong(store, cheap) == []


def test_every_finished_job_is_billed_and_every_bill_is_in_the_books(stores):
    for store in stores:
        unbilled = """
            select j.job from base.jobs as j left join base.invoices as i on i.job = j.job
            where j.completed_at is not null and i.invoice is null"""
        assert wrong(store, unbilled) == []
        unbooked = "select invoice from base.invoices where books_at is null"
        assert wrong(store, unbooked) == []
        assert wrong(store, "select 1 from base.jobs where gone_at is not null") == []
