"""A full disk, recognised whoever met it first: Python, DuckDB, SQLite or a program we started.

Landing writes through all of them, and each says it in its own words; to the operator it is one
fault with one remedy. A quota and a limit on file size count as a full disk.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from ingestion.errors import DiskFullError

_NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WORDS = ("no space left", "disk is full", "disk full", "file too large", "quota exceeded")
# SQLite's words for a disk that fails; on one without room it is the room that is missing.
_AMBIGUOUS = "disk i/o error"
_HARDLY_ANY_BYTES = 4 * 2**20


def is_disk_full(error: BaseException, folder: Path | None = None) -> bool:
    """Whether an error, or one below it, says that there was no room to write.

    Args:
        error: Any exception.
        folder: Looked at where the words alone do not decide.
    """
    return any(_says_so(link, folder) for link in _chain(error))


def says_disk_full(text: str) -> bool:
    """Whether a program's output says that there was no room to write."""
    lowered = text.lower()
    return any(words in lowered for words in _WORDS)


def disk_full(folder: Path) -> DiskFullError:
    """The sentence about it."""
    return DiskFullError(
        f"The disk of {folder} is full: expected room to write; free some and run again, nothing "
        "that was committed is lost and the published marts are as they were."
    )


def _says_so(error: BaseException, folder: Path | None) -> bool:
    if isinstance(error, DiskFullError):
        return True
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return True
    text = str(error)
    if says_disk_full(text):
        return True
    return _AMBIGUOUS in text.lower() and folder is not None and _has_hardly_any(folder)


def _has_hardly_any(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < _HARDLY_ANY_BYTES


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
