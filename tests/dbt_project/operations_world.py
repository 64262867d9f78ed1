"""A made-up autumn of a field-service company, as rows of canonical tables and facts.

Random but seeded; full of the awkward: DST night, work over midnight, overlapping timesheets,
shifts without jobs, jobs without promise, unknown arrivals, no-shows, clock skew. No result is
computed here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

AS_OF = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST = datetime(2026, 8, 10, tzinfo=UTC)
CLASSES = ("demand", "maintenance", "install", "membership", "recall", "warranty")
Rows = list[dict[str, Any]]


def make_world(seed: int = 11, job_count: int = 400) -> dict[str, Rows]:
    """Rows by table name (`jobs` stands for canonical jobs, `fct_jobs` for the fact)."""
    random = np.random.default_rng(seed)
    world: dict[str, Rows] = {}
    world["technicians"] = [
        {"account": account, "technician_id": f"T{number}", "crew": f"crew {number % 3}"}
        for account in ("north", "south")
        for number in range(4)
    ]
    world |= _jobs(random, job_count)
    world |= _work_time(random)
    world |= _sales(random, world["fct_jobs"])
    world |= _money(random, world["fct_jobs"])
    world["api_calls"] = _api_calls(random)
    return world


def _instant(random: np.random.Generator, days: float = 95.0) -> datetime:
    return FIRST + timedelta(seconds=int(random.integers(0, int(days * 86400))))


def _hours(random: np.random.Generator, low: float, high: float) -> timedelta:
    return timedelta(seconds=int(random.integers(int(low * 3600), int(high * 3600))))


def _jobs(random: np.random.Generator, count: int) -> dict[str, Rows]:
    facts: Rows = []
    canonical: Rows = []
    appointments: Rows = []
    addresses: Rows = []
    tags: Rows = []
    for number in range(count):
        account = str(random.choice(["north", "south"]))
        created = _instant(random)
        starts = (created + _hours(random, 2, 200)).replace(minute=0, second=0)
        ends = starts + timedelta(hours=2)
        arrived = ends + _hours(random, -2, 0.5)
        fate = random.choice(["done", "done", "done", "done", "cancelled", "open", "no-show"])
        completed = arrived + _hours(random, 0.5, 30) if fate == "done" else None
        if completed and completed > AS_OF:
            completed, fate = None, "open"
        no_show = str(random.choice(["customer", "crew"])) if fate == "no-show" else None
        hold = int(random.integers(0, 3)) * 1800
        job = {
            "job_key": f"job-{number:04}",
            "source": "dispatch",
            "account": account,
            "job_id": str(number),
            "job_number": f"N{number}",
            "customer_key": f"customer-{number % 150}",
            "household_key": f"household-{number % 140}",
            "location_key": "hill" if account == "north" else "city",
            "job_class": str(random.choice(CLASSES, p=[0.4, 0.25, 0.15, 0.1, 0.05, 0.05])),
            "business_unit": str(random.choice(["Plumbing", "Heating"])),
            "customer_class": str(random.choice(["new", "active", "reactivated"])),
            "state": {"done": "Completed", "cancelled": "Cancelled", "no-show": "No Show"}.get(
                str(fate), "New"
            ),
            "created_at": created,
            "scheduled_starts_at": starts,
            "scheduled_ends_at": ends,
            "arrived_at": arrived if completed and random.random() < 0.9 else None,
            "started_at": arrived if completed and random.random() < 0.8 else None,
            "completed_at": completed,
            "cancelled_at": starts if fate == "cancelled" else None,
            "cycle_hours": (completed - created).total_seconds() / 3600 - hold / 3600
            if completed
            else None,
            "net_revenue_amount": int(random.integers(0, 90000)) / 100
            if completed and random.random() < 0.9
            else 0,
        }
        facts.append(job)
        canonical.append(
            {
                "account": account,
                "job_id": str(number),
                "job_number": f"N{number}",
                "no_show_by": no_show,
                "crew": f"crew {number % 3}" if random.random() < 0.7 else None,
                "technician_ids": [f"T{number % 4}"],
                "service_postal_code": f"0{int(random.integers(1000, 9999))}",
                "service_state": "NJ",
                "is_zero_value": bool(random.random() < 0.03),
                "callback_of_job_id": str(number - 7) if random.random() < 0.04 else None,
            }
        )
        addresses.append(
            {
                "source": "dispatch",
                "account": account,
                "job_id": str(number),
                "home_key": f"address-{account}-{number % 60}",
            }
        )
        tags += [
            {"job_key": job["job_key"], "tag": tag}
            for tag in ("leak", "boiler", "urgent")
            if random.random() < 0.3
        ]
        if random.random() < 0.8:
            appointments.append(
                {
                    "account": account,
                    "appointment_id": f"A{number}",
                    "job_id": str(number),
                    "window_starts_at": starts,
                    "window_ends_at": ends if random.random() < 0.95 else None,
                    "window_set_at": starts - _hours(random, 1, 60),
                    "status": "cancelled" if fate == "cancelled" else "scheduled",
                    "arrived_at": arrived if completed and random.random() < 0.5 else None,
                }
            )
            if random.random() < 0.2 and fate == "done":
                appointments.append(
                    {
                        "account": account,
                        "appointment_id": f"B{number}",
                        "job_id": str(number),
                        "window_starts_at": ends,
                        "window_ends_at": ends + timedelta(hours=2),
                    }
                )
    return {
        "fct_jobs": facts,
        "jobs": canonical,
        "appointments": appointments,
        "addresses": addresses,
        "tags": tags,
    }


def _work_time(random: np.random.Generator) -> dict[str, Rows]:
    shifts: Rows = []
    timesheets: Rows = []
    for account in ("north", "south"):
        for number in range(4):
            for day in range(100):
                start = FIRST + timedelta(days=day, hours=int(random.choice([12, 13, 23])))
                who = {"account": account, "technician_id": f"T{number}"}
                key = f"{number}-{day}"
                shifts.append(
                    {
                        **who,
                        "shift_id": key,
                        "kind": "work",
                        "starts_at": start,
                        "ends_at": start + timedelta(hours=9),
                    }
                )
                if random.random() < 0.2:
                    shifts.append(
                        {
                            **who,
                            "shift_id": f"{key}-off",
                            "kind": str(random.choice(["pto", "training", "meeting"])),
                            "starts_at": start + timedelta(hours=1),
                            "ends_at": start + timedelta(hours=int(random.integers(2, 12))),
                        }
                    )
                for entry in range(int(random.integers(0, 6))):
                    begin = start + _hours(random, -1, 9)
                    timesheets.append(
                        {
                            **who,
                            "timesheet_id": f"{key}-{entry}",
                            "activity": str(random.choice(["job", "job", "drive", "other"])),
                            "starts_at": begin,
                            "ends_at": begin + _hours(random, 0.2, 4),
                        }
                    )
    return {"shifts": shifts, "timesheets": timesheets}


def _sales(random: np.random.Generator, jobs: Rows) -> dict[str, Rows]:
    leads: Rows = []
    estimates: Rows = []
    follow_ups: Rows = []
    for number in range(250):
        job = jobs[int(random.integers(0, len(jobs)))]
        created = _instant(random)
        booked = random.random() < 0.5
        leads.append(
            {
                "account": job["account"],
                "lead_id": str(number),
                "created_at": created,
                "status": "converted" if booked else "open",
                "customer_id": str(number % 150),
                "job_id": job["job_id"] if booked else None,
                "first_contacted_at": created + _hours(random, -0.1, 40)
                if random.random() < 0.6
                else None,
            }
        )
        presented = _instant(random)
        estimates.append(
            {
                "account": job["account"],
                "estimate_id": str(number),
                "job_id": job["job_id"],
                "presented_at": presented,
                "sold_at": presented + _hours(random, 0, 200) if random.random() < 0.4 else None,
                "amount_cents": 12345,
            }
        )
        follow_ups.append(
            {
                "account": job["account"],
                "follow_up_id": str(number),
                "customer_id": str(int(random.integers(0, 150))),
                "kind": str(random.choice(["call", "email", "mail"])),
                "occurred_at": _instant(random),
            }
        )
    customers = [
        {
            "source": "dispatch",
            "account": account,
            "entity": "customer",
            "customer_id": str(number),
            "customer_key": f"customer-{number}",
            "household_key": f"household-{number % 140}",
        }
        for number in range(150)
        for account in ("north", "south")
    ]
    return {
        "leads": leads,
        "estimates": estimates,
        "follow_ups": follow_ups,
        "records": customers,
    }


def _money(random: np.random.Generator, jobs: Rows) -> dict[str, Rows]:
    lines: Rows = []
    shares: Rows = []
    for job in jobs:
        if not job["completed_at"]:
            continue
        key = f"line-{job['job_key']}"
        day = job["completed_at"].date()
        lines.append({"invoice_line_key": key, "job_key": job["job_key"], "happened_on": day})
        cents = round(job["net_revenue_amount"] * 100)
        mail = int(random.integers(0, cents + 1))
        for model in ("last", "first"):
            for channel, part in (("direct_mail", mail), ("unattributed", cents - mail)):
                shares.append(
                    {
                        "credit_key": f"{key}-{model}-{channel}",
                        "location_key": job["location_key"],
                        "model": model,
                        "window_label": "60",
                        "job_key": job["job_key"],
                        "invoice_line_key": key,
                        "channel": channel,
                        "credit_amount": part / 100,
                    }
                )
    costs = [
        {
            "account": str(random.choice(["north", "south"])),
            "cost_id": str(number),
            "channel": "paid_search",
            "amount_cents": int(random.integers(1, 50000)),
            "incurred_on": _instant(random).date(),
        }
        for number in range(40)
    ]
    pieces = [
        {
            "mail_piece_key": f"piece-{number}",
            "location_key": str(random.choice(["hill", "city"])),
            "sent_at": _instant(random),
            "cost_amount": 0.68,
        }
        for number in range(200)
    ]
    return {"lines": lines, "credits": shares, "marketing_costs": costs, "pieces": pieces}


def _api_calls(random: np.random.Generator) -> Rows:
    calls: Rows = []
    for number in range(300):
        at = _instant(random)
        for attempt in range(1, int(random.integers(1, 4)) + 1):
            calls.append(
                {
                    "account": str(random.choice(["north", "south"])) if number % 2 else "north",
                    "call_id": f"{number}-{attempt}",
                    "client_id": "app",
                    "endpoint": "/jobs",
                    "called_at": at + timedelta(seconds=attempt),
                    "logical_call_id": str(number),
                    "attempt": attempt,
                    "status_code": int(random.choice([200, 200, 200, 404, 429, 503])),
                    "latency_ms": int(random.integers(20, 900)),
                }
            )
    for call in calls:
        call["account"] = "north" if int(call["call_id"].split("-")[0]) % 3 else "south"
    return calls
