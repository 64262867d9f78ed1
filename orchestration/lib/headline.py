"""The first look at a run's marts: campaigns, KPIs with a target, and the few everyone asks for.

Made for a terminal of 100 columns; everything else of the marts is one `matchback query` away.
"""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE
from rich.table import Table

# Shown whether or not there is a target; the others of rpt_kpis only with one.
HEADLINE_KPIS = (
    "booking_rate",
    "close_rate",
    "average_ticket",
    "first_time_fix",
    "lead_response_hours",
    "follow_up_sla",
    "unattributed_share",
)


def campaign_table(connection: Any) -> Table:
    """One line per campaign over all locations, mail first, by net revenue.

    Args:
        connection: The published marts.
    """
    rows = connection.execute(
        """
        select campaign_name, sum(pieces_mailed), sum(direct_responses), sum(jobs_completed),
            sum(net_revenue_amount), sum(cost_amount),
            case when sum(cost_amount) > 0
                then (sum(margin_amount) - sum(cost_amount)) / sum(cost_amount) end,
            case
                when sum(pieces_mailed) > 0 and not bool_and(is_window_closed) then 'window open'
                else coalesce(any_value(verdict), 'no holdout')
            end
        from rpt_campaign_summary group by campaign_key, campaign_name
        having sum(pieces_mailed) > 0 or sum(jobs_completed) > 0
        order by coalesce(sum(pieces_mailed), 0) > 0 desc, 5 desc
        """
    ).fetchall()
    table = Table(
        title="ROI by campaign: attributed net revenue; only a holdout gives a verdict", box=SIMPLE
    )
    table.add_column("campaign")
    for name in ("pieces", "responses", "jobs", "revenue", "cost", "ROI"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    was_mail = False
    for name, pieces, responses, jobs, revenue, cost, roi, verdict in rows:
        if was_mail and not pieces:
            table.add_section()
        was_mail = bool(pieces)
        table.add_row(
            name,
            f"{pieces:,.0f}" if pieces else "-",
            f"{responses:,.0f}" if pieces else "-",
            f"{jobs or 0:,.0f}",
            f"{revenue or 0:,.0f}",
            "-" if cost is None else f"{cost:,.0f}",
            "-" if roi is None else f"{roi:+,.0%}",
            verdict,
        )
    return table


def kpi_table(connection: Any) -> Table:
    """The KPIs with a target, then the headline few: last whole month, else the running one.

    Args:
        connection: The published marts.
    """
    rows = connection.execute(
        """
        select kpi, period_start_on, value, target, target_direction, is_met from rpt_kpis
        where period = 'month' and cut = '(all)' and (target is not null or list_contains(?, kpi))
        qualify row_number() over (
            partition by kpi
            order by period_start_on < date_trunc('month', (select as_of from run_info)) desc,
                period_start_on desc
        ) = 1
        order by target is null, list_position(?, kpi), kpi
        """,
        [list(HEADLINE_KPIS), list(HEADLINE_KPIS)],
    ).fetchall()
    table = Table("KPI", "month", title="KPIs against their targets", box=SIMPLE)
    for name in ("value", "target"):
        table.add_column(name, justify="right")
    table.add_column("met")
    was_target = False
    for kpi, month, value, target, direction, is_met in rows:
        if was_target and target is None:
            table.add_section()
        was_target = target is not None
        bound = {"at_least": "at least ", "at_most": "at most "}.get(direction or "", "")
        table.add_row(
            kpi.replace("_", " "),
            f"{month:%Y-%m}",
            kpi_text(kpi, value),
            "-" if target is None else bound + kpi_text(kpi, target),
            "-" if is_met is None else ("[green]yes[/]" if is_met else "[red]no[/]"),
        )
    return table


def kpi_text(kpi: str, value: Any) -> str:
    """A KPI's value in the unit its name speaks of: hours, an amount, else a share as percent."""
    if value is None:
        return "-"
    if "hours" in kpi:
        return f"{value:,.1f} h"
    if kpi in ("average_ticket", "cac"):
        return f"{value:,.2f}"
    return f"{value:.1%}"
