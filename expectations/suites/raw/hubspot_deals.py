"""Deals as HubSpot delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import amount, instant, landed_suite, readable, text


def suite() -> Suite:
    """One row per new version of deals."""
    return landed_suite(
        "hubspot",
        "deals",
        columns={
            "id": text("id"),
            "stage": text("properties.dealstage"),
            "amount_text": text("properties.amount"),
            "amount": amount("properties.amount"),
            "created_at": instant("createdAt"),
        },
        rules=(
            filled("id", "critical", "The vendor's key."),
            filled("stage", "warning", "Won and lost are told by the stage."),
            filled("created_at", "critical", "The lead is dated by it."),
            readable(
                "amount",
                "amount_text",
                "amount",
                "Money comes as text here; text that is no number is a changed format.",
            ),
        ),
    )
