"""A mailing list before and after the draw: reading it, its units and strata, its files.

Values only; which households are known, and why some come off, is `split_rules`, the draw itself
`dbt_project.measurement.draw`.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dbt_project.measurement.draw import HOLDOUT, MAILED
from dbt_project.measurement.split_tables import PERSON_COLUMNS
from ingestion.errors import SettingsError

UNITS = ("household", "person", "zip", "market")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_SYNONYMS = {
    "zip": "postal_code", "zipcode": "postal_code", "zip_code": "postal_code",
    "postcode": "postal_code", "postal": "postal_code", "zip5": "postal_code",
    "address": "address_line_1", "address1": "address_line_1", "address_1": "address_line_1",
    "street": "address_line_1", "street_address": "address_line_1",
    "address2": "address_line_2", "address_2": "address_line_2", "unit": "address_line_2",
    "apt": "address_line_2", "st": "state", "firstname": "first_name", "first": "first_name",
    "lastname": "last_name", "last": "last_name", "full_name": "name", "email_address": "email",
    "phone_number": "phone", "mobile": "phone", "ext_ref_nbr": "recipient_id",
    "extrefnbr": "recipient_id", "external_id": "recipient_id",
}  # fmt: skip
_KEY_COLUMNS = ("member_id", "recipient_id", "customer_source", "customer_account", "customer_id")


@dataclass
class ListRow:
    """One row of the list.

    Attributes:
        number: Line in the file, the header being 1.
        cells: The row as it came, by its own headers.
        known: The cells we understand, by import-format names; empty ones left out.
        member_id: The list's own id of the row, else a fingerprint of it.
        household_key: Filled in by the rules: known household, property, or the row alone.
        removed_because: Why the row came off; empty while it stays.
        arm: Filled in by the draw.
    """

    number: int
    cells: dict[str, str]
    known: dict[str, str]
    member_id: str
    household_key: str = ""
    removed_because: str = ""
    stratum: str = ""
    unit_key: str = ""
    arm: str = ""


@dataclass
class MailingList:
    """Header and rows of one file."""

    header: list[str]
    rows: list[ListRow] = field(default_factory=list)

    def kept(self) -> list[ListRow]:
        """Rows that are still on the list."""
        return [row for row in self.rows if not row.removed_because]

    def removed(self) -> Counter[str]:
        """Rows taken off, by reason."""
        return Counter(row.removed_because for row in self.rows if row.removed_because)


def read_list(file: Path) -> MailingList:
    """Read a CSV list with a header.

    Raises:
        SettingsError: It is missing, empty, not UTF-8, or has no address or id column.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(f"The list {file} does not exist: name a CSV file.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"The list {file} is not UTF-8 text: save it as CSV UTF-8.") from None
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, [])
    names = [import_name(column) for column in header]
    if not {"address_line_1", "customer_id", "member_id", "recipient_id"} & set(names):
        raise SettingsError(
            f"The list {file} has the columns {', '.join(header) or 'none'}: expected "
            "address_line_1 and postal_code, or customer_id; rename its columns."
        )
    found = MailingList(header)
    for number, cells in enumerate(reader, start=2):
        if any(cell.strip() for cell in cells):
            found.rows.append(_row(number, header, names, cells))
    if not found.rows:
        raise SettingsError(f"The list {file} has no rows below its header: nothing to split.")
    return found


def import_name(column: str) -> str:
    """Our name of a list's column; itself in snake case where we have none."""
    plain = re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_")
    return _SYNONYMS.get(plain, plain)


def _row(number: int, header: Sequence[str], names: Sequence[str], cells: Sequence[str]) -> ListRow:
    filled = [*cells, *[""] * (len(header) - len(cells))]
    known = {
        name: cell.strip()
        for name, cell in zip(names, filled, strict=False)
        if cell.strip() and name
    }
    own = known.get("member_id") or known.get("recipient_id") or known.get("customer_id")
    return ListRow(
        number,
        dict(zip(header, filled, strict=False)),
        known,
        own or f"list-{_fingerprint(known)}",
    )


def _fingerprint(known: dict[str, str]) -> str:
    text = "|".join(known.get(name, "").lower() for name in PERSON_COLUMNS)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mark_duplicates(rows: Iterable[ListRow]) -> None:
    """Take off rows that repeat an earlier one, and rows nobody could deliver to or recognise."""
    seen: set[str] = set()
    for row in rows:
        if row.removed_because:
            continue
        if row.member_id in seen:
            row.removed_because = "duplicate of an earlier row"
        elif not (row.known.get("address_line_1") or row.known.get("customer_id")):
            row.removed_because = "no address and no customer"
        seen.add(row.member_id)


def assign_units(rows: Iterable[ListRow], *, by: str, strata: Sequence[str]) -> None:
    """Give each row its randomised unit and stratum.

    Args:
        rows: Rows that stay; household_key is filled in.
        by: household, person, zip or market.
        strata: Columns (import-format or the list's own names) whose values make a stratum.

    Raises:
        SettingsError: A unit or stratum column is not in the list.
    """
    first_stratum: dict[str, str] = {}
    for row in rows:
        row.unit_key = _unit(row, by)
        named = [_cell(row, column) for column in strata]
        row.stratum = first_stratum.setdefault(row.unit_key, " / ".join(named))


def _unit(row: ListRow, by: str) -> str:
    if by == "household":
        return row.household_key or row.member_id
    if by == "person":
        return row.member_id
    if by == "zip":
        return row.known.get("postal_code", "")[:5] or "no postal code"
    return f"{row.known.get('city', '').lower()}, {row.known.get('state', '').lower()}"


def _cell(row: ListRow, column: str) -> str:
    if column in row.cells:
        return row.cells[column].strip()
    name = import_name(column)
    if name == "postal_code":
        return row.known.get("postal_code", "")[:5]
    if name not in row.known and name not in map(import_name, row.cells):
        raise SettingsError(
            f"The list has no column '{column}' to stratify by: its columns are "
            f"{', '.join(row.cells)}; name one of them in --strata, or none."
        )
    return row.known.get(name, "")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def mail_rows(found: MailingList) -> list[list[str]]:
    """The file for the mail vendor: the list's own columns of the mailed rows, and the member."""
    rows = [["member_id", *found.header]]
    for row in found.kept():
        if row.arm == MAILED:
            rows.append([row.member_id, *(row.cells[column] for column in found.header)])
    return rows


def removed_rows(found: MailingList) -> list[list[str]]:
    """What came off the list, with the reason and the line."""
    rows = [["reason", "line", *found.header]]
    for row in found.rows:
        if row.removed_because:
            rows.append(
                [row.removed_because, str(row.number), *(row.cells[name] for name in found.header)]
            )
    return rows


def write_csv(file: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write cells that are safe to open in a spreadsheet; the file is its owner's only."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    file.chmod(0o600)


def arm_counts(rows: Iterable[ListRow]) -> dict[str, int]:
    """Units of each arm."""
    arms = {row.unit_key: row.arm for row in rows}
    counted = Counter(arms.values())
    return {MAILED: counted[MAILED], HOLDOUT: counted[HOLDOUT]}


def member_rows(
    found: MailingList,
    *,
    campaign: tuple[str, str, str],
    wave: str,
    split: dict[str, object],
) -> list[dict[str, object]]:
    """Rows of `split_members`, both arms: a holdout is a row, never an absence.

    Args:
        found: The list after the draw.
        campaign: Source, account and id of the campaign.
        wave: Wave.
        split: What all members share: randomised_unit, planned_holdout_share, assigned_at, seed,
            split_id.
    """
    source, account, campaign_id = campaign
    return [
        {
            **{name: row.known.get(name) for name in (*_KEY_COLUMNS, *PERSON_COLUMNS)},
            "source": "matchback",
            "account": account,
            "campaign_source": source,
            "campaign_account": account,
            "campaign_id": campaign_id,
            "wave": wave,
            "member_id": row.member_id,
            "arm": row.arm,
            "cell": row.known.get("cell"),
            "stratum": row.stratum,
            "unit_key": row.unit_key,
            **split,
        }
        for row in found.kept()
    ]
