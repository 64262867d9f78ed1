"""One row per geo campaign, window and method: incremental revenue of the areas mailed."""

from dbt_project.measurement.tables import geo_lift_table


def model(dbt, session):
    """Estimate from the areas' daily revenue."""
    dbt.config(materialized="table")
    return geo_lift_table(
        areas=dbt.ref("int_measurement__areas_windowed").df(),
        days=dbt.ref("int_measurement__area_days_summed").df(),
    )
