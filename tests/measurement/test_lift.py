"""The lift report from units to rows: pooling, open windows, money, verdict, determinism."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dbt_project.measurement.tables import lift_table

KEYS = ["campaign_key", "window_label", "wave"]


def campaign(
    *,
    waves: dict[str, bool],
    lift: float = 0.8,
    households: int = 6_000,
    holdout_share: float = 0.3,
    cost: float | None = 100_000.0,
    seed: int = 1,
) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    arms, units, facts = [], [], []
    for wave, is_closed in waves.items():
        facts.append(("c", "60", wave, 60, is_closed, cost, 9_000_000.0, 3_000_000.0))
        for stratum in ("north", "south"):
            size = households // 2
            holdout = int(size * holdout_share)
            arms.append(("c", "60", wave, stratum, size - holdout, holdout, holdout_share, 1))
            for is_mailed, count, share in (
                (True, size - holdout, 0.04 * (1 + lift)),
                (False, holdout, 0.04),
            ):
                cents = np.round(rng.lognormal(10.5, 0.5, rng.binomial(count, share)))
                units += [
                    ("c", "60", wave, stratum, f"{stratum}{is_mailed}{number}", is_mailed, 1,
                     int(amount), int(amount) // 2, 0, 0)
                    for number, amount in enumerate(cents)
                ]  # fmt: skip
    return {
        "arms": pd.DataFrame(
            arms,
            columns=[*KEYS, "stratum", "mailed_count", "holdout_count", "planned_holdout_share",
                     "contaminated_count"],
        ),
        "units": pd.DataFrame(
            units,
            columns=[*KEYS, "stratum", "unit_key", "is_mailed", "jobs_count", "net_revenue_cents",
                     "margin_cents", "pre_revenue_cents", "pre_recent_cents"],
        ),
        "waves": pd.DataFrame(
            facts,
            columns=[*KEYS, "window_days", "is_window_closed", "cost_cents",
                     "matched_revenue_cents", "matched_margin_cents"],
        ),
    }  # fmt: skip


def rows(frames: dict[str, pd.DataFrame], metric: str = "margin") -> pd.DataFrame:
    found = lift_table(**frames, primary_metric=metric, primary_window_days=60)
    return found.set_index(["metric", "wave"])


def test_a_campaign_that_pays_says_so_and_its_money_adds_up() -> None:
    found = rows(campaign(waves={"1": True})).loc[("margin", "(all)")]
    assert found["verdict"] == "pays"
    assert found["lift_ci_low"] > 0
    assert found["incremental_margin_cents"] == pytest.approx(found["lift"] * found["mailed_count"])
    assert found["iroi"] == pytest.approx(found["incremental_margin_cents"] / 100_000 - 1)
    assert found["match_back_roi"] == pytest.approx(3_000_000 / 100_000 - 1)
    assert found["overstatement_ratio"] == pytest.approx(
        9_000_000 / found["incremental_revenue_cents"]
    )
    assert found["sample_ratio_p_value"] == pytest.approx(1.0)
    assert found["contaminated_count"] == 2


def test_only_the_primary_closed_row_has_a_verdict() -> None:
    found = rows(campaign(waves={"1": True}))
    assert set(found.loc[["job_share", "net_revenue"], "verdict"]) == {"exploratory"}
    assert not found.loc[["job_share", "net_revenue"], "is_primary"].any()
    still_open = rows(campaign(waves={"1": False}))
    assert set(still_open["verdict"]) == {"exploratory"}
    by_share = rows(campaign(waves={"1": True}), metric="job_share")
    assert by_share.loc[("job_share", "1"), "verdict"] == "pays"


def test_open_waves_are_not_pooled_with_closed_ones() -> None:
    found = rows(campaign(waves={"1": True, "2": True, "3": False}))
    pooled = found.loc[("margin", "(all)")]
    assert pooled["wave_count"] == 2
    assert pooled["is_window_closed"]
    assert pooled["mailed_count"] == (
        found.loc[("margin", "1"), "mailed_count"] + found.loc[("margin", "2"), "mailed_count"]
    )
    assert pooled["cost_cents"] == 200_000
    assert pooled["heterogeneity_p_value"] > 0
    assert found.loc[("margin", "3"), "verdict"] == "exploratory"


def test_pooling_narrows_the_interval() -> None:
    found = rows(campaign(waves={str(number): True for number in range(4)}, households=2_000))
    widths = found["lift_ci_high"] - found["lift_ci_low"]
    assert widths["margin", "(all)"] < 0.6 * widths["margin"].drop("(all)").mean()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cost": None}, "lifts, cost unknown"),
        ({"cost": 9e9}, "lifts but does not pay"),
        ({"lift": -0.6}, "loses"),
        ({"lift": 0.0}, "too few to say"),
        ({"households": 600}, "too few to say"),
    ],
)
def test_other_verdicts(change: dict[str, float], word: str) -> None:
    assert rows(campaign(waves={"1": True}, **change)).loc[("margin", "1"), "verdict"] == word


def test_a_broken_split_gets_no_verdict() -> None:
    frames = campaign(waves={"1": True})
    frames["arms"]["planned_holdout_share"] = 0.1
    assert rows(frames).loc[("margin", "1"), "verdict"] == "broken split"
    frames["arms"]["planned_holdout_share"] = None
    assert rows(frames).loc[("margin", "1"), "verdict"] == "pays"


def test_the_same_input_gives_the_same_rows_in_any_order() -> None:
    frames = campaign(waves={"1": True, "2": True})
    shuffled = {name: frame.sample(frac=1, random_state=7) for name, frame in frames.items()}
    pd.testing.assert_frame_equal(rows(frames), rows(shuffled))


def test_nobody_and_nothing() -> None:
    frames = campaign(waves={"1": True})
    assert rows({name: frame.iloc[:0] for name, frame in frames.items()}).empty
    nobody = {**frames, "units": frames["units"].iloc[:0]}
    found = rows(nobody).loc[("margin", "1")]
    assert found["lift"] == 0
    assert found["verdict"] == "too few to say"
    no_holdout = {**frames, "arms": frames["arms"].assign(holdout_count=0)}
    no_holdout["units"] = frames["units"][frames["units"]["is_mailed"]]
    assert rows(no_holdout)["lift"].isna().all()


def arms_of(counts: dict[str, tuple[int, int, int, int]]) -> dict[str, pd.DataFrame]:
    """One wave from hits mailed, units mailed, hits held, units held of each stratum."""
    frames = campaign(waves={"1": True}, households=0)
    arms = [
        ("c", "60", "1", stratum, size_t, size_c, None, 0)
        for stratum, (_, size_t, _, size_c) in counts.items()
    ]
    units = [
        ("c", "60", "1", stratum, f"{stratum}{is_mailed}{number}", is_mailed, 1, 0, 0, 0, 0)
        for stratum, (hits_t, _, hits_c, _) in counts.items()
        for is_mailed, hits in ((True, hits_t), (False, hits_c))
        for number in range(hits)
    ]
    return {
        **frames,
        "arms": pd.DataFrame(arms, columns=frames["arms"].columns),
        "units": pd.DataFrame(units, columns=frames["units"].columns),
    }


def test_rocket_fuel_stands_in_the_report_with_both_intervals() -> None:
    found = rows(arms_of({"": (14_423, 564_577, 420, 23_524)}), metric="job_share")
    row = found.loc[("job_share", "1")]
    assert 100 * row["lift"] == pytest.approx(0.769, abs=0.0005)
    published = (100 * row["unpooled_ci_low"], 100 * row["unpooled_ci_high"])
    assert published == pytest.approx((0.595, 0.943), abs=0.0005)
    assert row["method"] == "score_miettinen_nurminen"
    by_score = (100 * row["lift_ci_low"], 100 * row["lift_ci_high"])
    assert by_score == pytest.approx((0.5875, 0.9362), abs=0.0005)
    assert found.loc[("net_revenue", "1"), "unpooled_ci_low"] is pd.NA


def test_strata_of_one_wave_that_differ_are_shown_to_differ() -> None:
    alike = rows(arms_of({"a": (60, 1_000, 40, 1_000), "b": (66, 1_000, 44, 1_000)}))
    unlike = rows(arms_of({"a": (90, 1_000, 40, 1_000), "b": (40, 1_000, 60, 1_000)}))
    assert alike.loc[("job_share", "1"), "heterogeneity_p_value"] > 0.5
    assert unlike.loc[("job_share", "1"), "heterogeneity_p_value"] < 0.001
    tiny = rows(arms_of({"a": (60, 1_000, 40, 1_000), "b": (3, 90, 0, 10)}))
    assert tiny.loc[("job_share", "1"), "heterogeneity_p_value"] is not pd.NA
    alone = rows(arms_of({"a": (60, 1_000, 40, 1_000), "b": (3, 90, 0, 0)}))
    assert alone.loc[("job_share", "1"), "heterogeneity_p_value"] is pd.NA
