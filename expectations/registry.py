"""All suites: (layer, table) -> the function that gives the suite. Importing it loads no GX.

A suite is a module below `suites/raw` or `suites/marts` with a function `suite()`; adding the file
is all it takes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import lru_cache

from expectations.rules import Suite

LAYERS = ("raw", "marts")


@lru_cache(maxsize=1)
def suites() -> dict[tuple[str, str], Callable[[], Suite]]:
    """Every suite by layer and module name (raw: `<vendor>_<table>`; marts: the table)."""
    found: dict[tuple[str, str], Callable[[], Suite]] = {}
    for layer in LAYERS:
        package = importlib.import_module(f"expectations.suites.{layer}")
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith("_"):
                name = f"expectations.suites.{layer}.{module.name}"
                found[(layer, module.name)] = importlib.import_module(name).suite
    return dict(sorted(found.items()))


def raw_suites(source: str) -> tuple[Suite, ...]:
    """The suites of one vendor's landed tables, and those that hold for every source."""
    return tuple(
        make()
        for (layer, name), make in suites().items()
        if layer == "raw" and name.startswith((f"{source}_", "every_"))
    )


def mart_suites() -> tuple[Suite, ...]:
    """The suites of the marts."""
    return tuple(make() for (layer, _), make in suites().items() if layer == "marts")


def mart_tables() -> Sequence[str]:
    """Tables of the marts that have a suite."""
    return sorted({suite.table_name for suite in mart_suites()})
