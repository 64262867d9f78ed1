"""What holds for the ledger whatever the jobs, cards, invoices and refunds are."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.compiled import Tables
from tests.dbt_project.ledger_rows import (
    CREDIT_MODELS,
    WINDOWS,
    job_key,
    through_the_ledger,
    world_rows,
)
from tests.dbt_project.ledger_worlds import Invoice, Job, SmallWorld, small_worlds

pytestmark = pytest.mark.slow

few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def check_sums(tables: Tables, world: SmallWorld) -> None:
    """Credits of every model and window make every line, and all lines make net revenue."""
    assert tables.rows(
        """
        with sets as (
            select distinct model, window_label from int_credit__models_listed
        ), credited as (
            select model, window_label, invoice_line_key, sum(credit_amount) as credited_amount
            from bridge_attribution_credits where invoice_line_key is not null group by all
        )
        select model, window_label, invoice_line_key, net_amount, credited_amount
        from fct_invoice_lines cross join sets
        left join credited using (model, window_label, invoice_line_key)
        where credited_amount is distinct from net_amount
        """
    ) == []  # fmt: skip
    lines = tables.value("select coalesce(sum(net_amount), 0) * 100 from fct_invoice_lines")
    assert lines == sum(invoice.net for invoice in world.invoices)
    sets = tables.rows("select distinct model, window_label from bridge_attribution_credits")
    if lines:
        assert set(sets) == {(model, label) for model in CREDIT_MODELS for label in WINDOWS}


@few
@given(small_worlds())
def test_credits_and_the_unattributed_rest_make_net_revenue_exactly(world: SmallWorld) -> None:
    check_sums(through_the_ledger(world_rows(world)), world)


@few
@given(small_worlds())
def test_shares_make_one_and_each_credit_is_its_share_to_the_cent(world: SmallWorld) -> None:
    tables = through_the_ledger(world_rows(world))
    assert tables.rows(
        "select job_key from int_credit__shares_computed group by model, window_label, job_key "
        "having abs(sum(credit_share) - 1) > 1e-9 or min(credit_share) <= 0"
    ) == []  # fmt: skip
    # Nobody without weight gets a cent, and nobody gets one more or less than rounding gives.
    assert tables.rows(
        """
        select credited.* from int_credit__lines_credited as credited
        inner join int_money__lines_built as lines using (invoice_line_key)
        left join int_credit__shares_computed as shares
            using (model, window_label, position_key)
        where shares.job_key = lines.job_key and (
            shares.credit_share is null
            or abs(credit_cents - net_cents * shares.credit_share) >= 1
            or sign(credit_cents) * sign(net_cents) < 0
        )
        """
    ) == []  # fmt: skip
    for column in ("collected_cents", "margin_cents"):
        assert tables.rows(
            f"select job_key from int_credit__job_credits_split as split "
            f"inner join int_money__jobs_summed as jobs using (job_key) "
            f"group by model, window_label, job_key, jobs.{column} "
            f"having sum(split.{column}) <> jobs.{column}"
        ) == []  # fmt: skip


@few
@given(small_worlds(), st.integers(0, 1_000))
def test_the_order_of_the_rows_does_not_matter(world: SmallWorld, seed: int) -> None:
    rows = world_rows(world)
    ledger = "select * from bridge_attribution_credits order by credit_key"
    first = through_the_ledger(rows).rows(ledger)
    for given_rows in rows.values():
        random.Random(seed).shuffle(given_rows)
    assert through_the_ledger(rows).rows(ledger) == first


@few
@given(small_worlds())
def test_a_callback_moves_margin_and_makes_none(world: SmallWorld) -> None:
    tables = through_the_ledger(world_rows(world))
    margin = (
        "select sum(margin_cents), sum(net_cents), sum(collected_cents) from int_money__jobs_summed"
    )
    charged = tables.rows(margin)
    tables.connection.execute("update int_jobs__keyed set callback_of_job_key = null")
    tables.run("int_money__jobs_summed")
    assert tables.rows(margin) == charged


def test_a_code_on_the_order_outweighs_a_campaign_picked_from_a_list_inside_its_window() -> None:
    """The card is in home on day 0, the job of day 40 carries its code and the word SEO."""
    world = SmallWorld(
        (Job(40, "h1", code=0),),
        (Invoice(lines=(("labor", 10_000, 0),)),),
        cards=((0, "h1", "1"),),
    )
    rows = world_rows(world)
    word = {"campaign_key": "SEO", "method": "campaign_id", "record_rank": 1}
    rows["int_matching__job_evidence_collected"].append({"job_key": job_key(0), **word})
    rows["int_campaigns__described"] = [
        {"campaign_key": "SPRING", "channel": "direct_mail", "response_window_days": 45},
        {"campaign_key": "SEO", "channel": "organic", "response_window_days": 45},
    ]
    rows["int_campaigns__windows_listed"] = [
        {"campaign_key": campaign, "window_label": label, "window_days": days}
        for campaign in ("SPRING", "SEO")
        for label, days in WINDOWS.items()
    ]
    tables = through_the_ledger(rows)
    channels = tables.rows(
        "select window_label, channel, credit_amount from bridge_attribution_credits "
        "where model = 'linear' and invoice_line_key is not null order by all"
    )
    assert channels == [
        ("30", "organic", 100), ("60", "direct_mail", 100), ("campaign", "direct_mail", 100)
    ]  # fmt: skip


def test_a_follow_up_job_takes_the_path_of_the_job_it_came_from() -> None:
    """The card's window is over when the replacement is sold; its tune-up was inside."""
    sale = Invoice(lines=(("labor", 900_000, 1),))
    chained = SmallWorld(
        (Job(20, "h1"), Job(110, "h1", parent=0)), (sale,), cards=((7, "h1", "1"),)
    )  # fmt: skip
    alone = SmallWorld((Job(20, "h1"), Job(110, "h1")), (sale,), cards=((7, "h1", "1"),))
    query = (
        "select channel, credit_amount from bridge_attribution_credits "
        "where model = 'last' and window_label = '30' and invoice_line_key is not null"
    )
    assert through_the_ledger(world_rows(chained)).rows(query) == [("direct_mail", 9000)]
    assert through_the_ledger(world_rows(alone)).rows(query) == [("unattributed", 9000)]
