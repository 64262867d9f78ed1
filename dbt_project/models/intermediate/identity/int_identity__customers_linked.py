"""One row per customer record and recipient: whose it is. The work is in dbt_project.linkage."""

from dbt_project.linkage.dbt_run import link_in_warehouse


def model(dbt, session):
    """Link what `int_identity__records_collected` holds."""
    dbt.config(materialized="table")
    dbt.ref("stg_matchback__run_context")
    dbt.ref("identity_nicknames")
    dbt.ref("int_identity__records_collected")
    dbt.ref("int_identity__addresses_resolved")
    return link_in_warehouse(
        session.cursor(),
        records="intermediate.int_identity__records_collected",
        addresses="intermediate.int_identity__addresses_resolved",
    )
