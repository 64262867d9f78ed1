"""The words in which the import format describes its columns. The tables are in `tables`.

A `Kind` says how the text of a cell is read and how it stands in the landed payload:

| kind | read from | stands in the payload as |
| --- | --- | --- |
| text | any text | trimmed text |
| id | text; `1.2E+11` is rejected as damaged | text |
| enum | a word, any case, spaces for underscores | the known word, else the text as it came |
| instant | ISO 8601; naive = operator's zone; bare date = local 00:00 | `2026-10-01T12:00:00Z` |
| date | `YYYY-MM-DD` | the same |
| money, signed_money | decimal in the major unit | decimal text with 2 digits |
| decimal | decimal number, may be negative | decimal text |
| integer, share | whole number >= 0; number 0..1 | the same |
| boolean | true/false, 1/0, yes/no | JSON true or false |
| list | parts separated by `;` | JSON array of texts |
| postal_code | US ZIP, ZIP+4, or a foreign code | 5 digits; `<name>_4` beside it |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "text",
    "id",
    "enum",
    "instant",
    "date",
    "money",
    "signed_money",
    "decimal",
    "integer",
    "share",
    "boolean",
    "list",
    "postal_code",
]


@dataclass(frozen=True)
class Column:
    """One column of an import table.

    Attributes:
        name: Lower case name, also the key in the landed payload.
        kind: How its text is read, see the module.
        words: The known words of an enum; others are kept and reported.
        default: Text taken where the cell is empty, or None.
    """

    name: str
    kind: Kind = "text"
    words: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True)
class Table:
    """One table of the import format: one file stem, one landed entity.

    Attributes:
        name: File stem and landed table.
        description: Its grain.
        key: Key columns in the order in which they make the record id; with `account` unique.
        columns: All known columns in the order of the format, common ones last.
        required: Columns a file must have and a row must fill.
        one_of: Groups of columns of which a file must have, and a row fill, at least one.
        priced_on: Columns whose first filled one dates the row's money for conversion.
        fallbacks: Columns that, where empty, take the first filled of others.
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    priced_on: tuple[str, ...] = ()
    fallbacks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    def of_kind(self, *kinds: Kind) -> tuple[str, ...]:
        """Names of the columns of these kinds, in order."""
        return tuple(column.name for column in self.columns if column.kind in kinds)

    @property
    def payload_columns(self) -> tuple[str, ...]:
        """Every key a landed payload of this table can have, `_extra` left out."""
        names: list[str] = []
        for column in self.columns:
            names.append(column.name)
            if column.kind == "instant":
                names.append(f"{column.name}_is_date_only")
            if column.kind == "postal_code":
                names.append(f"{column.name}_4")
        if self.of_kind("money", "signed_money"):
            names.append("_currency_on")
        return tuple(names)
