"""ServiceTitan's endpoints as data: paths, parameters, keys, cursors. Logic is in `__init__`.

Account fields in matchback.toml (`[sources.servicetitan.accounts.<label>]`):
    tenant          tenant id, required
Secrets: CLIENT_ID, CLIENT_SECRET, APP_KEY.
Options (`[sources.servicetitan.options]`), with defaults:
    base_url              "https://api.servicetitan.io"
    token_url             "https://auth.servicetitan.io/connect/token"
    page_size             5000 rows a page of a list (some lists cap lower: answered as they come)
    overlap_minutes       10, how far behind the newest change lists are read again
    recent_changes        false: true asks exports for newer rows sooner (they then repeat)
    sweep_hours           20, how often what is read by change is read whole (finds what vanished)
    large_sweep_hours     160, the same for entities with many versions
    large_entity_records  200000, from how many versions on
    requests_per_second   50 (the vendor allows 60 for one app and tenant)
    token_seconds         840, age at which a token is renewed (it lives 900)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ingestion.spec import EntitySpec, SourceSpec
from ingestion.sweeps import SWEEP_DEFAULTS

DEFAULTS: dict[str, object] = {
    "base_url": "https://api.servicetitan.io",
    "token_url": "https://auth.servicetitan.io/connect/token",
    "page_size": 5000,
    "overlap_minutes": 10,
    "recent_changes": False,
    "requests_per_second": 50.0,
    "token_seconds": 840.0,
    **SWEEP_DEFAULTS,
}


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where one entity is read.

    Attributes:
        path: Below the host, with `{tenant}`.
        shape: `export` (continuation token), `modified` (list filtered by modifiedOnOrAfter) or
            `full` (whole list each time; what vanished is a deletion).
        id_field: Field that is the record id.
        modified_field: Field with the instant of change, or None where there is none.
        inactive_is_deleted: Whether `active: false` means gone. Where it means retired (a closed
            campaign, a former technician) or merged (customers and locations, whose jobs stay),
            the record is still referred to and lives on; `active` is in its payload.
        params: Further query parameters.
    """

    path: str
    shape: Literal["export", "modified", "full"]
    id_field: str = "id"
    modified_field: str | None = "modifiedOn"
    inactive_is_deleted: bool = False
    params: dict[str, str] = field(default_factory=dict)


def _export(path: str, **more: object) -> Endpoint:
    module, _, rest = path.partition(" ")
    return Endpoint(
        path=f"/{module}/tenant/{{tenant}}/export/{rest}",
        shape="export",
        **{"inactive_is_deleted": True, **more},  # type: ignore[arg-type]
    )


def _list(path: str, **more: object) -> Endpoint:
    module, _, rest = path.partition(" ")
    return Endpoint(path=f"/{module}/tenant/{{tenant}}/{rest}", **more)  # type: ignore[arg-type]


ANY = {"active": "Any"}
BY_ID = {"sort": "+Id"}

ENDPOINTS: dict[str, Endpoint] = {
    "business_units": _list("settings/v2 business-units", shape="full", params=ANY),
    "job_types": _list("jpm/v2 job-types", shape="full", params=ANY | {"orderBy": "Id"}),
    "tag_types": _list("settings/v2 tag-types", shape="full", params=ANY | BY_ID),
    "job_cancel_reasons": _list("jpm/v2 job-cancel-reasons", shape="full", params=ANY | BY_ID),
    "campaigns": _list("marketing/v2 campaigns", shape="full", params=ANY | BY_ID),
    "campaign_costs": _list("marketing/v2 costs", shape="full", params=BY_ID),
    "technicians": _list("settings/v2 technicians", shape="full", params=ANY),
    "customers": _export("crm/v2 customers", inactive_is_deleted=False),
    "customer_contacts": _export("crm/v2 customers/contacts"),
    "locations": _export("crm/v2 locations", inactive_is_deleted=False),
    "location_contacts": _export("crm/v2 locations/contacts"),
    "leads": _export("crm/v2 leads"),
    "bookings": _export("crm/v2 bookings"),
    "jobs": _export("jpm/v2 jobs"),
    "job_history": _export("jpm/v2 job-history", id_field="jobId", modified_field=None),
    "job_canceled_logs": _export("jpm/v2 job-canceled-logs", modified_field=None),
    "appointments": _export("jpm/v2 appointments"),
    "appointment_assignments": _export("dispatch/v2 appointment-assignments"),
    "estimates": _export("sales/v2 estimates"),
    "invoices": _export("accounting/v2 invoices"),
    "payments": _export("accounting/v2 payments"),
    "credit_memos": _list(
        "accounting/v2 credit-memos", shape="modified", params=ANY, inactive_is_deleted=True
    ),
    "calls": _export("telecom/v2 calls"),
    "technician_shifts": _list(
        "dispatch/v2 technician-shifts", shape="modified", params=ANY, inactive_is_deleted=True
    ),
    "timesheets": _export("payroll/v2 jobs/timesheets"),
}

IDS_A_PAGE = 50
"""As many ids as the lists take."""

_STATES: dict[str, dict[str, str]] = {
    **{name: {"activeState": "All"} for name in ("invoices", "payments")},
    **{name: {} for name in ("jobs", "leads", "bookings", "calls")},
}
BY_IDS: dict[str, Endpoint] = {
    name: Endpoint(
        path=ENDPOINTS[name].path.replace("/export/", "/"),
        shape="full",
        params=_STATES.get(name, ANY),
    )
    for name in (
        *("customers", "locations", "leads", "bookings", "jobs", "appointments", "estimates"),
        *("invoices", "payments", "credit_memos", "calls"),
    )
}
"""The lists beside the feeds, which answer to `ids`; timesheets and histories have none."""

_ADDRESS = ("address.street", "address.unit", "address.city", "address.zip")
_PERSONAL: dict[str, tuple[str, ...]] = {
    "customers": ("name", *_ADDRESS),
    "customer_contacts": ("value", "memo", "phoneSettings.phoneNumber"),
    "locations": ("name", *_ADDRESS),
    "location_contacts": ("value", "memo", "phoneSettings.phoneNumber"),
    "leads": (
        *("leadCustomerName", "leadPhone", "leadEmail", "leadStreet", "leadUnit", "leadCity"),
        *("leadZip", "summary"),
    ),
    "bookings": ("name", "address", "customerPhone", "customerEmail", "summary"),
    "jobs": ("summary", "customFields"),
    "invoices": ("customer.name", "customerAddress", "location.name", "locationAddress"),
    "payments": ("customer.name", "memo"),
    "credit_memos": ("customer.name", "memo"),
    "calls": ("from", "to", "recordingUrl", "customer", "location"),
    "technicians": ("name", "email", "phoneNumber", "home"),
}
_GRAIN = {
    "job_history": "the list of what happened to a job",
    "campaign_costs": "a campaign's daily cost in a month",
    "appointment_assignments": "a technician's assignment to an appointment",
    "timesheets": "a technician's recorded time on a job",
}


def _entity(name: str, endpoint: Endpoint) -> EntitySpec:
    cursors = {
        "export": "export feed's continuation token",
        "modified": "modifiedOn, 10 minutes of overlap",
        "full": "full read",
    }
    deletes = "active = false; mergedToId links merged ones"
    if endpoint.inactive_is_deleted:
        deletes = "active = false"
    elif endpoint.shape == "full":
        deletes = "absence from a full read"
    grain = _GRAIN.get(name, f"a record of ServiceTitan's {name.replace('_', ' ')}")
    return EntitySpec(
        name=name,
        description=f"One row per version of {grain}.",
        key=endpoint.id_field,
        cursor=cursors[endpoint.shape],
        deletes=deletes,
        personal_fields=_PERSONAL.get(name, ()),
    )


SPEC = SourceSpec(
    name="servicetitan",
    description="ServiceTitan: customers, jobs, appointments, invoices, calls, campaigns.",
    reread_as={
        **{name: (name,) for name in BY_IDS},
        "touches": ("calls",),
        "credits": ("credit_memos",),
    },
    entities=tuple(_entity(name, endpoint) for name, endpoint in ENDPOINTS.items()),
)
