"""The words suites are written in: a suite, its rules, and where it looks.

A rule says what must hold, how bad a breach is and why the bound is what it is. It becomes a Great
Expectations expectation only when it is run (`gx` is imported in `runner`), so that naming and
listing suites costs nothing. `failing` is the SQL condition of a row that breaks the rule: samples
of ids are taken by it, never values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Rule:
    """One expectation.

    Attributes:
        name: A sentence of what holds, e.g. `job_id is filled`.
        severity: critical blocks, warning warns, info is metadata.
        why: Why this bound.
        kind: Name of the Great Expectations class.
        arguments: Its arguments.
        failing: Condition of a row that breaks it, or None where it is about the whole table.
    """

    name: str
    severity: Severity
    why: str
    kind: str
    arguments: dict[str, Any]
    failing: str | None = None

    def to_gx(self) -> Any:
        """The expectation; imports Great Expectations."""
        import great_expectations.expectations as gxe

        make = getattr(gxe, self.kind)
        return make(
            **self.arguments,
            severity=self.severity,
            notes=self.why,
            meta={"rule": self.name},
        )


@dataclass(frozen=True)
class Scope:
    """What a run of suites looks at.

    Attributes:
        run_id: The run.
        source: Vendor, for suites of the raw layer.
        account: Label of the account, likewise.
        as_of: The run's instant as ISO text in UTC, e.g. `2026-10-01 02:00:00+00`.
    """

    run_id: str
    source: str = ""
    account: str = ""
    as_of: str = ""


@dataclass(frozen=True)
class Suite:
    """Expectations on one query.

    Attributes:
        name: E.g. `raw.servicetitan_jobs`.
        table_name: Table the results are told of, without its schema.
        query: A function of the scope that gives the query whose rows are checked.
        id_column: Column of the query whose values stand for failed rows; an id, nothing personal.
        rules: What is expected.
        reads: `schema.table` names the query needs; a suite whose tables are missing is not run.
    """

    name: str
    table_name: str
    query: Callable[[Scope], str]
    id_column: str
    rules: tuple[Rule, ...]
    reads: tuple[str, ...]


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def filled(column: str, severity: Severity, why: str) -> Rule:
    """No row leaves the column empty."""
    return Rule(
        name=f"{column} is filled",
        severity=severity,
        why=why,
        kind="ExpectColumnValuesToNotBeNull",
        arguments={"column": column},
        failing=f"{column} is null",
    )


def one_of(column: str, values: Sequence[str], severity: Severity, why: str) -> Rule:
    """The column holds one of these words, or nothing."""
    listed = ", ".join(literal(value) for value in values)
    return Rule(
        name=f"{column} is a known word",
        severity=severity,
        why=why,
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": column, "value_set": list(values)},
        failing=f"{column} is not null and {column} not in ({listed})",
    )


def between(
    column: str, low: float | None, high: float | None, severity: Severity, why: str
) -> Rule:
    """The column lies between two bounds, both allowed; empty ones are not judged."""
    tests = [f"{column} < {low}"] if low is not None else []
    tests += [f"{column} > {high}"] if high is not None else []
    span = f"at least {low}" if high is None else f"at most {high}" if low is None else None
    return Rule(
        name=f"{column} is {span or f'between {low} and {high}'}",
        severity=severity,
        why=why,
        kind="ExpectColumnValuesToBeBetween",
        arguments={"column": column, "min_value": low, "max_value": high},
        failing=" or ".join(tests),
    )


def unique(columns: Sequence[str], severity: Severity, why: str) -> Rule:
    """No two rows have the same values in these columns."""
    listed = ", ".join(columns)
    arguments: dict[str, Any] = {"column": columns[0]}
    kind = "ExpectColumnValuesToBeUnique"
    if len(columns) > 1:
        kind, arguments = "ExpectCompoundColumnsToBeUnique", {"column_list": list(columns)}
    return Rule(
        name=f"{listed} is unique",
        severity=severity,
        why=why,
        kind=kind,
        arguments=arguments,
        failing=f"count(*) over (partition by {listed}) > 1",
    )


def row_count(low: int | None, high: int | None, severity: Severity, why: str) -> Rule:
    """The query gives so many rows."""
    span = f"at least {low}" if high is None else f"at most {high}" if low is None else None
    return Rule(
        name=f"there are {span or f'between {low} and {high}'} rows",
        severity=severity,
        why=why,
        kind="ExpectTableRowCountToBeBetween",
        arguments={"min_value": low, "max_value": high},
    )


def never(name: str, failing: str, severity: Severity, why: str) -> Rule:
    """No row fulfils a condition.

    Args:
        name: A sentence of what holds.
        failing: SQL condition over the query's columns, without braces.
        severity: How bad a breach is.
        why: Why this bound.
    """
    return Rule(
        name=name,
        severity=severity,
        why=why,
        kind="UnexpectedRowsExpectation",
        arguments={
            "unexpected_rows_query": f"select 1 as failed from {{batch}} as rows where {failing}",
            "description": name,
        },
        failing=failing,
    )
