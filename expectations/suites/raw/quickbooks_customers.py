"""Customers as QuickBooks delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import landed_suite, text


def suite() -> Suite:
    """One row per new version of customers."""
    return landed_suite(
        "quickbooks",
        "customers",
        columns={
            "id": text("Id"),
            "name": text("DisplayName"),
        },
        rules=(
            filled("id", "critical", "The vendor's key."),
            filled("name", "critical", "Required and unique at the vendor."),
        ),
    )
