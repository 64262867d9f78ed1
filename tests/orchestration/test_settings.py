"""Settings: one sentence for each mistake, secrets by account, homes apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.errors import CredentialsError, SettingsError
from ingestion.settings import load_settings

TWO_ACCOUNTS = """
[sources.servicetitan.accounts.north]
tenant = "1"
[sources.servicetitan.accounts.south]
tenant = "2"
[sources.hubspot.accounts.main]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "matchback.toml"
    file.write_text(text)
    return file


def test_no_file_and_an_empty_environment_are_fine(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, path=None, environment={})
    assert settings.warehouse == tmp_path / "warehouse" / "warehouse.duckdb"
    assert settings.imports == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[operator]\ntime_zon = 'x'", "operator.time_zon"),
        ("[operator]\ntime_zone = 'Mars/North'", "IANA time zone"),
        ("[schedules]\nsync_minutes = 1", "schedules.sync_minutes"),
        ("[attribution]\ncounted_invoice = 'both'", "attribution.counted_invoice"),
        ("[operator", "no valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings(home=tmp_path, path=written(tmp_path, text), environment={})
    assert "\n" not in str(caught.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load_settings(environment={"MATCHBACK_SETTINGS": str(tmp_path / "none.toml")})


def test_each_account_has_its_own_secret(tmp_path: Path) -> None:
    file = written(tmp_path, TWO_ACCOUNTS)
    environment = {"SOURCES__SERVICETITAN__NORTH__CLIENT_SECRET": "n"}
    settings = load_settings(home=tmp_path, path=file, environment=environment)
    assert settings.credential("servicetitan", "north", "CLIENT_SECRET") == "n"
    with pytest.raises(CredentialsError, match="SOURCES__SERVICETITAN__SOUTH__CLIENT_SECRET"):
        settings.credential("servicetitan", "south", "CLIENT_SECRET")


def test_a_lone_account_may_use_the_vendors_variable(tmp_path: Path) -> None:
    file = written(tmp_path, TWO_ACCOUNTS)
    environment = {
        "SOURCES__HUBSPOT__ACCESS_TOKEN": "h",
        "SOURCES__SERVICETITAN__CLIENT_SECRET": "not for two accounts",
    }
    settings = load_settings(home=tmp_path, path=file, environment=environment)
    assert settings.credential("hubspot", "main", "ACCESS_TOKEN") == "h"
    with pytest.raises(CredentialsError):
        settings.credential("servicetitan", "north", "CLIENT_SECRET")


def test_secrets_may_stand_in_the_homes_env_file_and_the_environment_wins(tmp_path: Path) -> None:
    file = written(tmp_path, TWO_ACCOUNTS)
    (tmp_path / ".env").write_text("SOURCES__HUBSPOT__ACCESS_TOKEN=file\nOTHER=\n")
    settings = load_settings(home=tmp_path, path=file, environment={})
    assert settings.credential("hubspot", "main", "ACCESS_TOKEN") == "file"
    settings = load_settings(
        home=tmp_path, path=file, environment={"SOURCES__HUBSPOT__ACCESS_TOKEN": "shell"}
    )
    assert settings.credential("hubspot", "main", "ACCESS_TOKEN") == "shell"


def test_secrets_are_never_part_of_the_printed_settings(tmp_path: Path) -> None:
    settings = load_settings(
        home=tmp_path, environment={"SOURCES__HUBSPOT__ACCESS_TOKEN": "canary-secret"}
    )
    assert "canary-secret" not in repr(settings)


def test_the_clock_can_be_fixed_but_not_without_an_offset(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, environment={"MATCHBACK_NOW": "2026-10-01T02:00:00Z"})
    assert settings.now().isoformat() == "2026-10-01T02:00:00+00:00"
    with pytest.raises(SettingsError, match="offset"):
        load_settings(home=tmp_path, environment={"MATCHBACK_NOW": "2026-10-01T02:00:00"})


def test_import_folders_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    file = written(tmp_path, "imports = ['exports']")
    settings = load_settings(home=tmp_path / "home", path=file, environment={})
    assert settings.imports == (tmp_path / "exports",)
