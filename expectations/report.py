"""Results as rows of `raw_matchback.check_results`, and as HTML pages on request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from expectations.results import CheckResult
from expectations.rules import Scope, Suite
from expectations.runner import opened, run_suites

COLUMNS = (
    "run_id",
    "suite",
    "table_name",
    "expectation",
    "severity",
    "is_passed",
    "checked_count",
    "failed_count",
)


def result_rows(results: Sequence[CheckResult]) -> list[dict[str, Any]]:
    """One dictionary a result with the columns of `check_results`."""
    return [{column: getattr(result, column) for column in COLUMNS} for result in results]


def write_data_docs(
    connection_or_path: duckdb.DuckDBPyConnection | Path | str,
    suites: Sequence[Suite],
    scope: Scope,
    folder: Path,
) -> list[Path]:
    """Run suites and write Great Expectations' pages: one a suite and an index.

    The pages hold rules and counts, no values of rows.

    Returns:
        The files written, the index first.
    """
    documents: list[Any] = []
    with opened(connection_or_path) as connection:
        results = run_suites(connection, suites, scope, documents=documents)
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    folder.mkdir(parents=True, exist_ok=True)
    pages: list[Path] = []
    for document in documents:
        page = folder / f"{document.suite_name}.html"
        rendered = ValidationResultsPageRenderer().render(document)
        page.write_text(DefaultJinjaPageView().render(rendered), encoding="utf-8")
        pages.append(page)
    index = folder / "index.html"
    index.write_text(_index(results, scope), encoding="utf-8")
    return [index, *pages]


def _index(results: Sequence[CheckResult], scope: Scope) -> str:
    from jinja2 import Environment

    template = Environment(autoescape=True).from_string(_INDEX)
    return template.render(results=results, scope=scope)


_INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Checks of run {{ scope.run_id }}</title>
<style>body { font-family: sans-serif } td, th { padding: 0.2em 0.8em; text-align: left }
.failed { color: #a00 }</style></head>
<body><h1>Checks of run {{ scope.run_id }}</h1>
<table><tr><th>suite</th><th>expectation</th><th>severity</th><th>result</th><th>failed</th>
<th>checked</th><th>why</th></tr>
{% for row in results %}<tr class="{{ 'passed' if row.is_passed else 'failed' }}">
<td><a href="{{ row.suite }}.html">{{ row.suite }}</a></td><td>{{ row.expectation }}</td>
<td>{{ row.severity }}</td><td>{{ 'passed' if row.is_passed else 'failed' }}</td>
<td>{{ row.failed_count }}</td><td>{{ row.checked_count }}</td><td>{{ row.detail }}</td></tr>
{% endfor %}</table></body></html>
"""
