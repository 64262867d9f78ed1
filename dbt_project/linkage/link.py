"""The whole linkage of one run: records in, keys out, registry and pair cache brought up to date.

What each step does is in its own module; here they are only put in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa

from dbt_project.linkage.keys import assign_keys
from dbt_project.linkage.normalise import NicknameTable, OperatorDetails, normalise_records
from dbt_project.linkage.registry import ASSIGNMENT_SQL, SCHEMA


@dataclass(frozen=True)
class LinkageSettings:
    """How one run links.

    Attributes:
        run_id: The run's id, kept with every change.
        as_of: Instant the run looks at; changes are known from then on.
        is_live: False for a build of the past: keys are read, none is minted or moved.
        match_threshold: Probability from which records are merged.
        review_threshold: Probability from which a person is asked.
        maximum_cluster_size: Clusters above it are cut unless every record is proven.
        is_full_scan: Score all records anew instead of new and changed ones.
        operator: The operator's own values.
    """

    run_id: str
    as_of: datetime
    is_live: bool = True
    match_threshold: float = 0.95
    review_threshold: float = 0.60
    maximum_cluster_size: int = 12
    is_full_scan: bool = False
    operator: OperatorDetails = field(default_factory=OperatorDetails)


RESULT_COLUMNS = "record_key, customer_key, household_key, match_method, match_probability"


def link_records(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    addresses: str,
    nicknames: NicknameTable,
    settings: LinkageSettings,
    durable: str = SCHEMA,
) -> pa.Table:
    """Link the records of table `source` and return one row per record.

    Returns:
        record_key, customer_key, household_key, match_method, match_probability (null for a
        record alone), sorted by record_key.
    """
    connection.execute(
        f"create or replace temp table assigned as {ASSIGNMENT_SQL.format(durable=durable)}",
        [settings.as_of],
    )
    normalise_records(
        connection,
        source=source,
        target="prepared",
        addresses=addresses,
        nicknames=nicknames,
        operator=settings.operator,
    )
    connection.execute(
        """
        create or replace temp table clusters as
        select record_key, min(record_key) over (
            partition by coalesce(concat_ws('|', first_roots[1], last, property_text), record_key)
        ) as cluster_id from prepared
        """
    )
    assign_keys(connection, durable=durable)
    connection.execute(
        f"""
        create or replace temp table linked as
        select record_key, customer_key,
            coalesce(min(home_key) over (partition by customer_key), md5('household|' || customer_key))
                as household_key,
            case when count(*) over (partition by customer_key) > 1 then 'model' else 'alone' end
                as match_method,
            cast(null as double) as match_probability,
            from_customer_key, reason
        from keyed inner join prepared using (record_key)
        """
    )
    if settings.is_live:
        connection.execute(
            f"""
            insert into {durable}.identity_registry (run_id, known_at, record_key, source, account,
                entity, customer_id, from_customer_key, customer_key, household_key, reason,
                match_method, match_probability)
            select ?, ?, record_key, source, account, entity, customer_id, from_customer_key,
                customer_key, household_key, reason, match_method, match_probability
            from linked inner join prepared using (record_key)
            where reason is not null
            """,
            [settings.run_id, settings.as_of],
        )
    return connection.execute(f"select {RESULT_COLUMNS} from linked order by record_key").to_arrow_table()
