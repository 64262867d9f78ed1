"""Finds the files of an import folder and refuses what does not belong in one.

Only plain files directly in the folder are read: links (a drop folder is written by others),
subfolders and hidden files are not. What a file's name means without a map is here; maps are in
`mapping`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import SettingsError
from ingestion.imports.tables import TABLES

READABLE = (".csv", ".csv.gz", ".xlsx", ".parquet")
MAP_NAME = "imports.toml"
_SILENT_SUFFIXES = (".md", ".txt", ".toml")


@dataclass(frozen=True)
class FolderFile:
    """One file of the folder.

    Attributes:
        path: Where it is.
        name: Its name, which locations of rejects begin with.
        refused: Why it is not read, or None.
    """

    path: Path
    name: str
    refused: str | None = None

    @property
    def suffix(self) -> str:
        """Which of READABLE it ends in, or an empty text."""
        lowered = self.name.lower()
        return next((suffix for suffix in READABLE if lowered.endswith(suffix)), "")

    @property
    def stem(self) -> str:
        """The name without its readable suffix."""
        return self.name[: len(self.name) - len(self.suffix)]


def folder_files(folder: Path) -> list[FolderFile]:
    """The folder's files by name; notes, maps and hidden files left out.

    Raises:
        SettingsError: The folder does not exist or is no folder.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"The import folder {folder} does not exist: expected a folder with files such as "
            "jobs.csv; name another one."
        )
    found: list[FolderFile] = []
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        name = path.name
        if name.startswith((".", "~$")) or name.lower().endswith(_SILENT_SUFFIXES):
            continue
        found.append(FolderFile(path=path, name=name, refused=_refusal(path)))
    return found


def _refusal(path: Path) -> str | None:
    if path.is_symlink():
        return "is a link, and links are not followed: put the file itself into the folder"
    if path.is_dir():
        return "is a folder: only files directly in the import folder are read"
    if not path.is_file():
        return "is no regular file"
    if not path.name.lower().endswith(READABLE):
        return f"has an ending that is not read (read are {', '.join(READABLE)}): export it as CSV"
    return None


def table_of_stem(stem: str) -> str | None:
    """The table a file stem names: `jobs`, `jobs_2026-10`, `Jobs 2`; None if it names none."""
    lowered = stem.lower().strip()
    for table in sorted(TABLES, key=len, reverse=True):
        spoken = lowered.replace(" ", "_").replace("-", "_")
        if spoken == table or spoken.startswith((f"{table}_", f"{table}.", f"{table}(")):
            return table
    return None
