"""Plausible campaign results."""

from __future__ import annotations

from expectations.rules import Suite, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_campaign_roi",
        id_column="campaign_key",
        columns=(
            "cut",
            "wave",
            "pieces_mailed",
            "pieces_returned",
            "pieces_delivered",
            "jobs",
            "completed_jobs",
            "cost_amount",
            "roi",
            "roas",
        ),
        rules=(
            never(
                "no more pieces come back than were mailed",
                "pieces_returned > pieces_mailed or pieces_delivered > pieces_mailed",
                "critical",
                "Then pieces were counted twice.",
            ),
            never(
                "no more jobs are completed than credited",
                "completed_jobs > jobs + 0.000001",
                "critical",
                "Completed jobs are a part of the credited ones.",
            ),
            never(
                "a mailing does not answer itself",
                "cut = '(all)' and pieces_mailed >= 100 and jobs > pieces_mailed * 0.5",
                "warning",
                "Half the recipients ordering is a match that is too loose.",
            ),
            never(
                "no campaign returns a thousandfold",
                "cut = '(all)' and cost_amount >= 10 and (abs(roi) > 1000 or abs(roas) > 1000)",
                "warning",
                "A thousandfold return is a missing cost; cuts of a few cards may have one.",
            ),
        ),
    )
