"""What a source says about itself: its entities, how they change and how they end.

Data only; the readers are in `sources/<vendor>/` and `imports/`, the list of all sources in
`registry.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class EntitySpec:
    """One landed table `raw_<source>.<name>`.

    Attributes:
        name: Table name: the vendor's entity, snake case, plural.
        description: Begins "One row per version of ...".
        key: Which of the vendor's fields make `record_id`.
        cursor: The vendor's field (or token) by which changes are asked for, or "full read".
        deletes: How a deletion is seen.
        personal_fields: Paths in the payload that hold personal data (erasure, redaction).
    """

    name: str
    description: str
    key: str = "id"
    cursor: str = "full read"
    deletes: str = "not reported by the vendor"
    personal_fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceSpec:
    """One source: dataset `raw_<name>` and its entities in the order they are pulled.

    Attributes:
        name: Of the source.
        description: What is read of it.
        entities: Its landed tables.
        reread_as: Canonical word (`jobs`, `mail_pieces`) -> landed tables whose records the vendor
            gives again by id. What is not named here comes again with the next usual read only.
    """

    name: str
    description: str
    entities: tuple[EntitySpec, ...]
    reread_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def entity(self, name: str) -> EntitySpec:
        """The entity of that name.

        Raises:
            KeyError: The source has no such entity.
        """
        for entity in self.entities:
            if entity.name == name:
                return entity
        raise KeyError(name)
