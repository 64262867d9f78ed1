"""How customers came to book: calls, leads and bookings, with the marketing source they carry."""

from __future__ import annotations

import numpy as np

from ingestion.sandbox.catalogue import INTERNAL, MEMBERSHIP, RECALL, WARRANTY
from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import (
    FUTURE_DAYS,
    HISTORY_DAYS,
    Calendar,
    later,
    only_where,
)
from ingestion.sandbox.generate.jobs import CODE, QR_SCAN, TRACKING_CALL
from ingestion.sandbox.generate.mail import DAY, HOUR, Mail
from ingestion.sandbox.generate.roster import Roster
from ingestion.sandbox.plan import CAMPAIGNS, OTHER_CHANNELS
from ingestion.sandbox.rates import WorldRates

WAYS = ("call", "web_booking", "lead_form", "internal")
BY_CALL, BY_BOOKING, BY_FORM, BY_US = range(len(WAYS))
ABANDONED_SECONDS = 20


def build_ways(jobs: dict[str, np.ndarray], mail: Mail, seed: int, rates: WorldRates) -> None:
    """Add to each job how it was booked and which source the dispatcher wrote down.

    Adds columns way, source (number of the mail campaign, or len(CAMPAIGNS) + other channel),
    true_source, gclid, source_lost, and the instants and rows of its call, lead and booking.
    """
    rng = generator(seed, "ways")
    count = len(jobs["created_at"])
    faults = rates.faults
    ours = np.isin(jobs["job_class"], (MEMBERSHIP, WARRANTY, RECALL, INTERNAL))
    way = rng.choice([BY_CALL, BY_BOOKING, BY_FORM], count, p=[0.62, 0.25, 0.13])
    way = np.where(jobs["evidence"] == TRACKING_CALL, BY_CALL, way)
    way = np.where(jobs["evidence"] == QR_SCAN, BY_BOOKING, way)
    nobody = ~ours & (jobs["evidence"] == 0) & (rng.random(count) < faults.job_without_booking)
    jobs["way"] = np.where(ours | nobody, BY_US, way)
    jobs["nobody_asked"] = nobody
    mail_number = np.array([drop.campaign for drop in mail.drops])[
        np.maximum(jobs["evidence_drop"], 0)
    ]
    shares = np.array([item[2] for item in OTHER_CHANNELS])
    other = len(CAMPAIGNS) + rng.choice(len(OTHER_CHANNELS), count, p=shares / shares.sum())
    other = np.where(ours, len(CAMPAIGNS) + len(OTHER_CHANNELS) - 1, other)
    said = (jobs["evidence"] > 0) & ((jobs["evidence"] != CODE) | (rng.random(count) < 0.75))
    jobs["true_source"] = np.where(said, mail_number, other)
    lost = (
        np.isin(jobs["way"], (BY_BOOKING, BY_FORM))
        & (rng.random(count) < faults.lost_marketing_source)
        & (jobs["true_source"] != len(CAMPAIGNS) + len(OTHER_CHANNELS) - 1)
    )
    jobs["source_lost"] = lost
    jobs["source"] = np.where(lost, len(CAMPAIGNS) + len(OTHER_CHANNELS) - 1, jobs["true_source"])
    jobs["call_at"] = only_where(
        jobs["way"] == BY_CALL, later(jobs["created_at"], -rng.integers(90, 900, count))
    )
    jobs["booking_at"] = only_where(
        jobs["way"] == BY_BOOKING, later(jobs["created_at"], -rng.integers(120, 5_400, count))
    )
    jobs["lead_at"] = only_where(
        jobs["way"] == BY_FORM, later(jobs["created_at"], -rng.integers(1_800, 30 * HOUR, count))
    )


def build_lost_requests(
    roster: Roster, jobs: dict[str, np.ndarray], calendar: Calendar, seed: int
) -> dict[str, np.ndarray]:
    """Calls, leads and bookings that became no job: columns way, household, person, at, source."""
    rng = generator(seed, "lost requests")
    count = int(len(jobs["created_at"]) * 0.35)
    lived_in = np.flatnonzero(roster.head >= 0)
    household = rng.choice(lived_in, count)
    way = rng.choice([BY_CALL, BY_BOOKING, BY_FORM], count, p=[0.72, 0.06, 0.22])
    seconds = rng.integers(4, 420, count)
    no_lead = (way == BY_CALL) & ((seconds < ABANDONED_SECONDS) | (np.arange(count) % 7 == 0))
    days = np.arange(-HISTORY_DAYS, FUTURE_DAYS)
    busy = calendar.busyness(days)
    day = rng.choice(days, count, p=busy / busy.sum())
    shares = np.array([item[2] for item in OTHER_CHANNELS])
    return {
        "way": way,
        "is_wanted": ~no_lead,
        "household": household,
        "person": roster.head[household],
        "happened_at": calendar.instants(
            day, rng.triangular(7 * HOUR, 11 * HOUR, 20 * HOUR, count)
        ),
        "closed_after": rng.integers(HOUR, 5 * DAY, count),
        "closed": rng.random(count) < 0.8,
        "source": len(CAMPAIGNS) + rng.choice(len(shares), count, p=shares / shares.sum()),
        "seconds": seconds,
    }
