"""Print batches as PCM delivers them."""

from __future__ import annotations

from expectations.rules import Suite, filled
from expectations.suites.raw._landed import instant, landed_suite, readable, text


def suite() -> Suite:
    """One row per new version of batches."""
    return landed_suite(
        "pcm",
        "batches",
        columns={
            "batch_id": text("batchID"),
            "status": text("status"),
            "modified_text": text("lastModifiedDate"),
            "changed_at": instant("lastModifiedDate"),
        },
        rules=(
            filled("batch_id", "critical", "The vendor's key."),
            filled("status", "critical", "Mailed and delivered are told by it."),
            readable(
                "lastModifiedDate",
                "modified_text",
                "changed_at",
                "Open batches are found by it; unread, tracking would stop.",
            ),
        ),
    )
