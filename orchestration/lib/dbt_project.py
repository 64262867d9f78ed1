"""Runs the dbt project and reads what it wrote about itself.

One dbt call a run: a call costs about four seconds before the first model. Everything dbt writes
(target, logs) stands under MATCHBACK_HOME. What dbt builds is in `dbt_project/`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.disk import disk_full, says_disk_full
from ingestion.errors import MatchbackError
from ingestion.settings import Settings
from orchestration.lib.dbt_child import PARENT
from orchestration.lib.warehouse import single_run

PROJECT_DIR = Path(__file__).resolve().parents[2] / "dbt_project"
# Unit tests prove the SQL, not tonight's data: the test suite runs them, the nightly does not.
BUILD_ARGUMENTS = ("build", "--exclude-resource-type", "unit_test")


class TransformError(MatchbackError):
    """dbt could not build the marts; what was published before stays up."""

    exit_code = 8


@dataclass(frozen=True)
class DbtResult:
    """One node of a dbt run: its unique id, name, kind, status and failed row count."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    failures: int
    message: str
    severity: str
    attached_model: str | None
    seconds: float


def dbt_executable() -> str:
    """The dbt of this Python environment, whatever PATH says, that ends when we do."""
    return str(Path(sys.executable).with_name("matchback-dbt"))


def target_dir(settings: Settings) -> Path:
    """Where dbt's artifacts of this home are."""
    return settings.home / "dbt" / "target"


def dbt_environment(settings: Settings, *, warehouse: Path | None = None) -> dict[str, str]:
    """The variables the dbt project reads, for one warehouse file."""
    return {
        "MATCHBACK_WAREHOUSE": str(warehouse or settings.warehouse),
        "MATCHBACK_MEMORY_LIMIT": settings.limits.memory_limit,
        "DBT_TARGET_PATH": str(target_dir(settings)),
        "DBT_LOG_PATH": str(settings.home / "dbt" / "logs"),
        "DBT_PROFILES_DIR": str(PROJECT_DIR),
        "DBT_PROJECT_DIR": str(PROJECT_DIR),
        PARENT: str(os.getpid()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def run_dbt(
    settings: Settings, *arguments: str, warehouse: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one dbt command outside Dagster; output is captured."""
    environment = {**os.environ, **dbt_environment(settings, warehouse=warehouse)}
    target_dir(settings).mkdir(parents=True, exist_ok=True)
    return subprocess.run(  # noqa: S603 - our own executable and arguments
        [dbt_executable(), "--no-use-colors", *arguments],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def ensure_manifest(settings: Settings) -> Path:
    """The parsed project of this home; parsed now if it is missing or older than a source file.

    Raises:
        TransformError: The project does not parse; the message holds dbt's last lines.
        DiskFullError: Its artifacts could not be written.
    """
    manifest = target_dir(settings) / "manifest.json"
    # Two processes that load the definitions at once must not read each other's half file.
    with single_run(settings, name="parse", wait=True):
        if manifest.exists() and manifest.stat().st_mtime >= _newest_source():
            return manifest
        result = run_dbt(settings, "parse", "--quiet")
        if says_disk_full(result.stdout):
            raise disk_full(settings.home)
        if result.returncode != 0:
            raise TransformError(f"The dbt project does not parse: {last_lines(result.stdout)}")
        os.utime(manifest)
    return manifest


def _newest_source() -> float:
    folders = ("models", "macros", "seeds", "tests")
    files = [PROJECT_DIR / "dbt_project.yml", PROJECT_DIR / "profiles.yml"]
    for folder in folders:
        files += [path for path in (PROJECT_DIR / folder).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in files)


def last_lines(text: str, *, count: int = 6) -> str:
    """The end of a program's output as one line."""
    return " | ".join(line.strip() for line in text.strip().splitlines()[-count:] if line.strip())


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest as parsed JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def table_comments(manifest: Mapping[str, Any]) -> dict[str, tuple[str, dict[str, str]]]:
    """Table -> (description, column -> description) of marts and restricted models."""
    comments = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] in ("marts", "restricted"):
            columns = {name: column["description"] for name, column in node["columns"].items()}
            comments[node["alias"]] = (node["description"], columns)
    return comments


def after_dbt_models(manifest: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Marts tagged `after_dbt` with their columns: publishing fills them again.

    What they report (check results, this run's own facts) is known only once dbt has ended.
    """
    return [
        (node["alias"], list(node["columns"]))
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "after_dbt" in node["tags"]
    ]


def read_results(target: Path, manifest: Mapping[str, Any]) -> list[DbtResult]:
    """The outcome of each node of the last run in `target`; empty if there was none."""
    file = target / "run_results.json"
    if not file.exists():
        return []
    results = []
    for row in json.loads(file.read_text(encoding="utf-8"))["results"]:
        node = manifest["nodes"].get(row["unique_id"], {})
        attached = node.get("attached_node")
        results.append(
            DbtResult(
                unique_id=row["unique_id"],
                name=node.get("name", row["unique_id"]),
                resource_type=node.get("resource_type", "unknown"),
                status=row["status"],
                failures=row.get("failures") or 0,
                message=row.get("message") or "",
                severity=str(node.get("config", {}).get("severity", "error")).lower(),
                attached_model=attached.split(".")[-1] if attached else None,
                seconds=row.get("execution_time") or 0.0,
            )
        )
    return results
