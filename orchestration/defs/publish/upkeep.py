"""Upkeep as assets: what is kept for a time only is pruned every night."""

from typing import Any

from dagster import AssetExecutionContext, MaterializeResult, asset

from orchestration.defs.ingest.assets import OWNERS, POOL
from orchestration.lib.resources import Matchback
from orchestration.lib.retention import prune_api_bodies


@asset(
    name="retention",
    key_prefix="upkeep",
    group_name="upkeep",
    owners=OWNERS,
    kinds={"duckdb"},
    pool=POOL,
    description="One row per pruning, in the audit log: bodies of API answers older than the "
    "setting (30 days) are emptied; the calls themselves stay.",
)
def retention(context: AssetExecutionContext, matchback: Matchback) -> MaterializeResult[Any]:
    """Prune, and say how much."""
    settings = matchback.settings()
    count = prune_api_bodies(settings, now=settings.now())
    context.log.info("%s bodies of API answers were pruned.", count)
    return MaterializeResult(metadata={"bodies pruned": count})


assets = [retention]
