"""Planted faults of 27 kinds at several rates: told by the next night, once, closed by repair.

One world, two nights. The first tells what was planted in its 430 days of history; then three weeks
pass, eleven kinds are repaired at their vendors, and the second night must close exactly those,
tell what happened meanwhile, and open nothing twice. More worlds and rates:
`python -m tests.bench.planted_faults`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ingestion.sandbox import FaultRates
from orchestration.lib import alert_rules
from orchestration.lib.alert_router import list_alerts, watch
from tests.dbt_project.planted_nights import Found, PlantedWorld, mixed_rates, planted_world

pytestmark = pytest.mark.slow

# What somebody sets right in the vendor's own system. Few dates of change move with it: what a
# usual read cannot see then is seen because the record of a discrepancy is read again by its id.
REPAIRS = {
    "booking_without_job": "update base.lost_requests set promised = false, closed = true",
    "duplicate_booking": "update base.jobs set doubled_booking = false",
    "booking_wrong_customer": "update base.jobs set wrong_customer = false",
    "lost_marketing_source": (
        "update base.jobs set source_lost = false, source = true_source where source_lost"
    ),
    "lead_without_source": "update base.lost_requests set without_source = false",
    "invoice_differs_from_job": "update base.invoices set total_differs = false",
    "books_amount_differs": "update base.book_invoices set books_difference_cents = 0",
    "books_invoice_doubled": (
        "update base.book_invoices set deleted_at = serve.now() - interval 1 hour where is_copy"
    ),
    "payment_over_invoice": (
        "update base.payments set cents = cents - 2000 where kind = 0 and invoice in "
        "(select invoice from base.invoices where overpaid)"
    ),
    "crm_open_after_completion": (
        "update base.deals set won_at = serve.now() - interval 1 hour where job in "
        "(select job from base.jobs where crm_stays_open)"
    ),
    "missing_tax_id": (
        "update base.book_customers set tax_id = '12-3456789', "
        "changed_at = serve.now() - interval 1 hour where tax_id is null"
    ),
}


@dataclass
class TwoNights:
    """What was planted and told on both nights."""

    world: PlantedWorld
    first_planted: Found
    first_told: Found
    first_alarms: Found
    second_planted: Found
    second_told: Found
    second_alarms: Found
    alerts: tuple[list[dict], list[dict]]


def alerts_of(world: PlantedWorld) -> list[dict]:
    """The alert router over the discrepancies of the night."""
    import duckdb

    settings = world.settings()
    with duckdb.connect(str(settings.warehouse), read_only=True) as marts:
        marts.execute("set TimeZone = 'UTC'; use marts")
        watch(settings, marts)
    return list_alerts(settings, is_everything=True)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoNights]:
    watched = tuple(
        rule for rule in alert_rules.DEFAULT_RULES if rule.rule in ("discrepancies", "hygiene")
    )
    folder = tmp_path_factory.mktemp("planted") / "home"
    with (
        pytest.MonkeyPatch.context() as patch,
        planted_world(folder, size=500, seed=23, faults=mixed_rates(0)) as world,
    ):
        patch.setattr(alert_rules, "DEFAULT_RULES", watched)
        began = world.sandbox.now.isoformat()
        world.night()
        first_planted, first_told = world.planted(), world.told()
        first_alarms = world.false_alarms(first_told, first_planted)
        first_alerts = alerts_of(world)
        world.sandbox.advance(24 * 20)
        for repair in REPAIRS.values():
            world.sandbox.world.connection.execute(repair)
        world.sandbox.advance(0)
        world.night()
        # The truth's flags of what was repaired stay; the faults do not.
        second_planted = {
            item for item in world.planted(first_night=began) if item[0] not in REPAIRS
        }
        second_told = world.told()
        yield TwoNights(
            world, first_planted, first_told, first_alarms, second_planted, second_told,
            world.false_alarms(second_told, second_planted), (first_alerts, alerts_of(world)),
        )  # fmt: skip


def by_kind(items: Found) -> dict[str, list[str]]:
    """Accounts and ids by kind: what an assertion shows when it fails."""
    return {
        kind: sorted(f"{account}/{record}" for name, account, _, record in items if name == kind)
        for kind in sorted({item[0] for item in items})
    }


def test_nearly_every_kind_is_planted(nights: TwoNights) -> None:
    kinds = {item[0] for item in nights.first_planted | nights.second_planted}
    assert len(kinds) >= 24, sorted(kinds)


def test_every_planted_discrepancy_is_told_with_its_kind_and_record(nights: TwoNights) -> None:
    assert by_kind(nights.first_planted - nights.first_told) == {}


def test_what_was_planted_meanwhile_is_told_by_the_next_night(nights: TwoNights) -> None:
    assert nights.second_planted - nights.first_planted, "nothing new was planted"
    assert by_kind(nights.second_planted - nights.second_told) == {}


def test_false_alarms_are_below_one_in_a_thousand_records(nights: TwoNights) -> None:
    records = nights.world.record_count()
    for alarms in (nights.first_alarms, nights.second_alarms):
        assert len(alarms) < 0.001 * records, by_kind(alarms)


def test_a_repaired_fault_closes_within_one_run(nights: TwoNights) -> None:
    repaired = {
        item for item in nights.first_told
        if item[0] in REPAIRS and item not in nights.first_alarms
    }  # fmt: skip
    assert len({item[0] for item in repaired}) >= 10
    assert by_kind(repaired & nights.second_told) == {}
    settled = nights.world.rows(
        "select count(*), count(*) filter (where resolution = 'the data agree') "
        "from rpt_reconciliation where state = 'closed'"
    )
    assert settled[0][0] == settled[0][1] > 0


def test_an_open_fault_opens_and_alerts_once(nights: TwoNights) -> None:
    still = nights.first_told & nights.second_told
    assert still
    opened = nights.world.rows("select max(opened_count) from rpt_reconciliation")
    assert opened == [(1,)]
    first, second = nights.alerts
    causes = Counter(alert["cause_key"] for alert in second)
    assert {cause: count for cause, count in causes.items() if count > 1} == {}
    known = {alert["alert_id"] for alert in first}
    assert known <= {alert["alert_id"] for alert in second}


def test_rates_are_mixed() -> None:
    usual, mixed = FaultRates(), mixed_rates(1)
    factors = {
        round(getattr(mixed, name) / getattr(usual, name))
        for name in ("slot_too_short", "vanished_job", "lead_not_in_crm", "duplicate_booking")
    }
    assert len(factors) > 1
