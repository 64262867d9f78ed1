"""Shares over all mail pieces."""

from __future__ import annotations

from expectations.rules import Suite, between
from expectations.suites.marts._mart import share, shares_suite


def suite() -> Suite:
    """One row: the shares of the whole mart."""
    return shares_suite(
        "fct_mail_pieces",
        shares={
            "returned_share": share("returned_at is not null", of="is_mailed"),
            "tracked_share": share(
                "delivered_at is not null or returned_at is not null",
                of="is_mailed and mailed_on < (as_of - interval 30 days)::date",
            ),
            "in_campaign_share": share("campaign_key is not null"),
        },
        rules=(
            between(
                "returned_share",
                None,
                0.25,
                "warning",
                "One in four returned is a bad list, or a status that is not mapped.",
            ),
            between(
                "tracked_share",
                0.02,
                None,
                "info",
                "How many pieces have a scan that ends their way.",
            ),
            between(
                "in_campaign_share",
                0.9,
                None,
                "warning",
                "Pieces without a campaign earn for none.",
            ),
        ),
    )
