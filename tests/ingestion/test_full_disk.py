"""A disk that fills up while an account lands: one sentence, and nothing lost or doubled.

The limit is real: the child process may write no file longer than so many bytes (RLIMIT_FSIZE),
so the same system calls fail in the same places as on a disk without room.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ingestion.disk import is_disk_full
from tests.ingestion.conftest import SECRETS, Home, Reply, Request, Vendor

# Without bytecode: Python would leave a module's cut off behind.
PYTHON = {
    "PATH": "/usr/bin",
    "PYTHONPATH": str(Path.cwd()),
    "PYTHONDONTWRITEBYTECODE": "1",
}

CHILD = """
import resource, sys
from datetime import datetime, UTC
from pathlib import Path

from ingestion.errors import MatchbackError
from ingestion.run import land_account
from ingestion.settings import load_settings

home, limit = Path(sys.argv[1]), int(sys.argv[2])
settings = load_settings(home=home, path=home / "matchback.toml")
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    land_account(settings, "servicetitan", "main", run_id="full",
                 now=datetime(2026, 10, 1, 7, tzinfo=UTC), entities=["jobs"])
except MatchbackError as error:
    print(type(error).__name__, error, sep=": ")
    sys.exit(error.exit_code)
"""


def row(number: int) -> dict[str, object]:
    # Hexadecimal digits that do not repeat: the package cannot shrink much.
    noise = "".join(f"{hash((number, part)) & 0xFFFFFFFFFFFFFFFF:016x}" for part in range(600))
    return {"id": number, "modifiedOn": "2026-09-30T10:00:00Z", "summary": noise}


def feed(request: Request) -> Reply:
    begin = int(request.query.get("from") or 0)
    end = min(begin + 100, 300)
    rows = [row(number) for number in range(begin, end)]
    return Reply({"hasMore": end < 300, "continueFrom": str(end), "data": rows})


@pytest.mark.slow
@pytest.mark.parametrize("limit", [100_000, 900_000, 2_500_000], ids=["start", "package", "load"])
def test_a_disk_that_fills_up_while_landing_is_one_sentence_and_costs_no_row(
    home: Home, vendor: Vendor, limit: int
) -> None:
    vendor.on("/jpm/v2/tenant/77/export/jobs", feed)
    home.land("servicetitan", "campaigns")
    script = home.path / "child.py"
    script.write_text(textwrap.dedent(CHILD))
    child = subprocess.run(
        [sys.executable, str(script), str(home.path), str(limit)],
        env={**SECRETS, **PYTHON},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 6, child.stdout + child.stderr
    assert child.stdout.startswith(f"DiskFullError: The disk of {home.path}")
    assert "Traceback" not in child.stdout + child.stderr
    # Room again: all of it lands, each row once.
    assert home.land("servicetitan", "jobs").is_complete
    assert home.query(
        "select count(distinct record_id), count(distinct (record_id, payload_hash)) "
        "from raw_servicetitan.jobs"
    ) == [(300, 300)]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(28, "No space left on device"), True),
        (OSError(122, "Disk quota exceeded"), True),
        (RuntimeError("database or disk is full"), True),
        (OSError(5, "Input/output error"), False),
        (ValueError("a page is full"), False),
    ],
)
def test_a_full_disk_is_known_by_its_number_or_its_words(error: Exception, expected: bool) -> None:
    assert is_disk_full(error) is expected
    wrapped = RuntimeError("while loading")
    wrapped.__cause__ = error
    assert is_disk_full(wrapped) is expected
