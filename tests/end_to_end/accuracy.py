"""How well a night's marts credit what truly caused the jobs, counted against the sandbox's truth.

Nothing is tuned to it: the marts are those of the product's default settings. Three questions: are
jobs that a card caused, and whose records say so anywhere, credited to its campaign; did the card
of a credited job go to that household, in time; and is coded revenue right, campaign by campaign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

# A card's own code or scan codes the job; a code that all cards of a campaign share does not.
_JOBS = """
    create or replace temp table true_jobs as
    select
        truth.* exclude (source), jobs.job_key,
        case
            when truth.evidence_piece_id is not null and (
                truth.evidence = 'qr_scan'
                or (truth.evidence = 'code' and truth.evidence_code_style = 'unique')
            ) then truth.evidence_code
        end as coded_campaign
    from truth_jobs as truth
    inner join fct_jobs as jobs using (source, account, job_id)
    where truth.created_at <= cast($now as timestamp) and not jobs.is_deleted
"""
# Movers have two homes: a card to either is a card to that household.
_HOMES = """
    create or replace temp table true_homes as
    select household_id, property_id from truth_records group by all
"""
_CREDITED = """
    create or replace temp table credited as
    select
        true_jobs.*, campaigns.campaign_id, pieces.mail_piece_id, members.mailed_on,
        homes.household_id is not null as is_sent_to_household
    from fct_job_credits as credits
    inner join true_jobs using (job_key)
    inner join dim_campaigns as campaigns using (campaign_key)
    left join fct_mail_pieces as pieces using (mail_piece_key)
    left join truth_members as members on pieces.mail_piece_id = members.piece_id
    left join truth_records as recipients
        on recipients.entity = 'recipients' and pieces.mail_piece_id = recipients.record_id
    left join true_homes as homes
        on true_jobs.household_id = homes.household_id
        and recipients.property_id = homes.property_id
    where credits.model = 'match_back' and credits.window_label = '60'
        and credits.channel = 'direct_mail'
"""
_RIGHT = """
    select
        count(*),
        count(*) filter (where credited.campaign_id = true_jobs.cause_campaign_code)
    from true_jobs
    left join credited using (job_key)
    where true_jobs.cause = 'campaign' and true_jobs.cause_piece_id is not null
        and true_jobs.evidence <> 'none'
"""
_WRONG = """
    select
        count(*),
        count(*) filter (where mail_piece_id is not null and (
            not is_sent_to_household
            or created_at < mailed_on or created_at >= mailed_on + interval 75 day
        ))
        + count(*) filter (where mail_piece_id is null and campaign_id <> coalesce(
            cause_campaign_code, evidence_code, ''
        ))
    from credited
"""
_BILLED = """
    with billed as (
        select
            *, case when changed_at <= cast($now as timestamp) then change_cents else 0 end as more
        from truth_invoices
        where created_at <= cast($now as timestamp)
            and (voided_at is null or voided_at > cast($now as timestamp))
    ), returned as (
        select
            account, invoice_id,
            cast(sum(returns.cents - coalesce(returns.tax_cents, round_even(
                returns.cents * billed.tax_cents / (billed.total_cents + billed.more), 0
            ))) as bigint) as cents
        from truth_returns as returns
        inner join billed using (account, invoice_id)
        where returns.happened_at <= cast($now as timestamp)
        group by all
    )
    select
        true_jobs.coded_campaign,
        cast(sum(billed.subtotal_cents + billed.more - coalesce(returned.cents, 0)) as bigint)
    from billed
    inner join true_jobs using (account, job_id)
    left join returned using (account, invoice_id)
    where true_jobs.coded_campaign is not null
    group by all
"""
_CREDITED_CENTS = """
    select campaigns.campaign_id, cast(sum(credits.credit_amount) * 100 as bigint)
    from bridge_attribution_credits as credits
    inner join dim_campaigns as campaigns using (campaign_key)
    where credits.model = 'deterministic' and credits.window_label = '60'
    group by all
"""


@dataclass(frozen=True)
class Accuracy:
    """What the marts say against the truth.

    Attributes:
        caused: Jobs caused by a card, with evidence of it in some system.
        right: Of those, credited to that card's campaign.
        credited: Jobs credited to mail.
        wrong: Of those, to a card that went to no home of that household, or not in those days, or
            to a campaign that nobody named.
        coded_cents: Truly coded net revenue by campaign.
        credited_cents: Net revenue by campaign under `deterministic`.
    """

    caused: int
    right: int
    credited: int
    wrong: int
    coded_cents: dict[str, int]
    credited_cents: dict[str, int]

    def __str__(self) -> str:
        return (
            f"caused with evidence {self.caused}, right {self.right / self.caused:.2%}; "
            f"credited {self.credited}, wrong {self.wrong / self.credited:.2%}; "
            f"coded {sum(self.coded_cents.values()) / 100:,.2f}, "
            f"credited {sum(self.credited_cents.values()) / 100:,.2f}"
        )


def measured(
    marts: duckdb.DuckDBPyConnection, truth: Mapping[str, pa.Table], now: datetime
) -> Accuracy:
    """Compare published marts with the truth of the world they were made from.

    Args:
        marts: A connection whose current schema is the marts.
        truth: Tables `jobs`, `members`, `records`, `invoices` and `returns` of `World.truth`.
        now: The sandbox's clock at the night (aware).
    """
    for name in ("jobs", "members", "records", "invoices", "returns"):
        marts.register(f"truth_{name}", truth[name])
    instant = {"now": now.strftime("%Y-%m-%d %H:%M:%S")}
    marts.execute(_JOBS, instant)
    marts.execute(_HOMES)
    marts.execute(_CREDITED)
    caused, right = marts.execute(_RIGHT).fetchall()[0]
    credited, wrong = marts.execute(_WRONG).fetchall()[0]
    return Accuracy(
        caused=caused,
        right=right,
        credited=credited,
        wrong=wrong,
        coded_cents=dict(marts.execute(_BILLED, instant).fetchall()),
        credited_cents=dict(marts.execute(_CREDITED_CENTS).fetchall()),
    )
