"""One asset per landed table, made by one factory from the registry of sources.

A vendor's fault never fails a step: its assets materialize, their check `source_complete` fails
(not blocking) and `source_runs` says so; otherwise one vendor that is down would stop all marts.
Only faults of landing itself (disk, lock) raise. What a source reads is in `ingestion/sources`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Backoff,
    MaterializeResult,
    RetryPolicy,
    asset,
    multi_asset,
)

from ingestion.registry import SOURCES
from ingestion.run import AccountResult
from ingestion.spec import SourceSpec
from orchestration.lib.landing_steps import AccountDoor, land_source
from orchestration.lib.rereads import reread_discrepancies
from orchestration.lib.resources import Matchback
from orchestration.lib.step_progress import announce

POOL = "warehouse"
REREADS_KEY = AssetKey(["upkeep", "rereads"])
TITLES = {
    "hubspot": "HubSpot",
    "servicetitan": "ServiceTitan",
    "quickbooks": "QuickBooks",
    "pcm": "PCM",
    "import": "the import folders",
}
OWNERS = ["team:data"]
# Only infrastructure raises here (lock, disk): worth three tries, each longer apart.
RETRIES = RetryPolicy(max_retries=2, delay=5, backoff=Backoff.EXPONENTIAL)


def landed_key(source: str, entity: str) -> AssetKey:
    """The key dbt gives the same table as a source, so that the lineage joins by itself."""
    return AssetKey([f"raw_{source}", entity])


def _specs(source: SourceSpec) -> list[AssetSpec]:
    return [
        AssetSpec(
            key=landed_key(source.name, entity.name),
            group_name=f"raw_{source.name}",
            description=f"{entity.description} Key: {entity.key}. Changes are seen by: "
            f"{entity.cursor}. Deletions: {entity.deletes}.",
            kinds={"dlt", "duckdb", "bronze"},
            owners=OWNERS,
        )
        for entity in source.entities
    ]


def _check_specs(source: SourceSpec) -> list[AssetCheckSpec]:
    specs = []
    for entity in source.entities:
        key = landed_key(source.name, entity.name)
        specs.append(
            AssetCheckSpec(
                "source_complete",
                asset=key,
                description="Every account was read to its end; if not, the marts are marked "
                "incomplete and the next run catches up.",
            )
        )
        specs.append(
            AssetCheckSpec(
                "door",
                asset=key,
                description="Great Expectations at the door: keys, formats, ranges, volume and "
                "lateness. A critical failure holds that account's new rows back.",
            )
        )
    return specs


def landing_assets(source: SourceSpec) -> AssetsDefinition:
    """The landed tables of one source as one step."""

    @multi_asset(
        name=f"land_{source.name}",
        specs=_specs(source),
        check_specs=_check_specs(source),
        pool=POOL,
        retry_policy=RETRIES,
    )
    def land(
        context: AssetExecutionContext, matchback: Matchback
    ) -> Iterator[MaterializeResult[Any] | AssetCheckResult]:
        settings = matchback.settings()
        announce(f"Reading {TITLES.get(source.name, source.name)}")
        doors: Sequence[AccountDoor] = ()
        if matchback.wants(source.name):
            doors = land_source(
                settings,
                source.name,
                run_id=context.run_id,
                full_refresh=matchback.is_full_refresh,
                progress=context.log.info,
            )
        for entity in source.entities:
            key = landed_key(source.name, entity.name)
            yield MaterializeResult(asset_key=key, metadata=_metadata(entity.name, doors))
            yield _completeness(key, entity.name, doors)
            yield _door(key, entity.name, doors)

    return land


def _metadata(entity: str, doors: Sequence[AccountDoor]) -> Mapping[str, Any]:
    metadata: dict[str, Any] = {"accounts": len(doors)}
    totals = {"rows read": 0, "landed": 0, "rejected": 0, "unchanged": 0, "tombstones": 0}
    for door in doors:
        for row in _entity_rows(door.result, entity):
            totals["rows read"] += row.read_count
            totals["landed"] += row.landed_count
            totals["rejected"] += row.rejected_count
            totals["unchanged"] += row.unchanged_count
            totals["tombstones"] += row.tombstone_count
            metadata[f"{door.result.account}: landed"] = row.landed_count
    return {**metadata, **totals, "dagster/row_count": totals["landed"]}


def _entity_rows(result: AccountResult, entity: str) -> list[Any]:
    return [row for row in result.entities if row.entity == entity]


def _completeness(key: AssetKey, entity: str, doors: Sequence[AccountDoor]) -> AssetCheckResult:
    faults: dict[str, Any] = {}
    for door in doors:
        rows = _entity_rows(door.result, entity)
        missing = not rows and door.result.error is not None
        if missing or any(not row.is_complete for row in rows):
            faults[door.result.account] = str(door.result.error or "not read to its end")
    return AssetCheckResult(
        asset_key=key,
        check_name="source_complete",
        passed=not faults,
        severity=AssetCheckSeverity.WARN,
        metadata=faults or {"accounts": len(doors)},
    )


def _door(key: AssetKey, entity: str, doors: Sequence[AccountDoor]) -> AssetCheckResult:
    results = [row for door in doors for row in door.checks if row.table_name == entity]
    failed = [row for row in results if not row.is_passed]
    return AssetCheckResult(
        asset_key=key,
        check_name="door",
        passed=not failed,
        severity=AssetCheckSeverity.WARN,
        metadata={
            "expectations": len(results),
            **{
                f"{row.severity}: {row.expectation}": f"{row.failed_count} of {row.checked_count}"
                for row in failed
            },
        },
    )


@asset(
    name="rereads",
    key_prefix="upkeep",
    group_name="upkeep",
    owners=OWNERS,
    kinds={"duckdb"},
    pool=POOL,
    retry_policy=RETRIES,
    deps=[
        landed_key(source.name, entity.name)
        for source in SOURCES.values()
        for entity in source.entities
    ],
    description="One row per discrepancy whose record was read again from its vendor, in the "
    "audit log: the first remedy, before the marts are judged anew.",
)
def rereads(context: AssetExecutionContext, matchback: Matchback) -> MaterializeResult[Any]:
    """Read the records of open discrepancies again, by id; how many had which outcome."""
    counts = reread_discrepancies(matchback.settings(), run_id=context.run_id)
    context.log.info("Records of discrepancies read again: %s.", counts or "none")
    return MaterializeResult(metadata={"read again": sum(counts.values()), **counts})


assets = [*(landing_assets(source) for source in SOURCES.values()), rereads]
