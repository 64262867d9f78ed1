"""The marts' door: Great Expectations suites as blocking checks, one per table that has a suite."""

from collections.abc import Iterator

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    multi_asset_check,
)

from expectations.registry import mart_tables
from orchestration.defs.ingest.assets import POOL
from orchestration.defs.transform.assets import MANIFEST
from orchestration.lib.build_steps import check_marts_door
from orchestration.lib.resources import Matchback
from orchestration.lib.step_progress import announce

_BUILT = {node["name"] for node in MANIFEST["nodes"].values() if node["schema"] == "marts"}
CHECKED_TABLES = sorted(set(mart_tables()) & _BUILT)


def _specs() -> list[AssetCheckSpec]:
    return [
        AssetCheckSpec(
            "door",
            asset=AssetKey(["marts", table]),
            blocking=True,
            description="Great Expectations before publishing: plausible business numbers and "
            "hygiene. A critical failure keeps the marts published before.",
        )
        for table in CHECKED_TABLES
    ]


@multi_asset_check(name="marts_door", specs=_specs(), pool=POOL)
def marts_door(matchback: Matchback) -> Iterator[AssetCheckResult]:
    """Run all suites of the marts in one go; only critical failures hold publishing back."""
    announce("Checking the marts")
    results = check_marts_door(matchback.settings())
    for table in CHECKED_TABLES:
        rows = [row for row in results if row.table_name == table]
        failed = [row for row in rows if not row.is_passed]
        critical = [row for row in failed if row.severity == "critical"]
        yield AssetCheckResult(
            asset_key=AssetKey(["marts", table]),
            check_name="door",
            passed=not failed,
            severity=AssetCheckSeverity.ERROR if critical else AssetCheckSeverity.WARN,
            metadata={
                "expectations": len(rows),
                **{
                    f"{row.severity}: {row.expectation}": f"{row.failed_count} of "
                    f"{row.checked_count}"
                    for row in failed
                },
            },
        )


checks = [marts_door]
