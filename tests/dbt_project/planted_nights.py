"""Nights over a world with planted faults: landed by the real connectors, judged by real dbt.

A night here is landing over HTTP, reading records of discrepancies again, dbt of the findings and
what they stand on, and the memory of findings: what decides over discrepancies, without the rest of
the nightly job (which `tests/end_to_end` runs whole). `python -m tests.bench.planted_faults` does
the same at many rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from ingestion.run import land_account
from ingestion.sandbox import FaultRates, Sandbox, WorldRates, build_world, write_import_folder
from ingestion.settings import Settings, load_settings
from orchestration.lib.dbt_project import run_dbt
from orchestration.lib.discrepancies import remember_findings
from orchestration.lib.nightly import CheckCounts, record_run, run_totals
from orchestration.lib.operator_store import carry_to_warehouse
from orchestration.lib.rereads import reread_discrepancies
from orchestration.lib.run_context import write_run_context
from orchestration.lib.warehouse import create_own_tables, open_warehouse

ANCHOR = date(2026, 10, 14)
JUDGED = (
    *("build", "--resource-type", "model", "--resource-type", "seed", "--quiet"),
    *("--select", "+rpt_reconciliation", "+rpt_hygiene"),
)
# How long a rule waits before it tells (marts/quality/README.md), where it waits at all.
PATIENCE = {
    "booking_without_job": timedelta(hours=1),
    "lead_not_in_crm": timedelta(hours=36),
    "crm_open_after_completion": timedelta(hours=2),
    "books_invoice_missing": timedelta(days=2),
    "job_without_invoice": timedelta(days=15),
    "piece_without_scan": timedelta(days=22),
}
# Canonical word of the table in which the sandbox planted it.
WORDS = {"recipients": "mail_pieces", "deals": "crm_deals", "calls": "touches"}

Found = set[tuple[str, str, str, str]]


def mixed_rates(turn: int, factors: tuple[float, ...] = (2.0, 5.0, 10.0)) -> FaultRates:
    """Each kind at one of several times its usual rate; the next turn gives it the next one."""
    rates = FaultRates()
    changed = {
        item.name: min(1.0, getattr(rates, item.name) * factors[(place + turn) % len(factors)])
        for place, item in enumerate(fields(rates))
    }
    return replace(rates, **changed)


@dataclass
class PlantedWorld:
    """A world whose faults are known, the vendors that show it, and the home that reads them."""

    sandbox: Sandbox
    home: Path
    nights: int = 0

    def settings(self) -> Settings:
        """The home's settings at the sandbox's present."""
        file = self.home / "matchback.toml"
        environment = {**self.sandbox.credentials, "MATCHBACK_NOW": self.sandbox.now.isoformat()}
        return load_settings(home=self.home, path=file, environment=environment)

    def night(self) -> None:
        """Land every account, judge, remember what opened and closed."""
        self.nights += 1
        run_id = f"night-{self.nights}"
        self.home.mkdir(parents=True, exist_ok=True)
        exports = write_import_folder(self.sandbox.world, self.home / "exports", self.sandbox.now)
        text = self.sandbox.settings_toml(self.home, imports=(exports,))
        (self.home / "matchback.toml").write_text(text)
        settings = self.settings()
        now = settings.now()
        with open_warehouse(settings) as connection:
            create_own_tables(connection)
        for source, account in (*settings.enabled_accounts(), ("import", exports.name)):
            result = land_account(settings, source, account, run_id=run_id, now=now)
            assert result.is_complete, (source, account, result.error)
        reread_discrepancies(settings, run_id=run_id)
        with open_warehouse(settings) as connection:
            carry_to_warehouse(connection, settings)
            write_run_context(connection, settings, run_id=run_id, as_of=now, started_at=now)
        built = run_dbt(settings, *JUDGED)
        assert built.returncode == 0, built.stdout[-4000:]
        with open_warehouse(settings) as connection:
            remember_findings(connection, run_id=run_id)
            record_run(
                connection,
                settings,
                run_id=run_id,
                as_of=now,
                started_at=now,
                finished_at=now,
                outcome="published",
                totals=run_totals(connection, run_id),
                checks=CheckCounts(),
            )

    def rows(self, sql: str) -> list[tuple]:
        """Rows of the warehouse, in UTC."""
        with duckdb.connect(str(self.settings().warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'; use marts")
            return connection.execute(sql).fetchall()

    def planted(self, *, first_night: str | None = None) -> Found:
        """What a night must tell now: planted, past its rule's patience and not healed.

        Args:
            first_night: Jobs that vanished before this instant never landed and cannot be missed.
        """
        rows = self.sandbox.world.connection.execute(
            """select kind, account, entity, record_id, since from truth.faults
            where since <= serve.now() and (until is null or until > serve.now())
                and (kind <> 'vanished_job' or since > ?::timestamp)""",
            [first_night or self.sandbox.now.isoformat()],
        ).fetchall()
        now = self.sandbox.now.replace(tzinfo=None)
        gone = self._gone()
        return {
            named(kind, account, WORDS.get(entity, entity), record_id)
            for kind, account, entity, record_id, since in rows
            if since + PATIENCE.get(kind, timedelta()) <= now
            # What stands on a record that is gone is told with that record.
            and (kind == "vanished_job" or (account, record_id) not in gone)
        }

    def _gone(self) -> set[tuple[str, str]]:
        """Ids of everything that belongs to a job that has vanished from dispatch."""
        rows = self.sandbox.world.connection.execute(
            """select account, unnest([job_id, booking_id, invoice_id, timesheet_id, lead_id,
                call_id, booking_id + 15000000])::varchar from base.jobs
            where gone_at <= serve.now()
            union all
            select 'main', d.deal_id::varchar from base.deals as d
            inner join base.jobs as j on j.job = d.job where j.gone_at <= serve.now()
            union all
            select i.account, i.invoice_id::varchar from base.invoices as i
            inner join base.jobs as j on j.job = i.job where j.gone_at <= serve.now()
            union all
            select 'main', b.book_invoice_id::varchar from base.book_invoices as b
            inner join base.invoices as i on i.invoice = b.invoice
            inner join base.jobs as j on j.job = i.job where j.gone_at <= serve.now()"""
        ).fetchall()
        return set(rows)

    def told(self) -> Found:
        """Discrepancies and planted hygiene findings that are open now."""
        rows = self.rows(
            """select kind, account, entity, entity_id from rpt_reconciliation
            where state in ('open', 'acknowledged')
            union all
            select rule, account, entity, entity_id from rpt_hygiene
            where resolved_at is null and rule in ('missing_tax_id', 'overlapping_timesheet')"""
        )
        return {named(*row) for row in rows}

    def false_alarms(self, told: Found, planted: Found) -> Found:
        """Told although nothing was planted there, nor is it a planted fault's other side."""
        gone = self._gone()
        # Told before its rule's patience is over is early, not wrong.
        rows = self.sandbox.world.connection.execute(
            "select kind, account, entity, record_id from truth.faults where since <= serve.now()"
        ).fetchall()
        planted = planted | {
            named(kind, account, WORDS.get(entity, entity), record_id)
            for kind, account, entity, record_id in rows
        }
        outside = {item[3] for item in planted if item[0] == "job_outside_area"}
        bookings = dict(
            self.sandbox.world.connection.execute(
                "select booking_id::varchar, job_id::varchar from base.jobs"
            ).fetchall()
        )
        return {
            item
            for item in told - planted
            if (item[1], item[3]) not in gone
            and not (item[0] == "booking_outside_area" and bookings.get(item[3]) in outside)
        }

    def record_count(self) -> int:
        """How many records the vendors' tables hold."""
        tables = self.rows(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name in "
            "('raw_servicetitan', 'raw_hubspot', 'raw_quickbooks', 'raw_pcm', 'raw_import') "
            "and table_name not like '\\_dlt%' escape '\\'"
        )
        total = 0
        for (table,) in tables:
            total += self.rows(f"select count(distinct (account, record_id)) from {table}")[0][0]
        return total


def named(kind: str, account: str, entity: str, record_id: str) -> tuple[str, str, str, str]:
    """A fault's name, as the sandbox and the report both can say it."""
    if kind == "overlapping_timesheet":
        record_id = record_id.removesuffix(":job")
    if kind == "refund_over_invoice":
        entity, record_id = "payments", record_id.removeprefix("refund-")
    return kind, account, entity, record_id


@contextmanager
def planted_world(
    home: Path, *, size: str | int, seed: int, faults: FaultRates
) -> Iterator[PlantedWorld]:
    """Build a world, serve it, and give a home that has read nothing yet."""
    world = build_world(size, seed=seed, anchor=ANCHOR, rates=WorldRates(faults=faults))
    with Sandbox(world).start() as sandbox:
        yield PlantedWorld(sandbox, home)
