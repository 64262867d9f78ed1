"""`imports.toml`: how exports as vendors make them become tables of the import format.

    presets = ["servicetitan"]          # packaged maps, tried where no [[file]] below fits
    money_style = "us"                  # for all files; each [[file]] may say otherwise
    constants = { account = "north" }

    [[file]]
    pattern = "Jobs Report*.xlsx"       # name in the folder, `*` and `?`, any case
    table = "jobs"
    constants = { source = "servicetitan" }
    columns = { job_id = "Job #", created_at = ["Created On", "Booked On"] }   # ours = theirs
    skip_head = 3                       # lines before the header, or "auto" to search it
    skip_foot = 1
    delimiter = ";"
    encoding = "cp1252"
    date_format = ["%m/%d/%Y %I:%M %p", "%m/%d/%Y"]
    time_zone = "America/Chicago"
    money_style = "us"                  # plain 1234.56 | us $1,234.56 (50.00) | eu 1.234,56

Of several of their columns the first filled one is taken. Columns that already have a name of the
format need no entry. Several [[file]] entries may read one file into several tables. Which file
gets which map is in `choose_maps`; the packaged maps are in `presets/`.
"""

from __future__ import annotations

import fnmatch
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from ingestion.errors import SettingsError
from ingestion.imports.files import MAP_NAME, FolderFile, table_of_stem
from ingestion.imports.tables import TABLES
from ingestion.settings_model import Section

PRESETS_FOLDER = Path(__file__).parent / "presets"
MoneyStyle = Literal["plain", "us", "eu"]
_Model = TypeVar("_Model", bound=Section)


class FileMap(Section):
    """How one file (or all files of one pattern) is read into one table."""

    name: str = ""
    pattern: str = ""
    preset: str | None = None
    table: str = ""
    constants: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    # Every entry has to stand in the header; a list is names of one column, any of them will do.
    signature: tuple[str | tuple[str, ...], ...] = ()
    # Texts that stand for an empty cell ("-" in Jobber's reports).
    empty: tuple[str, ...] = ()
    skip_head: int | Literal["auto"] = 0
    skip_foot: int = Field(default=0, ge=0)
    delimiter: str | None = None
    encoding: str | None = None
    date_format: tuple[str, ...] = ()
    time_zone: str | None = None
    money_style: MoneyStyle = "plain"

    @field_validator("columns", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            ours: [theirs] if isinstance(theirs, str) else theirs for ours, theirs in value.items()
        }

    @field_validator("date_format", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("pattern")
    @classmethod
    def _inside(cls, value: str) -> str:
        if "/" in value or "\\" in value or ".." in value:
            raise ValueError("a pattern names files directly in the import folder, without a path")
        return value

    @field_validator("delimiter")
    @classmethod
    def _one_sign(cls, value: str | None) -> str | None:
        if value is not None and len(value) != 1:
            raise ValueError("a delimiter is one sign")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            ZoneInfo(value or "UTC")
        except (KeyError, ValueError) as error:
            raise ValueError(f"'{value}' is no IANA time zone, e.g. 'America/New_York'") from error
        return value

    @model_validator(mode="after")
    def _known_names(self) -> FileMap:
        if not self.table:
            return self
        table = TABLES.get(self.table)
        if table is None:
            raise ValueError(f"'{self.table}' is no table of the import format")
        for column in self.columns:
            if column not in table.by_name:
                raise ValueError(f"table {self.table} has no column '{column}'")
        return self

    def fits_name(self, name: str) -> bool:
        """Whether the pattern fits a file's name, in any case."""
        return bool(self.pattern) and fnmatch.fnmatchcase(name.lower(), self.pattern.lower())

    def fits_header(self, header: list[str]) -> bool:
        """Whether the header has all columns of the signature."""
        names = {plain_name(cell) for cell in header}
        return bool(self.signature) and all(
            any(plain_name(name) in names for name in ([one] if isinstance(one, str) else one))
            for one in self.signature
        )


class FolderMap(Section):
    """What `imports.toml` says of the whole folder."""

    presets: tuple[str, ...] = ()
    constants: dict[str, str] = Field(default_factory=dict)
    date_format: tuple[str, ...] = ()
    time_zone: str | None = None
    money_style: MoneyStyle | None = None
    encoding: str | None = None
    file: tuple[FileMap, ...] = ()

    @field_validator("date_format", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


def plain_name(name: str) -> str:
    """A header cell for comparing: `Job ID ` and `job_id` are equal."""
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


def load_folder_map(folder: Path) -> FolderMap:
    """Read `imports.toml` of a folder; without one, the map that maps nothing.

    Raises:
        SettingsError: It is no TOML or says something that is not understood, names a preset or
            table that does not exist, or is a link.
    """
    path = folder / MAP_NAME
    if path.is_symlink():
        raise SettingsError(f"{path} is a link, and links are not followed: put the file there.")
    if not path.is_file():
        return FolderMap()
    content = _read(path)
    preset_of = content.get("file", [])
    if isinstance(preset_of, list):
        content["file"] = [_with_preset(entry, path) for entry in preset_of]
    folder_map = _validated(FolderMap, content, path)
    for preset in folder_map.presets:
        load_preset(preset)
    for entry in folder_map.file:
        if not entry.table or not entry.pattern:
            raise SettingsError(
                f"{path}: a [[file]] entry needs a pattern and a table (or a preset): add them."
            )
    return folder_map


@lru_cache(maxsize=32)
def load_preset(name: str) -> tuple[FileMap, ...]:
    """The packaged maps of one vendor.

    Raises:
        SettingsError: There is no such preset; the message lists them.
    """
    if name not in preset_names():
        raise SettingsError(
            f"'{name}' is no preset: expected one of {', '.join(preset_names())}; correct "
            f"{MAP_NAME}."
        )
    path = PRESETS_FOLDER / f"{name}.toml"
    content = _read(path)
    common = content.get("constants", {})
    entries = []
    for entry in content["file"]:
        merged = {**{k: v for k, v in content.items() if k not in ("file", "constants")}, **entry}
        merged["constants"] = {**common, **entry.get("constants", {})}
        entries.append(_validated(FileMap, merged, path))
    return tuple(entries)


def preset_names() -> tuple[str, ...]:
    """Names of all packaged presets."""
    return tuple(sorted(path.stem for path in PRESETS_FOLDER.glob("*.toml")))


def choose_maps(file: FolderFile, folder_map: FolderMap, header: list[str]) -> list[FileMap]:
    """The maps a file is read by, one a table; empty if nobody knows the file.

    First the [[file]] entries whose pattern fits; else the presets' by pattern, then by the
    columns of the header; else the table its name begins with.
    """
    chosen = [entry for entry in folder_map.file if entry.fits_name(file.name)]
    packaged = [entry for name in folder_map.presets for entry in load_preset(name)]
    if not chosen:
        chosen = [e for e in packaged if e.fits_name(file.name) and e.fits_header(header)]
    if not chosen and (table := table_of_stem(file.stem)):
        chosen = [FileMap(table=table)]
    if not chosen:
        chosen = [entry for entry in packaged if entry.fits_header(header)][:1]
    return [_with_folder_defaults(entry, folder_map) for entry in chosen]


def _with_folder_defaults(entry: FileMap, folder_map: FolderMap) -> FileMap:
    changes: dict[str, Any] = {"constants": {**entry.constants, **folder_map.constants}}
    said = entry.model_fields_set
    for key in ("date_format", "time_zone", "money_style", "encoding"):
        value = getattr(folder_map, key)
        if value and key not in said:
            changes[key] = value
    if any(entry is one for one in folder_map.file):
        changes["constants"] = {**folder_map.constants, **entry.constants}
    return entry.model_copy(update=changes)


def _with_preset(entry: Any, path: Path) -> Any:
    """An entry that names `preset = "vendor.name"` on top of that packaged map."""
    if not isinstance(entry, dict) or not entry.get("preset"):
        return entry
    vendor, _, name = str(entry["preset"]).partition(".")
    for packaged in load_preset(vendor):
        if packaged.name == name:
            base = packaged.model_dump(exclude_unset=True, exclude={"signature", "pattern"})
            merged = {**base, **entry}
            merged["constants"] = {**base.get("constants", {}), **entry.get("constants", {})}
            merged["columns"] = {**base.get("columns", {}), **entry.get("columns", {})}
            return merged
    names = ", ".join(f"{vendor}.{packaged.name}" for packaged in load_preset(vendor))
    raise SettingsError(
        f"{path}: there is no preset '{entry['preset']}': expected one of {names}; correct it."
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no valid TOML ({error}): correct that line.") from None


def _validated(model: type[_Model], content: dict[str, Any], path: Path) -> _Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "an entry"
        known = (
            "is not known" if first["type"] == "extra_forbidden" else f"is wrong: {first['msg']}"
        )
        raise SettingsError(f"{path}: {key} {known}; correct it.") from None
