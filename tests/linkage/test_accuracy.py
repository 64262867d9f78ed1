"""How well a hard world is linked with the default settings, against the truth it was made from."""

from __future__ import annotations

import numpy as np
import pytest

from tests.linkage.helpers import Home, score
from tests.linkage.world import hard_records

pytestmark = pytest.mark.slow
PEOPLE, SEED = 6_000, 5


@pytest.fixture(scope="module")
def world():
    """One world linked once, for all that is asked of it."""
    records, truth = hard_records(PEOPLE, SEED)
    home = Home(records)
    home.connection.register("truth_arrow", truth)
    home.connection.execute("create table truth as from truth_arrow")
    home.connection.register("result", home.table())
    rows = home.connection.execute(
        "select * from result inner join truth using (record_key) order by record_key"
    ).fetchnumpy()
    return home, rows


def test_customers_are_found_and_kept_apart(world):
    _, rows = world
    found = score(rows["customer_key"], rows["person_id"])
    assert found.f1 >= 0.95
    assert found.exact_f1 >= 0.90
    assert found.precision >= 0.99


def test_households_are_found_and_kept_apart(world):
    _, rows = world
    assert score(rows["household_key"], rows["household_id"]).f1 >= 0.96


def test_no_cluster_is_large_without_proof(world):
    _, rows = world
    assert score(rows["customer_key"], rows["person_id"]).largest <= 12


def test_blocking_finds_the_true_pairs(world):
    home, _ = world
    possible, found = home.connection.execute(
        """
        with true_pairs as (
            select l.record_key as record_key_l, r.record_key as record_key_r
            from truth as l inner join truth as r using (person_id)
            where l.record_key < r.record_key
        )
        select count(*), count(pairs.rule)
        from true_pairs left join pairs using (record_key_l, record_key_r)
        """
    ).fetchone()
    assert found / possible >= 0.97


def test_probabilities_mean_what_they_say(world):
    """Accepted pairs, in groups of stated probability with enough of them to tell."""
    home, _ = world
    rows = home.connection.execute(
        """
        select judged_words.match_probability, l.person_id = r.person_id as is_one
        from pairs inner join judged_words using (levels)
        inner join truth as l on pairs.record_key_l = l.record_key
        inner join truth as r on pairs.record_key_r = r.record_key
        where judged_words.match_probability >= 0.9
        """
    ).fetchnumpy()
    stated, is_one = np.asarray(rows["match_probability"]), np.asarray(rows["is_one"]).astype(float)
    for low, high in ((0.90, 0.95), (0.95, 0.97), (0.97, 0.99), (0.99, 0.999), (0.999, 1.01)):
        group = (stated >= low) & (stated < high)
        if group.sum() < 100:
            continue
        # Two standard errors of the group's size beside the 0.02: a small group cannot say more.
        noise = 2 * np.sqrt(stated[group].mean() * (1 - stated[group].mean()) / group.sum())
        assert abs(stated[group].mean() - is_one[group].mean()) <= 0.02 + noise


def test_a_re_run_changes_nothing_and_a_night_ends_like_a_full_run(world):
    home, rows = world
    keys = dict(zip(rows["record_key"], rows["customer_key"], strict=True))
    entries = "select count(*) from raw_matchback.identity_registry"
    before = home.connection.execute(entries).fetchall()
    again = home.run()
    assert {key: row["customer_key"] for key, row in again.items()} == keys
    assert home.connection.execute(entries).fetchall() == before


def test_one_percent_new_records_change_no_key_but_by_merge_or_split():
    records, _ = hard_records(2_000, 8)
    late = records.num_rows // 100
    home = Home(records.slice(late))
    first = home.run()
    home.hold(records)
    night = home.table()
    moved = {
        key: row["customer_key"]
        for key, row in home.run().items()
        if key in first and first[key]["customer_key"] != row["customer_key"]
    }
    logged = {reason for run, reason in home.changes() if run == "run 2"}
    assert logged <= {"new record", "merged", "split"}
    assert len(moved) <= 0.01 * len(first)
    assert night.equals(home.table(is_full_scan=True, as_of=None))


def test_threads_and_order_do_not_matter():
    records, _ = hard_records(400, 9)
    shuffled = records.take(np.random.default_rng(1).permutation(records.num_rows))
    assert Home(records, threads=1).table().equals(Home(shuffled, threads=2).table())
