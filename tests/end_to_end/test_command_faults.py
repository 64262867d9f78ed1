"""Each fault a person can cause gives one sentence and its exit code, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("matchback"))
SLOW = pytest.mark.slow


def matchback(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        env={"PATH": "/usr/bin:/bin", "MATCHBACK_HOME": str(home), "COLUMNS": "200", **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=home.parent,
    )


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in result.stdout + result.stderr
    lines = [line for line in result.stderr.strip().splitlines() if line.startswith("matchback:")]
    assert len(lines) == 1, result.stderr
    return lines[0]


@SLOW
@pytest.mark.parametrize(
    ("settings", "arguments", "code", "said"),
    [
        ("[operator]\ntime_zone = 'Nowhere/City'", ["run"], 2, "time_zone"),
        ("surprise = 1", ["run"], 2, "surprise"),
        ("", ["run"], 2, "No source is on"),
        ("", ["run", "--sources", "sap"], 2, "no source"),
        ("", ["run", "--imports", "nowhere"], 2, "no folder"),
        ("", ["run", "--as-of", "yesterday", "--publish", "x"], 2, "--as-of"),
        ("", ["query", "select 1"], 7, "No marts are published"),
        ("[limits]\nminimum_free_megabytes = 999999999", ["run", "--imports", "."], 6, "free"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, settings: str, arguments: list[str], code: int, said: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "matchback.toml").write_text(settings)
    result = matchback(home, *arguments)
    assert said in one_sentence(result)
    assert result.returncode == code


@SLOW
def test_missing_credentials_name_the_variable_and_the_rest_lands(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "matchback.toml").write_text("[sources.hubspot.accounts.main]\n")
    result = matchback(home, "sync")
    assert result.returncode == 4
    assert "SOURCES__HUBSPOT__MAIN__ACCESS_TOKEN" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


@SLOW
def test_doctor_finds_the_missing_credential_and_writes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "matchback.toml").write_text("[sources.hubspot.accounts.main]\n")
    before = sorted(path.name for path in home.iterdir())
    result = matchback(home, "doctor", "--no-online")
    assert result.returncode == 1
    assert "SOURCES__HUBSPOT" in result.stdout
    assert sorted(path.name for path in home.iterdir()) == before


def test_help_teaches_without_reading_anything(tmp_path: Path) -> None:
    result = matchback(tmp_path / "none", "--help")
    assert result.returncode == 0
    for word in ("demo", "doctor", "run", "sync", "ui", "query", "status", "inspect", "why"):
        assert word in result.stdout
