"""`matchback report`: a page a finance chief accepts, from the published marts alone."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from ingestion.errors import PublishError, SettingsError
from orchestration.commands import report as report_command
from orchestration.lib.campaign_report import build_report, verdict_sentence
from orchestration.lib.report_html import render_html

TABLES = """
create schema marts;
create table marts.dim_campaigns as select * from (values
    ('k1', 'pcm', 'main', 'SPRING26', 'Spring <b>tune-up</b>', 'direct_mail'),
    ('k2', 'pcm', 'main', 'FALL26', 'Fall', 'direct_mail'),
    ('k3', 'crm', 'main', 'X', 'Fall', 'direct_mail'))
    as rows (campaign_key, source, account, campaign_id, campaign_name, channel);
create table marts.rpt_campaign_summary as select * from (values
    ('k1', 'Spring', 'north', 'last', '60', 900, 870, 12, 30.0, 24.0, 20000.00::decimal(18,2),
     18000.00::decimal(18,2), 8000.00::decimal(18,2), 0.5, 700.00::decimal(18,2), true, true, true),
    ('k1', 'Spring', 'south', 'last', '60', 100, 95, 3, 5.0, 4.0, 5000.00::decimal(18,2),
     5000.00::decimal(18,2), 2000.00::decimal(18,2), 0.0, 300.00::decimal(18,2), true, false, true),
    ('k2', 'Fall', 'north', 'last', '60', 10, 9, 0, 0.0, 0.0, 0.00::decimal(18,2),
     0.00::decimal(18,2), 0.00::decimal(18,2), null, null, false, false, true))
    as rows (campaign_key, campaign_name, location_key, model, window_label, pieces_mailed,
    pieces_in_home, direct_responses, jobs_booked, jobs_completed, net_revenue_amount,
    collected_amount, margin_amount, margin_estimated_share, cost_amount, is_window_closed,
    is_revenue_mature, is_data_complete);
create table marts.rpt_campaign_lift as select 'k1' as campaign_key, wave, metric,
    '60' as window_label, 60 as window_days, true as is_window_closed,
    metric = 'margin' as is_primary, 900 as mailed_count, 100 as holdout_count, 9.5 as mailed_mean,
    lift, lift - 2 as lift_ci_low, lift + 2 as lift_ci_high, 0.004 as p_value,
    4.0 as iroi, 1.5 as iroi_ci_low, 6.5 as iroi_ci_high,
    25000.00::decimal(18,2) as matched_revenue_amount,
    10000.00::decimal(18,2) as incremental_revenue_amount, 2.5 as overstatement_ratio,
    3.0 as minimum_detectable_lift, 0.7 as sample_ratio_p_value, 2 as contaminated_count,
    'welch' as method,
    case when metric = 'margin' then 'pays' else 'exploratory' end as verdict
    from (values ('1'), ('(all)')) as waves (wave),
    (values ('margin', 5.25), ('net_revenue', 12.5)) as metrics (metric, lift);
create table marts.rpt_funnel as select * from (values
    ('k1', 'north', 'mailed', 1, 900.0, 700.00::decimal(18,2)),
    ('k1', 'south', 'mailed', 1, 100.0, 300.00::decimal(18,2)),
    ('k1', 'north', 'in home', 2, 870.0, null), ('k1', 'south', 'in home', 2, 80.0, null),
    ('k1', 'north', 'responded', 3, 0.0, null))
    as rows (campaign_key, location_key, step, step_number, count, amount);
create table marts.rpt_response_curve as select 'k1' as campaign_key, wave, day,
    day < seen as is_observed, (day + 1) * 1.0 as cumulative_jobs,
    case when day >= seen then day * 0.9 end as forecast_jobs_low,
    case when day >= seen then day * 1.2 end as forecast_jobs_high
    from range(60) as days (day), (values ('1', 60), ('2', 20)) as waves (wave, seen);
create table marts.rpt_postcard_job_invoice as select 'k1' as campaign_key,
    'job' || number as job_key, '10' || number as job_number, 'id' || number as job_id,
    date '2026-04-10' as issued_on from range(8) as numbers (number);
create table marts.rpt_revenue_tie_out as select * from (values
    (date '2026-04-01', 'main', 100.00::decimal(18,2), 60.00::decimal(18,2), 20.00::decimal(18,2),
     10.00::decimal(18,2), 6.00::decimal(18,2), 4.00::decimal(18,2)),
    (date '2025-01-01', 'main', 1.00, 1.00, 0, 0, 0, 0)) as rows (month_on, account,
    books_income_amount, attributed_amount, unattributed_amount, not_eligible_amount,
    no_job_amount, unreconciled_amount);
create table marts.rpt_job_story as select 'job' || number as job_key, step,
    timestamptz '2026-04-02 10:00:00+00' as happened_at, 'piece' as kind,
    case when step = 1 then '=cmd|evil' else 'Job created & credited' end as text,
    5.00::decimal(18,2) as credit_amount
    from range(8) as numbers (number), range(1, 3) as steps (step);
create table marts.rpt_campaign_roi as select 'k1' as campaign_key, '(all)' as wave,
    '(all)' as cut, 'last' as model, '60' as window_label, true as is_window_closed,
    35.0 as jobs, 28.0 as completed_jobs, 25000.00::decimal(18,2) as net_revenue_amount,
    10000.00::decimal(18,2) as margin_amount, 1000.00::decimal(18,2) as cost_amount, 9.0 as roi,
    25.0 as roas;
create table marts.run_info as select 'r1' as run_id, timestamptz '2026-07-01 06:00:00+00' as as_of;
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHBACK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MATCHBACK_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def published(home: Path) -> Path:
    folder = home / "published"
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{folder / 'marts.duckdb'}' as file; use file")
        connection.execute(TABLES)
    return folder / "marts.duckdb"


@pytest.fixture
def connection(published: Path):
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        opened.execute(f"attach '{published}' as published (read_only); use published.marts")
        yield opened


def run(*arguments: str) -> str:
    app = typer.Typer()
    report_command.register(app)
    app.command("other")(lambda: None)
    result = CliRunner().invoke(app, ["report", *arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_ratios_are_made_from_sums_over_locations(connection) -> None:
    found = build_report(connection, "spring26")
    assert found.headline["pieces_mailed"] == 1_000
    assert found.headline["net_revenue_amount"] == Decimal("25000.00")
    assert found.headline["roi"] == pytest.approx(9.0)
    assert found.headline["margin_estimated_share"] == pytest.approx(0.4)
    assert found.headline["is_revenue_mature"] is False
    assert [row["count"] for row in found.funnel] == [1_000, 950, 0]
    assert found.funnel[1]["share_of_previous"] == pytest.approx(0.95)


def test_the_page_says_the_verdict_the_tie_out_and_five_stories(connection) -> None:
    found = build_report(connection, "k1")
    page = render_html(found)
    assert "The mail pays for itself." in page
    assert "5.25 more margin than one held out (95 % interval 3.25 to 7.25; 100 held out)" in page
    assert "2.50 times the incremental dollars" in page
    assert page.count('<div class="story">') == 5
    assert "Attributed by the model last\nin a response window of 60 days" in page
    assert '<tr class="total"><td>together</td>' in page
    assert len(found.tie_out) == 1
    assert page.count("<svg") == 3
    assert "40% of the margin rests on margin rates" in page
    assert "2 households were in both arms" in page
    assert "<dt>Incremental</dt>" in page


def test_the_page_runs_nothing_and_fetches_nothing(connection) -> None:
    page = render_html(build_report(connection, "k1"))
    assert "<script" not in page
    assert "<b>tune-up</b>" not in page
    assert "Spring &lt;b&gt;tune-up" in page
    assert not re.search(r'(src|href)="(http|//)', page)


def test_the_same_marts_give_the_same_page(connection) -> None:
    assert render_html(build_report(connection, "k1")) == render_html(
        build_report(connection, "k1")
    )


def test_the_workbook_holds_numbers_and_no_formulas(published: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.xlsx"
    said = run("--campaign", "SPRING26", "--xlsx", "--output", str(file))
    assert "The mail pays for itself." in said
    book = load_workbook(file)
    assert book.sheetnames == [
        "Summary", "Lift", "Models and windows", "Funnel", "Response curve", "Tie-out", "Stories",
        "Definitions",
    ]  # fmt: skip
    stories = list(book["Stories"].iter_rows(values_only=True))
    assert stories[1][4] == "'=cmd|evil"
    assert book["Tie-out"]["C2"].value == 100
    assert book["Tie-out"]["C2"].number_format == "#,##0.00"
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_files_go_under_the_home_by_default(published: Path, home: Path) -> None:
    run("--campaign", "SPRING26", "--html", "--xlsx")
    names = {file.suffix for file in (home / "reports").iterdir()}
    assert names == {".html", ".xlsx"}
    with pytest.raises(SettingsError, match="not both"):
        run("--campaign", "SPRING26", "--html", "--xlsx", "--output", "x")


def test_a_campaign_without_holdout_or_cost_says_so(connection) -> None:
    found = build_report(connection, "FALL26")
    assert found.lift is None
    assert "Nobody was held out at random" in found.verdict
    page = render_html(found)
    assert "The cost is unknown, so there is no ROI." in page
    assert "still open: jobs are still coming" in page


def test_names_that_are_unknown_or_shared_are_refused(connection, published: Path) -> None:
    with pytest.raises(SettingsError, match="campaigns are Fall, Fall, Spring"):
        build_report(connection, "nothing")
    with pytest.raises(SettingsError, match="names 2 campaigns: name one key of k2, k3"):
        build_report(connection, "fall")


def test_without_published_marts_it_says_what_to_run(home: Path) -> None:
    with pytest.raises(PublishError, match="matchback run"):
        run("--campaign", "SPRING26")


LIFT = {
    "metric": "margin", "window_days": 60, "holdout_count": 1_200, "lift": 5.0,
    "lift_ci_low": 1.0, "lift_ci_high": 9.0, "iroi": 2.0, "iroi_ci_low": -0.5, "iroi_ci_high": 4.5,
    "sample_ratio_p_value": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("pays", "The mail pays for itself."),
        ("lifts but does not pay", "not shown to earn its cost"),
        ("lifts, cost unknown", "without its cost"),
        ("loses", "the mail loses"),
        ("too few to say", "Too few to say whether the mail pays."),
        ("exploratory", "no verdict yet"),
        ("broken split", "the split is broken"),
    ],
)
def test_each_verdict_has_its_sentence(verdict: str, words: str) -> None:
    said = verdict_sentence({**LIFT, "verdict": verdict})
    assert words in said
    if verdict != "broken split":
        assert "1.00 to 9.00" in said
        assert "incremental ROI 2.00 (-0.50 to 4.50)" in said


def test_a_lift_without_interval_is_too_few() -> None:
    said = verdict_sentence({**LIFT, "verdict": "too few to say", "lift_ci_low": None})
    assert said.startswith("Too few to say")
    share = {**LIFT, "verdict": "pays", "metric": "job_share", "lift": 0.012, "lift_ci_low": 0.004,
             "lift_ci_high": 0.02}  # fmt: skip
    assert "was 1.20 points more likely to have a job than one held out" in verdict_sentence(share)


def test_a_lift_below_zero_is_less_not_a_negative_more() -> None:
    loss = {**LIFT, "verdict": "loses", "lift": -5.0, "lift_ci_low": -9.0, "lift_ci_high": -1.0}
    said = verdict_sentence(loss, currency="USD")
    assert "brought USD 5.00 less margin than one held out" in said
    assert "95 % interval -9.00 to -1.00" in said
    share = {**loss, "metric": "job_share", "lift": -0.01}
    assert "was 1.00 points less likely to have a job" in verdict_sentence(share)
