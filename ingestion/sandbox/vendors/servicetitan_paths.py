"""Which path of ServiceTitan serves which entity, and what its lists filter by."""

from __future__ import annotations

LISTS = {
    "crm/v2": {
        "customers": "customers",
        "customers/contacts": "customer_contacts",
        "locations": "locations",
        "locations/contacts": "location_contacts",
        "leads": "leads",
        "bookings": "bookings",
    },
    "jpm/v2": {
        "jobs": "jobs",
        "appointments": "appointments",
        "job-types": "job_types",
        "job-cancel-reasons": "job_cancel_reasons",
    },
    "dispatch/v2": {
        "appointment-assignments": "appointment_assignments",
        "technician-shifts": "technician_shifts",
    },
    "sales/v2": {"estimates": "estimates"},
    "accounting/v2": {
        "invoices": "invoices",
        "payments": "payments",
        "credit-memos": "credit_memos",
    },
    "marketing/v2": {"campaigns": "campaigns", "costs": "campaign_costs"},
    "telecom/v2": {"calls": "calls"},
    "settings/v2": {
        "technicians": "technicians",
        "business-units": "business_units",
        "tag-types": "tag_types",
    },
    "payroll/v2": {"jobs/timesheets": "timesheets"},
    "timesheets/v2": {"activities": "activities"},
}
EXPORTS = {
    **{
        (module, path): entity
        for module, paths in LISTS.items()
        for path, entity in paths.items()
        if module != "marketing/v2"
        and entity not in ("credit_memos", "job_types", "job_cancel_reasons", "technician_shifts")
    },
    ("jpm/v2", "job-history"): "job_history",
    ("jpm/v2", "job-canceled-logs"): "job_canceled_logs",
}
FILTERS = {
    "customerId": "customer_id",
    "locationId": "location_id",
    "jobId": "job_id",
    "number": "job_number",
    "jobNumber": "job_number",
    "campaignId": "campaign_id",
    "externalId": "external_id",
    "technicianId": "technician_id",
}
NO_ACTIVE = {"jobs", "leads", "bookings"}
BY_STATE = {"invoices", "payments"}
