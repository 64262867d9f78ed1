"""What the suites of the marts share: the query of a mart beside the build's instant."""

from __future__ import annotations

from collections.abc import Mapping

from expectations.rules import Rule, Scope, Suite


def mart_suite(
    table: str,
    *,
    id_column: str,
    columns: tuple[str, ...],
    rules: tuple[Rule, ...],
    where: str = "true",
    added: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Suite:
    """A suite over the rows of one mart.

    Args:
        table: The mart.
        id_column: Its key, for samples.
        columns: Columns the rules speak of; only these are read.
        rules: What is expected.
        where: Which rows are looked at.
        added: Further columns as expressions. `as_of` is there: the instant of the build.
        name: Where one mart has two suites.
    """
    expressions = "".join(f", {expression} as {key}" for key, expression in (added or {}).items())
    listed = ", ".join(dict.fromkeys((id_column, *columns)))

    def query(_: Scope) -> str:
        return f"select {listed}, as_of{expressions} from {_with_as_of(table)} where {where}"

    return Suite(
        name=f"marts.{name or table}",
        table_name=table,
        query=query,
        id_column=id_column,
        rules=rules,
        reads=(f"marts.{table}", "raw_matchback.run_context"),
    )


def shares_suite(table: str, *, shares: Mapping[str, str], rules: tuple[Rule, ...]) -> Suite:
    """A suite over shares of a whole mart: one row, one column a share, null where nothing counts.

    Args:
        table: The mart.
        shares: Name -> aggregate over its rows; `as_of` is there as in `mart_suite`.
        rules: What is expected of the shares.
    """
    listed = ", ".join(f"{expression} as {name}" for name, expression in shares.items())

    def query(_: Scope) -> str:
        return f"select '{table}' as mart, {listed} from {_with_as_of(table)}"

    return Suite(
        name=f"marts.{table}_shares",
        table_name=table,
        query=query,
        id_column="mart",
        rules=rules,
        reads=(f"marts.{table}", "raw_matchback.run_context"),
    )


def share(condition: str, *, of: str = "true", at_least: int = 20) -> str:
    """The share of rows that fulfil a condition, null below `at_least` rows: too few to judge."""
    return (
        f"case when count(*) filter (where {of}) >= {at_least} then "
        f"count(*) filter (where ({of}) and ({condition})) "
        f"/ count(*) filter (where {of}) end"
    )


def _with_as_of(table: str) -> str:
    return f"marts.{table} cross join (select max(as_of) as as_of from raw_matchback.run_context)"
