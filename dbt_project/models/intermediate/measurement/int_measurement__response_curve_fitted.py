"""One row per campaign, wave and day since window start: arrivals seen, the rest forecast."""

from dbt_project.measurement.tables import response_curve_table


def model(dbt, session):
    """Fit the delay curve over all waves and forecast the open ones."""
    dbt.config(materialized="table")
    return response_curve_table(
        waves=dbt.ref("int_measurement__waves_observed").df(),
        arrivals=dbt.ref("int_measurement__arrivals_listed").df(),
    )
