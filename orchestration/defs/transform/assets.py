"""The run's context tables, then the whole dbt project as one call."""

import os
from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    multi_asset,
)
from dagster_dbt import DbtCliResource, dbt_assets

from ingestion.landing import OWN_TABLES
from ingestion.registry import SOURCES
from ingestion.settings import Settings, load_settings
from orchestration.defs.ingest.assets import OWNERS, POOL, REREADS_KEY, landed_key
from orchestration.lib.build_steps import BuildFacts, open_build
from orchestration.lib.dbt_project import (
    BUILD_ARGUMENTS,
    PROJECT_DIR,
    dbt_environment,
    dbt_executable,
    ensure_manifest,
    read_manifest,
    target_dir,
)
from orchestration.lib.mart_events import measured_last
from orchestration.lib.resources import Matchback
from orchestration.lib.step_progress import announce
from orchestration.lib.table_measures import TableMeasures, measure_schema
from orchestration.lib.translators import MatchbackTranslator
from orchestration.lib.warehouse import open_warehouse, single_run

MANIFEST_PATH = ensure_manifest(load_settings())
MANIFEST = read_manifest(MANIFEST_PATH)


def _context_specs() -> list[AssetSpec]:
    named = {
        source["name"]
        for source in MANIFEST["sources"].values()
        if source["schema"] == "raw_matchback"
    }
    landed = [
        landed_key(source.name, entity.name)
        for source in SOURCES.values()
        for entity in source.entities
    ]
    return [
        AssetSpec(
            key=AssetKey(["raw_matchback", table]),
            group_name="raw_matchback",
            description="Rows of matchback's own: settings as tables, logs, and what the operator "
            "decided."
            if table not in OWN_TABLES
            else "Rows landed beside the vendors' records.",
            kinds={"duckdb"},
            owners=OWNERS,
            deps=[*landed, REREADS_KEY],
            skippable=True,
        )
        for table in sorted(named)
    ]


@multi_asset(name="open_build", specs=_context_specs(), pool=POOL)
def run_context_assets(
    context: AssetExecutionContext, matchback: Matchback
) -> Iterator[MaterializeResult[Any]]:
    """Decide whether to build; if so write settings and the as-of instant as tables."""
    facts = open_build(
        matchback.settings(),
        run_id=context.run_id,
        force=matchback.is_forced or matchback.is_full_refresh or matchback.is_full_identity_scan,
        full_identity_scan=matchback.is_full_identity_scan,
    )
    context.log.info("Marts: %s because %s.", facts.verb, facts.reason)
    if not facts.is_needed:
        return
    for spec in _context_specs():
        yield MaterializeResult(
            asset_key=spec.key, metadata={"as of": str(facts.as_of), "reason": facts.reason}
        )


@dbt_assets(
    manifest=MANIFEST_PATH,
    name="dbt_build",
    dagster_dbt_translator=MatchbackTranslator(),
    exclude="resource_type:unit_test",
    pool=POOL,
)
def dbt_models(context: AssetExecutionContext, matchback: Matchback) -> Iterator[Any]:
    """Build and test all models in one dbt call; marts tell their rows and money totals.

    A mart's event waits until dbt has let go of the warehouse, because only then can it be counted.
    """
    settings = matchback.settings()
    announce("Building and testing the marts")
    os.environ.update(dbt_environment(settings))
    dbt = DbtCliResource(
        project_dir=str(PROJECT_DIR),
        profiles_dir=str(PROJECT_DIR),
        dbt_executable=dbt_executable(),
    )
    arguments = list(BUILD_ARGUMENTS)
    with single_run(settings, name="writer", wait=True):
        BuildFacts.forget_results(settings)
        invocation = dbt.cli(arguments, context=context, target_path=target_dir(settings))
        deps = context.assets_def.asset_deps
        yield from measured_last(invocation.stream(), deps, lambda: _measured_marts(settings))


def _measured_marts(settings: Settings) -> dict[str, TableMeasures]:
    with open_warehouse(settings) as connection:
        return measure_schema(connection, "marts")


assets: list[AssetsDefinition] = [run_context_assets, dbt_models]
