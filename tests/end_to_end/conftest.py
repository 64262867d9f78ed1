"""An operator with sandbox vendors and a home of their own, driven through the real command."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.sandbox import Sandbox, build_world, write_import_folder

ANCHOR = date(2026, 10, 1)
COMMAND = str(Path(sys.executable).with_name("matchback"))


@dataclass
class Operator:
    """A home, the vendors it reads, and the command line it is run by."""

    home: Path
    sandbox: Sandbox
    extra: dict[str, str] = field(default_factory=dict)

    def write_settings(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        exports = self.home / "exports"
        write_import_folder(self.sandbox.world, exports, self.sandbox.now)
        text = self.sandbox.settings_toml(self.home, imports=(exports,))
        (self.home / "matchback.toml").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.sandbox.credentials,
            "MATCHBACK_HOME": str(self.home),
            "MATCHBACK_SETTINGS": str(self.home / "matchback.toml"),
            "MATCHBACK_NOW": self.sandbox.now.isoformat(),
            **self.extra,
        }

    def command(
        self, *arguments: str, timeout: float = 580, file_bytes: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; with `file_bytes` no file can grow beyond them, as on a full disk."""

        def limit_files() -> None:
            if file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

        return subprocess.run(
            [COMMAND, *arguments],
            # Without bytecode: Python would leave a module's cut off behind.
            env={**self.environment, "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=limit_files,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def killed_run(self, *, at_step: str, after_seconds: float) -> None:
        """Start a run and kill it, with all its children, some seconds into a step."""
        process = subprocess.Popen(
            [COMMAND, "run"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            if at_step in line:
                time.sleep(after_seconds)
                break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def published(self) -> duckdb.DuckDBPyConnection:
        return attach(self.home / "published" / "marts.duckdb")

    def run_name(self) -> str:
        return (self.home / "published").resolve().name


def attach(file: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach '{file.resolve()}' as published (read_only)")
    connection.execute("use published.marts")
    return connection


def table_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'published' order by 1"
    ).fetchall()
    return [name for (name,) in rows]


@pytest.fixture(scope="session")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """The operator whose nights the tests of this folder live through, in the order of the file."""
    world = build_world("small", seed=7, anchor=ANCHOR)
    with Sandbox(world).start() as sandbox:
        one = Operator(tmp_path_factory.mktemp("operator"), sandbox)
        one.write_settings()
        yield one


@pytest.fixture(scope="session")
def first_night(operator: Operator) -> subprocess.CompletedProcess[str]:
    """The first nightly run, once for all tests that look at it."""
    return operator.command("run")
