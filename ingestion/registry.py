"""All sources by name. Data only: importing it opens nothing and loads no heavy library."""

from __future__ import annotations

from ingestion.imports.tables import TABLES
from ingestion.sources.hubspot.endpoints import SPEC as HUBSPOT
from ingestion.sources.pcm.endpoints import SPEC as PCM
from ingestion.sources.quickbooks.endpoints import SPEC as QUICKBOOKS
from ingestion.sources.servicetitan.endpoints import SPEC as SERVICETITAN
from ingestion.spec import EntitySpec, SourceSpec

IMPORT = SourceSpec(
    name="import",
    description="Folders of the operator's own exports in the import format.",
    entities=tuple(
        EntitySpec(
            name=table.name,
            description=f"{table.description.rstrip('.')}, by version.",
            key="|".join(table.key),
            cursor="full read of the folder",
            deletes="deleted_at",
            personal_fields=("*",),
        )
        for table in TABLES.values()
    ),
)

SOURCES: dict[str, SourceSpec] = {
    spec.name: spec for spec in (HUBSPOT, SERVICETITAN, QUICKBOOKS, PCM, IMPORT)
}
