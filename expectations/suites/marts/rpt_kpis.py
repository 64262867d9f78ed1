"""Plausible KPIs."""

from __future__ import annotations

from expectations.rules import Suite, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_kpis",
        id_column="kpi",
        columns=(
            "period",
            "value",
            "numerator",
            "denominator",
            "cut",
        ),
        rules=(
            never(
                "a share lies between 0 and 1",
                "kpi in ('on_time_start', 'crew_show_rate', 'booking_rate', 'close_rate', "
                "'first_time_fix', 'api_success') and (value < 0 or value > 1.000001)",
                "critical",
                "A part of a whole.",
            ),
            never(
                "no rate without its count",
                "value is not null and denominator = 0",
                "critical",
                "A ratio of nothing is unknown, not a number.",
            ),
            never(
                "crews do not work more than their shifts",
                "kpi = 'crew_utilization' and value > 1.000001",
                "warning",
                "Overlapping timesheets, or shifts that are not recorded.",
            ),
            never(
                "no time is negative",
                "kpi like '%hours%' and value < 0",
                "warning",
                "An end before its start.",
            ),
        ),
    )
