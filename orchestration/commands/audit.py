"""`matchback audit`: verify and read the append-only audit log."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from ingestion.settings import Settings, load_settings
from orchestration.lib.audit_log import last_actions, verify
from orchestration.lib.warehouse import open_warehouse

audit = typer.Typer(
    no_args_is_help=True,
    help="Who did what, and proof that nobody changed it since.\n\n"
    "Each row's hash covers the row and the hash before it.",
)


def register(app: typer.Typer) -> None:
    """Add `audit`."""
    app.add_typer(audit, name="audit")


@audit.command("verify")
def verify_command() -> None:
    """Check the chain, its end, and the copy in the warehouse; exit code 1 if any row is wrong."""
    settings = load_settings()
    witness = warehouse_copy(settings)
    faults = verify(settings, witness=witness)
    console = Console(highlight=False)
    if not faults:
        console.print(f"The audit log is whole; {len(witness)} rows were checked against a copy.")
        return
    for fault in faults:
        console.print(f"row {fault.number}: {fault.what}", style="red", soft_wrap=True)
    raise typer.Exit(1)


@audit.command("list")
def list_command(limit: int = typer.Option(30, min=1, help="The newest so many.")) -> None:
    """Show the newest actions."""
    table = Table("row", "when (UTC)", "who", "action", "of", "words")
    for row in last_actions(load_settings(), limit=limit):
        table.add_row(
            str(row["number"]),
            row["happened_at"][:19].replace("T", " "),
            row["actor"],
            row["action"],
            f"{row['entity']} {row['entity_id']}",
            row["detail"],
        )
    Console(highlight=False).print(table)


def warehouse_copy(settings: Settings) -> dict[int, str]:
    """Number -> hash of the rows carried to the warehouse; empty where there is none yet."""
    if not settings.warehouse.exists():
        return {}
    with open_warehouse(settings) as connection:
        found = connection.execute(
            "select count(*) from duckdb_tables() "
            "where schema_name = 'raw_matchback' and table_name = 'audit_log'"
        ).fetchone()
        if found == (0,):
            return {}
        rows = connection.execute(
            "select cast(audit_id as bigint), hash from raw_matchback.audit_log"
        ).fetchall()
    return dict(rows)
