"""Campaign members with their arms, the pieces mailed, what the post did, and who scanned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import NEVER, Calendar, later, only_where
from ingestion.sandbox.generate.roster import Roster
from ingestion.sandbox.plan import CAMPAIGNS
from ingestion.sandbox.rates import WorldRates

HOUR = 3600
DAY = 86_400


@dataclass(frozen=True)
class Drop:
    """One wave in the numbers: its campaign, day, and the rows of its members and pieces."""

    campaign: int
    wave: int
    mailed_day: int


@dataclass(frozen=True)
class Mail:
    """Columns of members and pieces.

    Attributes:
        drops: The waves, in the plan's order.
        members: drop, household, person, mailed (False: holdout), and `piece` (-1: none).
        pieces: drop, sequence (from 1 within the drop), household, person, entered_at (in the
            mail stream), delivered_at, returned_at, failed (never printed), scanned_never.
        piece_of: Piece of each household per drop (-1: none), shape (drops, households).
        treated: Per saturation campaign the mask of treated zones; None for addressed ones.
    """

    drops: tuple[Drop, ...]
    members: dict[str, np.ndarray]
    pieces: dict[str, np.ndarray]
    piece_of: np.ndarray
    treated: dict[int, np.ndarray]

    def in_home(self) -> np.ndarray:
        """When each piece really reached the home (NaT: never)."""
        return self.pieces["in_home_at"]


def build_mail(roster: Roster, calendar: Calendar, seed: int, rates: WorldRates) -> Mail:
    """Assign arms, mail, and follow each piece through the post."""
    rng = generator(seed, "mail")
    drops: list[Drop] = []
    member_parts: list[dict[str, np.ndarray]] = []
    treated: dict[int, np.ndarray] = {}
    for number, campaign in enumerate(CAMPAIGNS):
        if campaign.kind == "saturation":
            mask = np.arange(len(roster.postal_codes)) % 4 < 2
            treated[number] = mask & roster.served
            drops.append(Drop(number, 0, campaign.waves[0].mailed_day))
            continue
        audience = rng.permutation(_audience(roster, campaign.audience))
        start = 0
        for wave_number, wave in enumerate(campaign.waves):
            size = int(len(audience) * wave.audience_share)
            chosen = np.sort(audience[start : start + size])
            start += size
            member_parts.append(
                {
                    "drop": np.full(len(chosen), len(drops)),
                    "household": chosen,
                    "person": roster.head[chosen],
                    "mailed": rng.random(len(chosen)) >= campaign.holdout_share,
                }
            )
            drops.append(Drop(number, wave_number, wave.mailed_day))
    members = {key: np.concatenate([part[key] for part in member_parts]) for key in member_parts[0]}
    pieces = _pieces(members, drops, calendar, rng, rates)
    members["piece"] = np.full(len(members["drop"]), -1)
    members["piece"][members["mailed"]] = np.arange(len(pieces["drop"]))
    piece_of = np.full((len(drops), roster.household_count), -1, dtype=np.int32)
    piece_of[pieces["drop"], pieces["household"]] = np.arange(len(pieces["drop"]))
    return Mail(tuple(drops), members, pieces, piece_of, treated)


def _audience(roster: Roster, who: str) -> np.ndarray:
    lived_in = roster.head >= 0
    area = roster.served[roster.zone]
    if who == "customers":
        return np.flatnonzero(lived_in & area & roster.existing)
    if who == "prospects":
        return np.flatnonzero(lived_in & area & ~roster.existing)
    return np.flatnonzero(lived_in & area)


def _pieces(
    members: dict[str, np.ndarray],
    drops: list[Drop],
    calendar: Calendar,
    rng: np.random.Generator,
    rates: WorldRates,
) -> dict[str, np.ndarray]:
    mailed = members["mailed"]
    drop = members["drop"][mailed]
    count = len(drop)
    first_of_drop = np.searchsorted(drop, np.arange(len(drops)))
    mailed_day = np.array([item.mailed_day for item in drops])[drop]
    fast = np.array([CAMPAIGNS[item.campaign].mail_class == "first_class" for item in drops])[drop]
    entered_at = calendar.instants(mailed_day + 1, rng.integers(5 * HOUR, 22 * HOUR, count))
    transit = np.where(fast, rng.integers(2, 5, count), rng.integers(4, 12, count))
    arrival = calendar.instants(mailed_day + 1 + transit, rng.integers(10 * HOUR, 17 * HOUR, count))
    failed = rng.random(count) < 0.012
    returned = ~failed & (rng.random(count) < 0.015)
    silent = ~failed & ~returned & (rng.random(count) < 0.10)
    no_scan = silent & (rng.random(count) < min(1.0, rates.faults.piece_without_scan * 10))
    return {
        "drop": drop,
        "sequence": np.arange(count) - first_of_drop[drop] + 1,
        "household": members["household"][mailed],
        "person": members["person"][mailed],
        "entered_at": only_where(~failed & ~no_scan, entered_at),
        "delivered_at": only_where(~failed & ~returned & ~silent, arrival),
        "returned_at": only_where(returned, later(arrival, rng.integers(3, 15, count) * DAY)),
        "in_home_at": only_where(~failed & ~returned, arrival),
        "failed": failed,
        "no_scan": no_scan,
        "printed_at": only_where(~failed, calendar.instants(mailed_day, 23 * HOUR)),
    }


def build_scans(
    mail: Mail, caused_piece: np.ndarray, caused_at: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """QR scans: of the curious, and of buyers before they booked.

    Args:
        mail: The mail of the world.
        caused_piece: Pieces whose owners scanned before booking.
        caused_at: When each of them booked.
        seed: The world's seed.

    Returns:
        Columns piece and scanned_at; a piece can be scanned more than once.
    """
    rng = generator(seed, "scans")
    in_home = mail.in_home()
    curious = np.flatnonzero((rng.random(len(in_home)) < 0.02) & ~np.isnat(in_home))
    seen_at = later(in_home[curious], rng.exponential(3 * DAY, len(curious)) + 2 * HOUR)
    booked = later(caused_at, -rng.integers(120, 1_500, len(caused_at)))
    again = rng.random(len(curious)) < 0.15
    piece = np.concatenate([curious, curious[again], caused_piece])
    at = np.concatenate([seen_at, later(seen_at[again], 7_200), booked])
    known = ~np.isnat(at)
    order = np.argsort(at[known], kind="stable")
    return {"piece": piece[known][order], "scanned_at": at[known][order].astype("datetime64[s]")}


__all__ = ["NEVER", "Drop", "Mail", "build_mail", "build_scans"]
