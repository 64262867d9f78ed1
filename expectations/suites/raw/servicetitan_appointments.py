"""Appointments as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled, never, one_of
from expectations.suites.raw._landed import instant, landed_suite, text


def suite() -> Suite:
    """One row per new version of appointments."""
    return landed_suite(
        "servicetitan",
        "appointments",
        columns={
            "job_id": text("jobId"),
            "status": text("status"),
            "starts_at": instant("start"),
            "ends_at": instant("end"),
            "window_starts_at": instant("arrivalWindowStart"),
            "window_ends_at": instant("arrivalWindowEnd"),
        },
        rules=(
            filled("job_id", "critical", "Required by the vendor; on-time start is told by job."),
            filled("starts_at", "critical", "Without a start there is no promise to keep."),
            one_of(
                "status",
                ("Scheduled", "Dispatched", "Working", "Hold", "Done", "Canceled"),
                "warning",
                "The vendor's own words; a new one has to be mapped.",
            ),
            never(
                "it ends after it starts",
                "ends_at < starts_at",
                "warning",
                "A span below zero counts as unknown.",
            ),
            never(
                "the arrival window ends after it starts",
                "window_ends_at < window_starts_at",
                "warning",
                "A promise below zero counts as unknown.",
            ),
        ),
    )
