"""Gives the marts' materializations their row counts and money totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from dagster import AssetKey, Output
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.lib.table_measures import TableMeasures

SCHEMA = "marts"


def measured_last(
    events: Iterable[Any],
    deps_of: Mapping[AssetKey, AbstractSet[AssetKey]],
    measure: Callable[[], Mapping[str, TableMeasures]],
) -> Iterator[Any]:
    """Pass events on as they come; those of marts come last, with what `measure` found.

    Whatever reads a mart comes after it, because assets are told parents first.

    Args:
        events: Outputs and check results of one dbt call, in the order dbt made them.
        deps_of: The assets of the call, and which others each of them reads.
        measure: Called once, when the call has ended and the warehouse is free.

    Raises:
        DagsterDbtCliRuntimeError: dbt failed; told after the marts that it built.
    """
    keys = {key.to_python_identifier(): key for key in deps_of}
    held: list[Any] = []
    held_keys: set[AssetKey | None] = set()
    failure: DagsterDbtCliRuntimeError | None = None
    try:
        for event in events:
            key = _asset_key(event, keys)
            if key in held_keys or _waits(key, deps_of, held_keys):
                held.append(event)
                held_keys.add(key)
            else:
                yield event
    except DagsterDbtCliRuntimeError as error:
        failure = error
    measures = measure() if held else {}
    for event in held:
        yield _with_measures(event, _asset_key(event, keys), measures)
    if failure is not None:
        raise failure


def _asset_key(event: Any, keys: Mapping[str, AssetKey]) -> AssetKey | None:
    if isinstance(event, Output):
        return keys.get(event.output_name)
    return getattr(event, "asset_key", None)


def _waits(
    key: AssetKey | None,
    deps_of: Mapping[AssetKey, AbstractSet[AssetKey]],
    held_keys: AbstractSet[AssetKey | None],
) -> bool:
    if key is None:
        return False
    return key.path[0] == SCHEMA or not held_keys.isdisjoint(deps_of.get(key, ()))


def _with_measures(event: Any, key: AssetKey | None, measures: Mapping[str, TableMeasures]) -> Any:
    if key is None or key.path[0] != SCHEMA or not isinstance(event, Output):
        return event
    found = measures.get(key.path[-1])
    if found is None:
        return event
    return event.with_metadata(
        {**event.metadata, "dagster/row_count": found.row_count, **found.totals}
    )
