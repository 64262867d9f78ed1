"""The probability that a pair is one person, when people share homes.

Plain Fellegi-Sunter knows two kinds of pairs, one person and strangers, and takes a couple for one
person: they agree on surname, address and phone, which strangers never do. Here a third kind is
added, two people of one home. Strangers' agreement rates (u) come from Splink's random sampling;
those of the other two kinds, and how many pairs there are of each, are estimated without labels by
expectation maximisation over the comparison patterns of the blocked pairs, starting from (and held
lightly to) a prior model. Scoring with Splink is in model.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dbt_project.linkage.comparisons import level_value

# Pairs' worth of belief in the prior model, per kind and comparison.
PRIOR_STRENGTH = 50.0
ITERATIONS = 200
TOLERANCE = 1e-7
FLOOR = 1e-7
NO_HOUSEHOLDS = 1e-9
# Strangers' agreement below what a random sample can see.
RAREST_AGREEMENT = 2e-8
# Records whose pairs are that sample.
RANDOM_RECORDS = 800
# Held at the prior for people of one home. Companies: in the patterns one company's own records
# dominate. Surname: partners and kin are who is mistaken for one person; lodgers of another name
# are not, and would water the rates of father and son down.
HELD_FOR_HOMES = ("last", "company", "identifier")
# Levels from here up are shared by strangers so rarely that what stands among the blocked pairs
# says nothing about it: they are there because they share it.
IDENTIFYING = {
    "phone": level_value("phone", "one digit off"),
    "email": level_value("email", "near"),
    "address": level_value("address", "near"),
    "identifier": level_value("identifier", "same tax id"),
}


@dataclass(frozen=True)
class HouseholdModel:
    """Rates of each comparison level (index = Splink's comparison vector value) by kind of pair.

    Attributes:
        person: Per comparison, level rates among pairs of one person.
        home: ... of two people of one home.
        strangers: ... of two random records.
        person_pairs: Expected pairs of one person among the blocked ones, per record.
        home_pairs: Expected pairs of one home, per record.
        record_count: Records of the training data.
    """

    person: dict[str, np.ndarray]
    home: dict[str, np.ndarray]
    strangers: dict[str, np.ndarray]
    person_pairs: float
    home_pairs: float
    record_count: int

    def to_json(self) -> str:
        """Return the model as JSON text."""
        content: dict[str, Any] = {
            kind: {
                name: [round(float(x), 9) for x in rates]
                for name, rates in getattr(self, kind).items()
            }
            for kind in ("person", "home", "strangers")
        }
        content |= {
            "person_pairs": self.person_pairs,
            "home_pairs": self.home_pairs,
            "record_count": self.record_count,
        }
        return json.dumps(content, indent=1)


def from_json(text: str) -> HouseholdModel:
    """Read what `to_json` wrote."""
    content = json.loads(text)
    kinds = {
        kind: {name: np.array(rates) for name, rates in content[kind].items()}
        for kind in ("person", "home", "strangers")
    }
    return HouseholdModel(
        **kinds,
        person_pairs=content["person_pairs"],
        home_pairs=content["home_pairs"],
        record_count=content["record_count"],
    )


def _likelihood(patterns: dict[str, np.ndarray], rates: dict[str, np.ndarray]) -> np.ndarray:
    """Return each pattern's likelihood; a missing value (-1) counts for nothing."""
    size = len(next(iter(patterns.values())))
    result = np.ones(size)
    for name, values in patterns.items():
        level = rates[name]
        result *= np.where(values < 0, 1.0, level[np.clip(values, 0, len(level) - 1)])
    return result


def probabilities(
    model: HouseholdModel, patterns: dict[str, np.ndarray], *, record_count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return, per pattern, the probability of one person and of two people of one home.

    Args:
        model: The rates.
        patterns: Per comparison, the level of each pattern (-1 missing).
        record_count: Records linked now: strangers grow with its square, people with it.
    """
    person = model.person_pairs * record_count * _likelihood(patterns, model.person)
    home = model.home_pairs * record_count * _likelihood(patterns, model.home)
    strangers = record_count * (record_count - 1) / 2 * _likelihood(patterns, model.strangers)
    total = person + home + strangers
    return person / total, home / total


def estimate(
    patterns: dict[str, np.ndarray],
    counts: np.ndarray,
    *,
    strangers: dict[str, np.ndarray],
    prior: HouseholdModel,
    record_count: int,
) -> HouseholdModel:
    """Estimate the model from blocked pairs without labels.

    Args:
        patterns: Per comparison, the level of each distinct pattern (-1 missing), sorted.
        counts: Pairs with the pattern.
        strangers: Rates among random pairs.
        prior: Where to start, and what thin data is held to.
        record_count: Records the pairs were made from.
    """
    random_rates = strangers
    person, home = dict(prior.person), dict(prior.home)
    person_pairs, home_pairs = prior.person_pairs, prior.home_pairs
    if not _has_households(patterns, counts):
        person, home_pairs = _noisier(person), NO_HOUSEHOLDS
        prior = replace(prior, person=person)
    for _ in range(ITERATIONS):
        now = HouseholdModel(person, home, strangers, person_pairs, home_pairs, record_count)
        is_person, is_home = probabilities(now, patterns, record_count=record_count)
        weights = {"person": counts * is_person, "home": counts * is_home}
        strangers = _strangers(
            random_rates,
            now,
            record_count,
            patterns=patterns,
            weights=counts * (1 - is_person - is_home),
        )
        person = _rates(patterns, weights["person"], prior.person)
        home = _rates(patterns, weights["home"], prior.home) | {
            name: prior.home[name] for name in HELD_FOR_HOMES
        }
        moved = abs(weights["person"].sum() / record_count - person_pairs)
        person_pairs = float(weights["person"].sum()) / record_count
        home_pairs = float(weights["home"].sum()) / record_count
        if moved < TOLERANCE:
            break
    return HouseholdModel(person, home, strangers, person_pairs, home_pairs, record_count)


def _has_households(patterns: dict[str, np.ndarray], counts: np.ndarray) -> bool:
    """Return whether people of one home and surname are in the data, or only badly typed names.

    Partners have one surname and two first names. Where at one home first names differ about as
    rarely as surnames do, it is noise that differs, not people.
    """
    first, last, address = (patterns[name] for name in ("first", "last", "address"))
    at_home = address == level_value("address", "same home")
    same_last = last == level_value("last", "same")
    same_first = first == level_value("first", "same")
    other_first = counts[at_home & same_last & (first == 0)].sum()
    other_last = counts[at_home & same_first & (last == 0)].sum()
    return bool(other_last < 5 or other_first > 2.5 * other_last)


def _noisier(person: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Start from names that are wrong in one record of twenty."""
    rates = dict(person)
    for name in ("first", "last"):
        rates[name] = person[name] * 0.95
        rates[name][0] += 0.05
    return rates


def _strangers(
    random_rates: dict[str, np.ndarray],
    model: HouseholdModel,
    record_count: int,
    *,
    patterns: dict[str, np.ndarray],
    weights: np.ndarray,
) -> dict[str, np.ndarray]:
    """Take the people that random pairs hold too out of their rates: it matters in small data."""
    share = 2.0 / max(record_count - 1, 1)
    sampled = min(record_count, RANDOM_RECORDS)
    sampled_pairs = sampled * (sampled - 1) / 2
    all_pairs = record_count * (record_count - 1) / 2
    rates = {}
    for name, seen in random_rates.items():
        own = share * (
            model.person_pairs * model.person[name] + model.home_pairs * model.home[name]
        )
        # Where much of what was seen are those people, the rest is noise: its low end is taken,
        # but never less than the strangers that stand among the blocked pairs.
        noise = np.where(own > 0.3 * seen, 2 * np.sqrt(seen / sampled_pairs), 0.0)
        values = patterns[name]
        known = values >= 0
        blocked = np.bincount(values[known], weights=weights[known], minlength=len(seen))
        blocked[IDENTIFYING.get(name, len(seen)) :] = 0.0
        rest = np.maximum(seen - own - noise, blocked / all_pairs)
        rest = np.maximum(rest, RAREST_AGREEMENT)
        rates[name] = rest / rest.sum()
    return rates


def _rates(
    patterns: dict[str, np.ndarray], weights: np.ndarray, prior: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    rates = {}
    for name, values in patterns.items():
        known = values >= 0
        seen = np.bincount(values[known], weights=weights[known], minlength=len(prior[name]))
        rates[name] = np.maximum(seen + PRIOR_STRENGTH * prior[name], FLOOR)
        rates[name] /= rates[name].sum()
    return rates
