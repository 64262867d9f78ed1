"""One row per distinct address as written: its postal parts and household key."""

from dbt_project.linkage.dbt_run import resolve_addresses_in_warehouse


def model(dbt, session):
    """Resolve what `int_identity__addresses_collected` holds."""
    dbt.config(materialized="table")
    dbt.ref("stg_matchback__run_context")
    dbt.ref("int_identity__addresses_collected")
    return resolve_addresses_in_warehouse(
        session.cursor(), addresses="intermediate.int_identity__addresses_collected"
    )
