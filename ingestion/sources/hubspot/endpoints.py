"""HubSpot's endpoints as data: object types, properties, cursors, limits. Logic is in `__init__`.

Account fields in matchback.toml (`[sources.hubspot.accounts.<label>]`): none are required.
Secret: ACCESS_TOKEN (a service key, or the token of an older private app).
Options (`[sources.hubspot.options]`), with defaults:
    base_url               "https://api.hubapi.com"
    objects_path           "/crm/v3/objects" (dated form: "/crm/objects/2026-09")
    owners_path            "/crm/v3/owners"
    properties_path        "/crm/v3/properties"
    associations_path      "/crm/v4/associations"
    all_properties         true: asks the portal which properties exist and reads them all
    extra_properties       {} names to ask for besides the usual ones, by object type
    look_back_minutes      15, how far behind the newest change is read again
    search_limit           10000, results a search gives before it answers 400
    search_page_size       200
    list_page_size         100
    batch_size             100 ids a batch read
    association_days           90, records changed within are asked for their links again
    association_refresh_hours  20, how often they are
    sweep_hours            20, how often what is read by change is read whole (finds what vanished)
    large_sweep_hours      160, the same for entities with many versions
    large_entity_records   200000, from how many versions on
    requests_per_second    9 (100 in ten seconds is the smallest tier)
    searches_per_second    4 (the vendor allows 5 for an account)
"""

from __future__ import annotations

from ingestion.spec import EntitySpec, SourceSpec
from ingestion.sweeps import SWEEP_DEFAULTS

DEFAULTS: dict[str, object] = {
    "base_url": "https://api.hubapi.com",
    "objects_path": "/crm/v3/objects",
    "owners_path": "/crm/v3/owners",
    "properties_path": "/crm/v3/properties",
    "associations_path": "/crm/v4/associations",
    "all_properties": True,
    "extra_properties": {},
    "look_back_minutes": 15,
    "search_limit": 10_000,
    "search_page_size": 200,
    "list_page_size": 100,
    "batch_size": 100,
    "association_days": 90,
    "association_refresh_hours": 20.0,
    "requests_per_second": 9.0,
    "searches_per_second": 4.0,
    **SWEEP_DEFAULTS,
}

READ_SCOPES: tuple[str, ...] = tuple(
    f"crm.objects.{name}.read" for name in ("contacts", "companies", "deals", "owners")
)
"""What a token must be allowed at least; reading is all the connector does."""

OBJECTS: tuple[str, ...] = ("contacts", "companies", "deals", "postal_mail", "calls", "tasks")
"""CRM object types; each is an entity of the same name."""

PROPERTIES: dict[str, tuple[str, ...]] = {
    "contacts": (
        *("firstname", "lastname", "company", "email", "phone", "mobilephone"),
        *("address", "city", "state", "zip", "country", "createdate", "lastmodifieddate"),
        *("lifecyclestage", "hs_lead_status", "hubspot_owner_id", "hs_merged_object_ids"),
        *("hs_analytics_source", "utm_source", "utm_medium", "utm_campaign"),
        *("mail_campaign_id", "promo_code", "hs_object_id", "hs_calculated_merged_vids"),
    ),
    "companies": (
        *("name", "domain", "phone", "address", "address2", "city", "state", "zip", "country"),
        *("createdate", "hs_lastmodifieddate", "hubspot_owner_id", "hs_merged_object_ids"),
        "hs_object_id",
    ),
    "deals": (
        *("dealname", "amount", "deal_currency_code", "pipeline", "dealstage", "closedate"),
        *("createdate", "hs_lastmodifieddate", "hubspot_owner_id", "hs_is_closed"),
        *("hs_is_closed_won", "mail_campaign_id", "promo_code", "job_number"),
        *("hs_merged_object_ids", "hs_object_id"),
    ),
    "postal_mail": (
        *("hs_timestamp", "hs_postal_mail_body", "hubspot_owner_id", "hs_createdate"),
        *("hs_lastmodifieddate", "mail_campaign_id", "promo_code", "hs_object_id"),
    ),
    "calls": (
        *("hs_timestamp", "hs_call_title", "hs_call_direction", "hs_call_disposition"),
        *("hs_call_duration", "hs_call_from_number", "hs_call_to_number", "hs_call_status"),
        *("hubspot_owner_id", "hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    ),
    "tasks": (
        *("hs_timestamp", "hs_task_subject", "hs_task_status", "hs_task_type"),
        *("hs_task_completion_date", "hubspot_owner_id", "hs_createdate"),
        *("hs_lastmodifieddate", "hs_object_id"),
    ),
}
"""Asked for where the portal's own list of properties is not readable."""

ASSOCIATIONS: tuple[tuple[str, str], ...] = (
    ("contacts", "companies"),
    ("deals", "contacts"),
    ("deals", "companies"),
    ("postal_mail", "contacts"),
    ("postal_mail", "deals"),
    ("calls", "contacts"),
    ("calls", "deals"),
    ("tasks", "contacts"),
    ("tasks", "deals"),
)
"""From which type to which the links are read; the record id is `contacts:1|companies:2`."""


def modified_property(object_type: str) -> str:
    """The property that tells when a record last changed."""
    return "lastmodifieddate" if object_type == "contacts" else "hs_lastmodifieddate"


_PERSONAL: dict[str, tuple[str, ...]] = {
    "contacts": tuple(
        f"properties.{name}"
        for name in (
            *("firstname", "lastname", "email", "phone", "mobilephone", "address", "city", "zip"),
            "hs_calculated_phone_number",
        )
    ),
    "companies": ("properties.name", "properties.phone", "properties.address"),
    "deals": ("properties.dealname",),
    "owners": ("email", "firstName", "lastName"),
    "postal_mail": ("properties.hs_postal_mail_body",),
    "calls": (
        "properties.hs_call_title",
        "properties.hs_call_body",
        "properties.hs_call_from_number",
        "properties.hs_call_to_number",
    ),
    "tasks": ("properties.hs_task_subject", "properties.hs_task_body"),
}


def _object(name: str) -> EntitySpec:
    return EntitySpec(
        name=name,
        description=f"One row per version of a record of HubSpot's {name.replace('_', ' ')}.",
        cursor=f"{modified_property(name)}, 15 minutes of overlap",
        deletes="archived = true listing; restored when it leaves that list",
        personal_fields=_PERSONAL.get(name, ()),
    )


SPEC = SourceSpec(
    name="hubspot",
    description="HubSpot: contacts, companies, deals, their links, logged mail, calls, tasks.",
    reread_as={"crm_deals": ("deals",), "customers": ("contacts",)},
    entities=(
        EntitySpec(
            name="owners",
            description="One row per version of a HubSpot user who owns records.",
            deletes="archived = true listing",
            personal_fields=_PERSONAL["owners"],
        ),
        *(_object(name) for name in OBJECTS),
        EntitySpec(
            name="associations",
            description="One row per version of a link between two HubSpot records.",
            key="from_type:from_id|to_type:to_id",
            cursor="records changed since the last run, and those of the last 90 days again",
            deletes="absence from the links of a record that was asked again",
        ),
    ),
)
