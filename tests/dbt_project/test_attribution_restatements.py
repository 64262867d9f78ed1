"""Why a campaign's figures changed between two builds: each cause, and that they sum to it all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.restated_builds import (
    AFTER,
    BEFORE,
    MEASURES,
    Build,
    Job,
    Line,
    explained,
)

PAID = Job(lines=(("a", Line(10_000)),), collected=10_000, margin=5_000)


def causes(rows: Iterable[dict[str, Any]], measure: str, wave: str = "1") -> dict[str, float]:
    """Changes of one measure by cause, in the 30-day window."""
    return {
        row["cause"]: float(row["change_amount"])
        for row in rows
        if (row["measure"], row["wave"]) == (measure, wave) and row["window_label"] == "30"
    }


MORE = (*PAID.lines, ("b", Line(2_500)))
BACK = (*PAID.lines, ("b", Line(-4_000, "refund")))
VOID = (("a", Line(10_000, is_void=True)),)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, PAID, {"jobs": {"new job": 1}, "net_revenue": {"new job": 100},
                      "collected": {"new job": 100}, "margin": {"new job": 50}}),
        (PAID, replace(PAID, lines=MORE), {"net_revenue": {"late invoice": 25}}),
        (PAID, replace(PAID, collected=12_500), {"collected": {"late invoice": 25}}),
        (PAID, replace(PAID, lines=BACK, collected=6_000, margin=3_000),
         {"net_revenue": {"refund": -40}, "collected": {"refund": -40}, "margin": {"refund": -20}}),
        (PAID, replace(PAID, lines=VOID, margin=0),
         {"net_revenue": {"void": -100}, "margin": {"void": -50}}),
        (PAID, replace(PAID, lines=VOID, collected=0, margin=0, state="Cancelled"),
         {"net_revenue": {"cancellation": -100}, "collected": {"cancellation": -100},
          "margin": {"cancellation": -50}}),
        (PAID, replace(PAID, nano_share=0, is_deleted=True),
         {"jobs": {"cancellation": -1}, "net_revenue": {"cancellation": -100},
          "collected": {"cancellation": -100}, "margin": {"cancellation": -50}}),
        (PAID, replace(PAID, nano_share=500_000_000),
         {"jobs": {"re-match": -0.5}, "net_revenue": {"re-match": -50},
          "collected": {"re-match": -50}, "margin": {"re-match": -25}}),
        (PAID, replace(PAID, nano_share=0, customer="other"),
         {"jobs": {"identity change": -1}, "net_revenue": {"identity change": -100},
          "collected": {"identity change": -100}, "margin": {"identity change": -50}}),
        (PAID, replace(PAID, margin=4_000), {"margin": {"cost change": -10}}),
        (PAID, replace(PAID, lines=BACK, nano_share=500_000_000),
         {"jobs": {"re-match": -0.5}, "net_revenue": {"refund": -40, "re-match": -30},
          "collected": {"re-match": -50}, "margin": {"re-match": -25}}),
    ],
    ids=["new job", "late invoice", "late payment", "refund", "void", "cancellation", "deleted",
         "re-match", "identity change", "cost of a job", "refund and re-match"],
)  # fmt: skip
def test_each_change_of_a_job_has_its_cause(
    before: Job | None, after: Job, expected: dict[str, dict[str, float]]
) -> None:
    known = {"j": before} if before else {}
    rows = explained(Build(BEFORE, known), Build(AFTER, {"j": after}))
    assert {measure: found for measure in MEASURES if (found := causes(rows, measure))} == expected


def test_a_line_that_moves_to_another_job_is_a_re_match_of_both() -> None:
    line = ("a", Line(10_000))
    rows = explained(
        Build(BEFORE, {"j": Job(lines=(line,)), "k": Job(nano_share=0)}),
        Build(AFTER, {"j": Job(), "k": Job(lines=(line,), nano_share=0)}),
    )
    assert causes(rows, "net_revenue") == {"re-match": -100}


def test_a_new_fit_and_a_new_rule_have_their_own_names() -> None:
    half = replace(PAID, nano_share=500_000_000)
    fit = explained(Build(BEFORE, {"j": PAID}), Build(AFTER, {"j": half}), model="markov")
    assert causes(fit, "net_revenue") == {"model refit": -50}
    rule = explained(Build(BEFORE, {"j": PAID}), Build(AFTER, {"j": half}, window_days=20))
    found = {
        (row["window_label"], row["cause"])
        for row in rule
        if (row["measure"], row["wave"]) == ("net_revenue", "1")
    }
    assert found == {("30", "re-match"), ("campaign", "rule change")}


def test_a_changed_cost_of_the_wave_is_a_cost_change() -> None:
    rows = explained(Build(BEFORE), Build(AFTER, cost=1_250))
    assert {
        (row["wave"], row["window_label"], row["cause"], float(row["change_amount"]))
        for row in rows
        if row["measure"] == "cost" and row["is_window_closed"] in (None, True)
    } >= {("1", "(all)", "cost change", 2.5)}


def test_a_window_that_closes_moves_its_figures_from_the_open_to_the_closed_total() -> None:
    """In home May 8: 30 days are open on June 1 and closed on July 1."""
    rows = explained(
        Build(BEFORE, {"j": PAID}), Build(AFTER, {"j": replace(PAID, lines=MORE)})
    )  # fmt: skip
    totals = {
        (row["measure"], row["is_window_closed"], row["cause"]): float(row["change_amount"])
        for row in rows
        if row["wave"] == "(all)" and row["window_label"] == "30"
    }
    assert totals == {
        ("jobs", True, "window closed"): 1,
        ("jobs", False, "window closed"): -1,
        ("net_revenue", True, "window closed"): 100,
        ("net_revenue", True, "late invoice"): 25,
        ("net_revenue", False, "window closed"): -100,
        ("collected", True, "window closed"): 100,
        ("collected", False, "window closed"): -100,
        ("margin", True, "window closed"): 50,
        ("margin", False, "window closed"): -50,
        ("cost", True, "window closed"): 10,
        ("cost", False, "window closed"): -10,
    }


CENTS = st.integers(-50_000, 500_000)
JOBS = st.builds(
    Job,
    lines=st.dictionaries(
        st.sampled_from("pqrs"),
        st.builds(Line, CENTS, st.sampled_from(["labor", "refund"]), st.booleans()),
        max_size=3,
    ).map(lambda lines: tuple(lines.items())),
    nano_share=st.sampled_from([0, 333_333_333, 500_000_000, 1_000_000_000]),
    collected=CENTS,
    margin=CENTS,
    state=st.sampled_from(["Completed", "Cancelled", "New"]),
    customer=st.sampled_from("cd"),
    is_deleted=st.booleans(),
)


def _told_apart(jobs: dict[str, Job]) -> dict[str, Job]:
    """One line stands on one job: the first that has it."""
    seen: set[str] = set()
    result = {}
    for name, job in jobs.items():
        result[name] = replace(job, lines=tuple(x for x in job.lines if x[0] not in seen))
        seen |= {key for key, _ in job.lines}
    return result


BUILDS = st.tuples(
    st.dictionaries(st.sampled_from("jkl"), JOBS, max_size=3).map(_told_apart),
    st.sampled_from([date(2026, 4, 1), date(2026, 5, 8), date(2026, 6, 20)]),
    st.integers(0, 5_000),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(BUILDS, BUILDS)
def test_the_causes_sum_to_the_whole_difference(
    first: tuple[dict[str, Job], date, int], second: tuple[dict[str, Job], date, int]
) -> None:
    """Of the wave, and of the totals over closed and over open windows, for every measure."""
    before = Build(BEFORE, first[0], in_home=first[1], cost=first[2])
    # A job once known stays known: what a system deletes becomes a tombstone.
    gone = {name: replace(job, lines=(), nano_share=0, is_deleted=True, collected=0, margin=0)
            for name, job in first[0].items() if name not in second[0]}  # fmt: skip
    after = Build(AFTER, {**second[0], **gone}, in_home=second[1], cost=second[2])
    rows = explained(before, after)
    for measure in MEASURES:
        for label, days in (("30", 30), ("campaign", 45)):
            was = (before.at.date() - before.in_home).days >= days
            now = (after.at.date() - after.in_home).days >= days
            for total in (True, False):
                expected = (after.figure(measure) if now is total else 0) - (
                    before.figure(measure) if was is total else 0
                )
                assert _sum(rows, measure, "(all)", label, total) == expected
            if measure != "cost":
                expected = after.figure(measure) - before.figure(measure)
                assert _sum(rows, measure, "1", label, now) == expected


def _sum(
    rows: list[dict[str, Any]], measure: str, wave: str, label: str, is_closed: bool
) -> int:  # fmt: skip
    chosen = [
        row for row in rows
        if (row["measure"], row["wave"], row["window_label"], row["is_window_closed"])
        == (measure, wave, label, is_closed)
    ]  # fmt: skip
    if measure == "jobs":
        return round(sum(row["change_jobs"] for row in chosen) * 1e9)
    return int(sum(row["change_amount"] for row in chosen) * 100)
