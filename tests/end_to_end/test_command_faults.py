"""Each fault a person can cause gives one sentence and its exit code, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.ingestion.conftest import Vendor, secure_vendor, self_signed

__all__ = ["secure_vendor", "self_signed"]

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


@SLOW
def test_vendors_out_of_reach_are_told_apart_and_the_rest_lands(
    tmp_path: Path, secure_vendor: Vendor
) -> None:
    home = tmp_path / "home"
    (home / "exports").mkdir(parents=True)
    (home / "exports" / "customers.csv").write_text("source,customer_id\nours,1\nours,2\n")
    (home / "matchback.toml").write_text(
        f"""
        imports = ["{home / "exports"}"]
        [limits]
        retry_budget_seconds = 1
        [sources.hubspot]
        options.base_url = "{secure_vendor.url}"
        accounts.main = {{}}
        [sources.pcm]
        options.base_url = "https://vendor.invalid"
        accounts.main = {{}}
        [sources.quickbooks]
        options.token_url = "http://127.0.0.1:9/token"
        accounts.main = {{realm_id = "9"}}
        """
    )
    result = matchback(
        home,
        "sync",
        SOURCES__HUBSPOT__ACCESS_TOKEN="canary-token",
        SOURCES__PCM__API_KEY="canary-key",
        SOURCES__PCM__API_SECRET="canary-secret",
        SOURCES__QUICKBOOKS__CLIENT_ID="canary-client",
        SOURCES__QUICKBOOKS__CLIENT_SECRET="canary-secret",
        SOURCES__QUICKBOOKS__REFRESH_TOKEN="canary-refresh",
    )
    told = result.stdout + result.stderr
    assert result.returncode == 4, told
    for account, reason in (
        ("hubspot/main", "cannot prove who it is"),
        ("pcm/main", "no host vendor.invalid"),
        ("quickbooks/main", "connection refused"),
    ):
        line = next(line for line in result.stdout.splitlines() if f"{account} is incom" in line)
        assert reason in line
    assert "Traceback" not in told
    assert "canary" not in told
    assert secure_vendor.requests == []
    with duckdb.connect(str(home / "warehouse" / "warehouse.duckdb")) as warehouse:
        landed = warehouse.execute("select count(*) from raw_import.customers").fetchone()
    assert landed == (2,)


def test_a_home_that_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file stands here")
    result = matchback(home, "run", "--imports", str(tmp_path))
    assert "cannot be used" in one_sentence(result)
    assert result.returncode == 2


def test_help_teaches_without_reading_anything(tmp_path: Path) -> None:
    result = matchback(tmp_path / "none", "--help")
    assert result.returncode == 0
    for word in ("demo", "doctor", "run", "sync", "ui", "query", "status", "inspect", "why"):
        assert word in result.stdout
