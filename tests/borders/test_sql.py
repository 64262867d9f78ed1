"""The SQL of the models is linted as the engine gets it, and its text by a few rules of layout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingestion.settings import load_settings
from orchestration.lib.dbt_project import PROJECT_DIR, run_dbt, target_dir
from tests.borders.sql_rules import faults

WIDTH = 150


@pytest.mark.slow
def test_no_model_has_a_fault_of_the_rules(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    settings.warehouse.parent.mkdir(parents=True)
    result = run_dbt(settings, "--quiet", "compile", "--select", "resource_type:model")
    assert result.returncode == 0, result.stdout[-2000:]
    folder = target_dir(settings) / "compiled" / "matchback" / "models"
    files = sorted(file for file in folder.rglob("*.sql") if file.parent.suffix != ".yml")
    assert len(files) > 300
    found = {file.name: faults(file.read_text(encoding="utf-8")) for file in files}
    wrong = [f"{name} {fault}" for name, some in found.items() for fault in sorted(set(some))]
    assert wrong == []


def test_the_text_of_models_and_macros_is_laid_out_alike() -> None:
    untidy = []
    for folder in ("models", "macros", "tests"):
        for file in (PROJECT_DIR / folder).rglob("*.sql"):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if "\t" in line or line != line.rstrip() or len(line) > WIDTH:
                    untidy.append(f"{file.name}:{number}: tab, blank at the end or too long")
                if re.search(r"\b(SELECT|FROM|WHERE|JOIN|GROUP BY|ORDER BY)\b", line):
                    untidy.append(f"{file.name}:{number}: keyword in capitals")
                if re.match(r"\s*(group|order) by \d", line):
                    untidy.append(f"{file.name}:{number}: grouped or ordered by position")
    assert untidy == []


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("select a from", "parse"),
        ("with x as (select 1 as a), y as (select 2 as b) select a from x", "'y'"),
        ("select t.a from t join u", "without a condition"),
        ("select a, b as a from t", "'a' 2 times"),
        ("select a from t where a = null", "is null"),
        ("select a from t where a not in (select b from u)", "not exists"),
        ("select row_number() over (partition by a) as n from t", "without an order"),
        ("select a from t limit 3", "without an order"),
        ("select a, t.b from t inner join u on t.b = u.b", "whose 'a'"),
    ],
)
def test_each_rule_finds_its_fault(sql: str, part: str) -> None:
    assert any(part in fault for fault in faults(sql)), faults(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "with x as (select 1 as a) select a from x",
        "select t.a, u.c from t cross join u",
        "select t.a from t left join u using (a)",
        "select first_value(a) over w as a from t window w as (partition by b order by c)",
        "select a from t where not exists (select 1 from u where u.a = t.a)",
        "select list_filter(u.xs, x -> x > 1) as ys, t.a from t inner join u on t.a = u.a",
        "select max(a) filter (where b is null) as a from t union all select c from u",
    ],
)
def test_sound_sql_is_left_alone(sql: str) -> None:
    assert faults(sql) == []
