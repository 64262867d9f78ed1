"""Looks at settings, secrets, disk, locks, versions and, with `doctor_vendors`, at the vendors."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata

import duckdb

from ingestion.errors import CredentialsError, WarehouseLockedError
from ingestion.registry import SOURCES
from ingestion.settings import Settings
from ingestion.warehouse import warehouse_fault
from orchestration.lib.doctor_vendors import examine_hosts, examine_keys, examine_token
from orchestration.lib.findings import Finding
from orchestration.lib.ledger_tables import SCHEMA_VERSION

DUCKDB_VERSION = "1.5.5"
SECRETS = {
    "hubspot": ("ACCESS_TOKEN",),
    "servicetitan": ("CLIENT_ID", "CLIENT_SECRET", "APP_KEY"),
    "quickbooks": ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"),
    "pcm": ("API_KEY", "API_SECRET"),
}


def examine(settings: Settings, *, is_online: bool = True) -> Iterator[Finding]:
    """Yield findings in the order a person would fix them."""
    yield _settings(settings)
    yield _home(settings)
    yield _versions()
    yield from _accounts(settings, is_online=is_online)
    yield from examine_keys(settings)
    yield from _imports(settings)
    yield _warehouse(settings)
    yield _published(settings)


def _settings(settings: Settings) -> Finding:
    if settings.file is None:
        return Finding(
            "settings",
            "warning",
            "no settings file; defaults, and no source is on",
            "copy the commented matchback.toml to the home",
        )
    return Finding("settings", "ok", str(settings.file))


def _home(settings: Settings) -> Finding:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return Finding("home", "fault", f"{folder} is not writable", "change its owner or mode")
    free = shutil.disk_usage(folder).free // 2**20
    if free < settings.limits.minimum_free_megabytes:
        return Finding("home", "fault", f"{free} MB free", "free some disk space")
    return Finding("home", "ok", f"{settings.home}, {free:,} MB free")


def _versions() -> Finding:
    found = metadata.version("duckdb")
    python = ".".join(str(part) for part in sys.version_info[:3])
    if found != DUCKDB_VERSION:
        return Finding(
            "versions", "fault", f"duckdb {found}, expected {DUCKDB_VERSION}", "run `make setup`"
        )
    return Finding("versions", "ok", f"Python {python}, duckdb {found}")


def _accounts(settings: Settings, *, is_online: bool) -> Iterator[Finding]:
    seen: set[str] = set()
    for source, account in settings.enabled_accounts():
        name = f"{source}/{account}"
        if source not in SOURCES:
            yield Finding(
                name, "fault", "no source of that name", f"name one of {', '.join(SOURCES)}"
            )
            continue
        try:
            for secret in SECRETS.get(source, ()):
                settings.credential(source, account, secret)
        except CredentialsError as error:
            yield Finding(name, "fault", str(error), "set the variable")
            continue
        yield Finding(name, "ok", "has its secrets")
        if not is_online:
            continue
        if source not in seen:
            seen.add(source)
            yield from examine_hosts(settings, source)
        yield from examine_token(settings, source, account)


def _imports(settings: Settings) -> Iterator[Finding]:
    for folder in settings.imports:
        if folder.is_dir():
            yield Finding("imports", "ok", str(folder))
        else:
            yield Finding("imports", "fault", f"{folder} is no folder", "correct `imports`")


def _warehouse(settings: Settings) -> Finding:
    if not settings.warehouse.exists():
        return Finding("warehouse", "ok", "not made yet")
    try:
        connection = duckdb.connect(str(settings.warehouse), read_only=True)
    except duckdb.Error as error:
        fault = warehouse_fault(error, settings.warehouse)
        if isinstance(fault, WarehouseLockedError):
            return Finding("warehouse", "warning", str(fault), "wait for that process")
        return Finding("warehouse", "fault", str(fault), "restore it from a copy")
    with connection:
        row = connection.execute("select max(version) from raw_matchback.schema_version").fetchone()
    version = row[0] if row else None
    if version is not None and version > SCHEMA_VERSION:
        return Finding(
            "warehouse",
            "fault",
            f"schema version {version}, this release knows {SCHEMA_VERSION}",
            "install the newer release",
        )
    size = settings.warehouse.stat().st_size / 2**20
    return Finding("warehouse", "ok", f"schema version {version}, {size:,.0f} MB")


def _published(settings: Settings) -> Finding:
    file = settings.publish_folder / "marts.duckdb"
    if not file.exists():
        return Finding("published marts", "warning", "none yet", "run `matchback run`")
    return Finding("published marts", "ok", str(file.resolve()))
