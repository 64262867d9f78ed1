"""The generated world: equal seeds, the promised sizes and mixture, truth that can be checked."""

from __future__ import annotations

import math
from datetime import date

import pyarrow as pa
import pytest

from ingestion.sandbox import FaultRates, WorldRates, build_world
from ingestion.sandbox.serve import Store, entity_queries
from ingestion.sandbox.world import World

ANCHOR = date(2026, 10, 14)
TABLES = "select table_name from information_schema.tables where table_schema = 'base'"


def contents(world: World) -> dict[str, str]:
    """A fingerprint of every table."""
    names = [row[0] for row in world.connection.execute(TABLES).fetchall()]
    return {
        name: str(
            world.connection.execute(
                f"select count(*), sum(hash(t)::hugeint) from base.{name} as t"
            ).fetchone()
        )
        for name in sorted(names)
    }


def scalar(world: World, sql: str) -> int:
    row = world.connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def test_equal_seeds_make_equal_worlds_and_other_seeds_others():
    first, second = (build_world("tiny", seed=5, anchor=ANCHOR) for _ in range(2))
    assert contents(first) == contents(second)
    assert first.truth["jobs"].equals(second.truth["jobs"])
    other = contents(build_world("tiny", seed=6, anchor=ANCHOR))
    assert other["jobs"] != contents(first)["jobs"]


def test_a_world_can_be_kept_in_a_file(tmp_path):
    file = tmp_path / "world.duckdb"
    kept = build_world("tiny", seed=5, anchor=ANCHOR, storage=file)
    kept.connection.execute("checkpoint")
    assert file.stat().st_size > 1_000_000
    assert contents(kept) == contents(build_world("tiny", seed=5, anchor=ANCHOR))


def test_an_unknown_size_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="tiny, small, medium, large"):
        build_world("huge")


def test_the_small_world_has_the_promised_size(small_world):
    customers = scalar(small_world, "select count(distinct person) from base.customers")
    assert 1_800 <= customers <= 2_400
    assert scalar(small_world, "select count(*) from base.jobs") == 3_300
    assert 5_400 <= scalar(small_world, "select count(*) from base.pieces") <= 6_600
    assert 3_000 <= scalar(small_world, "select count(*) from base.invoices") <= 3_500


def test_the_future_holds_forty_nights(small_world):
    last = small_world.connection.execute("select max(created_at)::date from base.jobs").fetchone()
    assert (last[0] - ANCHOR).days >= 39


@pytest.mark.parametrize("size", ["tiny_world", "small_world"])
def test_every_account_has_two_years_of_jobs_before_the_first_mailing(size, request):
    """Less, and nobody can be told to be a new customer when the first cards arrive."""
    late = """
        select j.account, min(j.created_at) from base.jobs as j group by j.account
        having min(j.created_at) > (select min(mailed_on) from base.drops) - interval 24 month"""
    world = request.getfixturevalue(size)
    assert world.connection.execute(late).fetchall() == []


def test_the_young_years_are_thin_and_leave_new_quiet_and_regular_customers(small_world):
    early = "select count(*) from base.jobs where created_at < serve.now() - interval 430 day"
    assert 250 <= scalar(small_world, early) <= 500
    classes = small_world.connection.execute(
        """with looked_back as (
            select j.job, max(k.completed_at) as last_at, any_value(j.created_at) as created_at
            from base.jobs as j
            left join base.jobs as k on k.household = j.household and k.completed_at < j.created_at
            where j.created_at >= serve.now() - interval 200 day group by j.job
        )
        select count(*) filter (where last_at is null),
            count(*) filter (where last_at < created_at - interval 24 month),
            count(*) filter (where last_at >= created_at - interval 24 month)
        from looked_back"""
    ).fetchone()
    new, quiet, regular = classes
    assert min(new, regular) > 300
    assert quiet > 10


def test_holdouts_are_drawn_as_planned(small_world):
    rows = small_world.connection.execute(
        """select c.code, c.holdout_share, count(*), avg(case when m.mailed then 0 else 1 end)
        from base.members as m
        inner join base.drops as d on d.drop = m.drop
        inner join base.campaigns as c on c.campaign = d.campaign
        group by all"""
    ).fetchall()
    assert len(rows) == 5
    for _, planned, members, drawn in rows:
        assert 0.1 <= planned <= 0.3
        assert abs(drawn - planned) < 4 * math.sqrt(planned * (1 - planned) / members)


def test_two_campaigns_have_closed_windows_with_enough_buyers_and_one_is_open(small_world):
    rows = small_world.connection.execute(
        """with buyers as (
            select d.code, d.mailed_on, m.mailed, m.household
            from base.members as m
            inner join base.drops as d on d.drop = m.drop
            inner join base.jobs as j on j.household = m.household
                and j.created_at >= d.mailed_on + 8 and j.created_at < d.mailed_on + 68
                and j.job_class in ('demand', 'maintenance', 'install')
            where j.created_at <= serve.now()
        )
        select code, max(mailed_on), count(distinct household) filter (where not mailed)
        from buyers group by code"""
    ).fetchall()
    closed = [
        code for code, mailed_on, held in rows if (ANCHOR - mailed_on).days > 75 and held >= 20
    ]
    still_open = [code for code, mailed_on, _ in rows if (ANCHOR - mailed_on).days < 60]
    assert len(closed) >= 2
    assert still_open


def test_the_true_lift_shows_in_the_arms(small_world):
    """Mailed less held-out buyers, pooled, against the planted lift (four standard errors)."""
    rows = {
        code: (lift, shares)
        for code, lift, *shares in small_world.connection.execute(
            """with bought as (
                select m.n, count(j.job) > 0 as buys
                from base.members as m
                inner join base.drops as d on d.drop = m.drop
                left join base.jobs as j on j.household = m.household
                    and j.job_class in ('demand', 'maintenance')
                    and j.created_at >= d.mailed_on + 4 and j.created_at < d.mailed_on + 66
                group by m.n
            )
            select d.code, any_value(c.true_lift),
                avg(b.buys::int) filter (where m.mailed), count(*) filter (where m.mailed),
                avg(b.buys::int) filter (where not m.mailed), count(*) filter (where not m.mailed)
            from bought as b
            inner join base.members as m on m.n = b.n
            inner join base.drops as d on d.drop = m.drop
            inner join base.campaigns as c on c.campaign = d.campaign
            group by d.code"""
        ).fetchall()
    }
    for lift, (mailed, n_mailed, held, n_held) in rows.values():
        error = math.sqrt(mailed * (1 - mailed) / n_mailed + held * (1 - held) / n_held)
        # A caused buyer may be one who would have bought anyway: the lift is thinned by that.
        assert abs((mailed - held) - lift * 0.9 * (1 - held)) < 4 * error


def test_nothing_a_campaign_caused_comes_before_its_card(small_world):
    wrong = """
        select count(*) from base.jobs as j inner join base.pieces as p on p.piece = j.cause_piece
        where j.created_at < p.in_home_at or p.in_home_at is null"""
    assert scalar(small_world, wrong) == 0
    assert scalar(small_world, "select count(*) from base.jobs where cause_piece >= 0") > 50


def test_amounts_add_up_to_the_cent(small_world):
    wrong = """
        select count(*) from base.invoices
        where subtotal_cents <> labor_cents + material_cents + equipment_cents - discount_cents
            or total_cents <> subtotal_cents + tax_cents"""
    assert scalar(small_world, wrong) == 0


def test_the_truth_names_the_person_behind_every_record(small_world):
    records = small_world.truth["records"]
    assert records.column("person_id").null_count == 0
    seen = records.group_by(["source", "entity"]).aggregate([("record_id", "count")]).to_pylist()
    counts = {(row["source"], row["entity"]): row["record_id_count"] for row in seen}
    store = Store(small_world)
    for source, entity in (("servicetitan", "customers"), ("hubspot", "contacts")):
        shown = store.count(f"{source}__{entity}")
        assert shown <= counts[(source, entity)]
        assert shown > 0.8 * counts[(source, entity)]


def test_every_planted_kind_occurs_and_is_listed_once(small_world):
    faults = small_world.truth["faults"]
    kinds = set(faults.column("kind").to_pylist())
    assert len(kinds) >= 24
    keys = ["kind", "source", "account", "entity", "record_id"]
    assert faults.group_by(keys).aggregate([]).num_rows == faults.num_rows


def test_a_world_without_faults_has_none():
    world = build_world("tiny", seed=5, anchor=ANCHOR, rates=WorldRates(faults=FaultRates.none()))
    assert world.truth["faults"].num_rows == 0


def test_more_faults_are_planted_at_higher_rates():
    few = build_world("tiny", seed=5, anchor=ANCHOR)
    rates = WorldRates(faults=FaultRates().scaled(5))
    many = build_world("tiny", seed=5, anchor=ANCHOR, rates=rates)
    assert many.truth["faults"].num_rows > 2 * few.truth["faults"].num_rows


def test_ids_of_the_two_tenants_collide_on_purpose(small_world):
    shared = """
        select count(*) from base.jobs as a inner join base.jobs as b
            on a.job_id = b.job_id and a.account < b.account"""
    assert scalar(small_world, shared) > 500
    assert scalar(small_world, "select count(distinct job_number) from base.jobs") == 3_300


@pytest.mark.parametrize("vendor", ["hubspot", "servicetitan", "quickbooks", "pcm"])
def test_every_entity_has_unique_ids_and_something_to_show(small_world, vendor):
    store = Store(small_world)
    doubled = {"pcm__mail_tracking", "hubspot__links"}
    for entity in (f"{vendor}__{name}" for name in entity_queries(vendor)):
        assert store.count(entity) > 0, entity
        if entity not in doubled:
            rows = store.rows(
                f"select count(*), count(distinct (account, id)) from {store.table(entity)}"
            )
            assert rows[0][0] == rows[0][1], entity


def test_truth_is_arrow(small_world):
    assert all(isinstance(table, pa.Table) for table in small_world.truth.values())


@pytest.mark.slow
def test_the_medium_world_is_made_by_column_in_little_time():
    world = build_world(20_000, seed=7, anchor=ANCHOR)
    assert scalar(world, "select count(*) from base.jobs") == 33_000
