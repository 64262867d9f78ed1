"""The one-page report of a campaign: its figures and its sentences.

Reads the published marts only. How it looks is `report_html` and `report_workbook`; the charts
are `report_charts`, the definitions it prints `report_definitions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb

from ingestion.errors import SettingsError

STORIES = 5
Row = dict[str, Any]


@dataclass
class CampaignReport:
    """Everything the page says.

    Attributes:
        campaign: campaign_key, campaign_name and what else dim_campaigns knows.
        headline: Sums of rpt_campaign_summary over locations, ratios made from the sums.
        lift: Primary row of rpt_campaign_lift, pooled waves; None without a holdout.
        lifts: Its other rows of the primary window, for the table.
        verdict: The verdict in a sentence.
        estimates: What is estimated or not final, a sentence each.
        funnel: Steps in order: step, count, amount, share_of_previous.
        curve: Rows of rpt_response_curve, all waves.
        tie_out: Months of rpt_revenue_tie_out the campaign touches.
        stories: Up to five jobs, each with the steps that a reader needs: what happened, the
            accepted cards and touches, the headline credit.
        roi: Rows of rpt_campaign_roi without cuts: every model and window.
        run: Run id, as-of instant.
    """

    campaign: Row
    headline: Row
    lift: Row | None
    lifts: list[Row]
    verdict: str
    estimates: list[str]
    funnel: list[Row]
    curve: list[Row]
    tie_out: list[Row]
    stories: list[tuple[str, list[Row]]]
    roi: list[Row]
    run: Row = field(default_factory=dict)


def build_report(connection: duckdb.DuckDBPyConnection, campaign: str) -> CampaignReport:
    """Gather a campaign's page.

    Args:
        connection: The published marts.
        campaign: Key, id or name of the campaign, whatever the case.

    Raises:
        SettingsError: No campaign, or more than one, answers to it.
    """
    found = _campaign(connection, campaign)
    key = found["campaign_key"]
    headline = _headline(connection, key)
    lifts = _rows(
        connection,
        "select * from rpt_campaign_lift where campaign_key = ? and window_label in (select "
        "window_label from rpt_campaign_lift where campaign_key = ? and is_primary) "
        "order by wave = '(all)' desc, wave, metric",
        [key, key],
    )
    lift = next((row for row in lifts if row["is_primary"] and row["wave"] == "(all)"), None)
    run = next(iter(_rows(connection, "select * from run_info", [])), {})
    return CampaignReport(
        campaign=found,
        headline=headline,
        lift=lift,
        lifts=lifts,
        verdict=verdict_sentence(lift, currency=run.get("currency_code") or ""),
        estimates=_estimates(headline, lift),
        funnel=_funnel(connection, key),
        curve=_rows(
            connection,
            "select * from rpt_response_curve where campaign_key = ? order by wave, day",
            [key],
        ),
        tie_out=_tie_out(connection, key),
        stories=_stories(connection, key),
        roi=_rows(
            connection,
            "select model, window_label, is_window_closed, jobs, completed_jobs, "
            "net_revenue_amount, margin_amount, cost_amount, roi, roas from rpt_campaign_roi "
            "where campaign_key = ? and cut = '(all)' and wave = '(all)' "
            "order by window_label, model, is_window_closed",
            [key],
        ),
        run=run,
    )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[Row]:
    result = connection.execute(sql, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _campaign(connection: duckdb.DuckDBPyConnection, campaign: str) -> Row:
    found = _rows(
        connection,
        "select * from dim_campaigns where campaign_key = $1 or lower(campaign_id) = lower($1) "
        "or lower(campaign_name) = lower($1) order by campaign_key",
        [campaign],
    )
    if len(found) == 1:
        return found[0]
    names = _rows(
        connection,
        "select campaign_name as name from dim_campaigns order by 1 limit 12",
        [],
    )
    known = ", ".join(row["name"] for row in names) or "none yet"
    if found:
        keys = ", ".join(row["campaign_key"] for row in found)
        raise SettingsError(f"'{campaign}' names {len(found)} campaigns: name one key of {keys}.")
    raise SettingsError(f"No campaign is called '{campaign}': the campaigns are {known}.")


def _headline(connection: duckdb.DuckDBPyConnection, key: str) -> Row:
    """One row of the summary: counts and amounts add up over locations, ratios never do."""
    rows = _rows(connection, "select * from rpt_campaign_summary where campaign_key = ?", [key])
    if not rows:
        return {}
    total = dict(rows[0])
    for name in (
        "pieces_mailed", "pieces_in_home", "direct_responses", "jobs_booked", "jobs_completed",
        "net_revenue_amount", "collected_amount", "margin_amount", "cost_amount",
    ):  # fmt: skip
        known = [row[name] for row in rows if row[name] is not None]
        total[name] = sum(known) if known else None
    for name in ("is_revenue_mature", "is_data_complete", "is_window_closed"):
        total[name] = all(row.get(name) for row in rows)
    estimated = [
        (float(row["margin_estimated_share"]), abs(float(row["net_revenue_amount"] or 0)))
        for row in rows
        if row["margin_estimated_share"] is not None
    ]
    weight = sum(amount for _, amount in estimated)
    total["margin_estimated_share"] = (
        sum(share * amount for share, amount in estimated) / weight if weight else None
    )
    cost, margin, revenue = (
        total["cost_amount"],
        total["margin_amount"],
        total["net_revenue_amount"],
    )
    total["roi"] = float((margin - cost) / cost) if cost and margin is not None else None
    total["roas"] = float(revenue / cost) if cost and revenue is not None else None
    return total


def verdict_sentence(lift: Row | None, *, currency: str = "") -> str:
    """The verdict with its interval, in words that say no more than the figures.

    Args:
        lift: Primary row of the pooled waves.
        currency: Reporting currency's code, put before an amount.
    """
    if lift is None:
        return (
            "Nobody was held out at random, so nothing can be said about what the mail caused; "
            "the figures on this page are attributed."
        )
    days, count = lift["window_days"], f"{lift['holdout_count']:,}"
    if lift["verdict"] == "broken split":
        return (
            f"The arms do not have their planned sizes (p = {lift['sample_ratio_p_value']:.2g}): "
            "the split is broken and no verdict is given."
        )
    if lift["lift"] is None or lift["lift_ci_low"] is None or lift["lift_ci_high"] is None:
        return f"Too few to say: {count} households were held out and too few of them bought."
    caused = (
        f"Within {days} days a mailed household {_brought(lift, currency)} than one held out "
        f"(95 % interval {measured(lift, 'lift_ci_low')} to {measured(lift, 'lift_ci_high')}; "
        f"{count} held out)"
    )
    returned = ""
    if lift["iroi"] is not None and lift["iroi_ci_low"] is not None:
        returned = (
            f"; incremental ROI {lift['iroi']:.2f} ({lift['iroi_ci_low']:.2f} to "
            f"{lift['iroi_ci_high']:.2f})"
        )
    opening = {
        "pays": "The mail pays for itself. ",
        "lifts but does not pay": "The mail brings jobs but is not shown to earn its cost. ",
        "lifts, cost unknown": "The mail brings jobs; without its cost nobody can say if it pays. ",
        "loses": "The mailed households brought less than the others: the mail loses. ",
        "too few to say": "Too few to say whether the mail pays. ",
        "data incomplete": "A source was out or late: no verdict until it is read. ",
        "broken split": "The arms do not have the planned sizes: no verdict. ",
        "exploratory": "The window is still open, no verdict yet. ",
    }[lift["verdict"]]
    return f"{opening}{caused}{returned}."


def _brought(lift: Row, currency: str) -> str:
    """What a mailed household did beyond one held out; less where the lift is below 0."""
    is_less = lift["lift"] < 0
    size = measured({**lift, "lift": abs(lift["lift"])}, "lift")
    if lift["metric"] == "job_share":
        return f"was {size} {'less' if is_less else 'more'} likely to have a job"
    words = "net revenue" if lift["metric"] == "net_revenue" else "margin"
    return f"brought {f'{currency} {size}'.strip()} {'less' if is_less else 'more'} {words}"


def measured(lift: Row, name: str) -> str:
    """A lift in its unit: points for a share, money otherwise."""
    value = lift[name]
    if value is None:
        return "unknown"
    return f"{100 * value:.2f} points" if lift["metric"] == "job_share" else f"{value:,.2f}"


def _estimates(headline: Row, lift: Row | None) -> list[str]:
    """What the reader must know before relying on a figure."""
    said = []
    share = headline.get("margin_estimated_share")
    if share is None:
        said.append("The share of margin that rests on margin rates is unknown.")
    elif share > 0:
        said.append(f"{share:.0%} of the margin rests on margin rates, not on known costs.")
    if headline.get("cost_amount") is None:
        said.append("The cost is unknown, so there is no ROI.")
    if not headline.get("is_window_closed", True):
        said.append("The response window is still open: jobs are still coming.")
    elif not headline.get("is_revenue_mature", True):
        said.append("Some credited jobs are not invoiced yet: revenue can still change.")
    if not headline.get("is_data_complete", True):
        said.append("A source was incomplete in the last run: figures may be low.")
    if lift is not None and lift["contaminated_count"]:
        said.append(
            f"{lift['contaminated_count']:,} households were in both arms or mailed though held "
            "out; they count as assigned, which makes the lift look smaller."
        )
    if lift is not None and lift["sample_ratio_p_value"] is None:
        said.append("No planned holdout share is known, so the split could not be checked.")
    if lift is not None and lift["minimum_detectable_lift"] is not None:
        said.append(
            "The smallest true lift these arms find 8 times in 10 is "
            f"{measured(lift, 'minimum_detectable_lift')} a household."
        )
    return said


def _funnel(connection: duckdb.DuckDBPyConnection, key: str) -> list[Row]:
    """Steps summed over locations; shares made from the sums."""
    rows = _rows(
        connection,
        "select step, step_number, sum(count) as count, sum(amount) as amount from rpt_funnel "
        "where campaign_key = ? group by step, step_number order by step_number",
        [key],
    )
    for before, row in zip([None, *rows], rows, strict=False):
        has_share = before is not None and before["count"]
        share = float(row["count"]) / float(before["count"]) if before and has_share else None
        row["share_of_previous"] = share
    return rows


def _tie_out(connection: duckdb.DuckDBPyConnection, key: str) -> list[Row]:
    """Months in which the campaign has credited lines: the books, and where each dollar went."""
    return _rows(
        connection,
        "select month_on, account, books_income_amount, attributed_amount, unattributed_amount, "
        "not_eligible_amount, no_job_amount, unreconciled_amount from rpt_revenue_tie_out "
        "where month_on in (select date_trunc('month', issued_on) from rpt_postcard_job_invoice "
        "where campaign_key = ?) order by month_on, account",
        [key],
    )


def _stories(connection: duckdb.DuckDBPyConnection, key: str) -> list[tuple[str, list[Row]]]:
    """Five jobs picked by the hash of their key: a sample nobody chose."""
    jobs = _rows(
        connection,
        "select job_key, any_value(coalesce(job_number, job_id)) as job from "
        "rpt_postcard_job_invoice where campaign_key = ? group by job_key "
        "order by md5('story|' || job_key) limit ?",
        [key, STORIES],
    )
    return [
        (
            str(job["job"]),
            _rows(
                connection,
                "select step, happened_at, kind, text, credit_amount from rpt_job_story "
                "where job_key = ? and not (kind = 'credit' and text not like 'Headline%') "
                "and not (kind = 'candidate' and text like '% refused, %') order by step",
                [job["job_key"]],
            ),
        )
        for job in jobs
    ]
