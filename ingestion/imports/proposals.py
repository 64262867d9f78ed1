"""Guesses what a file is and proposes the [[file]] entry that would read it: pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.imports.columns import Table
from ingestion.imports.header import HeaderPlan, plan_header
from ingestion.imports.mapping import FileMap, load_preset, plain_name, preset_names
from ingestion.imports.tables import TABLES

_SYNONYMS = {
    "no": "number",
    "#": "number",
    "num": "number",
    "zip": "postal_code",
    "zipcode": "postal_code",
    "date": "on",
    "created": "created_at",
    "total": "total_amount",
    "street": "address_line_1",
    "mobile": "phone",
    "telephone": "phone",
    "technician": "technician_ids",
}


@dataclass(frozen=True)
class Guess:
    """What a file probably is.

    Attributes:
        table: Table of the import format, or None where nothing fits.
        origin: What speaks for it: `name`, `header` or `preset <vendor>.<name>`.
        file_map: The map that reads it so.
    """

    table: str | None
    origin: str
    file_map: FileMap


def guess(header: list[str], table_by_name: str | None) -> Guess:
    """The map that fits a header best.

    Args:
        header: Cells of the header.
        table_by_name: The table the file's name speaks of, preferred among equals.

    Returns:
        The best of the format itself and every packaged preset, scored by how many required
        columns are there, then by how many columns in all.
    """
    candidates = [Guess(name, "header", FileMap(table=name)) for name in TABLES]
    for vendor in preset_names():
        for entry in load_preset(vendor):
            # A preset names the system rows come from: a half fit would tell it wrongly.
            if entry.fits_header(header):
                candidates.append(Guess(entry.table, f"preset {vendor}.{entry.name}", entry))
    scored = [
        (_score(header, one, table_by_name), -number, one) for number, one in enumerate(candidates)
    ]
    score, _, best = max(scored, key=lambda item: item[:2])
    if score[2] < 2:
        return Guess(table_by_name, "name", FileMap(table=table_by_name or ""))
    return best


def _score(
    header: list[str], candidate: Guess, table_by_name: str | None
) -> tuple[float, bool, int]:
    table = TABLES[candidate.table or ""]
    plan = plan_header(header, table, candidate.file_map)
    needed = len(table.required) + len(table.one_of)
    own = [name for name in plan.cells if name not in ("account", "updated_at", "deleted_at")]
    filled_share = (needed - len(plan.missing)) / needed
    return round(filled_share, 1), candidate.table == table_by_name, len(own)


def proposed_entry(file_name: str, header: list[str], chosen: Guess) -> str:
    """The text of a [[file]] entry for imports.toml, missing columns left to fill in."""
    table = TABLES[chosen.table or ""]
    plan = plan_header(header, table, chosen.file_map)
    lines = ["[[file]]", f"pattern = {_toml(file_name)}"]
    if chosen.origin.startswith("preset "):
        lines.append(f"preset = {_toml(chosen.origin.removeprefix('preset '))}")
    lines.append(f"table = {_toml(table.name)}")
    missing = [name for name in plan.missing if name in ("source", "account")]
    if missing:
        constants = ", ".join(f"{name} = {_toml('spreadsheet')}" for name in missing)
        lines.append(f"constants = {{ {constants} }}")
    if not chosen.origin.startswith("preset "):
        lines += _column_lines(header, table, plan)
    return "\n".join(lines)


def _column_lines(header: list[str], table: Table, plan: HeaderPlan) -> list[str]:
    free = [header[position] for _, position in plan.extras if header[position].strip()]
    pairs: list[tuple[str, str]] = []
    for name in table.by_name:
        if name in plan.cells or name in ("source", "account"):
            continue
        near = next((cell for cell in free if _is_near(plain_name(cell), name)), None)
        if near:
            free.remove(near)
            pairs.append((name, near))
    for name in plan.missing:
        number = name.removesuffix("_id") + "_number"
        same = [cell for ours, cell in pairs if ours == number and name.endswith("_id")]
        pairs += [(name, cell) for cell in same]
    told = {name for name, _ in pairs}
    wanted = [
        name for name in plan.missing if name not in told and name not in ("source", "account")
    ]
    if not pairs and not wanted:
        return []
    lines = ["[file.columns]"] + [f"{name} = {_toml(cell)}" for name, cell in pairs]
    return lines + [f'# {name} = "?"   # required: name the column' for name in wanted]


def _is_near(cell: str, name: str) -> bool:
    """Whether a cell's name says what a column's does: `Job No` and `job_number`."""
    words = [_SYNONYMS.get(word, word) for word in cell.split("_")]
    target = name.removesuffix("_at").removesuffix("_on").removesuffix("_amount")
    spoken = "_".join(words).removesuffix("_at").removesuffix("_on").removesuffix("_amount")
    return spoken == target


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
