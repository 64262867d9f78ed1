"""Every KPI computed a second time, in pandas and plain Python, straight from its definition.

Shares no code with the SQL: intervals are walked second by second boundaries in Python, percentiles
are exact fractions. Input is the world of `operations_world`; output one row per KPI and cell.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from tests.dbt_project.operations_world import AS_OF, Rows

ZONE = ZoneInfo("America/New_York")
LOCATIONS = {"north": "hill", "south": "city"}
TIMED_CLASSES = ("demand", "maintenance", "install")
HOUR = 3600


def local_day(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(AS_OF.tzinfo)


def seconds(earlier: datetime, later: datetime) -> int:
    return round((later - earlier).total_seconds())


class Kpis:
    """All KPIs of one world, by (period, day, kpi, cut, cut value)."""

    def __init__(self, world: dict[str, Rows]) -> None:
        self.world = world
        self.jobs = {job["job_key"]: job for job in world["fct_jobs"]}
        self.dispatched = {(row["account"], row["job_id"]): row for row in world["jobs"]}
        self.address = {
            (row["account"], row["job_id"]): row["home_key"] for row in world["addresses"]
        }
        self.by_id = {(job["account"], job["job_id"]): job for job in world["fct_jobs"]}
        self.crews = {
            (row["account"], row["technician_id"]): row["crew"] for row in world["technicians"]
        }
        self.tags: dict[str, list[str]] = {}
        for row in world["tags"]:
            self.tags.setdefault(row["job_key"], []).append(row["tag"])
        self.counts: list[tuple[str, dict[str, list[str]], date, int, int]] = []
        self.samples: list[tuple[str, dict[str, list[str]], date, int]] = []

    # ---- cells -------------------------------------------------------------------------
    def _cuts(self, job: dict[str, Any] | None, location: str, crew: str | None = None) -> Any:
        cuts: dict[str, list[str]] = {"(all)": ["(all)"]}
        if job:
            row = self.dispatched[job["account"], job["job_id"]]
            cuts["location"] = [job["location_key"]]
            cuts["business_unit"] = [job["business_unit"]]
            cuts["job_class"] = [job["job_class"]]
            cuts["region"] = [row["service_postal_code"][:3]]
            cuts["state"] = [row["service_state"]]
            cuts["tag"] = self.tags.get(job["job_key"], [])
            crew = row["crew"] or self.crews.get((job["account"], row["technician_ids"][0]))
        else:
            cuts["location"] = [location]
        if crew:
            cuts["crew"] = [crew]
        return cuts

    def count(
        self,
        kpi: str,
        day: date,
        numerator: int,
        denominator: int = 1,
        *,
        job: dict[str, Any] | None = None,
        location: str = "main",
        crew: str | None = None,
    ) -> None:
        cuts = self._cuts(job, location, crew)
        self.counts.append((kpi, cuts, day, int(numerator), int(denominator)))

    def sample(
        self, kpi: str, day: date, value: int, *, job: dict[str, Any] | None, location: str
    ) -> None:
        self.samples.append((kpi, self._cuts(job, location), day, value))

    # ---- measurements ------------------------------------------------------------------
    def measure(self) -> None:
        self._appointments()
        self._jobs()
        self._leads()
        self._crews()
        self._money()
        self._calls()

    def _appointments(self) -> None:
        of_job: dict[str, Rows] = {}
        for row in self.world["appointments"]:
            job = self.by_id[row["account"], row["job_id"]]
            of_job.setdefault(job["job_key"], []).append(row)
        for key, job in self.jobs.items():
            listed = sorted(of_job.get(key, []), key=lambda row: row["window_starts_at"])
            if not listed:
                slot = {
                    "window_starts_at": job["scheduled_starts_at"],
                    "window_ends_at": job["scheduled_ends_at"],
                    "status": "cancelled" if job["cancelled_at"] else None,
                }
                listed = [slot]
            no_show = self.dispatched[job["account"], job["job_id"]]["no_show_by"]
            for position, row in enumerate(listed):
                first, last = position == 0, position == len(listed) - 1
                self._judge(job, row, first=first, last=last, no_show=no_show if last else None)

    def _judge(
        self, job: dict[str, Any], row: dict[str, Any], *, first: bool, last: bool, no_show: Any
    ) -> None:
        starts, ends = row["window_starts_at"], row.get("window_ends_at")
        if (ends or starts) > AS_OF:
            return
        day = local_day(starts)
        arrived = row.get("arrived_at") or (job["arrived_at"] if first else None)
        done = job["completed_at"] if last else None
        called_off = row.get("status") == "cancelled" and not no_show
        if not called_off:
            kept = no_show != "crew" and bool(arrived or done or no_show == "customer")
            self.count("crew_show_rate", day, kept, job=job)
            self.count("no_show_share", day, bool(no_show), job=job)
            self.count("no_show_customer_share", day, no_show == "customer", job=job)
            self.count("no_show_crew_share", day, no_show == "crew", job=job)
        set_at = row.get("window_set_at")
        promised = ends is not None and (set_at is None or set_at <= midnight(day))
        if not first or not promised or called_off or no_show == "customer":
            return
        known = no_show == "crew" or arrived is not None
        self.count("arrival_unknown_share", day, not known, job=job)
        if known:
            on_time = no_show != "crew" and arrived <= ends
            self.count("on_time_start", day, on_time, job=job)

    def _jobs(self) -> None:
        month = timedelta(days=30)
        returns: Rows = []
        for job in self.jobs.values():
            row = self.dispatched[job["account"], job["job_id"]]
            is_return = (
                job["job_class"] in ("recall", "warranty")
                or row["is_zero_value"]
                or row["callback_of_job_id"]
            )
            if is_return and not job["cancelled_at"]:
                returns.append(job)
        for job in self.jobs.values():
            done = job["completed_at"]
            if not done:
                continue
            day = local_day(done)
            if job["net_revenue_amount"]:
                cents = round(job["net_revenue_amount"] * 100)
                self.count("average_ticket", day, cents, job=job)
            if done <= AS_OF - month:
                came_back = any(
                    done < back["created_at"] <= done + month and self._returns_to(job, back)
                    for back in returns
                )
                self.count("first_time_fix", day, not came_back, job=job)
            if job["job_class"] in TIMED_CLASSES:
                self._time(job, done, day)
            self._owe(job, done, customer=job["customer_key"], settled=None)
        for job in self.jobs.values():
            if job["state"] == "No Show":
                since = job["cancelled_at"] or job["scheduled_ends_at"]
                self._owe(job, since, customer=job["customer_key"], settled=None)
        for row in self.world["estimates"]:
            job = self.by_id[row["account"], row["job_id"]]
            self.count("close_rate", local_day(row["presented_at"]), bool(row["sold_at"]), job=job)
            self._owe(
                job, row["presented_at"], customer=job["customer_key"], settled=row["sold_at"]
            )

    def _returns_to(self, job: dict[str, Any], back: dict[str, Any]) -> bool:
        if back["job_key"] == job["job_key"]:
            return False
        called = self.dispatched[back["account"], back["job_id"]]["callback_of_job_id"]
        same_job = called == job["job_id"] and back["account"] == job["account"]
        return same_job or (
            self.address[job["account"], job["job_id"]]
            == self.address[back["account"], back["job_id"]]
        )

    def _time(self, job: dict[str, Any], done: datetime, day: date) -> None:
        cycle = round(job["cycle_hours"] * HOUR)
        self.sample("cycle_time_hours", day, cycle, job=job, location="")
        started = job["started_at"] or job["arrived_at"]
        if started and started >= job["created_at"]:
            span = seconds(job["created_at"], started)
            self.sample("created_to_started_hours", day, span, job=job, location="")
        if started and done >= started:
            span = seconds(started, done)
            self.sample("started_to_completed_hours", day, span, job=job, location="")

    def _contacts(self, customer: str | None) -> list[datetime]:
        return sorted(
            row["occurred_at"]
            for row in self.world["follow_ups"]
            if row["kind"] != "mail" and f"customer-{row['customer_id']}" == customer
        )

    def _owe(
        self,
        job: dict[str, Any] | None,
        since: datetime,
        *,
        customer: str | None,
        settled: datetime | None,
        location: str = "",
    ) -> None:
        if since > AS_OF:
            return
        after = [at for at in self._contacts(customer) if at >= since]
        done = min([*after[:1], *([settled] if settled else [])], default=None)
        done = max(done, since) if done else None
        due = midnight(business_day_after(local_day(since), 3) + timedelta(days=1))
        if done is not None and done > AS_OF:
            done = None
        if due <= AS_OF or done is not None:
            met = done is not None and done < due
            self.count("follow_up_sla", local_day(since), met, job=job, location=location)

    def _leads(self) -> None:
        for row in self.world["leads"]:
            job = self.by_id[row["account"], row["job_id"]] if row["job_id"] else None
            location = LOCATIONS[row["account"]]
            day = local_day(row["created_at"])
            customer = f"customer-{row['customer_id']}"
            after = [at for at in self._contacts(customer) if at >= row["created_at"]]
            noted = row["first_contacted_at"]
            answered = min([*after[:1], *([noted] if noted else [])], default=None)
            self.count("booking_rate", day, job is not None, job=job, location=location)
            self.count("lead_unanswered_share", day, answered is None, job=job, location=location)
            if answered is not None:
                wait = max(0, seconds(row["created_at"], answered))
                self.sample("lead_response_hours", day, wait, job=job, location=location)
            self._owe(job, row["created_at"], customer=customer, settled=noted, location=location)

    def _crews(self) -> None:
        spans: dict[tuple[str, str], list[tuple[str, datetime, datetime]]] = {}
        for row in self.world["shifts"]:
            kind = "shift" if row["kind"] == "work" else "off"
            who = (row["account"], row["technician_id"])
            spans.setdefault(who, []).append((kind, row["starts_at"], row["ends_at"]))
        for row in self.world["timesheets"]:
            who = (row["account"], row["technician_id"])
            spans.setdefault(who, []).append((row["activity"], row["starts_at"], row["ends_at"]))
        for (account, technician), listed in spans.items():
            for day, paid, on_site, drive in worked_days(listed):
                crew = self.crews[account, technician]
                place = {"location": LOCATIONS[account], "crew": crew}
                self.count("crew_utilization", day, on_site, paid, **place)
                self.count("crew_drive_share", day, drive, paid, **place)
                self.count("crew_idle_share", day, paid - on_site - drive, paid, **place)

    def _money(self) -> None:
        day_of = {row["invoice_line_key"]: row["happened_on"] for row in self.world["lines"]}
        for row in self.world["credits"]:
            if row["model"] == "last":
                cents = round(row["credit_amount"] * 100)
                lost = cents if row["channel"] == "unattributed" else 0
                day = day_of[row["invoice_line_key"]]
                self.count("unattributed_share", day, lost, cents, job=self.jobs[row["job_key"]])
        for row in self.world["marketing_costs"]:
            place = LOCATIONS[row["account"]]
            self.count("cac", row["incurred_on"], row["amount_cents"], 0, location=place)
        for row in self.world["pieces"]:
            day = local_day(row["sent_at"])
            self.count("cac", day, 68, 0, location=row["location_key"])
        firsts: dict[str, dict[str, Any]] = {}
        for job in self.jobs.values():
            if job["customer_class"] == "new" and job["completed_at"]:
                best = firsts.get(job["household_key"])
                if best is None or job["completed_at"] < best["completed_at"]:
                    firsts[job["household_key"]] = job
        for job in firsts.values():
            day = local_day(job["completed_at"])
            self.count("cac", day, 0, 1, location=job["location_key"])

    def _calls(self) -> None:
        calls: dict[tuple[str, str], Rows] = {}
        for row in self.world["api_calls"]:
            calls.setdefault((row["account"], row["logical_call_id"]), []).append(row)
        for (account, _), attempts in calls.items():
            last = max(attempts, key=lambda row: row["attempt"])["status_code"]
            day = local_day(min(row["called_at"] for row in attempts))
            place = LOCATIONS[account]
            fault = 400 <= last < 500 and last != 429
            self.count("api_success", day, last == 200, location=place)
            self.count("api_caller_fault_share", day, fault, location=place)

    # ---- result ------------------------------------------------------------------------
    def table(self) -> pd.DataFrame:
        """period, period_start_on, kpi, cut, cut_value, value; ordered by all but the value."""
        rows = self._ratio_rows() + self._percentile_rows()
        columns = ["period", "period_start_on", "kpi", "cut", "cut_value", "value"]
        result = pd.DataFrame(rows, columns=columns)
        return result.sort_values(columns[:-1]).reset_index(drop=True)

    def _ratio_rows(self) -> list[tuple[Any, ...]]:
        sums: dict[tuple[Any, ...], list[int]] = {}
        for kpi, cuts, day, numerator, denominator in self.counts:
            for cell in cells(kpi, cuts, day):
                total = sums.setdefault(cell, [0, 0])
                total[0] += numerator
                total[1] += denominator
        rows = []
        for cell, (numerator, denominator) in sums.items():
            if cell[2] == "cac" and cell[0] == "day":
                continue
            unit = 100 if cell[2] in ("cac", "average_ticket") else 1
            rows.append((*cell, numerator / denominator / unit if denominator else None))
        return rows

    def _percentile_rows(self) -> list[tuple[Any, ...]]:
        lists: dict[tuple[Any, ...], list[int]] = {}
        for kpi, cuts, day, value in self.samples:
            for cell in cells(kpi, cuts, day):
                lists.setdefault(cell, []).append(value)
        rows = []
        for (period, day, kpi, cut, value), numbers in lists.items():
            for name, share in ((kpi, Fraction(1, 2)), (f"{kpi}_p90", Fraction(9, 10))):
                exact = quantile(sorted(numbers), share)
                rows.append((period, day, name, cut, value, float(exact * 10) / (10 * HOUR)))
        return rows


def cells(kpi: str, cuts: dict[str, list[str]], day: date) -> list[tuple[Any, ...]]:
    return [
        (period, start, kpi, cut, value)
        for period, start in (("day", day), ("month", day.replace(day=1)))
        for cut, values in cuts.items()
        for value in values
    ]


def quantile(ordered: list[int], share: Fraction) -> Fraction:
    rank = share * (len(ordered) - 1)
    low = rank.numerator // rank.denominator
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (rank - low) * (ordered[high] - ordered[low])


def business_day_after(day: date, count: int) -> date:
    """The day on which `count` business days after `day` have passed."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in HOLIDAYS
    return day


HOLIDAYS = {date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11)}


def worked_days(
    spans: list[tuple[str, datetime, datetime]],
) -> list[tuple[date, int, int, int]]:
    """(day, paid, on-site, drive seconds) of one technician, from boundary to boundary."""
    ends = {min(at, AS_OF) for _, start, end in spans for at in (start, end)}
    days = {local_day(at) for at in ends}
    edges = sorted(ends | {midnight(day) for day in days})
    totals: dict[date, list[int]] = {}
    for left, right in pairwise(edges):
        kinds = {kind for kind, start, end in spans if start <= left and right <= min(end, AS_OF)}
        if "shift" not in kinds or "off" in kinds:
            continue
        total = totals.setdefault(local_day(left), [0, 0, 0])
        length = seconds(left, right)
        total[0] += length
        total[1] += length if "job" in kinds else 0
        total[2] += length if "drive" in kinds and "job" not in kinds else 0
    return [(day, *total) for day, total in totals.items()]  # type: ignore[misc]
