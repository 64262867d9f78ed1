"""Budgets, burn rates and actions of the service levels; the arithmetic is a package."""

from dbt_project.measurement.service_levels import judge_service_levels


def model(dbt, session):
    dbt.config(materialized="table")
    events = dbt.ref("int_service__slo_events_collected").order("slo, happened_at").df()
    objectives = dbt.ref("stg_matchback__setting_slos").df()
    context = dbt.ref("stg_matchback__run_context").df()
    return judge_service_levels(events, objectives, as_of=context["as_of"].iloc[0])
