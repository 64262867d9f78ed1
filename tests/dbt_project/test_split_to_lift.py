"""From a mailing list to a lift: split, mail, the night after the window closed, the next split.

One operator of 1,600 households. The list is split in half by postal code; one mailed household in
five has a job within the window, one in ten of the others; each of 200.00.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from ingestion.settings import load_settings
from orchestration.commands import split as split_command
from orchestration.lib.run_context import write_run_context
from orchestration.lib.split_snapshot import snapshot_folder
from tests.dbt_project.attribution_cases import Cases
from tests.dbt_project.attribution_world import BUILD_WITHOUT_TESTS, Marts, land, open_home, run_dbt
from tests.dbt_project.homes import homes

pytestmark = pytest.mark.slow

DRAWN, AS_OF = datetime(2026, 3, 2, 15, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUSEHOLDS = 1_600
FILES = ("mail.csv", "members.csv", "removed.csv", "split.json")
LIST_COLUMNS = ("first_name", "last_name", "address_line_1", "city", "state", "postal_code")
SELECTION = (
    "+rpt_campaign_lift",
    "+int_canonical__suppressions_unioned",
    "+int_canonical__service_areas_unioned",
)


@dataclass(frozen=True)
class Operator:
    """A home whose split was mailed and measured."""

    home: Path
    place: Path
    mailing_list: Path
    marts: Marts


def command(*arguments: str, home: Path, now: datetime, settings_text: str = "") -> str:
    """`matchback split` in a home, at an instant."""
    settings = home / "split.toml"
    home.mkdir(parents=True, exist_ok=True)
    settings.write_text(settings_text)
    app = typer.Typer()
    split_command.register(app)
    app.command("other")(lambda: None)
    environment = {
        "MATCHBACK_HOME": str(home),
        "MATCHBACK_SETTINGS": str(settings),
        "MATCHBACK_NOW": now.isoformat(),
    }
    result = CliRunner().invoke(app, ["split", *arguments], env=environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def read(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def write_list(file: Path) -> Path:
    """The list a mailer would buy: names and addresses, no ids; three postal codes."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, LIST_COLUMNS)
        writer.writeheader()
        for number in range(HOUSEHOLDS):
            writer.writerow({name: person(number)[name] for name in LIST_COLUMNS})
    return file


def person(number: int) -> dict[str, str]:
    return {**homes()[number], "postal_code": f"3000{number % 3 + 1}"}


def after_the_mailing(members: list[dict[str, str]]) -> Cases:
    """What the vendors know four months later."""
    world = Cases()
    number_of = {person(number)["address_line_1"]: number for number in range(HOUSEHOLDS)}
    seen = Counter()
    for member in members:
        number = number_of[member["address_line_1"]]
        name = f"C{number}"
        world.add("customers", customer_id=name, **person(number),
                  do_not_mail="true" if number == 1 else "")  # fmt: skip
        if member["arm"] == "mailed":
            address = {key: member[key] for key in LIST_COLUMNS}
            world.add("mail_pieces", mail_piece_id=f"P{number}", campaign_id="SPRING", wave="1",
                      recipient_id=member["member_id"], mailed_on="2026-03-09", customer_id="",
                      **address)  # fmt: skip
            world.event(f"P{number}", "delivered", "2026-03-16T16:00:00Z")
        seen[member["arm"]] += 1
        if seen[member["arm"]] % (5 if member["arm"] == "mailed" else 10) == 0:
            world.job(name, at="2026-04-01T15:00:00Z")
            world.bill(f"J-{name}", on="2026-04-01", net="200.00", tax="0.00", total="200.00",
                       paid=None)  # fmt: skip
    world.job("C2", job="J-recent", at="2026-06-20T15:00:00Z")
    world.add("suppressions", source="mail", suppression_id="S1", reason="deceased",
              **{key: person(3)[key] for key in LIST_COLUMNS})  # fmt: skip
    for code in ("30001", "30002"):
        world.add("service_areas", source="own", postal_code=code, served="true")
    return world


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    place = tmp_path_factory.mktemp("split")
    home = place / "home"
    mailing_list = write_list(place / "list.csv")
    command(str(mailing_list), "--campaign", "SPRING", "--holdout", "0.5", "--strata",
            "postal_code", "--seed", "3", "--output", str(place / "first"),
            home=home, now=DRAWN)  # fmt: skip
    world = after_the_mailing(read(place / "first" / "members.csv"))
    settings = open_home(home, imports=world.write(place / "exports"))
    land(settings, now=AS_OF, run_id="run-1")
    with duckdb.connect(str(settings.warehouse)) as connection:
        write_run_context(connection, settings, run_id="run-1", as_of=AS_OF, started_at=AS_OF)
    run_dbt(settings, *BUILD_WITHOUT_TESTS, "--select", *SELECTION)
    marts = Marts(warehouse=settings.warehouse, settings=settings)
    return Operator(home, place, mailing_list, marts)


def close(marts: Marts) -> None:
    """Let go of the warehouse: a split writes it."""
    if "connection" in marts.__dict__:
        marts.connection.close()
        del marts.__dict__["connection"]


def test_the_drawn_arms_are_the_members_of_the_marts(operator: Operator) -> None:
    drawn = Counter(
        (row["arm"], row["stratum"]) for row in read(operator.place / "first" / "members.csv")
    )
    known = operator.marts.rows(
        "select arm, stratum, count(*) as count, count(distinct household_key) as households, "
        "bool_or(is_contaminated) as is_contaminated from marts.fct_campaign_members group by all"
    )
    assert {(row["arm"], row["stratum"]): row["count"] for row in known} == dict(drawn)
    assert sum(row["households"] for row in known) == HOUSEHOLDS
    assert not any(row["is_contaminated"] for row in known)


def test_the_lift_is_that_of_the_drawn_arms(operator: Operator) -> None:
    row = operator.marts.row(
        "select * from marts.rpt_campaign_lift where wave = '1' and metric = 'job_share' "
        "and window_label = '60'"
    )
    half = HOUSEHOLDS // 2
    assert row["is_window_closed"]
    assert row["stratum_count"] == 3
    assert row["mailed_count"] + row["holdout_count"] == HOUSEHOLDS
    assert abs(row["mailed_count"] - half) <= 2
    assert row["mailed_buying_count"] == row["mailed_count"] // 5
    assert row["holdout_buying_count"] == row["holdout_count"] // 10
    assert row["sample_ratio_note"] == "as planned"
    assert row["lift_ci_low"] > 0
    verdict = operator.marts.value(
        "select verdict from marts.rpt_campaign_lift where wave = '1' and is_primary"
    )
    assert verdict == "lifts, cost unknown"


def test_an_old_split_is_exported_again_byte_for_byte(operator: Operator) -> None:
    close(operator.marts)
    command("--campaign", "SPRING", "--again", "--output", str(operator.place / "second"),
            home=operator.home, now=AS_OF)  # fmt: skip
    for name in FILES:
        first, second = (operator.place / folder / name for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()


def removed(operator: Operator, campaign: str, settings_text: str = "") -> dict[str, str]:
    """Address -> reason of a next split of the same list."""
    close(operator.marts)
    command(str(operator.mailing_list), "--campaign", campaign, "--holdout", "0.5",
            home=operator.home, now=AS_OF, settings_text=settings_text)  # fmt: skip
    folder = snapshot_folder(load_settings(home=operator.home, environment={}), campaign, "1")
    return {row["address_line_1"]: row["reason"] for row in read(folder / "removed.csv")}


def test_every_rule_takes_its_rows_off_with_its_reason_and_can_be_switched_off(
    operator: Operator,
) -> None:
    address = [person(number)["address_line_1"] for number in range(HOUSEHOLDS)]
    nothing = dict.fromkeys(
        ("apply_suppressions", "apply_do_not_mail", "apply_service_area", "one_active_campaign"),
        "false",
    ) | {"recent_job_days": "0"}
    expected = {
        "apply_do_not_mail": (address[1], "do not mail"),
        "recent_job_days": (address[2], "job within 30 days: on 2026-06-20"),
        "apply_suppressions": (address[3], "suppressed: deceased"),
        "apply_service_area": (address[5], "outside the service area: 30003"),
    }
    for number, (rule, (home, reason)) in enumerate(expected.items()):
        only = {**nothing, rule: "30" if rule == "recent_job_days" else "true"}
        text = "[split]\n" + "".join(f"{name} = {value}\n" for name, value in only.items())
        off = removed(operator, f"RULE{number}", text)
        assert off[home] == reason
        assert {why.split(":")[0] for why in off.values()} == {reason.split(":")[0]}
    # The four splits above are campaigns whose windows are still to come.
    text = "[split]\n" + "".join(
        f"{name} = {'true' if name == 'one_active_campaign' else value}\n"
        for name, value in nothing.items()
    )
    with pytest.raises(Exception, match="0 units are left"):
        removed(operator, "RULE9", text)
