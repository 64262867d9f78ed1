"""Plausible credits; that they sum exactly is held by dbt."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "bridge_attribution_credits",
        id_column="credit_key",
        columns=(
            "credit_share",
            "credit_amount",
            "match_probability",
            "channel",
            "unattributed_reason",
        ),
        rules=(
            between("credit_share", 0, 1.000001, "critical", "A share of one job's credit."),
            between("match_probability", 0, 1.000001, "critical", "A probability lies there."),
            never(
                "what nobody earned says why",
                "channel = 'unattributed' and unattributed_reason is null",
                "warning",
                "The reason is what an operator can act on.",
            ),
        ),
    )
