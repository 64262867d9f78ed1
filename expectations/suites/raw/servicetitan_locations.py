"""Service locations as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import landed_suite, text


def suite() -> Suite:
    """One row per new version of locations."""
    return landed_suite(
        "servicetitan",
        "locations",
        columns={
            "customer_id": text("customerId"),
            "street": text("address.street"),
            "postal_code": text("address.zip"),
        },
        rules=(
            filled(
                "customer_id", "critical", "Required by the vendor; ties the address to a person."
            ),
            filled("street", "warning", "Same address is the second strongest evidence there is."),
            filled("postal_code", "warning", "Areas and address matching go by it."),
        ),
    )
