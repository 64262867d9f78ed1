"""Mail orders as PCM delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled, one_of
from expectations.suites.raw._landed import instant, landed_suite, readable, text


def suite() -> Suite:
    """One row per new version of orders."""
    return landed_suite(
        "pcm",
        "orders",
        columns={
            "order_id": text("orderID"),
            "status": text("status"),
            "reference": text("extRefNbr"),
            "mail_class": text("mailClass"),
            "ordered_text": text("orderDate"),
            "ordered_at": instant("orderDate"),
        },
        rules=(
            filled("order_id", "critical", "The vendor's key."),
            filled("status", "critical", "Whether it was mailed is told by it."),
            filled(
                "reference",
                "warning",
                "It names the campaign and wave; without it pieces belong to none.",
            ),
            one_of(
                "mail_class",
                ("FirstClass", "Standard"),
                "warning",
                "Transit days hang on the class.",
            ),
            filled("ordered_at", "critical", "The piece is queued then."),
            readable(
                "orderDate",
                "ordered_text",
                "ordered_at",
                "A changed date format would silently move windows.",
            ),
        ),
    )
