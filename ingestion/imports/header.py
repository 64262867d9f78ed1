"""Which cell of a file fills which column of its table: pure functions of header and map."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pyarrow as pa

from ingestion.imports.columns import Table
from ingestion.imports.mapping import FileMap, plain_name

# One expression a column is what a query bears; a file of 10,000 columns is folded row by row.
MAX_EXTRA_EXPRESSIONS = 200


@dataclass(frozen=True)
class HeaderPlan:
    """How the cells of one file are used.

    Attributes:
        cells: Column of the table -> positions of cells; the first filled one is taken.
        constants: Column -> the text every row has.
        extras: (name, position) of cells the format does not know; they are kept under `_extra`.
        names: The header as it stands, one per cell, for texts of rejects.
        missing: Required columns that nothing fills, worded for the operator.
        doubled: Header names that stand twice although a column needs them.
    """

    cells: dict[str, tuple[int, ...]]
    constants: dict[str, str]
    extras: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    missing: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def is_wide(self) -> bool:
        """Whether the unknown cells come folded into one column `_extra`, see `fold_extras`."""
        return len(self.extras) > MAX_EXTRA_EXPRESSIONS

    @property
    def known_positions(self) -> tuple[int, ...]:
        """Positions of the cells a query reads by themselves."""
        if not self.is_wide:
            return tuple(range(len(self.names)))
        return tuple(sorted({position for group in self.cells.values() for position in group}))


def plan_header(header: list[str], table: Table, file_map: FileMap) -> HeaderPlan:
    """Match a header with the columns of a table.

    Args:
        header: Cells of the header row.
        table: The table the file is read into.
        file_map: Its map; `columns` are theirs by ours, `constants` win over any cell.
    """
    positions: dict[str, list[int]] = {}
    for position, cell in enumerate(header):
        positions.setdefault(plain_name(cell), []).append(position)
    constants = {key: text for key, text in file_map.constants.items() if key in table.by_name}
    wanted = {
        column.name: file_map.columns.get(column.name, (column.name,))
        for column in table.columns
        if column.name not in constants
    }
    cells: dict[str, tuple[int, ...]] = {}
    doubled: list[str] = []
    for column, names in wanted.items():
        found = [positions[plain_name(name)] for name in names if plain_name(name) in positions]
        doubled += [header[group[0]] for group in found if len(group) > 1]
        if found:
            cells[column] = tuple(group[0] for group in found)
    used = {position for group in cells.values() for position in group}
    return HeaderPlan(
        cells=cells,
        constants=constants,
        extras=_extras(header, used),
        names=tuple(header),
        missing=_missing(table, {*cells, *constants}),
        doubled=tuple(dict.fromkeys(doubled)),
    )


def _extras(header: list[str], used: set[int]) -> tuple[tuple[str, int], ...]:
    extras: dict[str, int] = {}
    for position, cell in enumerate(header):
        if position in used:
            continue
        name = cell.strip() or f"column {position + 1}"
        while name in extras:
            name += " (again)"
        extras[name] = position
    return tuple(sorted(extras.items()))


def _missing(table: Table, filled: set[str]) -> tuple[str, ...]:
    can_fall_back = {
        column for column, others in table.fallbacks if any(other in filled for other in others)
    }
    missing = [name for name in table.required if name not in filled | can_fall_back]
    missing += [
        " or ".join(group) for group in table.one_of if not any(name in filled for name in group)
    ]
    return tuple(missing)


def fold_extras(batch: pa.Table, plan: HeaderPlan) -> pa.Table:
    """For a wide plan: the batch with its unknown cells as one JSON object a row, `_extra`."""
    if not plan.is_wide:
        return batch
    names = [name for name, _ in plan.extras]
    cells = [batch.column(f"c{position}").to_pylist() for _, position in plan.extras]
    folded: list[str | None] = []
    for row in zip(*cells, strict=True):
        filled = {name: text for name, text in zip(names, row, strict=True) if text}
        folded.append(json.dumps(filled, ensure_ascii=False) if filled else None)
    kept = batch.select(["_line", *(f"c{position}" for position in plan.known_positions)])
    return kept.append_column("_extra", pa.array(folded, pa.string()))
