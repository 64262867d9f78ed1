"""A split as it was drawn: an immutable folder under the home, exported again on demand.

`splits/<campaign>/<wave>/` holds the mail file, the members of both arms, what came off and why,
and `split.json` with every argument and the files' digests. Nothing in it is ever rewritten.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from dbt_project.measurement.split_tables import COLUMNS
from ingestion.errors import SettingsError
from ingestion.settings import Settings
from orchestration.lib.split_list import MailingList, mail_rows, removed_rows, write_csv

MAIL_FILE, MEMBERS_FILE, REMOVED_FILE = "mail.csv", "members.csv", "removed.csv"
FACTS_FILE = "split.json"


def snapshot_folder(settings: Settings, campaign_id: str, wave: str) -> Path:
    """Where this campaign wave's split is kept."""
    return settings.home / "splits" / _folder_name(campaign_id) / _folder_name(wave)


def _folder_name(text: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_") or "_"
    if plain == text:
        return plain
    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def prepare_snapshot(
    folder: Path, found: MailingList, members: list[dict[str, object]], facts: dict[str, Any]
) -> Path:
    """Write the files into a folder beside the snapshot's place; `keep_snapshot` moves it there."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    write_csv(draft / MAIL_FILE, mail_rows(found))
    write_csv(draft / REMOVED_FILE, removed_rows(found))
    header = [name for name in COLUMNS if name != "unit_key"]
    write_csv(
        draft / MEMBERS_FILE,
        [header, *([_text(member[name]) for name in header] for member in members)],
    )
    digests = {name: _digest(draft / name) for name in (MAIL_FILE, MEMBERS_FILE, REMOVED_FILE)}
    text = json.dumps({**facts, "sha256": digests}, indent=1, default=str) + "\n"
    (draft / FACTS_FILE).write_text(text, encoding="utf-8")
    for file in draft.iterdir():
        file.chmod(0o400)
    return draft


def keep_snapshot(draft: Path, folder: Path) -> None:
    """Put a prepared snapshot in its place; a place already taken is a fault."""
    if folder.exists():
        shutil.rmtree(draft)
        raise SettingsError(
            f"{folder} holds this wave's split already: a drawn split is never changed; export it "
            "with --again, or name another --wave."
        )
    draft.rename(folder)


def read_facts(folder: Path) -> dict[str, Any]:
    """What was drawn, checked against the files' digests.

    Raises:
        SettingsError: There is no such split, or a file is not as it was written.
    """
    try:
        facts: dict[str, Any] = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"No split was drawn in {folder}: name campaign and wave as they were drawn, or draw "
            "one by naming a LIST."
        ) from None
    for name, digest in facts["sha256"].items():
        if _digest(folder / name) != digest:
            raise SettingsError(
                f"{folder / name} is not the file that was drawn: restore it from a backup; the "
                "arms themselves stand in raw_matchback.split_members."
            )
    return facts


def export_snapshot(folder: Path, target: Path) -> list[Path]:
    """Copy the files of a split to a folder, owner-only."""
    target.mkdir(parents=True, exist_ok=True)
    copies = []
    for name in (MAIL_FILE, MEMBERS_FILE, REMOVED_FILE, FACTS_FILE):
        copy = target / name
        copy.unlink(missing_ok=True)
        shutil.copyfile(folder / name, copy)
        copy.chmod(0o600)
        copies.append(copy)
    return copies


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "missing"


def _text(value: object) -> str:
    return "" if value is None else str(value)
