"""Technicians, who was sent to which job, their shifts, and the hours they wrote down."""

from __future__ import annotations

import math

import numpy as np

from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import (
    FUTURE_DAYS,
    HISTORY_DAYS,
    Calendar,
    later,
    only_where,
)
from ingestion.sandbox.generate.mail import HOUR
from ingestion.sandbox.generate.roster import TENANTS, Roster
from ingestion.sandbox.rates import WorldRates

JOBS_PER_TECHNICIAN_DAY = 3.4


def assign_technicians(
    jobs: dict[str, np.ndarray], roster: Roster, calendar: Calendar
) -> np.ndarray:
    """Give each job a technician of its tenant, in turns through each day.

    Adds `technician` (number within the tenant) to the jobs.

    Returns:
        Technicians per tenant.
    """
    tenant = roster.tenant[jobs["household"]]
    span = HISTORY_DAYS + FUTURE_DAYS
    technician = np.zeros(len(tenant), dtype=np.int64)
    sizes = np.zeros(len(TENANTS), dtype=np.int64)
    day = calendar.local_days(jobs["window_start"])
    for number in range(len(TENANTS)):
        rows = np.flatnonzero(tenant == number)
        sizes[number] = max(2, math.ceil(len(rows) / span / JOBS_PER_TECHNICIAN_DAY * 7 / 6))
        order = rows[np.lexsort((jobs["window_start"][rows], day[rows]))]
        starts = np.r_[True, np.diff(day[order]) != 0] if len(order) else np.zeros(0, dtype=bool)
        first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
        technician[order] = (np.arange(len(order)) - first + day[order]) % sizes[number]
    jobs["technician"] = technician
    jobs["second_technician"] = (jobs["job_class"] == 2) & (sizes[tenant] > 1)
    return sizes


def build_shifts(sizes: np.ndarray, calendar: Calendar, seed: int) -> dict[str, np.ndarray]:
    """Planned shifts, time off and training: tenant, technician, starts_at, ends_at, kind, made_at."""
    rng = generator(seed, "shifts")
    days = np.arange(-HISTORY_DAYS, FUTURE_DAYS + 14)
    weekday = (calendar.dates(days).astype(np.int64) + 3) % 7
    days = days[weekday < 6]
    weekday = weekday[weekday < 6]
    tenant = np.repeat(np.arange(len(sizes)), sizes)
    technician = np.concatenate([np.arange(size) for size in sizes])
    crew = len(tenant)
    day = np.tile(days, crew)
    short = np.tile(weekday == 5, crew)
    who = np.repeat(np.arange(crew), len(days))
    keep = ~short | ((who + day) % 2 == 0)
    day, short, who = day[keep], short[keep], who[keep]
    count = len(day)
    off = rng.random(count) < 0.04
    training = ~off & (rng.random(count) < 0.02)
    end_hour = np.where(short, 13, 17)
    begin = calendar.instants(day, 8 * HOUR)
    end = calendar.instants(day, end_hour * HOUR)
    extra = np.flatnonzero(training)
    return {
        "tenant": np.concatenate([tenant[who], tenant[who[extra]]]),
        "technician": np.concatenate([technician[who], technician[who[extra]]]),
        "starts_at": np.concatenate([begin, begin[extra]]),
        "ends_at": np.concatenate([end, later(begin[extra], 2 * HOUR)]),
        "kind": np.concatenate([np.where(off, 1, 0), np.full(len(extra), 2)]),
        "made_at": calendar.instants(np.concatenate([day, day[extra]]) - 14, 9 * HOUR),
    }


def overlap_timesheets(
    jobs: dict[str, np.ndarray], seed: int, rates: WorldRates
) -> dict[str, np.ndarray]:
    """When the crew clocked in and out per job; a few overlap another job by mistake.

    Returns:
        Columns arrived_at, done_at, planted (row per job; NaT where nobody went).
    """
    rng = generator(seed, "timesheets")
    planted = (
        rng.random(len(jobs["arrived_at"])) < rates.faults.overlapping_timesheet
    ) & ~np.isnat(jobs["arrived_at"])
    worked = later(jobs["started_at"], jobs["work_seconds"])
    done = np.where(planted, later(worked, 9 * HOUR), worked)
    return {
        "arrived_at": jobs["arrived_at"],
        "done_at": only_where(~np.isnat(jobs["arrived_at"]), done),
        "planted": planted,
    }
