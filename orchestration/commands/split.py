"""`matchback split`: take a mailing list, draw the holdout, keep who was in which arm."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import typer

from dbt_project.measurement.draw import HOLDOUT, MAILED, draw_arms
from dbt_project.measurement.split_tables import COLUMNS, TABLE, create_split_tables
from ingestion.errors import SettingsError
from ingestion.settings import Settings, load_settings
from orchestration.lib.power import History, power_of, read_history, words_of
from orchestration.lib.split_list import (
    UNITS,
    MailingList,
    arm_counts,
    assign_units,
    mark_duplicates,
    member_rows,
    read_list,
)
from orchestration.lib.split_rules import apply_rules
from orchestration.lib.split_snapshot import (
    export_snapshot,
    keep_snapshot,
    prepare_snapshot,
    read_facts,
    snapshot_folder,
)
from orchestration.lib.warehouse import open_warehouse


def register(app: typer.Typer) -> None:
    """Add `split`."""
    app.command("split")(split)


def split(
    mailing_list: Path | None = typer.Argument(None, metavar="LIST", help="CSV with a header."),
    campaign: str = typer.Option(..., "--campaign", help="Campaign id, as the mail vendor has it."),
    wave: str = typer.Option("1", "--wave"),
    holdout: float = typer.Option(0.10, "--holdout", help="Share held out, e.g. 0.1."),
    by: str = typer.Option("household", "--by", help="household, person, zip or market."),
    strata: str = typer.Option("", "--strata", help="Columns, comma-separated: postal_code."),
    seed: int = typer.Option(1, "--seed", help="Another seed is another draw."),
    source: str = typer.Option("matchback", "--source", help="System the campaign id is of."),
    account: str = typer.Option("main", "--account"),
    output: Path | None = typer.Option(None, "--output", help="Folder to export the files to."),
    again: bool = typer.Option(False, "--again", help="Export a split that was drawn before."),
) -> None:
    """Take names off a list by your rules, draw the arms, write the mail file and what came off.

    The draw is kept for good: who was held out is what lift is measured on. Rules are in [split].
    """
    settings = load_settings()
    folder = snapshot_folder(settings, campaign, wave)
    if again:
        _say(read_facts(folder))
    else:
        if mailing_list is None:
            raise SettingsError("No LIST is named: name a CSV file, or --again for an old split.")
        asked: dict[str, Any] = {
            "campaign_id": campaign,
            "wave": wave,
            "holdout_share": holdout,
            "randomised_unit": by,
            "strata": [name.strip() for name in strata.split(",") if name.strip()],
            "seed": seed,
            "campaign_source": source,
            "account": account,
        }
        _say(draw_split(settings, mailing_list, asked))
    if output is not None:
        for file in export_snapshot(folder, output):
            typer.echo(f"wrote {file}")
    else:
        typer.echo(f"kept in {folder} (mail.csv, members.csv, removed.csv, split.json)")


def draw_split(settings: Settings, file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Draw a split and keep it, in the warehouse and as a snapshot.

    Args:
        settings: Of the home.
        file: The list.
        asked: campaign_id, wave, holdout_share, randomised_unit, strata, seed, campaign_source,
            account.

    Returns:
        The facts of `split.json`.

    Raises:
        SettingsError: An argument or the list cannot be used, or the wave was drawn before.
    """
    if asked["randomised_unit"] not in UNITS:
        raise SettingsError(f"--by is '{asked['randomised_unit']}': expected {', '.join(UNITS)}.")
    if not 0 < asked["holdout_share"] < 1:
        raise SettingsError(
            f"--holdout is {asked['holdout_share']}: expected a share strictly between 0 and 1."
        )
    found = read_list(file)
    folder = snapshot_folder(settings, asked["campaign_id"], asked["wave"])
    now = settings.now()
    with open_warehouse(settings) as connection:
        create_split_tables(connection)
        _refuse_a_second_draw(connection, folder, asked)
        today = now.astimezone(ZoneInfo(settings.operator.time_zone)).date()
        mark_duplicates(found.rows)
        unasked = apply_rules(connection, found.rows, settings=settings, today=today)
        _draw(found, asked)
        split_id = hashlib.sha256(
            f"{asked['campaign_source']}|{asked['campaign_id']}|{asked['wave']}".encode()
        ).hexdigest()[:16]
        members = member_rows(
            found,
            campaign=(asked["campaign_source"], asked["account"], asked["campaign_id"]),
            wave=asked["wave"],
            split={
                "randomised_unit": asked["randomised_unit"],
                "planned_holdout_share": asked["holdout_share"],
                "assigned_at": now,
                "seed": asked["seed"],
                "split_id": split_id,
            },
        )
        facts = _facts(settings, connection, found, asked, now)
        facts |= {"split_id": split_id, "unasked_rules": unasked}
        facts["list_sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
        draft = prepare_snapshot(folder, found, members, facts)
        _keep(connection, members, draft, folder)
    return facts


def _refuse_a_second_draw(
    connection: duckdb.DuckDBPyConnection, folder: Path, asked: dict[str, Any]
) -> None:
    row = connection.execute(
        f"select min(assigned_at) from {TABLE} where campaign_id = ? and wave = ?",
        [asked["campaign_id"], asked["wave"]],
    ).fetchone()
    if folder.exists() or (row and row[0] is not None):
        raise SettingsError(
            f"Wave {asked['wave']} of campaign {asked['campaign_id']} was drawn already: a drawn "
            "split is never changed; export it with --again, or name another --wave."
        )


def _draw(found: MailingList, asked: dict[str, Any]) -> None:
    kept = found.kept()
    assign_units(kept, by=asked["randomised_unit"], strata=asked["strata"])
    arms = draw_arms(
        {row.unit_key: row.stratum for row in kept},
        holdout_share=asked["holdout_share"],
        seed=asked["seed"],
    )
    if len(set(arms.values())) < 2:
        raise SettingsError(
            f"{len(arms)} units are left after the rules, too few for a holdout of "
            f"{asked['holdout_share']:.0%}: give a longer list, a larger --holdout, or looser "
            "rules in [split]."
        )
    for row in kept:
        row.arm = arms[row.unit_key]


def _facts(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    found: MailingList,
    asked: dict[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """Everything the reader is told, and a later export repeats."""
    counts = arm_counts(found.kept())
    days = settings.lift.primary_window_days
    history = History()
    if _has_table(connection, "marts", "rpt_campaign_lift"):
        table = "marts.rpt_campaign_lift"
        history = read_history(connection, window_days=days, table=table) or history
    power = power_of(counts[MAILED], counts[HOLDOUT], history)
    return {
        **asked,
        "drawn_at": now.isoformat(),
        "listed_rows": len(found.rows),
        "kept_rows": len(found.kept()),
        "removed_rows": dict(sorted(found.removed().items())),
        "mailed_units": counts[MAILED],
        "holdout_units": counts[HOLDOUT],
        "detectable_share_lift": power.share_lift,
        "detectable_margin_lift": power.margin_lift,
        "detectable": words_of(power, history, window_days=days),
    }


def _has_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    row = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    return bool(row and row[0])


def _keep(
    connection: duckdb.DuckDBPyConnection,
    members: list[dict[str, object]],
    draft: Path,
    folder: Path,
) -> None:
    """Both or neither: rows in the warehouse, files in their place."""
    names = list(COLUMNS)
    rows = pa.Table.from_pylist([{name: member[name] for name in names} for member in members])
    connection.execute("begin")
    try:
        connection.register("drawn_members", rows)
        columns = ", ".join(names)
        connection.execute(f"insert into {TABLE} ({columns}) select {columns} from drawn_members")
        keep_snapshot(draft, folder)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    connection.unregister("drawn_members")
    connection.execute("checkpoint")


def _say(facts: dict[str, Any]) -> None:
    typer.echo(
        f"{facts['listed_rows']:,} rows on the list, {facts['kept_rows']:,} kept; drawn by "
        f"{facts['randomised_unit']} with seed {facts['seed']} at {facts['drawn_at']}."
    )
    for reason, count in facts["removed_rows"].items():
        typer.echo(f"  {count:,} off: {reason}")
    for rule in facts["unasked_rules"]:
        typer.echo(f"  not asked, {rule}")
    for sentence in facts["detectable"]:
        typer.echo(sentence)
