"""Jobs: those that would have come anyway, those a campaign caused, and how each one went."""

from __future__ import annotations

import numpy as np

from ingestion.sandbox.catalogue import (
    CLASS_SHARES,
    CLASSES,
    DEMAND,
    INSTALL,
    INTERNAL,
    JOB_TYPES,
    MAINTENANCE,
    MEMBERSHIP,
    RECALL,
    TYPES_OF_CLASS,
    WARRANTY,
)
from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import (
    BUSY_DAYS,
    FUTURE_DAYS,
    HISTORY_DAYS,
    Calendar,
    later,
    only_where,
)
from ingestion.sandbox.generate.mail import DAY, HOUR, Mail
from ingestion.sandbox.generate.roster import Roster
from ingestion.sandbox.plan import CAMPAIGNS
from ingestion.sandbox.rates import WorldRates

EVIDENCE = ("none", "code", "tracking_call", "qr_scan")
NONE, CODE, TRACKING_CALL, QR_SCAN = range(len(EVIDENCE))
WEEKDAY_WEIGHTS = np.array([1.15, 1.05, 1.0, 1.0, 1.05, 0.45, 0.12])


def build_jobs(
    roster: Roster, mail: Mail, calendar: Calendar, seed: int, rates: WorldRates, customers: int
) -> dict[str, np.ndarray]:
    """All jobs of the span, sorted by when they were booked.

    Returns:
        Columns household, person, job_class, job_type, created_at, cause_campaign, cause_drop,
        cause_piece (-1: baseline), evidence (EVIDENCE), evidence_drop, evidence_piece, and the
        instants of `_timeline`.
    """
    rng = generator(seed, "jobs")
    caused = _caused(roster, mail, calendar, rng)
    wanted = int(customers * rates.jobs_per_customer) - len(caused["household"])
    baseline = _baseline(roster, calendar, rng, max(wanted, 0))
    jobs = {key: np.concatenate([baseline[key], caused[key]]) for key in baseline}
    order = np.argsort(jobs["created_at"], kind="stable")
    jobs = {key: values[order] for key, values in jobs.items()}
    jobs["person"] = _who_calls(roster, jobs["household"], rng)
    _coupons_used_anyway(jobs, mail, rng, rates)
    jobs["job_type"] = _types(jobs["job_class"], rng)
    jobs |= _timeline(jobs, calendar, rng, rates)
    return jobs


def _baseline(
    roster: Roster, calendar: Calendar, rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    lived_in = np.flatnonzero(roster.head >= 0)
    weight = roster.wealth[lived_in] * np.where(roster.existing[lived_in], 1.0, 0.16)
    weight = weight * np.where(roster.served[roster.zone[lived_in]], 1.0, 0.02)
    household = rng.choice(lived_in, count, p=weight / weight.sum())
    days = np.arange(-HISTORY_DAYS, FUTURE_DAYS)
    weekday = (calendar.dates(days).astype("datetime64[D]").astype(np.int64) + 3) % 7
    season = 1 + 0.18 * np.cos((calendar.dates(days).astype(np.int64) % 365) / 365 * 4 * np.pi)
    day_weight = WEEKDAY_WEIGHTS[weekday] * season * calendar.busyness(days)
    day = rng.choice(days, count, p=day_weight / day_weight.sum())
    # Whoever bought while the operator was young need not be among today's good customers.
    early = day < -BUSY_DAYS
    household[early] = rng.choice(np.flatnonzero(roster.existing), int(early.sum()))
    job_class = rng.choice(len(CLASSES), count, p=CLASS_SHARES)
    newcomer = ~roster.existing[household] & (job_class > INSTALL)
    job_class = np.where(newcomer, DEMAND, job_class)
    seconds = rng.triangular(7 * HOUR, 10 * HOUR, 19 * HOUR, count)
    none = np.full(count, -1)
    return {
        "household": household,
        "job_class": job_class,
        "created_at": calendar.instants(day, seconds),
        "cause_campaign": none,
        "cause_drop": none,
        "cause_piece": none,
        "evidence": np.zeros(count, dtype=np.int64),
        "evidence_drop": none.copy(),
        "evidence_piece": none.copy(),
    }


def _caused(
    roster: Roster, mail: Mail, calendar: Calendar, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    parts = []
    for number, drop in enumerate(mail.drops):
        campaign = CAMPAIGNS[drop.campaign]
        if campaign.kind == "saturation":
            treated = mail.treated[drop.campaign][roster.zone] & (roster.head >= 0)
            household = np.flatnonzero(treated)
            piece = np.full(len(household), -1)
            start = calendar.instants(np.full(len(household), drop.mailed_day + 8), 12 * HOUR)
        else:
            piece = np.flatnonzero(mail.pieces["drop"] == number)
            piece = piece[~np.isnat(mail.in_home()[piece])]
            household, start = mail.pieces["household"][piece], mail.in_home()[piece]
        hit = rng.random(len(household)) < campaign.true_lift
        piece, household, start = piece[hit], household[hit], start[hit]
        delay_days = np.minimum(rng.exponential(11.0, len(piece)).astype(np.int64), 52)
        day = calendar.local_days(start) + delay_days + 1
        created = calendar.instants(day, rng.triangular(7 * HOUR, 10 * HOUR, 19 * HOUR, len(day)))
        main = [name == campaign.job_class for name in CLASSES].index(True)
        shared = piece < 0
        evidence = rng.choice(4, len(piece), p=[0.22, 0.38, 0.25, 0.15])
        evidence = np.where(shared & (evidence == QR_SCAN), TRACKING_CALL, evidence)
        parts.append(
            {
                "household": household,
                "job_class": np.where(rng.random(len(piece)) < 0.75, main, DEMAND),
                "created_at": created,
                "cause_campaign": np.full(len(piece), drop.campaign),
                "cause_drop": np.full(len(piece), number),
                "cause_piece": piece,
                "evidence": evidence,
                "evidence_drop": np.where(evidence > 0, number, -1),
                "evidence_piece": np.where(evidence > 0, piece, -1),
            }
        )
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _who_calls(roster: Roster, household: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    mate = roster.mate[household]
    return np.where((mate >= 0) & (rng.random(len(household)) < 0.2), mate, roster.head[household])


def _coupons_used_anyway(
    jobs: dict[str, np.ndarray], mail: Mail, rng: np.random.Generator, rates: WorldRates
) -> None:
    """Let some baseline buyers use the card that happened to lie on their table."""
    in_home = mail.in_home()
    created, household = jobs["created_at"], jobs["household"]
    latest = np.full(len(created), -1)
    for row in mail.piece_of:
        piece = row[household]
        arrived = in_home[np.maximum(piece, 0)]
        holds = (piece >= 0) & (arrived <= created) & (created < later(arrived, 60 * DAY))
        latest = np.where(holds, piece, latest)
    eligible = np.isin(jobs["job_class"], (DEMAND, MAINTENANCE, INSTALL))
    draw = rng.random(len(created)) < rates.coupon_without_cause
    uses = (latest >= 0) & (jobs["cause_campaign"] < 0) & eligible & draw
    drops = mail.pieces["drop"][np.maximum(latest, 0)]
    jobs["evidence"] = np.where(uses, CODE, jobs["evidence"])
    jobs["evidence_drop"] = np.where(uses, drops, jobs["evidence_drop"])
    jobs["evidence_piece"] = np.where(uses, latest, jobs["evidence_piece"])


def _types(job_class: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chosen = np.zeros(len(job_class), dtype=np.int64)
    for number, places in TYPES_OF_CLASS.items():
        rows = job_class == number
        chosen[rows] = rng.choice(places, int(rows.sum()))
    return chosen


def _timeline(
    jobs: dict[str, np.ndarray],
    calendar: Calendar,
    rng: np.random.Generator,
    rates: WorldRates,
) -> dict[str, np.ndarray]:
    """When each job was promised, dispatched, done, held or called off (NaT: never)."""
    count = len(jobs["created_at"])
    created_day = calendar.local_days(jobs["created_at"])
    spread = np.array([3, 12, 16, 25, 5, 5, 3])[jobs["job_class"]]
    day = created_day + 1 + (rng.random(count) * spread).astype(np.int64)
    weekday = (calendar.dates(day).astype(np.int64) + 3) % 7
    day = np.where(weekday == 6, day + 1, day)
    slot = np.array([item.slot_hours for item in JOB_TYPES])[jobs["job_type"]]
    faults = rates.faults
    sized = np.isin(jobs["job_class"], (MAINTENANCE, INSTALL))
    too_short = sized & (rng.random(count) < faults.slot_too_short * 4)
    slot = np.where(too_short, 1, slot)
    begin = rng.choice([8, 10, 12, 13, 15], count) * HOUR
    window_start = calendar.instants(day, begin)
    window_end = later(window_start, slot * HOUR)
    lateness = rng.normal(35, 32, count) * 60
    tail = rng.random(count) < 0.05
    arrived = later(window_start, np.maximum(lateness + tail * 5_400, -1_200))
    work = np.array([item.work_hours for item in JOB_TYPES])[jobs["job_type"]]
    work = work * rng.lognormal(0.0, 0.25, count) * HOUR
    draw = rng.random(count)
    no_show = draw < rates.no_show
    cancelled = (draw >= rates.no_show) & (draw < rates.no_show + rates.cancelled)
    by_crew = no_show & (rng.random(count) < 0.2)
    gap = (window_start - jobs["created_at"]).astype(np.int64)
    cancelled_at = later(jobs["created_at"], np.maximum(gap * rng.random(count), 600))
    cancelled_at = np.where(no_show, later(window_end, 1_800), cancelled_at)
    off = no_show | cancelled
    hold = ~off & (rng.random(count) < rates.on_hold)
    held_for = np.where(hold, rng.integers(1, 8, count) * DAY, 0)
    started = later(arrived, 300)
    completed = later(started, work + held_for)
    moved = ~off & (rng.random(count) < 0.04)
    illegal = ~off & (rng.random(count) < faults.illegal_transition)
    return {
        "window_start": window_start,
        "window_end": window_end,
        "first_window_start": np.where(moved, later(window_start, -DAY), window_start),
        "moved_at": only_where(moved, later(jobs["created_at"], np.minimum(gap / 2, 40 * HOUR))),
        "dispatched_at": only_where(~cancelled & ~by_crew, later(arrived, -2_400)),
        "arrived_at": only_where(~off, arrived),
        "started_at": only_where(~off, started),
        "hold_at": only_where(hold, later(started, work / 2)),
        "resumed_at": only_where(hold, later(started, work / 2 + held_for)),
        "completed_at": only_where(~off, completed),
        "cancelled_at": only_where(off, cancelled_at),
        "cancel_reason": np.where(
            no_show, np.where(by_crew, 3, 2), rng.choice([0, 1, 4, 5], count)
        ),
        "work_seconds": np.where(off, 0, work).astype(np.int64),
        "reopened_at": only_where(illegal, later(completed, 5_400)),
        "too_short": too_short,
        "no_charge": np.isin(jobs["job_class"], (MEMBERSHIP, WARRANTY, RECALL, INTERNAL)),
    }
