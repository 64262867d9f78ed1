"""Randomised mailings with published totals, as import folders.

Only totals are published facts: units, buyers and dollars of each arm. Which unit bought for how
much is drawn here with a fixed seed, so that the totals come out to the cent; nobody is a real
person. The first experiment is a retailer's e-mail and catalogue test of 64,000 customers in three
arms (March 2008, two treatments sharing one holdout, spend of the two weeks after).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Arm:
    """One arm of one stratum: units, of whom so many bought, for so many cents together."""

    name: str
    units: int
    buyers: int
    cents: int = 0

    def outcomes(self, seed: int) -> np.ndarray:
        """Cents of every unit, zeros included; without revenue 1 for a buyer."""
        rng = np.random.default_rng(seed)
        values = np.zeros(self.units, dtype=np.int64)
        places = np.sort(rng.choice(self.units, self.buyers, replace=False))
        values[places] = self._amounts(rng) if self.cents else 1
        return values

    def _amounts(self, rng: np.random.Generator) -> np.ndarray:
        """Skewed amounts of at least 1.00 that sum to the published total."""
        weights = rng.lognormal(0.0, 0.8, self.buyers)
        above = self.cents - 100 * self.buyers
        amounts = 100 + np.floor(above * weights / weights.sum()).astype(np.int64)
        amounts[0] += self.cents - int(amounts.sum())
        return amounts


# Units, buyers and dollars of the published three-arm test.
MENS = Arm("mens", 21_307, 267, 3_031_169)
WOMENS = Arm("womens", 21_387, 189, 2_303_812)
NO_MAIL = Arm("none", 21_306, 122, 1_390_833)


class Folder:
    """An import folder written table by table."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **row: Any) -> None:
        """One row of a table."""
        self._rows.setdefault(table, []).append(row)

    def write(self) -> Path:
        """All rows as CSV; the folder."""
        for table, rows in self._rows.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (self.path / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, fieldnames=columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return self.path

    def campaign(self, name: str, started_on: date, **more: Any) -> None:
        """A mailing campaign."""
        self.add("campaigns", source="mail", campaign_id=name, name=name, channel="direct_mail",
                 started_on=started_on, **more)  # fmt: skip

    def member(self, campaign: str, unit: str, arm: str, assigned_on: date, **more: Any) -> None:
        """A unit of an arm, named by its customer id."""
        self.add("campaign_members", campaign_source="mail", campaign_id=campaign, wave="1",
                 member_id=unit, customer_source="shop", customer_id=unit, arm=arm,
                 assigned_at=assigned_on, **more)  # fmt: skip

    def sale(self, unit: str, on: date, cents: int | None, **more: Any) -> None:
        """A completed job; an invoice too where the amount is known."""
        self.add("jobs", source="shop", job_id=f"J-{unit}", job_number=f"N-{unit}",
                 customer_id=unit, created_at=f"{on}T15:00:00Z", status="Completed",
                 completed_at=f"{on}T18:00:00Z", **more)  # fmt: skip
        if cents is not None:
            self.add("invoices", source="shop", invoice_id=f"I-{unit}", job_id=f"J-{unit}",
                     invoice_number=f"I-{unit}", customer_id=unit, status="paid", issued_on=on,
                     total_amount=f"{cents / 100:.2f}")  # fmt: skip


def day_of(number: int, days: int) -> timedelta:
    """A day within a window, spread evenly over units."""
    return timedelta(days=number % days)


def e_mail_test(folder: Folder) -> dict[str, np.ndarray]:
    """64,000 customers known by nothing but an id; two campaigns share one holdout."""
    started = date(2008, 3, 20)
    outcomes: dict[str, np.ndarray] = {}
    for campaign in ("MENS", "WOMENS"):
        folder.campaign(campaign, started, response_window_days=14)
    for seed, arm in enumerate((MENS, WOMENS, NO_MAIL)):
        values = outcomes[arm.name] = arm.outcomes(seed)
        for number, cents in enumerate(values.tolist()):
            unit = f"{arm.name}-{number}"
            folder.add("customers", source="shop", customer_id=unit)
            if arm is NO_MAIL:
                folder.member("MENS", unit, "holdout", started)
                folder.member("WOMENS", unit, "holdout", started)
            else:
                folder.member(arm.name.upper(), unit, "mailed", started, cell=arm.name)
            if cents:
                folder.sale(unit, started + day_of(number, 14), cents)
    return outcomes


# Conversions alone, one in ten held out, strata of unlike size and unlike shares.
LETTER_STRATA = {
    "near": (Arm("near-t", 3_600, 180), Arm("near-c", 400, 12)),
    "far": (Arm("far-t", 900, 18), Arm("far-c", 600, 9)),
}


def letter_test(folder: Folder) -> None:
    """Members whom no customers file describes, jobs without invoices, a planned split."""
    started = date(2011, 5, 2)
    folder.campaign("LETTER", started)
    for seed, (stratum, arms) in enumerate(LETTER_STRATA.items()):
        planned = "0.1" if stratum == "near" else "0.4"
        for word, arm in zip(("mailed", "holdout"), arms, strict=True):
            values = arm.outcomes(100 + seed)
            for number, bought in enumerate(values.tolist()):
                unit = f"{arm.name}-{number}"
                folder.member("LETTER", unit, word, started, stratum=stratum,
                              planned_holdout_share=planned)  # fmt: skip
                if bought:
                    folder.sale(unit, started + day_of(number, 60), None)


CARD_ARMS = (Arm("card-t", 5_000, 300, 9_000_000), Arm("card-c", 5_000, 200, 5_000_000))


def card_test(folder: Folder) -> dict[str, np.ndarray]:
    """Half and half, with cards in the mail (no scans), a stated cost and revenue.

    Its arms are called what most papers call them.
    """
    started = date(2008, 9, 8)
    folder.campaign("CARD", started, mail_class="first_class")
    folder.add("mail_costs", source="mail", cost_id="card", campaign_source="mail",
               campaign_id="CARD", element="print", amount="2500.00",
               incurred_on=started)  # fmt: skip
    outcomes = {}
    for seed, (word, arm) in enumerate(zip(("mailed", "holdout"), CARD_ARMS, strict=True)):
        values = outcomes[word] = arm.outcomes(200 + seed)
        for number, cents in enumerate(values.tolist()):
            unit = f"{arm.name}-{number}"
            folder.add("customers", source="shop", customer_id=unit)
            called = {"mailed": "Treatment", "holdout": "Control"}[word]
            folder.member("CARD", unit, called, started, planned_holdout_share="0.5")
            if word == "mailed":
                folder.add("mail_pieces", source="mail", mail_piece_id=f"P-{unit}",
                           campaign_id="CARD", wave="1", customer_source="shop", customer_id=unit,
                           mailed_on=started)  # fmt: skip
            if cents:
                on = date(2008, 9, 12) + day_of(number, 55)
                folder.sale(unit, on, cents)
    return outcomes
