"""The real connectors against the stand-ins: nights full of faults end where a clean read does."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.clock import Clock
from ingestion.registry import SOURCES
from ingestion.results import AccountResult
from ingestion.run import land_account
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.server import Sandbox
from ingestion.sandbox.world import build_world
from ingestion.settings import load_settings

LATEST = """
    select account, record_id, payload_hash, is_deleted
    from {home}.raw_{source}.{entity}
    qualify row_number() over (
        partition by account, record_id
        order by coalesce(modified_at, _loaded_at) desc, _loaded_at desc, _position desc
    ) = 1
"""


def night(home: Path, sandbox: Sandbox, run_id: str) -> list[AccountResult]:
    home.mkdir(exist_ok=True)
    limits = "[limits]\nrequest_seconds = 5\nretry_budget_seconds = 60\n[operator]"
    text = sandbox.settings_toml(home).replace("[operator]", limits, 1)
    (home / "matchback.toml").write_text(text)
    environment = {**sandbox.credentials, "MATCHBACK_NOW": sandbox.now.isoformat()}
    settings = load_settings(home=home, path=home / "matchback.toml", environment=environment)
    hurried = Clock(now=settings.now, sleep=lambda _seconds: None)
    return [
        land_account(settings, source, account, run_id=run_id, now=settings.now(), clock=hurried)
        for source, account in settings.enabled_accounts()
    ]


def plan_faults(sandbox: Sandbox, chance: random.Random) -> None:
    """Eight faults at random places; the token endpoint of the books is spared.

    A renewal whose answer is lost there retires the only token we know; no client heals that.
    """
    kinds = (
        *("status", "body", "cut_declared", "cut_chunked", "cut_silent", "repeat_rows"),
        *("reorder", "empty_page", "expire_token", "loop_cursor", "redirect"),
    )
    for _ in range(8):
        kind = chance.choice(kinds)
        vendor = chance.choice(("hubspot", "servicetitan", "quickbooks", "pcm"))
        fault = Fault(
            kind,
            times=chance.choice((1, 2, 3)),
            after=chance.randrange(25),
            status=chance.choice((429, 500, 502, 503)),
            body=chance.choice(("", "null", "<html>", '{"data":[{"id":1}')),
        )
        sandbox.faults.set(vendor, "/v3/*" if vendor == "quickbooks" else "*", fault)


@pytest.mark.slow
def test_nights_full_of_faults_end_where_a_clean_read_does(tmp_path: Path) -> None:
    world = build_world("tiny", seed=11, anchor=date(2026, 10, 1))
    chance = random.Random(5)
    home, clean = tmp_path / "faults", tmp_path / "clean"
    with Sandbox(world).start() as sandbox:
        for number in range(3):
            plan_faults(sandbox, chance)
            night(home, sandbox, f"night-{number}")
            sandbox.faults.clear()
            sandbox.advance(24 * 9)
        results = night(home, sandbox, "last")
        assert [str(result.error) for result in results if not result.is_complete] == []
        assert sum(result.landed_count for result in night(home, sandbox, "again")) == 0
        shutil.copytree(home / "state" / "tokens", clean / "state" / "tokens")
        night(clean, sandbox, "clean")
    with duckdb.connect() as connection:
        for name, folder in (("faults", home), ("clean", clean)):
            file = folder / "warehouse" / "warehouse.duckdb"
            connection.execute(f"attach '{file}' as {name} (read_only)")
        differences = [
            (source.name, entity.name, row)
            for source in SOURCES.values()
            if source.name != "import"
            for entity in source.entities
            for row in connection.execute(
                f"""
                select record_id, faults.payload_hash, clean.payload_hash, faults.is_deleted
                from ({LATEST.format(home="faults", source=source.name, entity=entity.name)})
                    as faults
                full outer join
                    ({LATEST.format(home="clean", source=source.name, entity=entity.name)}) as clean
                    using (account, record_id)
                where
                    (clean.record_id is null and not faults.is_deleted)
                    or (faults.record_id is null and not clean.is_deleted)
                    or faults.is_deleted <> clean.is_deleted
                    or (
                        not faults.is_deleted
                        and faults.payload_hash is distinct from clean.payload_hash
                    )
                limit 3
                """
            ).fetchall()
        ]
        assert differences == []
        (buried,) = connection.execute(
            """
            select
                (select count(*) from faults.raw_servicetitan.invoices where is_deleted)
                + (select count(*) from faults.raw_servicetitan.jobs where is_deleted)
            """
        ).fetchall()
        assert buried[0] > 0
