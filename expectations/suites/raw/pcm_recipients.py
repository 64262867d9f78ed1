"""Recipients of mail orders as PCM delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled, never
from expectations.suites.raw._landed import landed_suite, text


def suite() -> Suite:
    """One row per new version of recipients."""
    return landed_suite(
        "pcm",
        "recipients",
        columns={
            "order_id": text("orderID"),
            "reference": text("recipient.extRefNbr"),
            "street": text("recipient.address"),
            "postal_code": text("recipient.zipCode"),
            "last_name": text("recipient.lastName"),
            "company": text("recipient.company"),
        },
        rules=(
            filled("order_id", "critical", "A piece belongs to an order."),
            filled(
                "street",
                "critical",
                "A postcard without a street was not mailed; the field was renamed.",
            ),
            filled("postal_code", "critical", "Postage and address matching go by it."),
            filled(
                "reference",
                "warning",
                "The piece's own id; without it, its place in the order stands in.",
            ),
            never(
                "it has a name",
                "coalesce(nullif(last_name, ''), nullif(company, '')) is null",
                "info",
                "Occupant mailings have none; such pieces match by address alone.",
            ),
        ),
    )
