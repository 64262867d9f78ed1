"""A night looks at what changed only, and ends with what a full run of everything would find."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.linkage.helpers import Home, people
from tests.linkage.world import NOW, hard_records

# What must be the same whichever way it came about.
KEPT = {
    "identity_registry": "* exclude (run_id)",
    "identity_households": "known_at, property_hash, household_key",
    "identity_pairs": "record_key_l, record_key_r, levels, round(match_weight, 6)",
    "identity_review": "record_key_l, record_key_r, match_probability, evidence",
    "identity_records": "*",
    "identity_results": "* exclude (group_id)",
    "identity_common_values": "*",
    "identity_common_keys": "*",
    "identity_addresses": "* exclude (resolution)",
}


class Twins:
    """Two homes with the same records: one runs nights, the other full runs."""

    def __init__(self, records: pa.Table) -> None:
        self.night, self.full = Home(), Home()
        self.night_count = 0
        self.live(records)

    def live(self, records: pa.Table) -> None:
        """Let one night pass in both homes and compare all they keep."""
        self.night_count += 1
        as_of = NOW + timedelta(days=self.night_count)
        results = []
        for home in (self.night, self.full):
            home.hold(records)
            results.append(home.table(as_of=as_of, is_full_scan=home is self.full))
        assert results[0].equals(results[1])
        for table, columns in KEPT.items():
            rows = [
                home.connection.execute(
                    f"select {columns} from raw_matchback.{table} order by all"
                ).fetchall()
                for home in (self.night, self.full)
            ]
            assert rows[0] == rows[1], table

    def say(self, *word: object) -> int:
        """Speak one word in both homes."""
        numbers = {home.say(*word) for home in (self.night, self.full)}  # type: ignore[arg-type]
        (number,) = numbers
        return number

    @property
    def looked_at(self) -> int:
        """Records the last night clustered anew."""
        return self.night.connection.execute("select count(*) from compared").fetchone()[0]


def changed(records: pa.Table, rows: np.ndarray, **values: object) -> pa.Table:
    """Return the records with some columns of some rows replaced."""
    for name, value in values.items():
        cells = records[name].to_pylist()
        for row in rows.tolist():
            cells[row] = value
        place = records.column_names.index(name)
        records = records.set_column(place, name, pa.array(cells, records.schema.field(name).type))
    return records


@pytest.mark.slow
def test_nights_end_like_full_runs_whatever_happens():
    records, _ = hard_records(250, 12)
    keys = records["record_key"].to_pylist()
    rng = np.random.default_rng(4)
    few = [rng.choice(len(keys), 14, replace=False) for _ in range(5)]
    twins = Twins(records.slice(30))
    twins.live(records)  # new ones come
    assert 30 <= twins.looked_at < len(keys) / 2

    # One phone on fourteen records is nobody's any more; fourteen move into one building.
    shared = changed(records, few[0], phone="512-234-5678")
    shared = changed(shared, few[1], address_line_1="12 Long Barn Rd", postal_code="78701")
    twins.live(shared)
    first, second = (keys[row] for row in few[2][:2])
    confirmed = twins.say("confirm", first, second)
    separated = twins.say("separate", keys[int(few[3][0])], keys[int(few[3][1])])
    gone = np.setdiff1d(np.arange(len(keys)), np.concatenate([few[0][:7], few[4]]))
    twins.live(shared.take(pa.array(gone)))  # half of the sharers leave: the phone means again
    twins.say("undo", None, None, confirmed)
    twins.say("undo", None, None, separated)
    declared = changed(records, few[2][3:5], declared_record_key=keys[int(few[2][5])])
    twins.live(declared)  # all come back, as they were but for two merges
    erased = changed(declared, few[3][4:6], is_erased=True, name=None, first_name=None,
                     last_name=None, phone=None, email=None, address_line_1=None)  # fmt: skip
    twins.live(erased)
    twins.live(erased)
    assert twins.looked_at < 30  # those an operator spoke of
    assert twins.night.changes() == twins.full.changes()


@pytest.mark.slow
def test_a_new_spelling_of_a_street_moves_its_neighbours_with_it():
    streets = ["8 Valey View Rd", "8 Valey View Rd", "12 Elm St"]
    rows = [
        {"name": name, "address_line_1": street, "city": "Austin", "postal_code": "78701"}
        for name, street in zip(("Ann Poole", "Gus Petrov", "Jo Hill"), streets, strict=True)
    ]
    more = [
        {**rows[0], "name": name, "address_line_1": "8 Valley View Rd"}
        for name in ("Al Moss", "Bea Lund", "Cy Roe")
    ]
    filler = [{"name": f"Person{chr(65 + place)} Field"} for place in range(20)]
    twins = Twins(people(*rows, *filler))
    twins.live(people(*rows, *filler, *more))
    homes = twins.night.connection.execute(
        "select distinct household_key from raw_matchback.identity_addresses "
        "where house_number = '8'"
    ).fetchall()
    assert len(homes) == 1


def test_other_settings_are_a_full_run():
    home = Home(people({"name": "Ann Poole"}, {"name": "Gus Petrov"}))
    home.run()
    home.run()
    assert home.connection.execute("select count(*) from compared").fetchone() == (0,)
    home.run(match_threshold=0.95)
    assert home.connection.execute("select count(*) from compared").fetchone() == (2,)


def test_lost_caches_cost_a_full_run_and_no_key():
    home = Home(people({"name": "Ann Poole"}, {"name": "Gus Petrov"}))
    before = home.run()
    for table in ("identity_records", "identity_pairs"):
        home.connection.execute(f"delete from raw_matchback.{table}")
    assert home.run() == before
    assert home.connection.execute("select count(*) from compared").fetchone() == (2,)
