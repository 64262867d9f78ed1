"""The one Dagster resource: which home, which settings, and what this run was asked to do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from dagster import ConfigurableResource
from pydantic import Field

from ingestion.settings import Settings, load_settings


class Matchback(ConfigurableResource):
    """Settings of the home, read when a run starts, never at import.

    Attributes:
        sources: Only these sources are read (all that are on, if empty).
        imports: Folders read beside those of the settings file.
        is_forced: Rebuild the marts even when nothing is new.
        is_full_refresh: Forget cursors and read every source from its beginning.
        is_full_identity_scan: Link all records against all, not only new and changed ones.
    """

    sources: list[str] = Field(default_factory=list)
    imports: list[str] = Field(default_factory=list)
    is_forced: bool = False
    is_full_refresh: bool = False
    is_full_identity_scan: bool = False

    def settings(self) -> Settings:
        """The settings of this home, with this run's import folders added."""
        settings = load_settings()
        if not self.imports:
            return settings
        folders = tuple(Path(folder).expanduser().resolve() for folder in self.imports)
        return settings.model_copy(
            update={"imports": tuple(dict.fromkeys((*settings.imports, *folders)))}
        )

    def wants(self, source: str) -> bool:
        """Whether this run reads a source."""
        return not self.sources or source in self.sources

    def now(self) -> datetime:
        """The present instant, or the fixed one."""
        return load_settings().now()
