"""Every vendor field that is read: its name, type, column and the models it goes to.

Read from the staging models themselves, so the list cannot be out of date. What the fields mean
at the vendor is the vendor's documentation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_CALL = re.compile(
    r"stage_records\(\s*'(?P<source>\w+)'\s*,\s*'(?P<entity>\w+)'(?P<rest>.*?)\)\s*\}\}", re.DOTALL
)
_COLUMNS = re.compile(r"columns\s*=\s*(\{.*?\n\})", re.DOTALL)
_REFERENCE = re.compile(r"ref\(\s*'(\w+)'\s*\)")


@dataclass(frozen=True)
class MappedField:
    """One field: where it comes from, how it is read, where it goes."""

    source: str
    entity: str
    field: str
    type: str
    column: str
    staging_model: str
    goes_to: str


def mapped_fields(project: Path) -> list[MappedField]:
    """All fields of all staging models of a dbt project, by source, entity and field."""
    readers = _readers(project)
    return sorted(
        (
            field
            for file in (project / "models" / "staging").rglob("stg_*.sql")
            for field in _fields_of(file, readers)
        ),
        key=lambda field: (field.source, field.entity, field.field, field.column),
    )


def _fields_of(file: Path, readers: Mapping[str, list[str]]) -> Iterator[MappedField]:
    call = _CALL.search(file.read_text(encoding="utf-8"))
    body = _COLUMNS.search(call.group("rest")) if call else None
    if not call or not body:
        return
    for column, described in ast.literal_eval(body.group(1)).items():
        path, kind = described[0], described[1]
        yield MappedField(
            source=call.group("source"),
            entity=call.group("entity"),
            field=path,
            type=kind,
            column=column,
            staging_model=file.stem,
            goes_to=", ".join(readers.get(file.stem, [])),
        )


def _readers(project: Path) -> dict[str, list[str]]:
    readers: dict[str, list[str]] = {}
    for file in sorted((project / "models").rglob("*.sql")):
        for model in sorted(set(_REFERENCE.findall(file.read_text(encoding="utf-8")))):
            readers.setdefault(model, []).append(file.stem)
    return readers


def spreadsheet_safe(text: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
