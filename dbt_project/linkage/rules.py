"""What no model may decide: how probable one person can be at most on certain evidence."""

from __future__ import annotations

import numpy as np

from dbt_project.linkage.comparisons import level_value

# Below every sensible match threshold and inside the review band: a person is asked.
FOR_A_PERSON_TO_SAY = 0.8
NOTHING_PROVEN = 0.5


def limits(levels: dict[str, np.ndarray]) -> np.ndarray:
    """Return the most each pattern's probability may be.

    Without first name, surname or company on both sides, an e-mail of one's own or a tax id must
    speak. And a name alone proves nobody: where neither a phone, a mailbox, a tax id nor an
    address is shared, however rare the name, chance and the like-sounding would be called one;
    where only the town is, the names must be the same.

    Args:
        levels: Per comparison, the level of each pattern (-1 missing).
    """
    first, address = levels["first"], levels["address"]
    no_first = (first < 0) | (first == level_value("first", "initial"))
    nameless = (levels["last"] < 0) & (levels["company"] < 0) & no_first
    nameless &= first != level_value("first", "swapped with last")
    proven = (levels["email"] >= level_value("email", "near")) | (
        levels["identifier"] == level_value("identifier", "same tax id")
    )
    reached = (
        proven
        | (levels["phone"] >= level_value("phone", "one digit off"))
        | (levels["identifier"] == level_value("identifier", "shared mailbox or switchboard"))
    )
    elsewhere = address <= level_value("address", "other place, street unknown")
    in_town = address == level_value("address", "same place, street unknown")
    alone = elsewhere | (in_town & ~_same_name(levels))
    most = np.where(alone & ~reached, FOR_A_PERSON_TO_SAY, 1.0)
    return np.where(nameless & ~proven, NOTHING_PROVEN, most)


def _same_name(levels: dict[str, np.ndarray]) -> np.ndarray:
    """Return whether names say the same, nicknames and swapped ones included."""
    first, last = levels["first"], levels["last"]
    same_first = (first >= level_value("first", "nickname")) & (
        first <= level_value("first", "same, one with suffix")
    )
    same_last = (last == level_value("last", "same")) | (
        first == level_value("first", "swapped with last")
    )
    company = levels["company"] == level_value("company", "same")
    return (same_first & same_last) | company
