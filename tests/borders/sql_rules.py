"""Rules for the compiled SQL of the models, on its syntax tree: each finds a fault, not a taste.

sqlglot parses all models in five seconds; a linter that also judges layout takes minutes. Layout
is held by the few rules over the text in `test_sql.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

ORDERED = (
    exp.RowNumber,
    exp.Rank,
    exp.DenseRank,
    exp.Lag,
    exp.Lead,
    exp.FirstValue,
    exp.LastValue,
)


def faults(sql: str) -> list[str]:
    """What is wrong with one statement, as sentences; empty if nothing is."""
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.ParseError as error:
        return [f"does not parse: {str(error).splitlines()[0]}"]
    return [
        *_unused(tree),
        *_joins(tree),
        *_doubled_columns(tree),
        *_null_comparisons(tree),
        *_unordered(tree),
        *_unqualified(tree),
    ]


def _unused(tree: exp.Expression) -> Iterator[str]:
    used = Counter(table.name for table in tree.find_all(exp.Table))
    for cte in tree.find_all(exp.CTE):
        if not used[cte.alias]:
            yield f"never reads its own '{cte.alias}'"


def _joins(tree: exp.Expression) -> Iterator[str]:
    for join in tree.find_all(exp.Join):
        has_condition = join.args.get("on") or join.args.get("using")
        if not has_condition and join.kind != "CROSS" and not isinstance(join.this, exp.Unnest):
            yield f"joins {join.this.alias_or_name} without a condition: write cross join"


def _doubled_columns(tree: exp.Expression) -> Iterator[str]:
    for select in tree.find_all(exp.Select):
        if isinstance(select.parent, exp.In) or select.find_ancestor(exp.SetOperation):
            continue  # only the first part of a union names its columns
        names = Counter(
            one.alias_or_name
            for one in select.expressions
            if isinstance(one, exp.Alias | exp.Column)
        )
        for name, count in names.items():
            if count > 1 and name != "*":
                yield f"selects '{name}' {count} times"


def _null_comparisons(tree: exp.Expression) -> Iterator[str]:
    for comparison in tree.find_all(exp.EQ, exp.NEQ):
        if isinstance(comparison.left, exp.Null) or isinstance(comparison.right, exp.Null):
            yield f"compares with null ({comparison.sql()[:60]}): write is null"
    for negated in tree.find_all(exp.Not):
        if isinstance(negated.this, exp.In) and negated.this.args.get("query"):
            yield "asks not in (select ...), which one null makes empty: write not exists"


def _unordered(tree: exp.Expression) -> Iterator[str]:
    ordered_names = {
        window.alias_or_name
        for select in tree.find_all(exp.Select)
        for window in select.args.get("windows") or ()
        if window.args.get("order")
    }
    for window in tree.find_all(exp.Window):
        is_ordered = window.args.get("order") or window.alias in ordered_names
        if isinstance(window.this, ORDERED) and not is_ordered:
            yield f"numbers rows without an order ({window.sql()[:60]})"
    for select in tree.find_all(exp.Select):
        if select.args.get("limit") and not select.args.get("order"):
            yield "limits rows without an order"


def _unqualified(tree: exp.Expression) -> Iterator[str]:
    for select in tree.find_all(exp.Select):
        joins = [join for join in select.args.get("joins") or () if not join.args.get("using")]
        if not joins:
            continue
        own = {one.alias for one in select.expressions if isinstance(one, exp.Alias)}
        for column in select.find_all(exp.Column):
            is_ours = column.parent_select is select and not column.find_ancestor(exp.Lambda)
            if is_ours and not column.table and column.name not in own:
                yield f"joins tables and does not say whose '{column.name}' it means"
