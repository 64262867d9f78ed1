"""The durable table of drawn arms, `raw_matchback.split_members`: written once, never changed.

Its columns are those of the import format's campaign_members, so that the canonical union takes
its rows like any other source's; what else a split is, its snapshot folder tells.
"""

from __future__ import annotations

import duckdb

SCHEMA = "raw_matchback"
TABLE = f"{SCHEMA}.split_members"
PERSON_COLUMNS = (
    "first_name", "last_name", "name", "company", "email", "phone", "address_line_1",
    "address_line_2", "city", "state", "postal_code", "country",
)  # fmt: skip
COLUMNS: dict[str, str] = {
    "source": "varchar",
    "account": "varchar",
    "campaign_source": "varchar",
    "campaign_account": "varchar",
    "campaign_id": "varchar",
    "wave": "varchar",
    "member_id": "varchar",
    "recipient_id": "varchar",
    "customer_source": "varchar",
    "customer_account": "varchar",
    "customer_id": "varchar",
    **dict.fromkeys(PERSON_COLUMNS, "varchar"),
    "arm": "varchar",
    "cell": "varchar",
    "stratum": "varchar",
    "randomised_unit": "varchar",
    "unit_key": "varchar",
    "planned_holdout_share": "decimal(9,6)",
    "assigned_at": "timestamptz",
    "seed": "bigint",
    "split_id": "varchar",
}


def create_split_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `raw_matchback.split_members` where it is missing; existing rows stay."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(f"create table if not exists {TABLE} ({columns})")
