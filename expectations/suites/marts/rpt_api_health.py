"""Health of the interfaces."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_api_health",
        id_column="endpoint",
        columns=(
            "source",
            "calls",
            "success_share",
            "status_4xx",
            "status_5xx",
            "auth_failures",
            "day_on",
        ),
        where="day_on >= (as_of - interval 2 days)::date",
        rules=(
            between("success_share", 0, 1.000001, "critical", "A share of logical calls."),
            never(
                "no endpoint fails half of a day's calls",
                "calls >= 20 and success_share < 0.5",
                "warning",
                "An endpoint that fails half the time is an outage or a removed one.",
            ),
            never(
                "no credentials are refused all day",
                "calls >= 10 and auth_failures > calls * 0.5",
                "warning",
                "Keys expired or rights were taken away.",
            ),
        ),
    )
