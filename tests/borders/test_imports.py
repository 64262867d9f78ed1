"""Who may import whom, read from the source text of every module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "ingestion": ("dagster", "dagster_dbt", "dbt", "great_expectations", "orchestration",
                  "expectations", "dbt_project"),
    "expectations": ("dagster", "dagster_dbt", "dlt", "orchestration", "ingestion", "dbt_project"),
    "dbt_project/linkage": ("dagster", "dlt", "dbt", "great_expectations", "orchestration",
                            "expectations", "ingestion"),
    "dbt_project/measurement": ("dagster", "dlt", "dbt", "great_expectations", "orchestration",
                                "expectations", "ingestion"),
}  # fmt: skip
# Seconds each at import, or a connection: only inside the function that needs them.
HEAVY_AT_IMPORT = ("great_expectations",)


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(file: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return names


def offends(name: str, forbidden: tuple[str, ...]) -> bool:
    return any(name == word or name.startswith(f"{word}.") for word in forbidden)


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_room_imports_only_what_it_may_know(folder: str) -> None:
    files = modules(folder)
    assert files
    offences = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in sorted(imported(file))
        if offends(name, FORBIDDEN[folder])
    ]
    assert offences == []


def test_heavy_libraries_are_imported_late() -> None:
    offences = [
        f"{file.relative_to(ROOT)} imports {name} at its top"
        for folder in ("ingestion", "orchestration", "expectations")
        for file in modules(folder)
        if "datasource" not in file.name and "suites" not in file.parts
        for name in sorted(imported(file, top_level_only=True))
        if offends(name, HEAVY_AT_IMPORT)
    ]
    assert offences == []


def test_the_check_itself_sees_a_forbidden_import(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text("def late():\n    from dagster.core import thing\n")
    assert [name for name in imported(file) if offends(name, FORBIDDEN["ingestion"])]
    assert not imported(file, top_level_only=True)


def test_only_settings_read_the_environment() -> None:
    """One reader of the environment: settings come as values everywhere else."""
    allowed = {
        "ingestion/settings.py",
        "orchestration/cli.py",
        "orchestration/commands/demo.py",
        "orchestration/lib/dagster_run.py",
        "orchestration/lib/dbt_child.py",
        "orchestration/lib/dbt_project.py",
        "orchestration/defs/transform/assets.py",
        "ingestion/__main__.py",
        "ingestion/pipelines.py",
    }
    offences = [
        str(file.relative_to(ROOT))
        for folder in ("ingestion", "orchestration", "expectations")
        for file in modules(folder)
        if "environ" in file.read_text(encoding="utf-8")
        and "os.environ" in file.read_text(encoding="utf-8")
        and str(file.relative_to(ROOT)) not in allowed
    ]
    assert offences == []


def test_no_module_prints_outside_command_lines() -> None:
    offences = []
    for folder in ("ingestion", "orchestration", "expectations", "dbt_project/linkage",
                   "dbt_project/measurement"):  # fmt: skip
        for file in modules(folder):
            if "commands" in file.parts or file.name in ("__main__.py", "bench.py"):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                    offences.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert offences == []
