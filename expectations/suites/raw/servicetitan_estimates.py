"""Estimates as ServiceTitan delivers them."""

from __future__ import annotations

from expectations.rules import Suite, between, never, one_of
from expectations.suites.raw._landed import amount, instant, landed_suite, text


def suite() -> Suite:
    """One row per new version of estimates."""
    return landed_suite(
        "servicetitan",
        "estimates",
        columns={
            "job_id": text("jobId"),
            "status": text("status.name"),
            "sold_at": instant("soldOn"),
            "subtotal": amount("subtotal"),
        },
        rules=(
            one_of(
                "status",
                ("Open", "Sold", "Dismissed"),
                "warning",
                "The vendor's own words; a new one has to be mapped.",
            ),
            never(
                "a sold estimate says when",
                "status = 'Sold' and sold_at is null",
                "warning",
                "Client Approved is dated by it.",
            ),
            between(
                "subtotal",
                0,
                1000000,
                "warning",
                "One estimate above a million is a slip of the comma.",
            ),
        ),
    )
