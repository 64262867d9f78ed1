"""Plausible mail pieces."""

from __future__ import annotations

from expectations.rules import Suite, between, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "fct_mail_pieces",
        id_column="mail_piece_key",
        columns=(
            "cost_amount",
            "mailed_on",
            "in_home_on",
            "window_starts_on",
            "sent_at",
            "delivered_at",
            "is_mailed",
        ),
        rules=(
            between(
                "cost_amount",
                -5,
                25,
                "warning",
                "Postcards cost cents to a few dollars; a wave's cost on one piece is a wrong"
                " spread.",
            ),
            never(
                "nothing is in home before it was mailed",
                "in_home_on < mailed_on",
                "warning",
                "Scans of another piece, or a mailing date that was moved.",
            ),
            never(
                "nothing is delivered before it was sent",
                "delivered_at < sent_at",
                "warning",
                "Tracking reached the wrong piece.",
            ),
            never(
                "no window opens before the piece was mailed",
                "window_starts_on < mailed_on",
                "critical",
                "A window that opens early credits jobs the card cannot have earned.",
            ),
        ),
    )
