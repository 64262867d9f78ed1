"""Volume, rejects, completeness and lateness of every entity a run read, from `source_runs`.

Volume is compared in windows of 24 hours back from the run, because a source is read every 15
minutes by day and once by night.
"""

from __future__ import annotations

from expectations.rules import Scope, Suite, literal, never

ENOUGH_WINDOWS = 5


def suite() -> Suite:
    """One row per entity of the account in this run, beside what was usual before."""
    return Suite(
        name="raw.every_source",
        table_name="source_runs",
        query=_query,
        id_column="entity",
        rules=(
            never(
                "an entity that always has rows has some",
                f"windows >= {ENOUGH_WINDOWS} and fewest > 0 and usual >= 5 and read_count = 0",
                "critical",
                "Five days and more with rows and then none at all: a filter, a permission or a "
                "cursor broke on the way, and marts without a day's data look like a bad day.",
            ),
            never(
                "no entity has less than half its usual rows",
                f"windows >= {ENOUGH_WINDOWS} and usual >= 20 and read_count > 0 "
                "and read_count < usual * 0.5",
                "warning",
                "Half the median of the last four weeks; weekends of small operators lie near it, "
                "so it only warns.",
            ),
            never(
                "no entity has most of its rows rejected",
                "rejected_now >= 20 and rejected_now > read_now * 0.5",
                "critical",
                "When most rows do not fit, the format changed, and the rest cannot be trusted.",
            ),
            never(
                "no entity has more than 5 % of its rows rejected",
                "rejected_now >= 5 and rejected_now > read_now * 0.05 "
                "and rejected_now <= read_now * 0.5",
                "warning",
                "Single bad rows are daily life; one in twenty is not.",
            ),
            never(
                "every entity was read to its end",
                "not is_complete",
                "warning",
                "What is missing is marked incomplete in the reports; the rest is good.",
            ),
            never(
                "no busy entity has gone quiet",
                "busy_days >= 5 and days_since_newest > 7",
                "warning",
                "Changed on five and more days of a month and then not for a week: the vendor "
                "delivers late or the account is no longer written to.",
            ),
        ),
        reads=("raw_matchback.source_runs",),
    )


def _query(scope: Scope) -> str:
    return f"""
        with runs as (
            select
                *,
                greatest(0, floor(
                    epoch({literal(scope.as_of)}::timestamptz - started_at) / 86400
                ))::bigint as days_ago
            from raw_matchback.source_runs
            where source = {literal(scope.source)} and account = {literal(scope.account)}
        ),
        windows as (
            select entity, days_ago, sum(read_count) as read_count
            from runs
            where days_ago <= 28 and (is_complete or run_id = {literal(scope.run_id)})
            group by entity, days_ago
        ),
        usual as (
            select
                entity,
                count(*) as windows,
                min(read_count) as fewest,
                median(read_count) as usual
            from windows
            where days_ago > 0
            group by entity
        ),
        changes as (
            select
                entity,
                max(newest_record_at) as newest_record_at,
                count(distinct newest_record_at::date) filter (where days_ago <= 30) as busy_days
            from runs
            group by entity
        )
        select
            now_run.entity,
            now_run.read_count as read_now,
            now_run.rejected_count as rejected_now,
            now_run.is_complete,
            windows.read_count,
            coalesce(usual.windows, 0) as windows,
            coalesce(usual.fewest, 0) as fewest,
            coalesce(usual.usual, 0) as usual,
            coalesce(changes.busy_days, 0) as busy_days,
            epoch({literal(scope.as_of)}::timestamptz - changes.newest_record_at) / 86400
                as days_since_newest
        from runs as now_run
        left join windows on windows.entity = now_run.entity and windows.days_ago = 0
        left join usual on usual.entity = now_run.entity
        left join changes on changes.entity = now_run.entity
        where now_run.run_id = {literal(scope.run_id)}
    """
