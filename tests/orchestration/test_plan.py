"""`matchback plan`: the power question alone, from assumed or own figures."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from dbt_project.measurement.means import welch_difference
from dbt_project.measurement.samples import Sample
from dbt_project.measurement.shares import share_difference
from ingestion.errors import SettingsError
from orchestration.commands import plan as plan_command
from orchestration.lib.power import History, power_of


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHBACK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MATCHBACK_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def run(*arguments: str) -> str:
    app = typer.Typer()
    plan_command.register(app)
    app.command("other")(lambda: None)
    result = CliRunner().invoke(app, ["plan", *arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_a_small_holdout_is_told_to_be_too_small() -> None:
    said = run("--households", "5000", "--holdout", "0.1")
    assert "4,500 mailed, 500 held out" in said
    assert "assumed" in said
    assert "pool about 3 waves" in said


def test_a_large_one_is_not() -> None:
    said = run("--households", "100000", "--holdout", "0.1", "--job-share", "0.03")
    assert "as you gave it" in said
    assert "pool about" not in said
    # 1.96 and 0.84 standard errors of 3 % in 90,000 against 10,000: about half a point.
    assert "true lift of 0.5" in said


def test_own_holdouts_give_the_figures(home: Path) -> None:
    folder = home / "published"
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{folder / 'marts.duckdb'}' as file; use file")
        connection.execute(
            """
            create schema marts;
            create table marts.rpt_campaign_lift (campaign_key varchar, wave varchar,
                metric varchar, window_label varchar, is_window_closed boolean,
                holdout_mean double, holdout_count bigint);
            insert into marts.rpt_campaign_lift values
                ('a', '(all)', 'job_share', '60', true, 0.04, 1000),
                ('b', '(all)', 'job_share', '60', true, 0.02, 1000),
                ('b', '(all)', 'job_share', '60', false, 0.9, 1000),
                ('a', '(all)', 'margin', '60', true, 20.0, 1000),
                ('b', '(all)', 'margin', '60', true, 10.0, 1000);
            """
        )
    said = run("--households", "20000", "--holdout", "0.2")
    assert "Without mail 3.00 % of households" in said
    assert "from your 2,000 held-out households" in said


@pytest.mark.parametrize("holdout", ["0", "1", "-0.2", "0.00001"])
def test_a_holdout_that_leaves_an_arm_empty_is_refused(holdout: str) -> None:
    with pytest.raises(SettingsError, match="both arms"):
        run("--households", "100", f"--holdout={holdout}")


@pytest.mark.parametrize(("households", "share", "base"), [(20_000, 0.3, 0.03), (8_000, 0.5, 0.05)])
def test_the_planned_lift_is_found_eight_times_in_ten_when_it_is_true(
    households: int, share: float, base: float
) -> None:
    held = round(households * share)
    mailed = households - held
    planned = power_of(mailed, held, History(job_share=base)).share_lift
    rng = np.random.default_rng(20260302)
    trials, found = 500, 0
    for hits_t, hits_c in zip(
        rng.binomial(mailed, base + planned, trials), rng.binomial(held, base, trials), strict=True
    ):
        found += share_difference(hits_t, mailed, hits_c, held).p_value <= 0.05
    # The Monte Carlo error of 80 % over 500 campaigns is 1.8 points.
    assert found / trials == pytest.approx(0.80, abs=0.055)


def test_the_planned_margin_is_found_eight_times_in_ten_when_it_is_true() -> None:
    mailed, held, base = 30_000, 30_000, 0.02
    history = History(job_share=base, margin_mean=900.0, margin_deviation=1_500.0)
    planned = power_of(mailed, held, history).margin_lift
    spread = np.log(1 + (1_500 / 900) ** 2)
    rng = np.random.default_rng(7)
    trials, found = 400, 0
    for _ in range(trials):
        buyers = rng.binomial([mailed, held], [base + planned / 900.0, base])
        margins = 900 * np.exp(rng.normal(-spread / 2, np.sqrt(spread), buyers.sum()))
        sample = Sample(
            np.array([mailed]), np.array([held]), np.zeros(buyers.sum(), dtype=int),
            np.arange(buyers.sum()) < buyers[0], margins,
        )  # fmt: skip
        found += welch_difference(sample).p_value <= 0.05
    # More buyers in the mailed arm spread a little more than the plan assumes.
    assert found / trials == pytest.approx(0.78, abs=0.065)
