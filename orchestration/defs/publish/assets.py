"""The published files as assets, downstream of every mart."""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from orchestration.defs.ingest.assets import POOL
from orchestration.defs.transform.assets import MANIFEST
from orchestration.lib.build_steps import publish_build
from orchestration.lib.resources import Matchback
from orchestration.lib.step_progress import announce

PUBLISHED = {
    "marts_duckdb": "The marts as one DuckDB file: one row per table's own grain.",
    "restricted_duckdb": "Personal data, owner-only: one row per customer and customer field.",
    "parquet": "Each table of the marts as a Parquet file.",
    "run_json": "One row per run: what was read, checked and built.",
}


def _upstream() -> list[AssetKey]:
    return [
        AssetKey([node["schema"], node["name"]])
        for node in MANIFEST["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in ("marts", "restricted")
    ]


@multi_asset(
    name="publish",
    specs=[
        AssetSpec(
            key=AssetKey(["published", name]),
            group_name="published",
            description=description,
            kinds={"duckdb" if name.endswith("duckdb") else "file"},
            owners=["team:analytics"],
            deps=_upstream(),
        )
        for name, description in PUBLISHED.items()
    ],
    pool=POOL,
)
def published_files(
    context: AssetExecutionContext, matchback: Matchback
) -> Iterator[MaterializeResult[Any]]:
    """Copy the marts into place; rows and money totals are the metadata."""
    settings = matchback.settings()
    announce("Publishing")
    tables = publish_build(settings, progress=context.log.debug)
    totals = {
        f"{table.name}.{column}": value
        for table in tables
        if table.name in ("fct_invoice_lines", "rpt_campaign_summary")
        for column, value in table.totals.items()
    }
    rows = {table.name: table.row_count for table in tables}
    for name in PUBLISHED:
        yield MaterializeResult(
            asset_key=AssetKey(["published", name]),
            metadata={
                "folder": MetadataValue.path(settings.publish_folder),
                "tables": len(tables),
                "dagster/row_count": sum(rows.values()),
                "rows by table": MetadataValue.json(rows),
                **totals,
            },
        )


assets = [published_files]
