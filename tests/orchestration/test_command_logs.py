"""What reaches a person's screen of what libraries log."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import logging, sys
from orchestration.cli import _show_logs
_show_logs(is_debug=sys.argv[1] == "debug")
# Libraries set the level of their own loggers when they are imported.
for name in ("great_expectations.data_context", "dagster.builtin", "ingestion.extraction"):
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    logger.info("%s informs", name)
    logger.warning("%s warns", name)
"""


def logged(how: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True
    ).stderr


def test_only_warnings_are_shown_and_dagsters_stay_in_its_ui() -> None:
    text = logged("plain")
    assert "informs" not in text
    assert "dagster" not in text
    assert "ingestion.extraction warns" in text


def test_debug_shows_all_of_it() -> None:
    text = logged("debug")
    assert "great_expectations.data_context informs" in text
    assert "dagster.builtin warns" in text
