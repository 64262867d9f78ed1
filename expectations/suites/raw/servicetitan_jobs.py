"""Work orders as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, between, filled, never, one_of
from expectations.suites.raw._landed import amount, instant, landed_suite, readable, text


def suite() -> Suite:
    """One row per new version of jobs."""
    return landed_suite(
        "servicetitan",
        "jobs",
        columns={
            "job_number": text("jobNumber"),
            "customer_id": text("customerId"),
            "status": text("jobStatus"),
            "created_text": text("createdOn"),
            "created_on": instant("createdOn"),
            "completed_text": text("completedOn"),
            "completed_on": instant("completedOn"),
            "total": text("total"),
            "total_amount": amount("total"),
        },
        rules=(
            filled(
                "job_number", "critical", "Invoices and technicians know a job by its number only."
            ),
            filled(
                "customer_id",
                "critical",
                "Required by the vendor; without it no job finds its postcard.",
            ),
            filled("status", "critical", "The state of a job derives from it."),
            one_of(
                "status",
                ("Scheduled", "Dispatched", "InProgress", "Hold", "Completed", "Canceled"),
                "warning",
                "The vendor's own words; a new one is kept, and has to be mapped in "
                "status_overrides.",
            ),
            filled(
                "created_on",
                "critical",
                "First contact falls back to it, so every window hangs on it.",
            ),
            readable(
                "completedOn",
                "completed_text",
                "completed_on",
                "A changed date format would silently empty completion.",
            ),
            readable(
                "total", "total", "total_amount", "Money that is no number is a changed format."
            ),
            between(
                "total_amount",
                -100000,
                1000000,
                "warning",
                "One job of a home-service firm above a million is a slip of the comma.",
            ),
            never(
                "a completed job says when",
                "status = 'Completed' and completed_on is null",
                "warning",
                "Cycle time and first-time fix need it; some tenants backfill it within days.",
            ),
            never(
                "completion does not precede creation",
                "completed_on < created_on",
                "warning",
                "Happens with jobs entered afterwards; many mean a time-zone slip.",
            ),
        ),
    )
