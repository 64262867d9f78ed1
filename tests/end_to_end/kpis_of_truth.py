"""Field-service KPIs a second time, in pandas, over what really happened in the sandbox's world.

No vendor, no landing and no SQL of ours is between the truth and these figures: the instants are
those the world was made of, the definitions those of `definitions.md`. One row per period, KPI and
cell, as `rpt_kpis` has them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

CELL = ["period", "period_start_on", "kpi", "cut", "cut_value"]
CUSTOMER_NO_SHOW, CREW_NO_SHOW = 2, 3
TIMED_CLASSES = ("demand", "maintenance", "install")
CUTS = {"(all)": None, "location": "account", "job_class": "job_class"}


def visible_jobs(world: duckdb.DuckDBPyConnection, now: datetime) -> pd.DataFrame:
    """The work orders dispatch still holds, with what has happened to them by now.

    A visit moved to another day shows its new window; a work order reopened after it was done was
    done when it was done again; both only once that has happened.
    """
    jobs = world.execute(
        """
        select account, job_id, job_class, created_at, window_start, window_end,
            first_window_start, moved_at, arrived_at, started_at, completed_at, reopened_at,
            hold_at, resumed_at, cancelled_at, cancel_reason
        from base.jobs where created_at <= serve.now() and coalesce(gone_at > serve.now(), true)
        """
    ).df()
    instants = [name for name in jobs if name.endswith(("_at", "_start", "_end"))]
    present = pd.Timestamp(now.astimezone(UTC).replace(tzinfo=None))
    for name in instants:
        if name.endswith("_at") and name != "created_at":
            jobs[name] = jobs[name].where(jobs[name] <= present)
    unmoved = jobs["moved_at"].isna()
    length = jobs["window_end"] - jobs["window_start"]
    jobs.loc[unmoved, "window_start"] = jobs["first_window_start"]
    jobs["window_end"] = jobs["window_start"] + length
    jobs["present"] = present
    return jobs


def kpis_of_truth(
    world: duckdb.DuckDBPyConnection, now: datetime, *, time_zone: str
) -> pd.DataFrame:
    """All cells of the KPIs that depend on visits and work alone; value as a float.

    Args:
        world: Connection of the world, its clock set to `now`.
        now: The night's instant.
        time_zone: The operator's zone, whose days and months count.
    """
    jobs = visible_jobs(world, now)
    zone = ZoneInfo(time_zone)
    counts = pd.concat(visit_counts(jobs, zone), ignore_index=True)
    samples = pd.concat(duration_samples(jobs), ignore_index=True)
    rows = [
        *summed(cells(counts, zone), "value", lambda group: Fraction(int(group.sum()), len(group))),
    ]
    for suffix, share in (("", Fraction(1, 2)), ("_p90", Fraction(9, 10))):
        named = cells(samples, zone)
        named["kpi"] += suffix
        rows += summed(named, "value", lambda group, part=share: quantile(group, part) / 3600)
    return pd.DataFrame(rows, columns=[*CELL, "value"])


def visit_counts(jobs: pd.DataFrame, zone: ZoneInfo) -> list[pd.DataFrame]:
    """One row per visit and KPI: whether it counts as good, at the start of its window.

    A window is a promise where it was known at 00:00 local of its day. Which window a visit had
    before it was moved is told to nobody who reads the vendor for the first time, so it counts as
    known since the visit was made.
    """
    due = jobs[jobs["window_end"] <= jobs["present"]]
    off = due["cancelled_at"].notna()
    customer = off & (due["cancel_reason"] == CUSTOMER_NO_SHOW)
    crew = off & (due["cancel_reason"] == CREW_NO_SHOW)
    standing = ~off | customer | crew
    kept = ~crew & (due["arrived_at"].notna() | due["completed_at"].notna() | customer)
    is_known = local(due["created_at"], zone) <= local_day(due["window_start"], zone)
    promised = standing & ~customer & is_known
    known = crew | due["arrived_at"].notna()
    on_time = ~crew & (due["arrived_at"] <= due["window_end"])
    parts = {
        "crew_show_rate": (standing, kept),
        "no_show_share": (standing, customer | crew),
        "no_show_customer_share": (standing, customer),
        "no_show_crew_share": (standing, crew),
        "arrival_unknown_share": (promised, ~known),
        "on_time_start": (promised & known, on_time),
    }
    return [
        due[rows].assign(kpi=kpi, value=good[rows].astype(int), at=due["window_start"][rows])
        for kpi, (rows, good) in parts.items()
    ]


def duration_samples(jobs: pd.DataFrame) -> list[pd.DataFrame]:
    """One row per finished work order and duration, in seconds, at the instant it was done."""
    done = jobs[jobs["completed_at"].notna() & jobs["job_class"].isin(TIMED_CLASSES)]
    held = (done["resumed_at"] - done["hold_at"]).fillna(pd.Timedelta(0))
    spans = {
        "cycle_time_hours": done["completed_at"] - done["created_at"] - held,
        "created_to_started_hours": done["started_at"] - done["created_at"],
        "started_to_completed_hours": done["completed_at"] - done["started_at"],
    }
    return [
        done.assign(kpi=kpi, value=span.dt.total_seconds().round(), at=done["completed_at"])
        for kpi, span in spans.items()
    ]


def cells(rows: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """Each row in every cell it counts in: day and month, whole and by cut."""
    days = local_day(rows["at"], zone)
    starts = {"day": days, "month": days.dt.to_period("M").dt.start_time}
    parts = [
        rows.assign(
            period=period,
            period_start_on=start,
            cut=cut,
            cut_value="(all)" if column is None else rows[column],
        )
        for period, start in starts.items()
        for cut, column in CUTS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def local(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """UTC instants as local clocks show them."""
    return instants.dt.tz_localize(UTC).dt.tz_convert(zone).dt.tz_localize(None)


def local_day(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Midnight of their local day."""
    return local(instants, zone).dt.normalize()


def summed(rows: pd.DataFrame, column: str, measure: object) -> list[tuple[object, ...]]:
    """One figure per cell."""
    return [
        (*cell, float(measure(group)))  # type: ignore[operator]
        for cell, group in rows.groupby(CELL, sort=True)[column]
    ]


def quantile(values: pd.Series, share: Fraction) -> Fraction:
    """Between the two nearest ranks, exactly: position (n - 1) * share of the ordered values."""
    ordered = [Fraction(int(value)) for value in sorted(values)]
    position = (len(ordered) - 1) * share
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)
