"""Plausible touches."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "fct_touches",
        id_column="touch_key",
        columns=(
            "occurred_at",
            "call_seconds",
        ),
        rules=(
            between(
                "call_seconds",
                0,
                14400,
                "warning",
                "A call of four hours is milliseconds or a line left open.",
            ),
            never(
                "nothing happens after the build's instant",
                "occurred_at > as_of + interval 1 day",
                "warning",
                "A mistyped year or a wrong time zone.",
            ),
        ),
    )
