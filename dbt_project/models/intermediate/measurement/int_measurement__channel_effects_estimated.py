"""One row per model (markov, shapley), window and channel: the effect on getting a job."""

from dbt_project.measurement.tables import channel_effects_table


def model(dbt, session):
    """Effects over the paths of everyone with a touch, with or without a job."""
    dbt.config(materialized="table")
    return channel_effects_table(dbt.ref("int_credit__channel_paths_counted").df())
