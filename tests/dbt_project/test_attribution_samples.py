"""The sample operator of `data/samples`, through the pipeline, against its figures by hand."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.dbt_project.attribution_world import (
    AS_OF,
    BUILD_WITHOUT_TESTS,
    Marts,
    build,
    land,
    open_home,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


# The words of the file, where the marts have longer ones.
REASONS = {"unattributed": "no touch in window"}


def expected(name: str) -> list[dict[str, str]]:
    """Rows of one of the files computed by hand."""
    with (SAMPLES / "expected" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    settings = open_home(
        tmp_path_factory.mktemp("samples"),
        imports=SAMPLES / "imports",
        settings_text='[operator]\ntime_zone = "America/New_York"\n',
    )
    land(settings, now=AS_OF, run_id="run-1")
    return build(
        settings,
        as_of=AS_OF,
        run_id="run-1",
        arguments=BUILD_WITHOUT_TESTS,
        selection=("+rpt_campaign_roi", "+bridge_attribution_credits", "+rpt_revenue_tie_out"),
    )


def test_every_job_is_credited_to_the_cent_as_the_samples_say(marts: Marts) -> None:
    rows = marts.rows(
        """
        select jobs.job_id, campaigns.campaign_id, credits.unattributed_reason,
            sum(credits.credit_amount) as amount
        from marts.bridge_attribution_credits as credits
        inner join marts.fct_jobs as jobs using (job_key)
        left join marts.dim_campaigns as campaigns using (campaign_key)
        where credits.model = 'last' and credits.window_label = '60'
        group by all
        """
    )
    found = {row["job_id"]: row for row in rows}
    wrong = {}
    for row in expected("job_credits.csv"):
        amount = Decimal(row["net_revenue_amount"])
        if amount == 0 and row["job_id"] not in found:
            continue
        credit = found[row["job_id"]]
        shown = (credit["campaign_id"] or "", credit["unattributed_reason"] or "", credit["amount"])
        reason = REASONS.get(row["unattributed_reason"], row["unattributed_reason"])
        if shown != (row["campaign_id"], reason, amount):
            wrong[row["job_id"]] = (shown, row)
    assert wrong == {}
    assert len(found) == len(rows)


def test_each_campaigns_headline_is_the_one_computed_by_hand(marts: Marts) -> None:
    rows = marts.rows(
        """
        select campaigns.campaign_id, roi.model, roi.window_label, sum(roi.jobs) as jobs,
            sum(roi.completed_jobs) as completed_jobs,
            sum(roi.net_revenue_amount) as net_revenue_amount, sum(roi.cost_amount) as cost_amount
        from marts.rpt_campaign_roi as roi
        inner join marts.dim_campaigns as campaigns using (campaign_key)
        where roi.cut = '(all)' and roi.wave = '(all)'
            and roi.model = 'last' and roi.window_label = '60'
        group by all
        """
    )
    found = {row.pop("campaign_id"): row for row in rows}
    for row in expected("campaign_headline.csv"):
        campaign = found[row.pop("campaign_id")]
        model, label = row.pop("model"), row.pop("window_label")
        assert (campaign["model"], campaign["window_label"]) == (model, label)
        assert {name: Decimal(str(campaign[name])) for name in row} == {
            name: Decimal(value) for name, value in row.items()
        }


def test_all_net_revenue_of_the_samples_is_in_the_ledger(marts: Marts) -> None:
    """As the samples' README adds it up."""
    rows = marts.rows(
        """
        select coalesce(unattributed_reason, 'credited') as what, sum(credit_amount) as amount
        from marts.bridge_attribution_credits
        where model = 'last' and window_label = '60' group by all
        """
    )
    assert {row["what"]: row["amount"] for row in rows} == {
        "credited": Decimal("18092.50"),
        "no touch in window": Decimal("1630.00"),
        "not eligible": Decimal("39.00"),
        "no job": Decimal("88.00"),
    }
