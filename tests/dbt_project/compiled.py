"""A few models run in this process, without dbt: their SQL rendered as dbt renders it, over tables
that a test fills.

For what needs many small builds (properties, constructed cases). Grain, keys and contracts are
dbt's own matter and are tested there; here only the SQL runs, over DuckDB in memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

DBT_FOLDER = Path(__file__).parents[2] / "dbt_project"


def surrogate_key(*parts: str) -> str:
    """The key that the macro of this name makes of these columns."""
    return hashlib.md5("|".join(parts).encode()).hexdigest()


class _Adapter:
    """What the project's macros ask of dbt's adapter: the default of a dispatched macro."""

    def __init__(self) -> None:
        self.module: Any = None

    def dispatch(self, name: str, _package: str = "matchback") -> Callable[..., str]:
        """The macro `default__<name>`."""
        macro: Callable[..., str] = getattr(self.module, f"default__{name}")
        return macro


@cache
def _environment() -> jinja2.Environment:
    adapter = _Adapter()
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"])
    environment.globals |= {
        "adapter": adapter,
        "execute": True,
        "ref": lambda name: name,
        "return": lambda value: value,
    }
    files = sorted((DBT_FOLDER / "macros").rglob("*.sql"))
    macros = "\n".join(file.read_text(encoding="utf-8") for file in files)
    adapter.module = environment.from_string(macros).module
    environment.globals |= {
        name: value for name, value in vars(adapter.module).items() if callable(value)
    }
    return environment


@cache
def model_file(name: str) -> Path:
    """The file of a model, SQL or Python."""
    (file,) = (
        file
        for file in (DBT_FOLDER / "models").rglob(f"{name}.*")
        if file.suffix in (".sql", ".py")
    )
    return file


@cache
def _template(name: str) -> jinja2.Template:
    return _environment().from_string(model_file(name).read_text(encoding="utf-8"))


@cache
def _plain(name: str) -> str:
    return _template(name).render()


def compiled(name: str, **macros: object) -> str:
    """The SQL of a model, its refs as bare names; `macros` stand in for macros of these names."""
    return _template(name).render(**macros) if macros else _plain(name)


@cache
def parents(name: str) -> tuple[str, ...]:
    """The models a model reads, in the order it names them."""
    return tuple(dict.fromkeys(re.findall(r"ref\('(\w+)'\)", model_file(name).read_text("utf-8"))))


@cache
def columns(name: str) -> dict[str, str]:
    """Columns of a model with their types: as its yml promises them, else as their names say."""
    files = sorted(model_file(name).parent.glob("*.yml"))
    described = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    models = [model for each in described for model in each.get("models", ())]
    (model,) = (item for item in models if item["name"] == name)
    return {
        column["name"]: column.get("data_type") or _type_of(column["name"])
        for column in model["columns"]
    }


def _type_of(column: str) -> str:
    if column in ("tags", "code_texts"):
        return "varchar[]"
    if column.startswith(("is_", "on_hold", "do_not_")):
        return "boolean"
    endings = {
        "_cents": "bigint",
        "_at": "timestamptz",
        "_on": "date",
        "_count": "bigint",
        "_probability": "double",
    }
    return next((kind for end, kind in endings.items() if column.endswith(end)), "varchar")


class Tables:
    """A DuckDB in memory in which models are tables: some filled by hand, the others run."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("set TimeZone = 'UTC'; set threads = 1")

    def fill(
        self,
        name: str,
        rows: Iterable[Mapping[str, object]] = (),
        types: Mapping[str, str] | None = None,
    ) -> None:
        """Make the table of a model with these rows; columns left out are null.

        Raises:
            KeyError: A row has a column that the model does not have.
        """
        types = types or columns(name)
        made = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
        self.connection.execute(f"create or replace table {name} ({made})")
        values = []
        for row in rows:
            if unknown := set(row) - set(types):
                raise KeyError(f"Row for {name}: unknown columns {', '.join(sorted(unknown))}.")
            values.append([row.get(column) for column in types])
        if values:
            marks = ", ".join("?" for _ in types)
            self.connection.executemany(f"insert into {name} values ({marks})", values)

    def fill_context(self, **settings: object) -> None:
        """Make the run's context of these settings; what is left out is not there."""
        chosen = {"time_zone": "America/New_York", **settings}
        selected = ", ".join(f"? as {name}" for name in chosen)
        self.connection.execute(
            f"create or replace table stg_matchback__run_context as select {selected}",
            list(chosen.values()),
        )

    def fill_parents(self, *names: str) -> None:
        """Make empty tables of all that these models read and that is not there yet."""
        there = {row[0] for row in self.rows("select table_name from duckdb_tables()")}
        for name in names:
            for parent in parents(name):
                if parent not in there | set(names):
                    self.fill(parent)
                    there.add(parent)

    def run(self, *names: str, **macros: object) -> None:
        """Run models in this order."""
        for name in names:
            self.connection.execute(f"create or replace table {name} as {compiled(name, **macros)}")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query, list(values)).fetchall()

    def value(self, query: str, values: Sequence[object] = ()) -> Any:
        """The one cell of a query."""
        ((cell,),) = self.rows(query, values)
        return cell
