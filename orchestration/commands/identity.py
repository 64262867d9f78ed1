"""`matchback identity`: look at doubtful matches, decide on them, take it back, erase a person."""

from __future__ import annotations

import getpass
import uuid
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError
from ingestion.settings import Settings, load_settings
from orchestration.lib import audit_log
from orchestration.lib.erasure import erase_everywhere
from orchestration.lib.identity_calibration import Calibration, calibrate
from orchestration.lib.identity_words import (
    ReviewPair,
    decide,
    has_identity,
    list_decisions,
    review_pairs,
    undo,
)
from orchestration.lib.warehouse import open_warehouse

identity = typer.Typer(
    no_args_is_help=True,
    help="Who is one customer, and who is not.\n\n"
    "What you say here outranks the model in every later run, is kept for good and can be taken "
    "back. A record is named by source:id, source:account:id, its record key, or its customer's "
    "key. Shows personal data: mind who looks on.",
)

NOTE = typer.Option("", "--note", help="Your words; they stand in the audit log.")
ACTOR = typer.Option(None, "--actor", help="Who acts; default: you.")


def register(app: typer.Typer) -> None:
    """Add `identity`."""
    app.add_typer(identity, name="identity")


@identity.command("review")
def review(limit: int = typer.Option(20, min=1, help="The surest so many.")) -> None:
    """Show pairs the model is not sure of, side by side, surest first."""
    settings = load_settings()
    console = Console(highlight=False)
    with open_warehouse(settings) as connection:
        _require_identity(connection)
        pairs = review_pairs(connection, limit=limit)
    if not pairs:
        console.print("Nothing to review: the model is sure of every pair.")
        return
    for pair in pairs:
        console.print(_side_by_side(pair, threshold=settings.identity.match_threshold))
    console.print("Decide: matchback identity confirm A B, or: matchback identity separate A B")


@identity.command("confirm")
def confirm(left: str, right: str, note: str = NOTE, actor: str | None = ACTOR) -> None:
    """Say that two records (or customers) are one customer."""
    _decide("confirm", left, right, note=note, actor=actor)


@identity.command("separate")
def separate(left: str, right: str, note: str = NOTE, actor: str | None = ACTOR) -> None:
    """Say that two records are two customers."""
    _decide("separate", left, right, note=note, actor=actor)


@identity.command("undo")
def undo_command(
    number: int = typer.Argument(..., help="The decision's number."),
    note: str = NOTE,
    actor: str | None = ACTOR,
) -> None:
    """Take a confirmation or separation back."""
    settings, who = load_settings(), actor or getpass.getuser()
    with open_warehouse(settings) as connection:
        following = undo(connection, number, actor=who, note=note, now=settings.now())
    audit_log.record(
        settings,
        actor=who,
        action="identity undo",
        entity="identity decision",
        entity_id=str(number),
        detail=note,
    )
    _say(f"Decision {number} is taken back (as number {following}); the next run follows it.")


@identity.command("decisions")
def decisions() -> None:
    """List what was decided, newest first."""
    with open_warehouse(load_settings()) as connection:
        rows = list_decisions(connection)
    table = Table("number", "when (UTC)", "who", "word", "records", "stands", "note")
    for row in rows:
        records = (
            f"undoes {row['undoes_number']}"
            if row["action"] == "undo"
            else f"{row['left_record_key']}\n{row['right_record_key']}"
        )
        table.add_row(
            str(row["decision_number"]),
            f"{row['known_at']:%Y-%m-%d %H:%M}",
            row["actor"],
            row["action"],
            records,
            "yes" if row["is_standing"] else "no",
            row["detail"] or "",
        )
    Console(highlight=False).print(table)


@identity.command("calibration")
def calibration(
    labels: Path = typer.Argument(..., help="CSV or Parquet: source, customer_id, person_id."),
) -> None:
    """Say how far the stated probabilities can be believed, against labelled records.

    Labels are the sandbox's truth (`truth/records.parquet` of a sandbox) or your own.
    """
    with open_warehouse(load_settings()) as connection:
        _require_identity(connection)
        found = calibrate(connection, labels)
    console = Console(highlight=False)
    table = Table("stated from", "pairs", "stated", "observed", "difference")
    for band in found.bands:
        table.add_row(
            f"{band.low:.3f}",
            f"{band.pair_count:,}",
            f"{band.stated:.3f}",
            f"{band.observed:.3f}",
            f"{band.observed - band.stated:+.3f}",
        )
    console.print(table)
    console.print(_agreement(found))


def _agreement(found: Calibration) -> str:
    if found.precision is None or found.recall is None or found.f1 is None:
        return f"{found.record_count:,} labelled records; too few pairs among them to say more."
    return (
        f"{found.record_count:,} labelled records: precision {found.precision:.4f}, "
        f"recall {found.recall:.4f}, F1 {found.f1:.4f} over pairs of records."
    )


@identity.command("erase")
def erase(
    customer: str = typer.Argument(..., help="Customer key, or one of the customer's records."),
    reason: str = typer.Option(..., "--reason", help="Why, e.g. the request's number."),
    is_sure: bool = typer.Option(False, "--yes", help="Do not ask."),
    actor: str | None = ACTOR,
) -> None:
    """Erase a customer's personal fields for good; facts stay under an anonymous key."""
    settings, who = load_settings(), actor or getpass.getuser()
    if not is_sure:
        typer.confirm(f"Erase the personal fields of {customer} for good?", abort=True)
    erasure_id = uuid.uuid4().hex
    with open_warehouse(settings) as connection:
        _require_identity(connection)
    done = erase_everywhere(settings, customer, erasure_id=erasure_id, actor=who, reason=reason)
    audit_log.record(
        settings,
        actor=who,
        action="identity erase",
        entity="customer",
        entity_id=done.customer_key,
        detail=f"{done.record_count} records, {done.row_count} landed rows; {reason}",
    )
    _say(
        f"{done.record_count} records and {done.row_count} landed rows are cleared, and with them "
        "the tables, kept published runs, waiting rows and logs of this home. The next run builds "
        "the marts without the person. Erase them in the vendors' systems and in your own export "
        "files too: what is changed there lands again."
    )


def _decide(action: str, left: str, right: str, *, note: str, actor: str | None) -> None:
    settings, who = load_settings(), actor or getpass.getuser()
    with open_warehouse(settings) as connection:
        _require_identity(connection)
        number = decide(
            connection,
            action=action,
            left=left,
            right=right,
            actor=who,
            note=note,
            now=settings.now(),
        )
    _record(settings, who, action, number, note)
    _say(
        f"Decision {number}: {action} recorded; the next run follows it. "
        f"Take it back with: matchback identity undo {number}"
    )


def _record(settings: Settings, who: str, action: str, number: int, note: str) -> None:
    audit_log.record(
        settings,
        actor=who,
        action=f"identity {action}",
        entity="identity decision",
        entity_id=str(number),
        detail=note,
    )


def _require_identity(connection: object) -> None:
    if not has_identity(connection):  # type: ignore[arg-type]
        raise SettingsError(
            "No run has linked customers in this home yet: run `matchback run` first."
        )


def _say(text: str) -> None:
    Console(highlight=False).print(text, soft_wrap=True)


def _side_by_side(pair: ReviewPair, *, threshold: float) -> Table:
    said = f"{min(pair.probability, 0.999):.1%} one person"
    if pair.probability >= threshold:
        said += ", but kept apart: other records of the two customers speak against it"
    table = Table(
        "",
        title=said,
        caption=pair.evidence,
        title_justify="left",
        caption_justify="left",
    )
    for record in (pair.left, pair.right):
        named = f"{record['source']}:{record['account']}:{record['customer_id']}"
        table.add_column(named, overflow="fold")
    for name in (
        *("entity", "name", "first_name", "last_name", "company", "email", "phone"),
        *("address_line_1", "address_line_2", "city", "postal_code", "record_key"),
    ):
        left, right = pair.left.get(name), pair.right.get(name)
        if left or right:
            table.add_row(name, str(left or ""), str(right or ""))
    return table
