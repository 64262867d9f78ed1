"""Nights go by: new rows everywhere, late invoices, status changes, merges, deletions, windows."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

from ingestion.sandbox import Sandbox, build_world
from tests.ingestion.sandbox.conftest import ANCHOR

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def young_world():
    """A small world of this module's own, whose clock may be moved."""
    return build_world("small", seed=7, anchor=ANCHOR)


@pytest.fixture(scope="module")
def nights(young_world):
    """What the small world's stores held on each of ten nights."""
    sandbox = Sandbox(young_world)
    seen = []
    for _ in range(10):
        store = sandbox.store
        seen.append(
            {
                entity: dict(
                    store.rows(
                        f"select account || ':' || id, max(modified_at)::varchar"
                        f" from {store.table(entity)} group by all"
                    )
                )
                for entity in (
                    *("servicetitan__jobs", "servicetitan__invoices", "servicetitan__calls"),
                    *("servicetitan__customers", "hubspot__deals", "hubspot__contacts"),
                    *("quickbooks__Invoice", "quickbooks__Payment", "pcm__batches"),
                )
            }
        )
        sandbox.advance(24)
    return seen


def changes(before, after):
    new = after.keys() - before.keys()
    changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    return new, changed, before.keys() - after.keys()


def test_every_night_brings_something_new(nights):
    for before, after in pairwise(nights):
        assert any(changes(before[entity], after[entity])[0] for entity in before)


def test_jobs_and_invoices_are_made_and_changed_within_ten_nights(nights):
    for entity in ("servicetitan__jobs", "servicetitan__invoices", "quickbooks__Invoice"):
        new, changed, _ = changes(nights[0][entity], nights[-1][entity])
        assert new
        assert changed


def test_a_record_never_gets_younger(nights):
    for before, after in pairwise(nights):
        for entity in before:
            for key in before[entity].keys() & after[entity].keys():
                assert before[entity][key] <= after[entity][key]


def test_jobs_go_through_their_states(tiny):
    def states():
        rows = tiny.export("jpm/v2 export/jobs", "north") + tiny.export(
            "jpm/v2 export/jobs", "south"
        )
        return {(row["jobNumber"]): row["jobStatus"] for row in rows}

    first = states()
    for _ in range(14):
        tiny.sandbox.advance(24)
    last = states()
    moved = {(first[number], last[number]) for number in first if number in last}
    assert ("Scheduled", "Completed") in moved


def test_late_changes_invoices_refunds_and_merges_come_with_time(young_world):
    store = Sandbox(young_world).store
    questions = {
        "refunds": "select count(*) from {payments} where shown.kind = 1",
        "merges": "select count(*) from {customers} where not active",
        "voids": "select count(*) from {invoices} where not active",
        "cancellations": "select count(*) from {job_canceled_logs}",
        "invoices": "select count(*) from {invoices}",
    }

    def counts():
        names = ("payments", "customers", "invoices", "job_canceled_logs")
        tables = {name: store.table(f"servicetitan__{name}") for name in names}
        return {name: store.rows(sql.format(**tables))[0][0] for name, sql in questions.items()}

    before = counts()
    store.advance(24 * 35)
    after = counts()
    assert [name for name in questions if after[name] <= before[name]] == []


NEW = "from {} as kept where kept.created_at > $before"
HAPPENED = {
    "new jobs": NEW.format("{servicetitan__jobs}"),
    "new calls": NEW.format("{servicetitan__calls}"),
    "new deals": NEW.format("{hubspot__deals}"),
    "late invoices": f"""{NEW.format("{servicetitan__invoices}")}
        and kept.created_at > kept.shown.done_at + interval 1 day""",
    "refunds": f"{NEW.format('{servicetitan__payments}')} and kept.shown.kind = 1",
    "merged customers": "from {servicetitan__customers} where not active and modified_at > $before",
    "merged contacts": "from {hubspot__contacts} as winners inner join base.contacts as losers "
    "on losers.merged_into_id = winners.id where losers.merged_at between $before and serve.now()",
    "archived contacts": "from {hubspot__contacts} as kept inner join base.contacts as c "
    "on c.contact_id = kept.id where not kept.active and c.archived_at > $before",
    "deleted in the books": "from {quickbooks__Invoice} where deleted_at > $before",
}


@pytest.mark.parametrize("anchor", [ANCHOR, date(2026, 11, 21)])
def test_three_nights_bring_every_kind_of_change(anchor):
    store = Sandbox(build_world("small", seed=7, anchor=anchor)).store
    before = store.now.replace(tzinfo=None)
    store.advance(24 * 3)
    happened = {}
    for kind, sql in HAPPENED.items():
        names = re.findall(r"{(\w+)}", sql)
        query = "select count(*) " + sql.format(**{name: store.table(name) for name in names})
        values = {"before": before} if "$before" in query else {}
        happened[kind] = store.rows(query, values)[0][0]
    assert [kind for kind, count in happened.items() if not count] == []


def test_vanished_jobs_are_gone_without_a_word(small_world, small):
    store = small.sandbox.store
    planted = [
        (row["account"], int(row["record_id"]), row["since"])
        for row in small_world.truth["faults"].to_pylist()
        if row["kind"] == "vanished_job"
    ]
    assert planted
    shown = set(store.rows(f"select account, id from {store.table('servicetitan__jobs')}"))
    now = store.now.replace(tzinfo=None)
    for account, job_id, since in planted:
        assert (account, job_id) not in shown or since > now


def test_the_open_campaign_mails_its_second_wave_within_the_nights(tiny):
    before = {
        row["extRefNbr"]: row["status"] for row in tiny.pcm("/order", perPage=99).json()["results"]
    }
    tiny.sandbox.advance(24 * 12)
    after = {
        row["extRefNbr"]: row["status"] for row in tiny.pcm("/order", perPage=99).json()["results"]
    }
    assert len(after) == len(before) + 1
    assert any(name.endswith("WINBACK-W2") for name in after)


def test_advance_over_http_moves_the_clock_of_all_vendors(tiny):
    url = tiny.sandbox.base_urls["pcm"] + "/_sandbox/advance?hours=24"
    before = tiny.sandbox.now
    assert tiny.client.post(url).json()["now"] > before.isoformat()
    assert (tiny.sandbox.now - before).total_seconds() == 86_400
