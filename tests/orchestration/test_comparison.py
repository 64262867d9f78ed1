"""Two periods side by side: shares, medians, their intervals and verdicts."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pytest

from ingestion.errors import SettingsError
from orchestration.lib.comparison import (
    Period,
    compare_medians,
    compare_periods,
    compare_shares,
    parse_period,
    wilson_interval,
)


def test_a_period_is_two_dates():
    period = parse_period(" 2026-09-01..2026-09-14 ")
    assert period == Period(date(2026, 9, 1), date(2026, 9, 14))
    assert period.days == 14


@pytest.mark.parametrize(
    "text", ["", "2026-09-01", "2026-09-14..2026-09-01", "2026-13-01..2026-13-02", "a..b"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(SettingsError, match="no period"):
        parse_period(text)


def test_wilson_interval_equals_published_values():
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
    low, high = wilson_interval(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_difference_of_shares_equals_newcombe():
    # Newcombe 1998, method 10: 56/70 less 48/80 gives 0.0524 to 0.3339.
    result = compare_shares("x", before=(48, 80), after=(56, 70), is_less_better=False)
    assert result.low == pytest.approx(0.0524, abs=5e-5)
    assert result.high == pytest.approx(0.3339, abs=5e-5)
    assert result.verdict == "better"


def test_nothing_in_a_period_is_too_few_to_say():
    result = compare_shares("x", before=(0, 0), after=(3, 10), is_less_better=True)
    assert (result.before, result.difference) == (None, None)
    assert result.verdict == "too few to say"
    medians = compare_medians(
        "x", "hours", before=np.array([]), after=np.array([1.0]), is_less_better=True
    )
    assert medians.verdict == "too few to say"


def test_medians_tell_a_real_change_and_do_not_see_one_that_is_not_there():
    random = np.random.default_rng(1)
    before, after = random.exponential(10, 300), random.exponential(4, 300)
    faster = compare_medians("x", "hours", before=before, after=after, is_less_better=True)
    assert faster.verdict == "better"
    same = compare_medians("x", "hours", before=before, after=before[::-1], is_less_better=True)
    assert same.difference == 0
    assert same.verdict == "no difference to be seen"


def test_periods_are_read_from_the_marts():
    marts = duckdb.connect()
    marts.execute(
        """
        create table rpt_follow_up_sla as select
            (date '2026-09-01' + n::integer) as owed_since_on, n % 4 = 0 as is_missed,
            timestamptz '2026-09-01 00:00:00Z' as owed_since_at,
            timestamptz '2026-09-01 00:00:00Z' + to_hours(n) as followed_up_at
        from range(0, 28) as rows (n);
        create table fct_bookings as select 's' as source, 'a' as account, n::varchar as booking_id,
            (date '2026-09-01' + n::integer) as requested_on from range(0, 28) as rows (n);
        create table rpt_reconciliation as select 's' as source, 'a' as account,
            '3' as entity_id, 'duplicate_booking' as kind;
        create table rpt_wires as select 'lead_in' as wire,
            (date '2026-09-01' + n::integer) as day_on, 10 as expected_count,
            case when n < 14 then 8 else 10 end as observed_count,
            0 as late_count from range(0, 28) as rows (n);
        """
    )
    before = parse_period("2026-09-01..2026-09-14")
    after = parse_period("2026-09-15..2026-09-28")
    results = {row.measure: row for row in compare_periods(marts, before=before, after=after)}
    speed = results["hours until follow-up"]
    assert (speed.before, speed.after) == (6.5, 20.5)
    assert speed.verdict == "worse"
    assert results["duplicate bookings"].before == 1 / 14
    assert results["duplicate bookings"].after == 0
    silent = results["silent failures (enquiries, bookings and outcomes that did not arrive)"]
    assert (silent.before, silent.after, silent.verdict) == (0.2, 0.0, "better")
    assert results["completeness of all wires"].verdict == "better"
