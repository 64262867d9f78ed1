"""Cycle time with open jobs censored and cancellation competing; the arithmetic is a package."""

from dbt_project.measurement.completion_curves import estimate_completion_curves


def model(dbt, session):
    dbt.config(materialized="table")
    jobs = dbt.ref("int_operations__cycles_observed").order("job_key").df()
    return estimate_completion_curves(jobs)
