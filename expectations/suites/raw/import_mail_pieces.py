"""Mail pieces out of import folders; the reader has typed them already."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import landed_suite, text


def suite() -> Suite:
    """One row per new version of mail_pieces."""
    return landed_suite(
        "import",
        "mail_pieces",
        columns={
            "campaign_id": text("campaign_id"),
            "person": "coalesce("
            + text("customer_id")
            + ", "
            + text("address_line_1")
            + ", "
            + text("promo_code")
            + ")",
        },
        rules=(
            filled("campaign_id", "warning", "A piece without a campaign earns for none."),
            filled(
                "person", "warning", "A piece without customer, street or code can match nothing."
            ),
        ),
    )
