"""Service levels: budgets, burn rates over two windows, and the exact test at low traffic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import comb, inf

import pandas as pd
import pytest

from dbt_project.measurement.service_levels import (
    NO_TRAFFIC,
    NONE,
    PAGE,
    TICKET,
    binomial_p_value,
    burn_rate,
    decide_action,
    judge_service_levels,
)

NOW = datetime(2026, 10, 15, 12, tzinfo=UTC)
TARGET = 0.995


def events(*rows: tuple[float, int, int], slo: str = "api_success") -> pd.DataFrame:
    """Rows of (minutes ago, good, valid)."""
    return pd.DataFrame(
        {
            "slo": [slo] * len(rows),
            "happened_at": pd.to_datetime(
                [NOW - timedelta(minutes=minutes) for minutes, _, _ in rows], utc=True
            ),
            "good": [good for _, good, _ in rows],
            "valid": [valid for _, _, valid in rows],
        }
    )


def objectives(**changes: object) -> pd.DataFrame:
    row = {"slo": "api_success", "target": TARGET, "window_days": 30.0, "threshold": None}
    return pd.DataFrame([row | changes])


def test_burn_rate_is_error_ratio_over_budget():
    assert burn_rate(995, 1000, 0.995) == pytest.approx(1)
    assert burn_rate(90, 100, 0.99) == pytest.approx(10)
    assert burn_rate(0, 0, 0.99) is None
    assert burn_rate(1, 1, 1.0) == 0
    assert burn_rate(0, 1, 1.0) == inf


@pytest.mark.parametrize(("good", "valid", "target"), [(97, 100, 0.99), (8, 10, 0.9), (0, 3, 0.5)])
def test_the_exact_test_sums_binomial_terms(good, valid, target):
    bad, share = valid - good, 1 - target
    expected = sum(
        comb(valid, k) * share**k * (1 - share) ** (valid - k) for k in range(bad, valid + 1)
    )
    assert binomial_p_value(good, valid, target) == pytest.approx(expected)


def test_no_failure_is_no_evidence():
    assert binomial_p_value(5, 5, 0.99) == 1.0


def test_a_page_needs_both_windows_to_burn():
    burning = events((3, 800, 1000), (40, 1800, 2000))
    assert decide_action(burning, target=TARGET, as_of=NOW) == PAGE
    over = events((3, 1000, 1000), (40, 1800, 2000), (200, 100_000, 100_000))
    assert decide_action(over, target=TARGET, as_of=NOW) != PAGE


def test_a_slow_burn_is_a_ticket():
    slow = events(*[(60.0 * hour + 30, 1980, 2000) for hour in range(48)])
    assert decide_action(slow, target=TARGET, as_of=NOW) == TICKET


def test_within_budget_nothing_is_to_be_done():
    calm = events(*[(60.0 * hour + 2, 1999, 2000) for hour in range(72)])
    assert decide_action(calm, target=TARGET, as_of=NOW) == NONE


def test_at_low_traffic_one_failure_pages_nobody_but_ten_do():
    assert decide_action(events((3, 19, 20)), target=TARGET, as_of=NOW) != PAGE
    assert decide_action(events((3, 10, 20)), target=TARGET, as_of=NOW) == PAGE


def test_an_objective_nobody_waits_for_never_pages():
    rows = events((3, 0, 20), slo="key_rotation")
    table = judge_service_levels(rows, objectives(slo="key_rotation", target=1.0), as_of=NOW)
    assert table.to_pylist()[0]["action"] == TICKET
    assert table.to_pylist()[0]["budget_left_share"] is None


def test_no_traffic_has_no_value_and_no_verdict():
    row = judge_service_levels(events(), objectives(), as_of=NOW).to_pylist()[0]
    assert (row["value"], row["is_met"], row["action"]) == (None, None, NO_TRAFFIC)
    assert (row["good"], row["valid"]) == (0, 0)


def test_events_after_now_and_before_the_window_do_not_count():
    rows = events((-5, 0, 100), (60 * 24 * 31, 0, 100), (10, 100, 100))
    row = judge_service_levels(rows, objectives(), as_of=NOW).to_pylist()[0]
    assert (row["good"], row["valid"], row["value"]) == (100, 100, 1.0)
    assert row["budget_left_share"] == 1.0


def test_the_budget_goes_below_zero_once_it_is_spent():
    row = judge_service_levels(events((10, 98, 100)), objectives(), as_of=NOW).to_pylist()[0]
    assert row["budget_left_share"] == pytest.approx(-3)
    assert row["is_met"] is False
    assert row["is_low_traffic"] is True
