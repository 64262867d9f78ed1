"""Landed records by hand, as the vendors' specifications shape them, and the way to land them.

The records stand in `landed_records.jsonl`, one version a line: table (`vendor.entity`), record id,
payload, and where it matters `modified_at`, `is_deleted` and the load that brought it. What they
must become is in `test_staging.py` and `test_canonical.py`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dbt_project.linkage.registry import create_identity_tables
from dbt_project.measurement.split_tables import create_split_tables
from ingestion.landing import create_landing_tables
from ingestion.settings import Settings
from orchestration.lib.run_context import write_run_context

AS_OF = datetime(2026, 10, 1, 12, tzinfo=UTC)
LOADS = {
    "first": datetime(2026, 9, 1, tzinfo=UTC),
    "second": datetime(2026, 9, 2, tzinfo=UTC),
    "after build": datetime(2026, 10, 2, tzinfo=UTC),
}
RECORDS = Path(__file__).with_name("landed_records.jsonl")
NASTY = "Robert'); drop table jobs;-- {{ ref('x') }} $(rm) %s"
FOUNDATION = (
    "--indirect-selection",
    "cautious",  # no test that also looks at models left out here
    "--select",
    "path:models/staging",
    "path:models/intermediate/canonical",
    "path:models/utilities",
    "path:seeds",
    "assert_staging_keeps_every_landed_record",
    "assert_staging_keeps_every_landed_cent",
    "assert_canonical_keeps_every_record",
    "assert_canonical_keeps_every_cent",
)


def make_warehouse(settings: Settings) -> None:
    """Create the landing layer of a home and land the records."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_landing_tables(connection)
        create_identity_tables(connection)
        create_split_tables(connection)
        write_run_context(connection, settings, run_id="r1", as_of=AS_OF, started_at=AS_OF)
        connection.execute(
            "insert into raw_matchback.setting_code_fields "
            "values ('servicetitan', null, 'jobs', 'Postcard Code')"
        )
        connection.execute(
            "insert into raw_matchback.split_members (source, account, campaign_source, "
            "campaign_account, campaign_id, wave, member_id, arm, assigned_at) values "
            "('matchback', 'main', 'pcm', 'main', 'FALL26', '1', 'm1', 'holdout', "
            "timestamptz '2026-09-15 00:00:00+00')"
        )
        for line in RECORDS.read_text(encoding="utf-8").splitlines():
            land_record(connection, **json.loads(line))


def land_record(
    connection: duckdb.DuckDBPyConnection,
    *,
    table: str,
    record_id: str,
    payload: object,
    modified_at: str | None = None,
    is_deleted: bool = False,
    load: str = "first",
) -> None:
    """Append one version of a record to a landed table."""
    text = json.dumps(payload)
    connection.execute(
        f"insert into raw_{table} values ('main', ?, ?, ?, ?, ?, ?, 1, 'r1', 'l1')",
        [
            record_id,
            modified_at,
            is_deleted,
            text,
            hashlib.sha256(text.encode()).hexdigest(),
            LOADS[load],
        ],
    )
