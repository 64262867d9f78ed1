"""Drawing the holdout: seeded, by unit, within strata, the same whatever the order of the list."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping

MAILED, HOLDOUT = "mailed", "holdout"


def draw_arms(units: Mapping[str, str], *, holdout_share: float, seed: int) -> dict[str, str]:
    """Draw each unit's arm.

    Units are ordered by a hash of seed and key within their stratum, strata by a hash of theirs;
    holdouts are then counted off along that line. So each unit has exactly the planned chance,
    small strata too, and the whole differs from the plan by less than one unit.

    Args:
        units: Unit key -> stratum.
        holdout_share: Planned share of the holdout, between 0 and 1, both excluded.
        seed: Another seed is another draw.

    Returns:
        Unit key -> `mailed` or `holdout`, units in sorted order.

    Raises:
        ValueError: The share is 0 or less, or 1 or more.
    """
    if not 0 < holdout_share < 1:
        raise ValueError("the holdout share must lie strictly between 0 and 1")
    strata: dict[str, list[str]] = defaultdict(list)
    for unit in sorted(units):
        strata[units[unit]].append(unit)
    start = int(_hashed(seed, "start", ""), 16) / 16**64
    arms: dict[str, str] = {}
    passed = 0
    for stratum in sorted(strata, key=lambda name: (_hashed(seed, "stratum", name), name)):
        ordered = sorted(strata[stratum], key=lambda unit: (_hashed(seed, "unit", unit), unit))
        before = math.floor(start + passed * holdout_share)
        passed += len(ordered)
        held = math.floor(start + passed * holdout_share) - before
        for position, unit in enumerate(ordered):
            arms[unit] = HOLDOUT if position < held else MAILED
    return {unit: arms[unit] for unit in sorted(arms)}


def _hashed(seed: int, kind: str, name: str) -> str:
    return hashlib.sha256(f"{seed}|{kind}|{name}".encode()).hexdigest()
