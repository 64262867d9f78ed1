"""`matchback sandbox` serves in the foreground, says how to use it, and ends on Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import typer
from typer.testing import CliRunner

from ingestion.errors import SettingsError
from ingestion.settings import load_settings
from orchestration.commands import sandbox

ALONE = """
import typer
from orchestration.commands import sandbox
app = typer.Typer()
app.callback()(lambda: None)
sandbox.register(app)
app()
"""


def read_until(file: Path, mark: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        text = file.read_text(encoding="utf-8")
        if mark in text:
            return text
        time.sleep(0.05)
    raise AssertionError(f"'{mark}' did not come: {file.read_text(encoding='utf-8')}")


def test_it_serves_writes_settings_and_ends_on_interrupt(tmp_path):
    settings_file, log = tmp_path / "home" / "matchback.toml", tmp_path / "log"
    arguments = ["sandbox", "--size", "tiny", "--port", "0", "--settings-to", str(settings_file)]
    arguments += ["--imports-to", str(tmp_path / "imports"), "--anchor", "2026-10-14"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", ALONE, *arguments],
            stderr=output,
            env={**os.environ, "COLUMNS": "200"},
        )
        try:
            text = read_until(log, "Ctrl-C ends it", process)
            urls = re.findall(r"http://127\.0\.0\.1:\d+", text)
            clock = httpx.get(f"{urls[0]}/_sandbox", timeout=30).json()["now"]
            assert clock == "2026-10-14T05:00:00+00:00"
            settings = load_settings(home=settings_file.parent, path=settings_file, environment={})
            assert settings.credential("servicetitan", "south", "CLIENT_SECRET")
            assert settings.imports == (tmp_path / "imports",)
            assert (settings_file.parent / ".env").stat().st_mode & 0o077 == 0
            assert (tmp_path / "imports" / "campaigns.csv").is_file()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    assert process.returncode == 0
    assert "Sandbox closed" in log.read_text(encoding="utf-8")


def invoke(*arguments: str) -> BaseException | None:
    app = typer.Typer()
    app.callback()(lambda: None)
    sandbox.register(app)
    return CliRunner().invoke(app, ["sandbox", *arguments]).exception


def test_an_unknown_size_gives_one_sentence():
    problem = invoke("--size", "gigantic")
    assert isinstance(problem, SettingsError)
    assert "expected one of tiny, small, medium, large" in str(problem)


def test_a_taken_port_gives_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(min(taken.getsockname()[1], 65_532))
        problem = invoke("--size", "tiny", "--port", port)
    assert isinstance(problem, SettingsError)
    assert "name another with --port" in str(problem)
