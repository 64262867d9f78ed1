"""Entry point of Dagster: assets, checks, jobs, schedules and sensors of matchback.

Definitions load with an empty environment; settings are read when a run starts.
"""

from __future__ import annotations

from dagster import Definitions, in_process_executor

from orchestration.defs.ingest import assets as ingest
from orchestration.defs.publish import assets as publish
from orchestration.defs.publish import upkeep
from orchestration.defs.quality import checks as quality
from orchestration.defs.schedules import jobs as schedules
from orchestration.defs.transform import assets as transform
from orchestration.lib.resources import Matchback

defs = Definitions(
    assets=[*ingest.assets, *transform.assets, *publish.assets, *upkeep.assets],
    asset_checks=quality.checks,
    jobs=schedules.jobs,
    schedules=schedules.schedules,
    sensors=schedules.sensors,
    resources={"matchback": Matchback()},
    executor=in_process_executor,
)
