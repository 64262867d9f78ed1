"""`matchback why JOB`: the story of one job, from its postcards to the credit of every model.

Reads `rpt_job_story` in the published file and tells it; what the story says is made in SQL.
"""

from __future__ import annotations

from typing import Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError
from ingestion.settings import load_settings
from orchestration.lib.published import open_published

MOST_NAMESAKES_SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add `why`."""
    app.command("why")(why)


def why(
    job: str = typer.Argument(help="A job's number, id or key, e.g. 10482."),
    account: str | None = typer.Option(None, help="Account, where several jobs share the number."),
) -> None:
    """Tell who earned a job and why: pieces, touches, refusals, invoice lines, credits, lift."""
    with open_published(load_settings()) as connection:
        found = find_job(connection, job, account=account)
        steps = job_steps(connection, found["job_key"])
    _tell(found, steps)


def find_job(
    connection: duckdb.DuckDBPyConnection, job: str, *, account: str | None = None
) -> dict[str, Any]:
    """The one job that a number, id or key names.

    Returns:
        Its row of `fct_jobs`: job_key, source, account, job_id, job_number, state, job_type,
        customer_class, net_revenue_amount, first_contact_at.

    Raises:
        SettingsError: No job is called that, or several are; the message lists them.
    """
    result = connection.execute(
        """
        select job_key, source, account, job_id, job_number, state, job_type, customer_class,
            net_revenue_amount, first_contact_at
        from fct_jobs
        where (job_key = $job or job_id = $job or job_number = $job)
            and ($account is null or account = $account)
        order by job_key = $job desc, job_number = $job desc nulls last, source, account, job_id
        """,
        {"job": job, "account": account},
    )
    names = [column[0] for column in result.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if not rows:
        raise SettingsError(
            f"No published job has the number, id or key '{job}': look it up with "
            '`matchback query "select job_number, job_id from fct_jobs"`.'
        )
    if len(rows) > 1:
        listed = ", ".join(
            f"{row['source']}/{row['account']} {row['job_id']} (key {row['job_key']})"
            for row in rows[:MOST_NAMESAKES_SHOWN]
        )
        raise SettingsError(
            f"{len(rows)} jobs are called '{job}': {listed}; name one by --account or its key."
        )
    return rows[0]


def job_steps(connection: duckdb.DuckDBPyConnection, job_key: str) -> list[dict[str, Any]]:
    """The steps of a job's story in order: step, happened_at, kind, text, credit_amount."""
    result = connection.execute(
        """
        select step, happened_at, kind, text, credit_amount
        from rpt_job_story
        where job_key = ?
        order by step
        """,
        [job_key],
    )
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _tell(job: dict[str, Any], steps: list[dict[str, Any]]) -> None:
    console = Console(highlight=False)
    title = f"Job {job['job_number'] or job['job_id']} ({job['source']}, {job['account']})"
    facts = [job["state"], job["job_type"], job["customer_class"]]
    console.print(f"{title}: {', '.join(str(fact) for fact in facts if fact)}", style="bold")
    console.print(f"Net revenue {job['net_revenue_amount'] or 0}; times are UTC.")
    table = Table("When", "What", "Story", box=None, pad_edge=False)
    for step in steps:
        when = step["happened_at"]
        table.add_row(
            f"{when:%Y-%m-%d %H:%M}" if when else "", str(step["kind"]), str(step["text"])
        )
    console.print(table)
