"""One thing the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """What was looked at and how it is; `what_to_do` is empty where all is well."""

    what: str
    state: Literal["ok", "warning", "fault"]
    detail: str
    what_to_do: str = ""
