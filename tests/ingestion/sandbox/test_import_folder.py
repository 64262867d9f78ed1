"""The operator's own files: the promised tables, arms with their holdouts, readable by settings."""

from __future__ import annotations

import csv

import duckdb
import openpyxl
import pytest

from ingestion.sandbox import Sandbox, write_import_folder
from ingestion.settings import load_settings


@pytest.fixture(scope="module")
def folder(small_world, tmp_path_factory):
    return write_import_folder(small_world, tmp_path_factory.mktemp("imports"))


def read(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_files_are_there_in_three_formats(folder):
    names = {file.name for file in folder.iterdir()}
    assert {
        *("campaigns.csv", "campaign_members.csv", "campaign_areas.csv", "mail_orders.csv"),
        *("mail_costs.csv", "marketing_costs.csv", "service_areas.csv", "suppressions.csv"),
        *("credentials.csv", "technicians.xlsx", "memberships.parquet"),
    } == names


def test_members_hold_both_arms_without_a_trace_of_which(folder, small_world):
    rows = read(folder, "campaign_members")
    assert {row["arm"] for row in rows} == {"mailed", "holdout"}
    assert len({row["member_id"] for row in rows}) == len(rows)
    columns = set(rows[0]) - {"arm"}
    assert not columns & {"mail_piece_id", "promo_code", "tracking_url", "tracking_phone"}
    arms = small_world.truth["members"].group_by(["arm"]).aggregate([("member", "count")])
    truth = {row["arm"]: row["member_count"] for row in arms.to_pylist()}
    held = sum(row["arm"] == "holdout" for row in rows)
    assert 0 < held <= truth["holdout"]


def test_costs_follow_the_pieces(folder):
    rows = read(folder, "mail_costs")
    assert {row["element"] for row in rows} >= {"print", "postage", "design"}
    assert any(float(row["amount"]) < 0 for row in rows)
    assert {row["campaign_id"] for row in rows} <= {
        row["campaign_id"] for row in read(folder, "campaigns")
    }


def test_the_workbook_and_the_parquet_file_open(folder):
    sheet = openpyxl.load_workbook(folder / "technicians.xlsx").active
    heading = [cell.value for cell in next(sheet.iter_rows(max_row=1))]
    assert heading[:3] == ["source", "account", "technician_id"]
    assert duckdb.sql(f"select count(*) from '{folder}/memberships.parquet'").fetchone()[0] > 10


def test_the_folder_grows_with_the_clock(tmp_path, tiny_world):
    world, sandbox = tiny_world, Sandbox(tiny_world)
    first = len(read(write_import_folder(world, tmp_path, sandbox.now), "campaign_members"))
    later = write_import_folder(world, tmp_path, sandbox.advance(24 * 10))
    assert len(read(later, "campaign_members")) > first


def test_the_settings_text_is_read_by_settings(tmp_path, small):
    file = tmp_path / "matchback.toml"
    file.write_text(small.sandbox.settings_toml(tmp_path), encoding="utf-8")
    settings = load_settings(home=tmp_path, path=file, environment=small.sandbox.credentials)
    accounts = set(settings.enabled_accounts())
    assert accounts == {
        *(("hubspot", "main"), ("quickbooks", "main"), ("pcm", "main")),
        *(("servicetitan", "north"), ("servicetitan", "south")),
    }
    names = {
        "hubspot": ("ACCESS_TOKEN",),
        "servicetitan": ("CLIENT_ID", "CLIENT_SECRET", "APP_KEY"),
        "quickbooks": ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"),
        "pcm": ("API_KEY", "API_SECRET"),
    }
    for source, account in accounts:
        assert all(settings.credential(source, account, name) for name in names[source])
    assert settings.sources["hubspot"].options["base_url"] == small.sandbox.base_urls["hubspot"]
