"""Who lives where, who is a customer already, and which location serves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sandbox.columns import generator
from ingestion.sandbox.people import People, generate_people

TENANTS = ("north", "south")
PERSONS_PER_CUSTOMER = 1.32
EXISTING_PER_CUSTOMER = 0.93


@dataclass(frozen=True)
class Roster:
    """Persons and households as numbers; row n of `people.persons` is person n.

    Attributes:
        household: Household number of each person (row of `people.properties`).
        head: Person who decides, per household (-1: an empty home).
        mate: Another person there (-1: none).
        existing: Households that were customers before the busy time and its mailings start.
        tenant: 0 north, 1 south, per household, by postal code.
        postal_codes: Distinct postal codes, sorted; `zone` is each household's place in them.
        served: Whether the operator serves each of `postal_codes`.
        wealth: How readily each household buys (about 1).
    """

    people: People
    household: np.ndarray
    head: np.ndarray
    mate: np.ndarray
    existing: np.ndarray
    existing_person: np.ndarray
    tenant: np.ndarray
    zone: np.ndarray
    postal_codes: tuple[str, ...]
    served: np.ndarray
    wealth: np.ndarray

    @property
    def household_count(self) -> int:
        """Homes, empty ones included."""
        return len(self.head)


def build_roster(customers: int, seed: int) -> Roster:
    """Make the people and say who is a customer already."""
    people = generate_people(max(24, int(customers * PERSONS_PER_CUSTOMER)), seed)
    rng = generator(seed, "roster")
    person_count = people.persons.num_rows
    homes = pc.index_in(
        people.persons["household_id"].combine_chunks(),
        people.properties["property_id"].combine_chunks(),
    )
    household = homes.to_numpy(zero_copy_only=False).astype(np.int64)
    home_count = people.properties.num_rows
    head, mate = np.full(home_count, -1), np.full(home_count, -1)
    order = np.arange(person_count)[::-1]
    head[household[order]] = order
    others = order[head[household[order]] != order]
    mate[household[others]] = others
    existing_person = np.zeros(person_count, dtype=bool)
    chosen = rng.permutation(person_count)[: int(customers * EXISTING_PER_CUSTOMER)]
    existing_person[chosen] = True
    existing = np.zeros(home_count, dtype=bool)
    existing[household[chosen]] = True
    codes = people.properties["postal_code"].combine_chunks()
    distinct = sorted(pc.unique(codes).to_pylist())
    zone = pc.index_in(codes, pa.array(distinct)).to_numpy(zero_copy_only=False).astype(np.int64)
    served = np.ones(len(distinct), dtype=bool)
    return Roster(
        people=people,
        household=household,
        head=head,
        mate=mate,
        existing=existing,
        existing_person=existing_person,
        tenant=(zone % len(TENANTS)).astype(np.int64),
        zone=zone,
        postal_codes=tuple(distinct),
        served=served,
        wealth=rng.gamma(2.0, 0.5, home_count),
    )
