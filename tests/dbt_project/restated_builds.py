"""Two builds of one campaign as rows, and why the marts say its figures changed between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.dbt_project.compiled import Tables

MODELS = (
    *("int_credit__job_changes_explained", "int_credit__credits_compared"),
    *("int_credit__windows_compared", "int_credit__changes_explained", "int_credit__waves_moved"),
    *("int_credit__restatements_explained", "rpt_restatements"),
)
BEFORE, AFTER = datetime(2026, 6, 1, 6, tzinfo=UTC), datetime(2026, 7, 1, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A line of a job's invoice, in cents."""

    cents: int
    kind: str = "labor"
    is_void: bool = False
    of: str = ""


@dataclass(frozen=True)
class Job:
    """A job as one build knows it, credited to wave 1 with a share of 10^-9."""

    lines: tuple[tuple[str, Line], ...] = ()
    nano_share: int = 1_000_000_000
    collected: int = 0
    margin: int = 0
    state: str = "Completed"
    customer: str = "c"
    is_deleted: bool = False

    @property
    def net(self) -> int:
        return sum(line.cents for _, line in self.lines if not line.is_void)

    def part(self, cents: int) -> int:
        return round(cents * self.nano_share / 1_000_000_000)


@dataclass(frozen=True)
class Build:
    """What one build knows of campaign SPRING, wave 1."""

    at: datetime
    jobs: dict[str, Job] = field(default_factory=dict)
    in_home: date = date(2026, 5, 8)
    window_days: int = 45
    cost: int = 1_000

    def figure(self, measure: str) -> int:
        """Cents, or 10^-9 jobs."""
        jobs = self.jobs.values()
        return {
            "jobs": sum(job.nano_share for job in jobs),
            "net_revenue": sum(job.part(job.net) for job in jobs),
            "collected": sum(job.part(job.collected) for job in jobs),
            "margin": sum(job.part(job.margin) for job in jobs),
            "cost": self.cost,
        }[measure]


MEASURES = ("jobs", "net_revenue", "collected", "margin", "cost")


def explained(before: Build, after: Build, *, model: str = "last") -> list[dict[str, Any]]:
    """Rows of rpt_restatements between two builds, over windows of 30 days and the campaign's."""
    tables = Tables()
    tables.fill("int_credit__previous_jobs_kept", _previous_jobs(before))
    tables.fill("int_credit__previous_credits_kept", _previous_credits(before, model))
    tables.fill(
        "int_credit__previous_lines_kept",
        [
            {"from_as_of": before.at, "invoice_line_key": key, "job_key": name,
             "net_cents": 0 if line.is_void else line.cents}
            for name, job in before.jobs.items() for key, line in job.lines
        ],
    )  # fmt: skip
    wave = {"campaign_key": "SPRING", "wave": "1"}
    tables.fill(
        "int_credit__previous_costs_kept",
        [{**wave, "from_as_of": before.at, "response_window_days": before.window_days,
          "cost_cents": before.cost, "last_in_home_on": before.in_home,
          "as_of_on": before.at.date()}],
    )  # fmt: skip
    tables.fill(
        "fct_campaign_waves",
        [{**wave, "response_window_days": after.window_days, "piece_cost_amount": after.cost / 100,
          "last_in_home_on": after.in_home, "as_of_on": after.at.date(), "as_of_at": after.at}],
    )  # fmt: skip
    _fill_now(tables, after, model)
    tables.fill(
        "stg_matchback__setting_windows",
        [{"window_label": "30", "window_days": 30}, {"window_label": "campaign"}],
        types={"window_label": "varchar", "window_days": "integer"},
    )
    tables.fill("dim_campaigns", [{"campaign_key": "SPRING", "campaign_name": "Spring"}])
    tables.fill_parents(*MODELS)
    tables.run(*MODELS)
    result = tables.connection.execute("select * from rpt_restatements")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _previous_jobs(build: Build) -> list[dict[str, object]]:
    return [
        {"from_as_of": build.at, "job_key": name, "customer_key": job.customer,
         "household_key": "h", "state": job.state, "collected_cents": job.collected,
         "margin_cents": job.margin}
        for name, job in build.jobs.items()
    ]  # fmt: skip


def _previous_credits(build: Build, model: str) -> list[dict[str, object]]:
    return [
        {"from_as_of": build.at, "campaign_key": "SPRING", "wave": "1", "model": model,
         "window_label": label, "job_key": name, "nano_share": job.nano_share,
         "net_cents": job.part(job.net), "collected_cents": job.part(job.collected),
         "margin_cents": job.part(job.margin)}
        for name, job in build.jobs.items() if job.nano_share for label in ("30", "campaign")
    ]  # fmt: skip


def _fill_now(tables: Tables, build: Build, model: str) -> None:
    jobs = build.jobs.items()
    tables.fill(
        "fct_jobs",
        [{"job_key": name, "customer_key": job.customer, "household_key": "h", "state": job.state,
          "is_deleted": job.is_deleted, "collected_amount": job.collected / 100,
          "margin_amount": job.margin / 100} for name, job in jobs],
    )  # fmt: skip
    tables.fill(
        "fct_job_credits",
        [{"campaign_key": "SPRING", "wave": "1", "model": model, "window_label": label,
          "job_key": name, "credit_share": job.nano_share / 1e9,
          "net_revenue_amount": job.part(job.net) / 100,
          "collected_amount": job.part(job.collected) / 100,
          "margin_amount": job.part(job.margin) / 100}
         for name, job in jobs if job.nano_share for label in ("30", "campaign")],
    )  # fmt: skip
    lines = [(name, key, line) for name, job in jobs for key, line in job.lines]
    tables.fill(
        "fct_invoice_lines",
        [{"invoice_line_key": key, "invoice_key": f"i {key}", "job_key": name, "kind": line.kind,
          "net_amount": 0 if line.is_void else line.cents / 100} for name, key, line in lines],
    )  # fmt: skip
    tables.fill(
        "fct_invoices",
        [{"invoice_key": f"i {key}", "status": "void" if line.is_void else "open"}
         for _, key, line in lines],
    )  # fmt: skip
