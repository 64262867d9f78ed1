"""Technicians, who was sent to which job, their shifts, and the hours they wrote down."""

from __future__ import annotations

import math

import numpy as np

from ingestion.sandbox.catalogue import INSTALL
from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import (
    BUSY_DAYS,
    FUTURE_DAYS,
    Calendar,
    later,
    only_where,
)
from ingestion.sandbox.generate.mail import HOUR
from ingestion.sandbox.generate.roster import TENANTS, Roster
from ingestion.sandbox.rates import WorldRates

JOBS_PER_TECHNICIAN_DAY = 3.4
WAY = 2_400
SHORTEST_WAY = 900
WAIT = 1_200
MOVED_TOGETHER = (
    *("arrived_at", "started_at", "completed_at", "reopened_at"),
    *("hold_at", "resumed_at"),
)


def assign_technicians(
    jobs: dict[str, np.ndarray], roster: Roster, calendar: Calendar
) -> np.ndarray:
    """Give each job a technician of its tenant, in turns through each day.

    Adds `technician` (number within the tenant) to the jobs. To an installation comes that
    technician's own helper as well, so nobody is wanted in two places.

    Returns:
        Technicians per tenant, helpers not counted (each has one).
    """
    tenant = roster.tenant[jobs["household"]]
    span = BUSY_DAYS + FUTURE_DAYS
    technician = np.zeros(len(tenant), dtype=np.int64)
    sizes = np.zeros(len(TENANTS), dtype=np.int64)
    day = calendar.local_days(jobs["window_start"])
    for number in range(len(TENANTS)):
        rows = np.flatnonzero(tenant == number)
        lately = int((day[rows] >= -BUSY_DAYS).sum())
        sizes[number] = max(2, math.ceil(lately / span / JOBS_PER_TECHNICIAN_DAY * 7 / 6))
        order = rows[np.lexsort((jobs["window_start"][rows], day[rows]))]
        starts = np.r_[True, np.diff(day[order]) != 0] if len(order) else np.zeros(0, dtype=bool)
        first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
        technician[order] = (np.arange(len(order)) - first + day[order]) % sizes[number]
    jobs["technician"] = technician
    jobs["next_on_day"] = _one_after_the_other(jobs, tenant, day)
    jobs["has_helper"] = jobs["job_class"] == INSTALL
    return sizes


def _one_after_the_other(
    jobs: dict[str, np.ndarray], tenant: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """Let each technician finish one visit before the way to the next one begins.

    A visit is moved behind the one before it, and so is the way there; whoever finds nobody at
    home waits a while before the next visit.

    Returns:
        Row of the technician's next visit that day (-1: none).
    """
    met = ~np.isnat(jobs["arrived_at"])
    there = np.where(met, jobs["arrived_at"], later(jobs["dispatched_at"], WAY))
    went = np.flatnonzero(~np.isnat(there))
    order = went[np.lexsort((there[went], day[went], jobs["technician"][went], tenant[went]))]
    crew = tenant[order] * (int(jobs["technician"].max(initial=0)) + 1) + jobs["technician"][order]
    place = np.arange(len(order))
    rank = place - np.maximum.accumulate(np.where(np.diff(crew, prepend=-1) != 0, place, 0))
    stay = np.where(met[order], 300 + jobs["work_seconds"][order], WAIT)
    arrived, leaves = there[order].copy(), later(there[order], -WAY)
    by_rank = np.argsort(rank, kind="stable")
    for rows in np.split(by_rank, np.cumsum(np.bincount(rank))[:-1])[1:]:
        free = later(arrived[rows - 1], stay[rows - 1])
        arrived[rows] = np.maximum(arrived[rows], later(free, SHORTEST_WAY))
        leaves[rows] = np.maximum(later(arrived[rows], -WAY), free)
    moved = (arrived - there[order]).astype(np.int64)
    for name in MOVED_TOGETHER:
        jobs[name][order] = later(jobs[name][order], moved)
    in_time = np.isnat(jobs["cancelled_at"][order]) | (leaves < jobs["cancelled_at"][order])
    jobs["dispatched_at"][order] = only_where(in_time, leaves)
    following = np.full(len(day), -1)
    same_day = (rank[1:] > 0) & (day[order[1:]] == day[order[:-1]])
    inner = np.flatnonzero(same_day & met[order[1:]] & met[order[:-1]])
    following[order[inner]] = order[inner + 1]
    return following


def build_shifts(sizes: np.ndarray, calendar: Calendar, seed: int) -> dict[str, np.ndarray]:
    """Shifts, time off (kind 1) and training (2) of every technician, since they are planned."""
    rng = generator(seed, "shifts")
    days = np.arange(-BUSY_DAYS, FUTURE_DAYS + 14)
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
    following = jobs["next_on_day"]
    planted = (following >= 0) & (
        rng.random(len(following)) < rates.faults.overlapping_timesheet * 2
    )
    worked = later(jobs["started_at"], jobs["work_seconds"])
    late = later(jobs["arrived_at"][np.maximum(following, 0)], 1_500)
    done = np.where(planted, late, worked)
    return {
        "arrived_at": jobs["arrived_at"],
        "done_at": only_where(~np.isnat(jobs["arrived_at"]), done),
        "planted": planted,
    }
