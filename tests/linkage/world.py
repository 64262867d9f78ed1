"""Records of a hard world with their truth, as the linkage gets them; used by tests and bench."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from dbt_project.linkage.normalise import NicknameTable, OperatorDetails, nickname_table
from ingestion.sandbox import names
from ingestion.sandbox.people import PeopleRates, generate_people, messy_records

SEED_FOLDER = Path(__file__).parents[2] / "dbt_project" / "seeds" / "identity"
OPERATOR = OperatorDetails(
    name=names.OPERATOR_NAME, phones=(names.OPERATOR_PHONE,), address=names.OPERATOR_ADDRESS
)
# Share of customers with a record in the system, and of those with a second one.
SYSTEMS = {
    "crm": ("hubspot", "customer", 0.60, 0.05),
    "dispatch": ("servicetitan", "customer", 0.80, 0.06),
    "invoicing": ("quickbooks", "customer", 0.65, 0.03),
    "mail_list": ("pcm", "recipient", 0.70, 0.04),
}
RECORDS_PER_PERSON = 2.85
PERSON_COLUMNS = [
    "first_name",
    "last_name",
    "name",
    "company",
    "email",
    "phone",
    "phone_2",
    "address_line_1",
    "address_line_2",
    "city",
    "state",
    "postal_code",
    "postal_code_4",
    "country",
    "customer_type",
    "tax_id",
]


def nicknames() -> NicknameTable:
    """Read the product's own nickname seed."""
    with (SEED_FOLDER / "identity_nicknames.csv").open() as file:
        return nickname_table(
            [(row["nickname"], row["formal_name"]) for row in csv.DictReader(file)]
        )


def hard_records(
    person_count: int, seed: int, rates: PeopleRates | None = None
) -> tuple[pa.Table, pa.Table]:
    """Return the records of a world and their truth (record_key, person_id, household_id)."""
    people = generate_people(person_count, seed, rates)
    rng = np.random.default_rng([seed, 99])
    everyone = people.persons["person_id"].combine_chunks()
    home_of = dict(
        zip(everyone.to_pylist(), people.persons["household_id"].to_pylist(), strict=True)
    )
    parts = []
    for place, (system, (source, entity, share, twice)) in enumerate(SYSTEMS.items()):
        first = np.flatnonzero(rng.random(person_count) < share)
        chosen = [first, first[rng.random(len(first)) < twice]]
        for batch, rows in enumerate(chosen):
            table = messy_records(
                people,
                system,
                everyone.take(pa.array(rows)),
                seed * 100 + place * 10 + batch,
                rates,
            )
            ids = pa.array([f"{batch}{row}" for row in rows])
            count = table.num_rows
            table = table.append_column("customer_id", ids)
            table = table.append_column("source", pa.array([source] * count))
            parts.append(table.append_column("entity", pa.array([entity] * count)))
    records = pa.concat_tables(parts).combine_chunks()
    records = records.take(pa.array(rng.permutation(records.num_rows)))
    households = pa.array([home_of[person] for person in records["person_id"].to_pylist()])
    return as_records(records, household_ids=households)


def as_records(
    table: pa.Table, *, household_ids: pa.Array | None = None
) -> tuple[pa.Table, pa.Table]:
    """Add the columns that `int_identity__records_collected` has, and split the truth off.

    `table` needs source, entity, customer_id; whatever else is missing is null.
    """
    connection = duckdb.connect()
    count = table.num_rows
    for name in PERSON_COLUMNS:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(count, pa.string()))
    table = table.append_column(
        "household_id", household_ids if household_ids is not None else pa.nulls(count, pa.string())
    )
    if "person_id" not in table.column_names:
        table = table.append_column("person_id", pa.nulls(count, pa.string()))
    connection.register("given", table)
    records = connection.execute(
        f"""
        select md5(concat_ws('|', source, 'main', entity, customer_id)) as record_key, source,
            'main' as account, entity, customer_id, cast(null as varchar) as declared_record_key,
            {", ".join(PERSON_COLUMNS)}, false as is_deleted, false as is_erased,
            cast(null as timestamptz) as created_at, cast(null as timestamptz) as updated_at
        from given order by record_key
        """
    ).to_arrow_table()
    truth = connection.execute(
        """select md5(concat_ws('|', source, 'main', entity, customer_id)) as record_key, person_id,
        household_id from given order by record_key"""
    ).to_arrow_table()
    connection.close()
    return records, truth


NOW = datetime(2026, 10, 1, tzinfo=UTC)
