"""A record that cannot be landed, and why. Rejects are landed too, in `raw_matchback.rejects`."""

from __future__ import annotations

from dataclasses import dataclass

MAX_RECORD_TEXT = 20_000


@dataclass(frozen=True, kw_only=True)
class Reject:
    """One record (or one cell of it) that did not land.

    Attributes:
        table_name: Entity it was meant for, e.g. `jobs`.
        location: Where it stood: file and line, or endpoint, page and position.
        column_name: The field at fault, or None for the whole record.
        reason: One sentence; holds no personal data.
        record_text: The record as received, cut to 20,000 characters. Personal data: it lands
            in the warehouse and is never logged.
    """

    table_name: str
    location: str
    reason: str
    column_name: str | None = None
    record_text: str | None = None

    def bounded_text(self) -> str | None:
        """The record's text, cut to its bound."""
        if self.record_text is None or len(self.record_text) <= MAX_RECORD_TEXT:
            return self.record_text
        return self.record_text[:MAX_RECORD_TEXT]
