"""Tells a person which step of a Dagster job is under way.

Steps announce themselves; whoever runs the job in the same process may listen. In Dagster's own
processes nobody does, and the announcement costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_listeners: list[Callable[[str], None]] = []


def announce(step: str) -> None:
    """Say that a step begins."""
    for listener in _listeners:
        listener(step)


@contextmanager
def listening(tell: Callable[[str], None] | None) -> Iterator[None]:
    """Pass announcements on while a job runs in this process."""
    if tell is None:
        yield
        return
    _listeners.append(tell)
    try:
        yield
    finally:
        _listeners.remove(tell)
