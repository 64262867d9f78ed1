"""A dbt build ends with the run that started it and never holds the warehouse for nobody."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ingestion.settings import load_settings
from orchestration.lib.dbt_child import PARENT
from orchestration.lib.dbt_project import dbt_environment, dbt_executable

CHILD = """
import time
from orchestration.lib.dbt_child import end_with
import os
end_with(int(os.environ["MATCHBACK_DBT_PARENT"]))
print(os.getpid(), flush=True)
time.sleep(120)
"""

RUN = """
import os, subprocess, sys, time
environment = {**os.environ, "MATCHBACK_DBT_PARENT": str(os.getpid())}
subprocess.Popen([sys.executable, sys.argv[1]], env=environment)
time.sleep(120)
"""


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie that nobody has collected yet has ended all the same.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.fixture
def started(tmp_path: Path):
    """A run alone in its process, and the process id of the child it started."""
    for name, text in (("run.py", RUN), ("child.py", CHILD)):
        (tmp_path / name).write_text(textwrap.dedent(text))
    run = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py"), str(tmp_path / "child.py")],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    child = int(run.stdout.readline())
    yield run, child
    for pid in (run.pid, child):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.wait()


def test_a_child_ends_when_its_run_is_killed_alone(started) -> None:
    run, child = started
    assert is_running(child)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    patience = time.monotonic() + 30
    while is_running(child) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not is_running(child)


def test_dbt_is_started_under_watch(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    assert dbt_environment(settings)[PARENT] == str(os.getpid())
    executable = Path(dbt_executable())
    assert executable.name == "matchback-dbt"
    assert executable.exists()
