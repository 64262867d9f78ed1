"""Published randomised mailings through the import folder, against figures computed on their own.

Nothing of `dbt_project.measurement` is used here to say what is right: shares are compared with
the score statistic found by numerical maximisation of the likelihood, means with scipy's Welch test
or a plain permutation of all units.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy import optimize, stats

from orchestration.lib.run_context import write_run_context
from tests.dbt_project import published_experiments as published
from tests.dbt_project.attribution_world import (
    BUILD_WITHOUT_TESTS,
    Marts,
    land,
    open_home,
    run_dbt,
)
from tests.dbt_project.published_experiments import MENS, NO_MAIL, WOMENS

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
Outcomes = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Marts, Outcomes]:
    """The experiments' folder, landed and built once; the units' outcomes as they were drawn."""
    place = tmp_path_factory.mktemp("experiments")
    folder = published.Folder(place / "exports")
    outcomes = published.e_mail_test(folder)
    published.letter_test(folder)
    cards = published.card_test(folder)
    settings = open_home(place / "home", imports=folder.write())
    land(settings, now=NOW, run_id="run-1")
    with duckdb.connect(str(settings.warehouse)) as connection:
        write_run_context(connection, settings, run_id="run-1", as_of=NOW, started_at=NOW)
    run_dbt(settings, *BUILD_WITHOUT_TESTS, "--select", "+rpt_campaign_lift")
    marts = Marts(warehouse=settings.warehouse, settings=settings)
    return marts, {**outcomes, **{f"card {name}": part for name, part in cards.items()}}


def lift_row(marts: Marts, campaign: str, metric: str, window: str) -> dict[str, Any]:
    return marts.row(
        "select * from marts.rpt_campaign_lift where campaign_name = ? and wave = '1' "
        "and metric = ? and window_label = ?",
        campaign, metric, window,
    )  # fmt: skip


def score_statistic(tables: list[tuple[int, int, int, int]], difference: float) -> float:
    """Mantel-Haenszel difference less `difference`, over its constrained standard error.

    Args:
        tables: One of hits mailed, units mailed, hits held, units held per stratum.
        difference: Candidate true difference.
    """
    top = bottom = spread = 0.0
    for hits_t, size_t, hits_c, size_c in tables:

        def cost(share: float, table=(hits_t, size_t, hits_c, size_c)) -> float:
            x_t, n_t, x_c, n_c = table
            p_t = share + difference
            return -(
                x_t * np.log(p_t) + (n_t - x_t) * np.log1p(-p_t)
                + x_c * np.log(share) + (n_c - x_c) * np.log1p(-share)
            )  # fmt: skip

        low, high = max(0.0, -difference) + 1e-12, min(1.0, 1.0 - difference) - 1e-12
        found = optimize.minimize_scalar(
            cost, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
        )
        share_c = float(found.x)
        share_t = share_c + difference
        total = size_t + size_c
        weight = size_t * size_c / total
        top += weight * (hits_t / size_t - hits_c / size_c - difference)
        variance = share_t * (1 - share_t) / size_t + share_c * (1 - share_c) / size_c
        spread += weight**2 * variance * total / (total - 1)
        bottom += weight
    return (top / bottom) / (np.sqrt(spread) / bottom)


def score_interval(tables: list[tuple[int, int, int, int]]) -> tuple[float, float, float]:
    """Lower end, upper end and p-value."""
    ends = [
        optimize.brentq(lambda d, bar=bar: score_statistic(tables, d) - bar, *bounds)
        for bar, bounds in ((1.959964, (-0.2, 0.05)), (-1.959964, (-0.05, 0.3)))
    ]
    return ends[0], ends[1], float(2 * stats.norm.sf(abs(score_statistic(tables, 0.0))))


@pytest.mark.parametrize(
    ("campaign", "arm", "points"), [("MENS", MENS, 0.68), ("WOMENS", WOMENS, 0.31)]
)
def test_two_treatments_share_one_holdout(
    built: tuple[Marts, Outcomes], campaign: str, arm: published.Arm, points: float
) -> None:
    marts, _ = built
    row = lift_row(marts, campaign, "job_share", "campaign")
    assert row["window_days"] == 14
    assert row["is_window_closed"]
    assert (row["mailed_count"], row["holdout_count"]) == (arm.units, NO_MAIL.units)
    assert (row["mailed_buying_count"], row["holdout_buying_count"]) == (arm.buyers, NO_MAIL.buyers)
    low, high, p_value = score_interval([(arm.buyers, arm.units, NO_MAIL.buyers, NO_MAIL.units)])
    assert round(100 * row["lift"], 2) == points
    assert (row["lift_ci_low"], row["lift_ci_high"]) == pytest.approx((low, high), abs=1e-6)
    assert row["p_value"] == pytest.approx(p_value, rel=1e-3)
    assert row["contaminated_count"] == 0
    assert row["sample_ratio_note"] == "no plan known"


@pytest.mark.parametrize(("campaign", "arm"), [("MENS", MENS), ("WOMENS", WOMENS)])
def test_spend_is_the_published_spend_to_the_cent(
    built: tuple[Marts, Outcomes], campaign: str, arm: published.Arm
) -> None:
    marts, outcomes = built
    row = lift_row(marts, campaign, "net_revenue", "campaign")
    mailed, held = outcomes[arm.name] / 100, outcomes[NO_MAIL.name] / 100
    assert row["mailed_mean"] == pytest.approx(arm.cents / 100 / arm.units)
    assert row["holdout_mean"] == pytest.approx(NO_MAIL.cents / 100 / NO_MAIL.units)
    assert row["lift"] == pytest.approx(mailed.mean() - held.mean())
    assert float(row["incremental_revenue_amount"]) == pytest.approx(
        row["lift"] * arm.units, abs=0.01
    )
    compare_means(row, mailed, held)


def compare_means(row: dict[str, Any], mailed: np.ndarray, held: np.ndarray) -> None:
    """Interval and p-value against scipy's, or a plain permutation of every unit."""
    welch = stats.ttest_ind(mailed, held, equal_var=False)
    ends = welch.confidence_interval(0.95)
    given = (row["lift_ci_low"], row["lift_ci_high"])
    if row["method"] == "welch":
        assert given == pytest.approx((ends.low, ends.high), rel=1e-6)
        assert row["p_value"] == pytest.approx(welch.pvalue, rel=1e-6)
        return
    assert row["method"] == "permutation_studentised"
    width = ends.high - ends.low
    assert given == pytest.approx((ends.low, ends.high), abs=0.06 * width)
    assert row["p_value"] == pytest.approx(permutation_p_value(mailed, held), abs=0.02)


def permutation_p_value(mailed: np.ndarray, held: np.ndarray, *, deals: int = 1_500) -> float:
    """Twice the smaller tail of the studentised difference over random deals of all units."""
    rng = np.random.default_rng(5)
    pool = np.concatenate([mailed, held])

    def studentised(values: np.ndarray) -> float:
        one, other = values[: len(mailed)], values[len(mailed) :]
        spread = one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)
        return float((one.mean() - other.mean()) / np.sqrt(spread))

    seen = studentised(pool)
    dealt = np.array([studentised(rng.permutation(pool)) for _ in range(deals)])
    tails = [(1 + int((dealt >= seen).sum())), (1 + int((dealt <= seen).sum()))]
    return min(1.0, 2 * min(tails) / (deals + 1))


def test_the_verdict_is_of_the_primary_window_and_says_that_the_cost_is_unknown(
    built: tuple[Marts, Outcomes],
) -> None:
    marts, _ = built
    said = marts.rows(
        "select campaign_name, wave, metric, window_label, verdict, iroi from "
        "marts.rpt_campaign_lift where verdict <> 'exploratory' and wave = '1' order by 1"
    )
    assert {(row["metric"], row["window_label"]) for row in said} == {("margin", "60")}
    words = {row["campaign_name"]: row["verdict"] for row in said}
    assert words["MENS"] == "lifts, cost unknown"
    assert words["CARD"] == "pays"
    assert words["LETTER"] == "too few to say"  # nothing is known of its revenue
    assert {row["campaign_name"] for row in said if row["iroi"] is None} == {
        "MENS", "WOMENS", "LETTER"
    }  # fmt: skip


def test_conversions_alone_in_unlike_strata_without_a_customers_file(
    built: tuple[Marts, Outcomes],
) -> None:
    marts, _ = built
    row = lift_row(marts, "LETTER", "job_share", "60")
    tables = [
        (treated.buyers, treated.units, held.buyers, held.units)
        for treated, held in published.LETTER_STRATA.values()
    ]
    assert (row["mailed_count"], row["holdout_count"]) == (4_500, 1_000)
    assert (row["mailed_buying_count"], row["holdout_buying_count"]) == (198, 21)
    assert row["stratum_count"] == 2
    weights = [size_t * size_c / (size_t + size_c) for _, size_t, _, size_c in tables]
    pooled = sum(
        weight * (hits_t / size_t - hits_c / size_c)
        for weight, (hits_t, size_t, hits_c, size_c) in zip(weights, tables, strict=True)
    ) / sum(weights)
    low, high, p_value = score_interval(tables)
    assert row["lift"] == pytest.approx(pooled)
    assert row["lift"] != pytest.approx(row["mailed_mean"] - row["holdout_mean"], rel=0.05)
    assert (row["lift_ci_low"], row["lift_ci_high"]) == pytest.approx((low, high), abs=1e-6)
    assert row["p_value"] == pytest.approx(p_value, rel=1e-3)
    assert row["sample_ratio_note"] == "as planned"
    money = lift_row(marts, "LETTER", "net_revenue", "60")
    assert (money["lift"], money["lift_ci_low"]) == (0.0, None)


def test_cards_of_2008_open_their_window_by_the_postal_calendar(
    built: tuple[Marts, Outcomes],
) -> None:
    marts, outcomes = built
    mailed, held = outcomes["card mailed"] / 100, outcomes["card holdout"] / 100
    row = lift_row(marts, "CARD", "net_revenue", "60")
    assert (row["mailed_count"], row["holdout_count"]) == (5_000, 5_000)
    assert row["lift"] == pytest.approx(mailed.mean() - held.mean())
    compare_means(row, mailed, held)
    assert float(row["cost_amount"]) == 2_500.0
    margin = lift_row(marts, "CARD", "margin", "60")
    profit = margin["lift"] * 5_000 - 2_500
    assert margin["iroi"] == pytest.approx(profit / 2_500)
    assert margin["iroi_ci_low"] == pytest.approx((margin["lift_ci_low"] * 5_000 - 2_500) / 2_500)
    # 8 September 2008 was a Monday: First-Class Mail is in homes on the Thursday.
    opens = marts.value(
        "select min(window_starts_on) from intermediate.int_measurement__waves_dated "
        "where mailed_piece_count = 5000"
    )
    assert opens.isoformat() == "2008-09-11"
