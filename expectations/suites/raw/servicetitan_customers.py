"""Customers as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled, never, one_of
from expectations.suites.raw._landed import landed_suite, text

# Five digits, perhaps four more; anything with a letter is a foreign code.
POSTAL_CODE = "^[0-9][0-9][0-9][0-9][0-9]($|-?[0-9][0-9][0-9][0-9]$)|[A-Za-z]"


def suite() -> Suite:
    """One row per new version of customers."""
    return landed_suite(
        "servicetitan",
        "customers",
        columns={
            "name": text("name"),
            "kind": text("type"),
            "postal_code": text("address.zip"),
            "merged_to_id": text("mergedToId"),
        },
        rules=(
            filled("name", "warning", "A customer without a name is matched by address alone."),
            one_of(
                "kind",
                ("Residential", "Commercial"),
                "warning",
                "Decides who may be mailed as a household.",
            ),
            never(
                "a postal code looks like one",
                f"postal_code <> '' and not regexp_matches(postal_code, '{POSTAL_CODE}')",
                "warning",
                "Addresses are matched by it.",
            ),
            never(
                "nobody is merged into himself",
                "merged_to_id = record_id",
                "critical",
                "A merge chain that ends in itself never ends.",
            ),
        ),
    )
