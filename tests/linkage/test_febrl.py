"""FEBRL 1, 2, 3 by name and address alone, through the columns of the import format.

A regression test: the people in it share no homes, and whole names are replaced by others.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from tests.linkage.helpers import Home, score
from tests.linkage.world import as_records

pytestmark = pytest.mark.slow


def read(file: Path) -> pa.Table:
    """Read one data set as customers of the import format, with the person a record is of."""
    with file.open() as handle:
        rows = list(csv.DictReader(handle, skipinitialspace=True))
    rows = [{name.strip(): value.strip() or None for name, value in row.items()} for row in rows]
    line_1 = [
        " ".join(filter(None, (row["street_number"], row["address_1"]))) or None for row in rows
    ]
    columns = {
        "source": ["febrl"] * len(rows),
        "entity": ["customer"] * len(rows),
        "customer_id": [row["rec_id"] for row in rows],
        "first_name": [row["given_name"] for row in rows],
        "last_name": [row["surname"] for row in rows],
        "address_line_1": line_1,
        "address_line_2": [row["address_2"] for row in rows],
        "city": [row["suburb"] for row in rows],
        "state": [row["state"] for row in rows],
        "postal_code": [row["postcode"] and row["postcode"].zfill(5) for row in rows],
        "person_id": ["-".join(row["rec_id"].split("-")[:2]) for row in rows],
    }
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


@pytest.mark.parametrize(("number", "least"), [(1, 0.99), (2, 0.985), (3, 0.985)])
def test_febrl(febrl_folder, number, least):
    records, truth = as_records(read(febrl_folder / f"dataset{number}.csv"))
    result = Home(records).table()
    keys = dict(
        zip(result["record_key"].to_pylist(), result["customer_key"].to_pylist(), strict=True)
    )
    found = [keys[key] for key in truth["record_key"].to_pylist()]
    assert score(found, truth["person_id"].to_pylist()).f1 >= least
