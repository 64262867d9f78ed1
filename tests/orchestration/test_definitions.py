"""The asset graph as a snapshot: a change of it shows in review.

After a wanted change write it anew: `MATCHBACK_WRITE_SNAPSHOT=1 pytest tests/orchestration`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SNAPSHOT = Path(__file__).parent / "snapshots" / "assets.txt"


@pytest.fixture(scope="module")
def definitions() -> Any:
    from orchestration.definitions import defs

    return defs


def test_definitions_load_with_an_empty_environment(tmp_path: Path) -> None:
    """Without a home, a secret or a settings file."""
    result = subprocess.run(
        [sys.executable, "-c", "from orchestration.definitions import defs; print('loaded')"],
        env={"PATH": "/usr/bin:/bin", "MATCHBACK_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert result.stdout.strip() == "loaded", result.stderr


def test_the_asset_graph_is_the_one_in_the_snapshot(definitions: Any) -> None:
    graph = definitions.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.path):
        node = graph.get(key)
        parents = len(node.parent_keys)
        lines.append(f"{'/'.join(key.path)}  group={node.group_name}  parents={parents}")
    text = "\n".join(lines) + "\n"
    if os.environ.get("MATCHBACK_WRITE_SNAPSHOT"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text()


def test_every_asset_has_an_owner_a_group_and_a_description(definitions: Any) -> None:
    graph = definitions.resolve_asset_graph()
    bare = []
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        if not node.is_materializable:
            bare.append(("not materializable", key.path))
        elif not node.description or not node.owners or node.group_name == "default":
            bare.append(("undescribed", key.path))
    assert bare == []


def test_every_dbt_test_is_a_check_of_an_asset(definitions: Any) -> None:
    """A test over several models names the one it stands under, in its config's meta."""
    from orchestration.defs.transform.assets import MANIFEST

    tests = {node["name"] for node in MANIFEST["nodes"].values() if node["resource_type"] == "test"}
    checks = {key.name for key in definitions.resolve_asset_graph().asset_check_keys}
    assert tests - checks == set()


def test_lineage_reaches_from_a_vendors_table_to_the_published_file(definitions: Any) -> None:
    from dagster import AssetKey

    graph = definitions.resolve_asset_graph()
    seen, queue = set(), [AssetKey(["raw_pcm", "recipients"])]
    while queue:
        key = queue.pop()
        if key not in seen:
            seen.add(key)
            queue += list(graph.get(key).child_keys)
    assert AssetKey(["marts", "rpt_campaign_summary"]) in seen
    assert AssetKey(["published", "marts_duckdb"]) in seen


def test_every_landed_table_has_its_two_checks(definitions: Any) -> None:
    from ingestion.registry import SOURCES

    graph = definitions.resolve_asset_graph()
    checks = {("/".join(key.asset_key.path), key.name) for key in graph.asset_check_keys}
    missing = [
        (source.name, entity.name, check)
        for source in SOURCES.values()
        for entity in source.entities
        for check in ("source_complete", "door")
        if (f"raw_{source.name}/{entity.name}", check) not in checks
    ]
    assert missing == []


def test_jobs_schedules_and_sensors_are_there(definitions: Any) -> None:
    repository = definitions.get_repository_def()
    assert {"nightly", "sync"} <= {job.name for job in repository.get_all_jobs()}
    assert {schedule.name for schedule in repository.schedule_defs} == {
        "nightly_schedule",
        "sync_schedule",
        "identity_full_scan_schedule",
    }
    assert {sensor.name for sensor in repository.sensor_defs} >= {
        "run_failure_alert",
        "check_failure_alert",
    }


def test_writing_steps_share_one_pool(definitions: Any) -> None:
    job = definitions.resolve_job_def("nightly")
    loose = [node.name for node in job.nodes if node.definition.pool != "warehouse"]
    assert loose == []
