"""Plausible wires."""

from __future__ import annotations

from expectations.rules import Suite, between
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_wires",
        id_column="wire",
        columns=(
            "completeness_share",
            "expected_count",
            "observed_count",
        ),
        rules=(
            between("completeness_share", 0, 1.000001, "critical", "Observed among expected."),
            between("expected_count", 0, None, "critical", "A count is never below zero."),
        ),
    )
