"""Contacts as HubSpot delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled, never
from expectations.suites.raw._landed import instant, landed_suite, text


def suite() -> Suite:
    """One row per new version of contacts."""
    return landed_suite(
        "hubspot",
        "contacts",
        columns={
            "id": text("id"),
            "email": text("properties.email"),
            "phone": text("properties.phone"),
            "mobile": text("properties.mobilephone"),
            "created_at": instant("createdAt"),
            "updated_at": instant("updatedAt"),
        },
        rules=(
            filled("id", "critical", "The vendor's key."),
            filled("created_at", "critical", "First contact and lead time hang on it."),
            never(
                "properties were asked for",
                "email is null and phone is null and mobile is null and updated_at is null",
                "critical",
                "An answer without properties means the property list of the request was refused.",
            ),
            never(
                "an e-mail looks like one",
                "email is not null and email <> '' and not regexp_matches(email, '^[^@ ]+@[^@"
                " ]+[.][^@ ]+$')",
                "warning",
                "It is matched exactly; a broken one matches nobody.",
            ),
            never(
                "there is a phone or an e-mail",
                "coalesce(nullif(email, ''), nullif(phone, ''), nullif(mobile, '')) is null",
                "info",
                "A contact without either is matched by name and address alone.",
            ),
        ),
    )
