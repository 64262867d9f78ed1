"""Tells a person which step of a Dagster job is under way; Dagster's own log lines stay quiet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEP_NAMES = {
    "land_hubspot": "Reading HubSpot",
    "land_servicetitan": "Reading ServiceTitan",
    "land_quickbooks": "Reading QuickBooks",
    "land_pcm": "Reading PCM",
    "land_import": "Reading import folders",
    "open_build": "Writing the run's context",
    "dbt_build": "Building and testing the marts",
    "marts_door": "Checking the marts",
    "publish": "Publishing",
}


class _StepHandler(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.DEBUG)
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if "STEP_START" in message:
            for step, words in STEP_NAMES.items():
                if f" {step} " in message or f'"{step}"' in message:
                    self.tell(words)


@contextmanager
def watching_steps(tell: Callable[[str], None] | None) -> Iterator[None]:
    """Quieten Dagster's console log and pass on the start of each step."""
    logger = logging.getLogger("dagster")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    watcher = _StepHandler(tell) if tell else None
    logger.handlers = [watcher] if watcher else []
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)
