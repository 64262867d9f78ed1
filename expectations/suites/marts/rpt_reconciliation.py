"""Open discrepancies between systems."""

from __future__ import annotations

from expectations.rules import Suite, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_reconciliation",
        id_column="discrepancy_key",
        columns=(
            "kind",
            "severity",
            "resolved_at",
            "first_seen_at",
        ),
        rules=(
            never(
                "no critical discrepancy is open",
                "severity = 'critical' and resolved_at is null",
                "warning",
                "It has an owner and a remedy in the report; publishing goes on.",
            ),
            never(
                "none stays open for a month",
                "resolved_at is null and severity <> 'info' and first_seen_at < as_of - "
                "interval 30 days",
                "info",
                "What nobody resolves in a month wants a decision.",
            ),
        ),
    )
