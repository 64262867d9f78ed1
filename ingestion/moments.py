"""Instants as vendors write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def read_instant(text: Any) -> datetime | None:
    """An ISO text as an aware instant (without an offset: UTC), or None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
