"""`matchback split`: who comes off and why, the draw, what is kept, exporting it again."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from dbt_project.measurement.draw import draw_arms
from ingestion.errors import SettingsError
from ingestion.settings import Settings, load_settings
from orchestration.commands import plan as plan_command
from orchestration.commands import split as split_command
from orchestration.lib.split_list import read_list, safe_cell
from orchestration.lib.split_snapshot import read_facts, snapshot_folder
from orchestration.lib.warehouse import open_warehouse

NOW = "2026-06-01T15:00:00Z"
HEADER = ["Name", "Address", "City", "State", "ZIP", "Email", "Phone", "Offer"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHBACK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHBACK_NOW", NOW)
    monkeypatch.delenv("MATCHBACK_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def write_list(file: Path, rows: list[list[str]]) -> Path:
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    return file


def people(count: int) -> list[list[str]]:
    return [
        [f"Person {number}", f"{number + 1} Elm Street", "Troy", "NY", f"121{80 + number % 3}",
         f"p{number}@example.org", "", "=HYPERLINK(1)"]
        for number in range(count)
    ]  # fmt: skip


def run(*arguments: str) -> str:
    app = typer.Typer()
    split_command.register(app)
    plan_command.register(app)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def kept(home: Path, name: str, campaign: str = "SPRING", wave: str = "1") -> list[dict[str, str]]:
    folder = snapshot_folder(load_settings(), campaign, wave)
    with (folder / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def members(settings: Settings) -> list[tuple[str, str, str]]:
    with open_warehouse(settings) as connection:
        return connection.execute(
            "select member_id, arm, stratum from raw_matchback.split_members order by member_id"
        ).fetchall()


def test_a_split_keeps_members_of_both_arms_and_mails_one(home: Path, tmp_path: Path) -> None:
    file = write_list(tmp_path / "list.csv", people(300))
    said = run("split", str(file), "--campaign", "SPRING", "--holdout", "0.2", "--strata", "zip",
               "--seed", "7")  # fmt: skip
    rows = members(load_settings())
    arms = Counter(arm for _, arm, _ in rows)
    assert arms == {"mailed": 240, "holdout": 60}
    by_stratum = Counter((stratum, arm) for _, arm, stratum in rows)
    assert {by_stratum[f"121{code}", "holdout"] for code in (80, 81, 82)} <= {19, 20, 21}
    mailed = kept(home, "mail.csv")
    assert {row["member_id"] for row in mailed} == {key for key, arm, _ in rows if arm == "mailed"}
    assert len(kept(home, "members.csv")) == 300
    assert "240 mailed, 60 held out" in said
    assert "Found 8 times in 10" in said
    assert "too few to say" in said


def test_no_cell_of_the_files_is_a_formula(home: Path, tmp_path: Path) -> None:
    file = write_list(tmp_path / "list.csv", people(40))
    run("split", str(file), "--campaign", "SPRING", "--holdout", "0.5")
    assert {row["Offer"] for row in kept(home, "mail.csv")} == {"'=HYPERLINK(1)"}
    assert [safe_cell(text) for text in ("=1", "+1", "-1", "@a", "\tx", "a=1", "")] == [
        "'=1", "'+1", "'-1", "'@a", "'\tx", "a=1", "",
    ]  # fmt: skip


def test_the_same_seed_gives_the_same_arms_whatever_the_order(home: Path, tmp_path: Path) -> None:
    rows = people(200)
    arms = []
    for wave, given in (("1", rows), ("2", rows[::-1])):
        file = write_list(tmp_path / f"list{wave}.csv", given)
        settings_off = "[split]\none_active_campaign = false\n"
        (tmp_path / "matchback.toml").write_text(settings_off)
        run("split", str(file), "--campaign", "SPRING", "--wave", wave, "--seed", "3")
        arms.append({row["Name"] for row in kept(home, "mail.csv", wave=wave)})
    assert arms[0] == arms[1]
    other = write_list(tmp_path / "list3.csv", rows)
    run("split", str(other), "--campaign", "SPRING", "--wave", "3", "--seed", "4")
    assert {row["Name"] for row in kept(home, "mail.csv", wave="3")} != arms[0]


def test_every_unit_has_the_planned_chance_in_strata_of_any_size() -> None:
    units = {f"u{number}": f"s{number // 3}" for number in range(90)}  # strata of three
    held = Counter()
    for seed in range(400):
        arms = draw_arms(units, holdout_share=0.1, seed=seed)
        assert sum(arm == "holdout" for arm in arms.values()) in (9,)
        held.update(unit for unit, arm in arms.items() if arm == "holdout")
    assert min(held.values()) > 400 * 0.1 - 5 * 6
    assert max(held.values()) < 400 * 0.1 + 5 * 6
    with pytest.raises(ValueError, match="strictly between"):
        draw_arms(units, holdout_share=1.0, seed=1)


def test_one_household_is_never_in_both_arms(home: Path, tmp_path: Path) -> None:
    couples = [
        [f"{name} {number}", f"{number + 1} {street}", "Troy", "NY", "12180", "", "", ""]
        for number in range(100)
        for name, street in (("Ann", "Elm Street"), ("Bob", "ELM ST."))
    ]
    file = write_list(tmp_path / "list.csv", couples)
    run("split", str(file), "--campaign", "SPRING", "--holdout", "0.5")
    arms: dict[str, set[str]] = {}
    for row in kept(home, "members.csv"):
        arms.setdefault(row["name"].split()[1], set()).add(row["arm"])
    assert len(arms) == 100
    assert all(len(found) == 1 for found in arms.values())


KNOWN = """
    create schema intermediate; create schema marts; create schema raw_matchback;
    create table intermediate.int_identity__records_keyed (source varchar, entity varchar,
        customer_id varchar, household_key varchar, email varchar, phone varchar,
        do_not_mail boolean, is_deleted boolean);
    insert into intermediate.int_identity__records_keyed values
        ('st', 'customer', 'C1', 'home-1', 'p1@example.org', '(518) 555-0101', true, false),
        ('st', 'customer', 'C2', 'home-2', 'p2@example.org', null, false, false),
        ('st', 'customer', 'C3', 'home-3', 'p3@example.org', null, false, false),
        ('st', 'customer', 'C9', 'home-9', null, '518-555-0109', true, false);
    create table intermediate.int_identity__addresses_resolved
        (property_text varchar, household_key varchar);
    create table intermediate.int_canonical__suppressions_unioned (customer_source varchar,
        customer_id varchar, address_line_1 varchar, address_line_2 varchar, city varchar,
        state varchar, postal_code varchar, email varchar, phone varchar, reason varchar,
        is_deleted boolean);
    insert into intermediate.int_canonical__suppressions_unioned values
        (null, null, '5 ELM ST', null, 'Troy', 'NY', '12181', null, null, 'deceased', false),
        ('st', 'C3', null, null, null, null, null, null, null, 'moved', false),
        (null, null, '6 ELM ST', null, 'Troy', 'NY', '12182', null, null, 'other', true);
    create table intermediate.int_canonical__service_areas_unioned
        (postal_code varchar, served boolean, is_deleted boolean);
    insert into intermediate.int_canonical__service_areas_unioned values
        ('12180', true, false), ('12181', null, false), ('12182', true, false),
        ('12183', false, false);
    create table marts.fct_jobs (household_key varchar, state varchar, created_at timestamptz);
    insert into marts.fct_jobs values
        ('home-2', 'Completed', '2026-05-20 12:00:00+00'),
        ('home-4', 'Completed', '2026-01-20 12:00:00+00');
    create table intermediate.int_measurement__units_built
        (unit_key varchar, window_label varchar, window_ends_on date);
"""


def known_warehouse(settings: Settings) -> None:
    with open_warehouse(settings) as connection:
        connection.execute(KNOWN)


def test_each_rule_takes_off_its_rows_and_says_why(home: Path, tmp_path: Path) -> None:
    known_warehouse(load_settings())
    rows = people(60)
    rows[9][5:7] = ["", "518.555.0109"]  # do not mail by phone alone
    rows.append(["Far Away", "1 Oak Ave", "Hoosick", "NY", "12183", "", "", ""])
    rows.append(["No Address", "", "Troy", "NY", "12180", "", "", ""])
    rows.append(rows[20])
    file = write_list(tmp_path / "list.csv", rows)
    said = run("split", str(file), "--campaign", "SPRING", "--holdout", "0.3")
    reasons = {row["Name"]: row["reason"] for row in kept(home, "removed.csv")}
    assert reasons["Person 4"] == "suppressed: deceased"
    assert "Person 5" not in reasons  # a deleted suppression
    assert reasons["Far Away"] == "outside the service area: 12183"
    assert reasons["No Address"] == "no address and no customer"
    assert reasons["Person 20"] == "duplicate of an earlier row"
    assert reasons["Person 9"] == "do not mail"
    assert reasons["Person 1"] == "do not mail"
    assert "4" not in {row["member_id"] for row in kept(home, "members.csv")}
    assert "off: suppressed: deceased" in said


def test_recent_jobs_and_active_campaigns_come_off(home: Path, tmp_path: Path) -> None:
    known_warehouse(load_settings())
    header = ["customer_id", "postal_code"]
    rows = [[f"C{number}", "12180"] for number in range(1, 40)]
    file = tmp_path / "list.csv"
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    run("split", str(file), "--campaign", "SPRING", "--holdout", "0.3")
    reasons = {row["customer_id"]: row["reason"] for row in kept(home, "removed.csv")}
    assert reasons["C2"] == "job within 30 days: on 2026-05-20"
    assert reasons["C3"] == "suppressed: moved"
    with pytest.raises(SettingsError, match="0 units are left"):
        run("split", str(file), "--campaign", "SUMMER", "--holdout", "0.3")
    (tmp_path / "matchback.toml").write_text(
        "[split]\none_active_campaign = false\nrecent_job_days = 0\napply_suppressions = false\n"
    )
    run("split", str(file), "--campaign", "SUMMER", "--holdout", "0.3")
    assert {row["customer_id"] for row in kept(home, "removed.csv", "SUMMER")} == {"C1", "C9"}


def test_a_drawn_split_is_never_drawn_again_but_exported_again(home: Path, tmp_path: Path) -> None:
    file = write_list(tmp_path / "list.csv", people(50))
    run("split", str(file), "--campaign", "SPRING", "--output", str(tmp_path / "first"))
    with pytest.raises(SettingsError, match="drawn already"):
        run("split", str(file), "--campaign", "SPRING", "--seed", "99")
    run("split", "--campaign", "SPRING", "--again", "--output", str(tmp_path / "second"))
    for name in ("mail.csv", "members.csv", "removed.csv", "split.json"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    assert len(members(load_settings())) == 50
    folder = snapshot_folder(load_settings(), "SPRING", "1")
    (folder / "mail.csv").chmod(0o600)
    (folder / "mail.csv").write_text("changed")
    with pytest.raises(SettingsError, match="not the file that was drawn"):
        read_facts(folder)


def test_a_fault_leaves_neither_rows_nor_files(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    file = write_list(tmp_path / "list.csv", people(50))
    with monkeypatch.context() as patched:
        patched.setattr(split_command, "keep_snapshot", fail)
        with pytest.raises(OSError, match="gone"):
            run("split", str(file), "--campaign", "SPRING")
    assert members(load_settings()) == []
    run("split", str(file), "--campaign", "SPRING")
    assert len(members(load_settings())) == 50


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "none"),
        ("Colour,Size\nred,1\n", "expected address_line_1"),
        ("Address,ZIP\n", "no rows"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text)
    with pytest.raises(SettingsError, match=message):
        read_list(file)
    with pytest.raises(SettingsError, match="does not exist"):
        read_list(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--holdout", "0"], "strictly between 0 and 1"),
        (["--by", "street"], "expected household"),
        (["--strata", "colour"], "no column 'colour'"),
        (["--holdout", "0.001"], "too few for a holdout"),
    ],
)
def test_a_wrong_argument_says_what_to_do(
    home: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    file = write_list(tmp_path / "list.csv", people(20))
    with pytest.raises(SettingsError, match=message):
        run("split", str(file), "--campaign", "SPRING", *arguments)
    assert not (home / "splits").exists() or not list((home / "splits").rglob("mail.csv"))


def test_member_files_are_their_owners_only(home: Path, tmp_path: Path) -> None:
    file = write_list(tmp_path / "list.csv", people(20))
    run("split", str(file), "--campaign", "../SPRING/26", "--holdout", "0.5")
    folder = snapshot_folder(load_settings(), "../SPRING/26", "1")
    assert folder.is_relative_to(home / "splits")
    assert (folder / "mail.csv").stat().st_mode & 0o077 == 0
    with duckdb.connect(str(load_settings().warehouse), read_only=True) as connection:
        row = connection.execute(
            "select distinct campaign_id, planned_holdout_share, randomised_unit, seed "
            "from raw_matchback.split_members"
        ).fetchall()
    assert [(name, float(share), unit, seed) for name, share, unit, seed in row] == [
        ("../SPRING/26", 0.5, "household", 1)
    ]
