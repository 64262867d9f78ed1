"""One row per campaign, wave, metric and window: lift of the randomised holdout, in cents."""

from dbt_project.measurement.tables import lift_table

ARMS = """
    select
        campaign_key, window_label, wave, stratum,
        count(*) filter (where is_mailed) as mailed_count,
        count(*) filter (where not is_mailed) as holdout_count,
        max(planned_holdout_share) as planned_holdout_share,
        count(*) filter (where is_contaminated) as contaminated_count
    from units
    where not is_ruled_by_earlier_wave
    group by all
"""
UNITS = """
    select
        campaign_key, window_label, wave, stratum, unit_key, is_mailed,
        jobs_count, net_revenue_cents, margin_cents, pre_revenue_cents, pre_recent_cents
    from units
    where
        not is_ruled_by_earlier_wave
        and (jobs_count > 0 or net_revenue_cents <> 0 or margin_cents <> 0
            or pre_revenue_cents <> 0 or pre_recent_cents <> 0)
"""
WAVES = """
    select
        campaign_key, window_label, wave,
        any_value(window_days) as window_days,
        bool_and(is_window_closed) as is_window_closed
    from units
    group by all
"""


def model(dbt, session):
    """Estimate from `int_measurement__units_built`; the work is in dbt_project.measurement."""
    dbt.config(materialized="table")
    units = dbt.ref("int_measurement__units_built")
    context = dbt.ref("stg_matchback__run_context").df()
    money = dbt.ref("int_measurement__wave_money_summed").df()
    waves = units.query("units", WAVES).df()
    return lift_table(
        arms=units.query("units", ARMS).df(),
        units=units.query("units", UNITS).df(),
        waves=waves.merge(money, on=["campaign_key", "window_label", "wave"], how="left"),
        primary_metric=context["holdout_primary_metric"].iloc[0],
        primary_window_days=int(context["primary_window_days"].iloc[0]),
    )
