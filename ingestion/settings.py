"""The only reader of matchback.toml and of the environment.

Everything else receives values. `MATCHBACK_HOME` (default `data/`) is the one folder that is
written to; `MATCHBACK_SETTINGS` names the settings file (default `matchback.toml` in the home,
else in the working directory); `MATCHBACK_NOW` fixes the clock for trials and tests. Secrets come
from the environment or from `.env` in the home, e.g. `SOURCES__HUBSPOT__MAIN__ACCESS_TOKEN`;
where a vendor has one account, `SOURCES__HUBSPOT__ACCESS_TOKEN` does as well.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import Field, ValidationError

from ingestion.errors import CredentialsError, SettingsError
from ingestion.settings_model import (
    Alerts,
    Attribution,
    CampaignAlias,
    CurrencyRate,
    Holiday,
    Identity,
    LeadSourceOverride,
    Lift,
    Limits,
    Mail,
    Operator,
    Publish,
    Retention,
    Schedules,
    Section,
    Slo,
    SourceSettings,
    Split,
    StatusOverride,
)

DEFAULT_MARGIN_RATES = {
    "demand": 0.50,
    "maintenance": 0.45,
    "install": 0.40,
    "membership": 0.60,
}
DEFAULT_KPI_TARGETS = {
    "on_time_start": 0.92,
    "cycle_time_hours": 48.0,
    "api_success": 0.993,
    "crew_utilization": 0.78,
}
DEFAULT_SLOS = (
    Slo(slo="api_uptime", target=0.995, window_days=30),
    Slo(slo="api_success", target=0.993, window_days=30),
    Slo(slo="callback_success", target=0.99, window_days=1),
    Slo(slo="status_latency", target=0.95, window_days=30, threshold=1.0),
    Slo(slo="auth_success", target=0.995, window_days=30),
    Slo(slo="sync_lag", target=0.99, window_days=30, threshold=15.0),
    Slo(slo="key_rotation", target=1.0, window_days=30, threshold=90.0),
    Slo(slo="recovery_1h", target=0.60, window_days=30, threshold=1.0),
    Slo(slo="recovery_24h", target=1.0, window_days=30, threshold=24.0),
    Slo(slo="marts_published", target=0.99, window_days=30, threshold=26.0),
)
DEFAULT_WIRE_OWNERS = {
    "lead_in": "marketing",
    "booking_out": "dispatch",
    "outcome_back": "operations",
    "customer_reconciled": "data",
}
DEFAULT_SLOT_HOURS = {"maintenance": 2.0, "install": 4.0}


class Settings(Section):
    """All settings of one home, read once and then passed on.

    Attributes:
        home: The one folder everything written lives under.
        environment: Variables secrets are looked up in; never printed, never stored.
        fixed_now: A clock that stands still (tests, trials), or None for the real one.
    """

    home: Path
    file: Path | None = None
    environment: Mapping[str, str] = Field(default_factory=dict, repr=False)
    fixed_now: datetime | None = None
    operator: Operator = Operator()
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    imports: tuple[Path, ...] = ()
    attribution: Attribution = Attribution()
    mail: Mail = Mail()
    lift: Lift = Lift()
    identity: Identity = Identity()
    margin_rates: dict[str, float] = Field(default_factory=lambda: dict(DEFAULT_MARGIN_RATES))
    kpi_targets: dict[str, float] = Field(default_factory=lambda: dict(DEFAULT_KPI_TARGETS))
    slos: tuple[Slo, ...] = DEFAULT_SLOS
    wire_owners: dict[str, str] = Field(default_factory=lambda: dict(DEFAULT_WIRE_OWNERS))
    slot_hours: dict[str, float] = Field(default_factory=lambda: dict(DEFAULT_SLOT_HOURS))
    schedules: Schedules = Schedules()
    publish: Publish = Publish()
    alerts: Alerts = Alerts()
    limits: Limits = Limits()
    retention: Retention = Retention()
    split: Split = Split()
    currency_rates: tuple[CurrencyRate, ...] = ()
    status_overrides: tuple[StatusOverride, ...] = ()
    lead_source_overrides: tuple[LeadSourceOverride, ...] = ()
    campaign_aliases: tuple[CampaignAlias, ...] = ()
    holidays: tuple[Holiday, ...] = ()

    @property
    def warehouse(self) -> Path:
        """The DuckDB file; its name is the catalog in every compiled relation, so it is fixed."""
        return self.home / "warehouse" / "warehouse.duckdb"

    @property
    def state_dir(self) -> Path:
        """Pipelines' working folders, tokens, markers, locks and the operator's SQLite file."""
        return self.home / "state"

    @property
    def publish_folder(self) -> Path:
        """The symbolic link readers open."""
        return self.home / self.publish.folder

    def now(self) -> datetime:
        """The present instant in UTC, or the fixed one."""
        return self.fixed_now or datetime.now(UTC)

    def enabled_accounts(self) -> tuple[tuple[str, str], ...]:
        """(source, account) of every vendor account that is on, in the file's order."""
        return tuple(
            (name, account)
            for name, source in self.sources.items()
            if source.enabled
            for account in source.accounts
        )

    def credential(self, source: str, account: str, name: str) -> str:
        """A secret of one account.

        Raises:
            CredentialsError: Neither the account's nor (for a lone account) the vendor's
                variable is set; the message names it.
        """
        variable = f"SOURCES__{source}__{account}__{name}".upper().replace("-", "_")
        names = [variable]
        if len(self.sources.get(source, SourceSettings()).accounts) <= 1:
            names.append(f"SOURCES__{source}__{name}".upper())
        for candidate in names:
            value = self.environment.get(candidate, "").strip()
            if value:
                return value
        raise CredentialsError(
            f"{source} account '{account}' has no {name.lower()}: expected it in the environment "
            f"variable {variable} or in {self.home / '.env'}; set it, or switch the account off."
        )


def load_settings(
    *,
    home: Path | str | None = None,
    path: Path | str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings of one home.

    Args:
        home: Overrides MATCHBACK_HOME.
        path: Overrides MATCHBACK_SETTINGS; it must then exist.
        environment: Stands in for the process environment (tests).

    Returns:
        Frozen settings with defaults filled in. No file at all is fine: then no source is on.

    Raises:
        SettingsError: The file is missing where one was named, is no TOML, or says something
            that is not understood; the message names the key.
    """
    variables = dict(os.environ if environment is None else environment)
    home_path = Path(home or variables.get("MATCHBACK_HOME") or "data").expanduser().resolve()
    dotenv_file = home_path / ".env"
    if dotenv_file.is_file():
        from_file = {key: value for key, value in dotenv_values(dotenv_file).items() if value}
        variables = {**from_file, **variables}
    file = _settings_file(path or variables.get("MATCHBACK_SETTINGS"), home_path)
    content = _read_toml(file) if file else {}
    base = file.parent if file else Path.cwd()
    content["imports"] = [
        (base / Path(folder).expanduser()).resolve() for folder in content.get("imports", [])
    ]
    for section, defaults in (
        ("margin_rates", DEFAULT_MARGIN_RATES),
        ("kpi_targets", DEFAULT_KPI_TARGETS),
        ("wire_owners", DEFAULT_WIRE_OWNERS),
        ("slot_hours", DEFAULT_SLOT_HOURS),
    ):
        if isinstance(content.get(section), dict):
            content[section] = {**defaults, **content[section]}
    try:
        return Settings(
            home=home_path,
            file=file,
            environment=variables,
            fixed_now=_fixed_now(variables.get("MATCHBACK_NOW")),
            **content,
        )
    except ValidationError as error:
        raise SettingsError(_one_sentence(error, file)) from None
    except TypeError as error:
        raise SettingsError(f"{file}: {error}; see the commented matchback.toml.") from None


def _settings_file(named: Path | str | None, home: Path) -> Path | None:
    if named:
        file = Path(named).expanduser().resolve()
        if not file.is_file():
            raise SettingsError(
                f"The settings file {file} does not exist: name another one in MATCHBACK_SETTINGS, "
                "or copy the commented matchback.toml there."
            )
        return file
    for candidate in (home / "matchback.toml", Path.cwd() / "matchback.toml"):
        if candidate.is_file():
            return candidate.resolve()
    return None


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is no valid TOML ({error}): correct that line.") from None


def _fixed_now(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SettingsError(
            f"MATCHBACK_NOW is '{text}': expected an instant with offset such as "
            "2026-10-01T02:00:00Z; correct it or unset it."
        )
    return instant.astimezone(UTC)


def _one_sentence(error: ValidationError, file: Path | None) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        what = "is not a setting matchback knows"
    else:
        what = f"is wrong: {first['msg']}"
    more = f" ({error.error_count() - 1} more like it)" if error.error_count() > 1 else ""
    return f"Setting '{key}' in {file} {what}{more}; see the commented matchback.toml."
