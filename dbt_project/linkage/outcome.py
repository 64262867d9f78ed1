"""What a run leaves behind: a row per record for the marts, registry changes, the review band.

All that is durable is written in one transaction: a run that dies half way has changed nothing.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dbt_project.linkage.model import evidence_of
from dbt_project.linkage.state import LastNight, store_state

_LINKED = """
create or replace temp table linked as
with best as (
    select record_key, arg_max(
        struct_pack(probability := match_probability, levels := levels, other := other),
        (match_probability, match_weight, other)) as link
    from (
        select record_key_l as record_key, record_key_r as other, match_probability, match_weight,
            levels from inner_pairs
        union all
        select record_key_r, record_key_l, match_probability, match_weight, levels from inner_pairs
    ) group by record_key
), said as (
    select l.record_key, 'operator' as method from standing_words
    inner join keyed as l on standing_words.left_record_key = l.record_key
    inner join keyed as r on standing_words.right_record_key = r.record_key
    where standing_words.action = 'confirm' and l.customer_key = r.customer_key
    union
    select r.record_key, 'operator' from standing_words
    inner join keyed as l on standing_words.left_record_key = l.record_key
    inner join keyed as r on standing_words.right_record_key = r.record_key
    where standing_words.action = 'confirm' and l.customer_key = r.customer_key
), declared as (
    select child.record_key from compared as child
    inner join keyed as own on child.record_key = own.record_key
    inner join keyed as target on child.declared_record_key = target.record_key
    where own.customer_key = target.customer_key and child.record_key <> target.record_key
), home_votes as (
    select keyed.customer_key, compared.home_key as household_key, count(*) as votes,
        max(compared.order_at) as newest
    from keyed inner join compared using (record_key)
    where compared.home_key is not null
    group by keyed.customer_key, compared.home_key
    qualify row_number() over (
        partition by keyed.customer_key
        order by count(*) desc, max(compared.order_at) desc nulls last, compared.home_key
    ) = 1
), frozen as (
    -- An erased customer has no address left: the household it had stays its own.
    select keyed.customer_key, min(assigned.household_key) as household_key
    from keyed inner join assigned using (record_key)
    inner join compared on keyed.record_key = compared.record_key
    where compared.is_erased group by keyed.customer_key
), sizes as (
    select customer_key, count(*) as record_count from keyed group by customer_key
)
select keyed.record_key, keyed.customer_key, keyed.from_customer_key, keyed.reason,
    coalesce(home_votes.household_key, frozen.household_key,
        md5('household|' || keyed.customer_key)) as household_key,
    case when sizes.record_count = 1 then 'alone'
        when said.method is not null then 'operator'
        when declared.record_key is not null then 'declared'
        when best.link is null then 'declared'
        else 'model' end as match_method,
    case when sizes.record_count = 1 then null
        when coalesce(said.method, declared.record_key) is not null or best.link is null then 1.0
        else best.link.probability end as match_probability,
    best.link.levels as levels
from keyed
inner join sizes using (customer_key)
left join home_votes using (customer_key)
left join frozen using (customer_key)
left join best on keyed.record_key = best.record_key
left join said on keyed.record_key = said.record_key
left join declared on keyed.record_key = declared.record_key
"""

_INNER = """
create or replace temp table inner_pairs as
select pairs.*, judged_words.match_probability
from pairs
inner join judged_words using (levels)
inner join keyed as l on pairs.record_key_l = l.record_key
inner join keyed as r on pairs.record_key_r = r.record_key
where l.cluster_id = r.cluster_id
"""

# Reasons get the author's name where a standing word explains them: a merge that joins records
# confirmed or declared one, a split of records kept apart or of a confirmation taken back.
_CHANGES = """
create or replace temp table changes as
with confirmed as (
    select l.customer_key, max(standing_words.decision_number) as decision_number
    from standing_words
    inner join linked as l on standing_words.left_record_key = l.record_key
    inner join linked as r on standing_words.right_record_key = r.record_key
    where standing_words.action = 'confirm' and l.customer_key = r.customer_key
    group by l.customer_key
), separated as (
    select l.from_customer_key, max(standing_words.decision_number) as decision_number
    from standing_words
    inner join linked as l on standing_words.left_record_key = l.record_key
    inner join linked as r on standing_words.right_record_key = r.record_key
    where standing_words.action = 'separate' and l.customer_key <> r.customer_key
        and l.from_customer_key = r.from_customer_key
    group by l.from_customer_key
), undone as (
    select linked.from_customer_key, max(undo.decision_number) as decision_number
    from {durable}.identity_decisions as undo
    inner join {durable}.identity_decisions as word on undo.undoes_number = word.decision_number
    inner join linked on linked.record_key in (word.left_record_key, word.right_record_key)
    where undo.action = 'undo' and undo.known_at <= ?
    group by linked.from_customer_key
), declared as (
    select linked.customer_key from linked
    inner join compared using (record_key)
    inner join linked as target on compared.declared_record_key = target.record_key
    where linked.customer_key = target.customer_key
        and linked.record_key <> target.record_key
    group by linked.customer_key
)
select linked.*,
    case when linked.reason = 'merged' and confirmed.decision_number is not null then 'confirmed'
        when linked.reason = 'merged' and declared.customer_key is not null then 'declared merge'
        when linked.reason = 'split' and separated.decision_number is not null then 'separated'
        when linked.reason = 'split' and undone.decision_number is not null then 'undone'
        when linked.reason is not null then linked.reason
        when assigned.household_key is distinct from linked.household_key then 'household moved'
        when assigned.content_hash is distinct from compared.content_hash then 'content changed'
        when assigned.match_method is distinct from linked.match_method then 'method changed'
        end as entry_reason,
    case when linked.reason in ('merged', 'split') then coalesce(
        'decision ' || case when linked.reason = 'merged' then confirmed.decision_number
            else coalesce(separated.decision_number, undone.decision_number) end,
        evidence_words.evidence,
        case when linked.reason = 'split' then 'nothing holds the parts together any more' end)
        else evidence_words.evidence end as evidence,
    compared.content_hash, compared.source, compared.account, compared.entity, compared.customer_id
from linked
inner join compared using (record_key)
left join assigned using (record_key)
left join evidence_words using (levels)
left join confirmed on linked.customer_key = confirmed.customer_key
left join declared on linked.customer_key = declared.customer_key
left join separated on linked.from_customer_key = separated.from_customer_key
left join undone on linked.from_customer_key = undone.from_customer_key
"""


def store_outcome(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    run_id: str,
    night: LastNight,
    fingerprint: str,
    is_full: bool,
    review_threshold: float,
) -> None:
    """Make temp table `linked` and bring registry, caches and review band up to date.

    Args:
        connection: Holds `compared`, `pairs`, `judged_words`, `keyed`, `assigned`,
            `standing_words`, and what `store_state` needs.
        durable: Where the durable tables are.
        run_id: Kept with every row.
        night: Instant from which the changes are known, and the model pairs were judged by.
        fingerprint: What this run was made with.
        is_full: Whether all records are in `compared`, or only those a night looked at.
        review_threshold: Probability from which a pair left apart is shown to a person.
    """
    connection.execute(_INNER)
    connection.execute(_LINKED)
    words = [row[0] for row in connection.execute("select levels from judged_words").fetchall()]
    connection.register(
        "evidence_arrow",
        pa.table(
            {
                "levels": pa.array(words, pa.string()),
                "evidence": pa.array([evidence_of(word) for word in words], pa.string()),
            }
        ),
    )
    connection.execute("create or replace temp table evidence_words as from evidence_arrow")
    connection.unregister("evidence_arrow")
    connection.execute(_CHANGES.format(durable=durable), [night.as_of])
    connection.execute("begin")
    try:
        _append_changes(connection, durable=durable, run_id=run_id, night=night)
        _store_pairs(connection, durable=durable, night=night, is_full=is_full)
        _store_review(
            connection,
            durable=durable,
            run_id=run_id,
            is_full=is_full,
            review_threshold=review_threshold,
        )
        store_state(
            connection, durable=durable, fingerprint=fingerprint, night=night, is_full=is_full
        )
        connection.execute("commit")
    except duckdb.Error:
        connection.execute("rollback")
        raise


def _append_changes(
    connection: duckdb.DuckDBPyConnection, *, durable: str, run_id: str, night: LastNight
) -> None:
    connection.execute(
        f"""
        insert into {durable}.identity_registry (run_id, known_at, record_key, source, account,
            entity, customer_id, from_customer_key, customer_key, household_key, reason, evidence,
            match_method, match_probability, content_hash)
        select ?, ?, record_key, source, account, entity, customer_id, from_customer_key,
            customer_key, household_key, entry_reason, evidence, match_method, match_probability,
            content_hash
        from changes where entry_reason is not null order by record_key
        """,
        [run_id, night.as_of],
    )


# Pairs a night compared anew, or that hold a record which is no more.
_OUTDATED = (
    "record_key_l in (select record_key from changed_keys union all select record_key from gone) "
    "or record_key_r in (select record_key from changed_keys union all select record_key from gone)"
)


def _store_pairs(
    connection: duckdb.DuckDBPyConnection, *, durable: str, night: LastNight, is_full: bool
) -> None:
    table = f"{durable}.identity_pairs"
    connection.execute(f"delete from {table} where {'true' if is_full else _OUTDATED}")
    connection.execute(
        f"""
        insert into {table} (record_key_l, record_key_r, levels, match_weight, rule, model_id,
            scale)
        select record_key_l, record_key_r, levels, match_weight, rule, ?, ?
        from {"pairs" if is_full else "new_pairs"}
        """,
        [night.model_id, night.scale],
    )


def _store_review(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    run_id: str,
    is_full: bool,
    review_threshold: float,
) -> None:
    looked_at = (
        "record_key_l in (select record_key from looked_at) "
        "and record_key_r in (select record_key from looked_at)"
    )
    outdated = "true" if is_full else f"{_OUTDATED} or ({looked_at})"
    connection.execute(f"delete from {durable}.identity_review where {outdated}")
    connection.execute(
        f"""
        insert into {durable}.identity_review (record_key_l, record_key_r, match_probability,
            match_weight, evidence, run_id)
        select pairs.record_key_l, pairs.record_key_r, judged_words.match_probability,
            pairs.match_weight, evidence_words.evidence, ?
        from pairs
        inner join judged_words using (levels)
        inner join evidence_words using (levels)
        inner join linked as l on pairs.record_key_l = l.record_key
        inner join linked as r on pairs.record_key_r = r.record_key
        left join standing_words
            on pairs.record_key_l = standing_words.left_record_key
            and pairs.record_key_r = standing_words.right_record_key
        where l.customer_key <> r.customer_key
            and judged_words.match_probability >= ?
            and standing_words.action is null
        """,
        [run_id, review_threshold],
    )
