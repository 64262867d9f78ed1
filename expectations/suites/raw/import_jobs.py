"""Work orders out of import folders; the reader has typed them already."""

from __future__ import annotations

from expectations.rules import Suite, filled, never
from expectations.suites.raw._landed import instant, landed_suite, text


def suite() -> Suite:
    """One row per new version of jobs."""
    return landed_suite(
        "import",
        "jobs",
        columns={
            "status": text("status"),
            "completed_at": instant("completed_at"),
            "created_at": instant("created_at"),
            "customer_id": text("customer_id"),
        },
        rules=(
            filled(
                "customer_id",
                "warning",
                "A job without a customer is an orphan and matches by address alone.",
            ),
            filled("status", "info", "Exports without a status are read by their timestamps."),
            never(
                "completion does not precede creation",
                "completed_at < created_at",
                "warning",
                "Happens with jobs entered afterwards; many mean a wrong time zone in "
                "imports.toml.",
            ),
        ),
    )
