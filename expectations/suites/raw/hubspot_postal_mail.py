"""Postal-mail engagements as HubSpot delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import instant, landed_suite, readable, text


def suite() -> Suite:
    """One row per new version of postal_mail."""
    return landed_suite(
        "hubspot",
        "postal_mail",
        columns={
            "id": text("id"),
            "sent_text": text("properties.hs_timestamp"),
            "sent_at": instant("properties.hs_timestamp"),
        },
        rules=(
            filled("id", "critical", "The vendor's key."),
            filled("sent_at", "critical", "A follow-up without an instant counts for nothing."),
            readable(
                "hs_timestamp",
                "sent_text",
                "sent_at",
                "A changed format would silently drop follow-ups.",
            ),
        ),
    )
