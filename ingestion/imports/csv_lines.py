"""Cuts a byte stream into text lines without ever holding more than a bounded line.

`csv_rows` makes cells of them. Kept apart because everything that protects memory is here.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ingestion.imports.rows import FileRefusedError

BLOCK_BYTES = 1 << 20
MAX_LINE_BYTES = 16 << 20
# Text tables shrink 5 to 50 times; 300 leaves room, a bomb is at 1,000.
MAX_EXPANSION, ALWAYS_ALLOWED_BYTES = 300, 2_000_000_000


class Lines:
    """Lines of a file as text, each with its line end; undecodable bytes as lone surrogates.

    Attributes:
        taken: Lines handed out since `forget`; what a row that failed was made of.
        number: How many lines have been handed out in all.
        has_odd_bytes: A block read so far held a NUL byte.
    """

    def __init__(self, stream: BinaryIO, *, encoding: str, compressed_bytes: int | None) -> None:
        self.taken: list[str] = []
        self.number = 0
        self.has_odd_bytes = False
        self._stream = stream
        self._encoding = encoding
        self._errors = "surrogateescape" if encoding == "utf-8" else "strict"
        self._read_bytes = 0
        self._limit = (
            max(ALWAYS_ALLOWED_BYTES, MAX_EXPANSION * compressed_bytes)
            if compressed_bytes is not None
            else None
        )
        self._lines = self._walk()
        self._given_back: deque[str] = deque()

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._lines)
        self.taken.append(line)
        self.number += 1
        return line

    def forget(self) -> None:
        """Begin a new batch: `taken` is let go."""
        self.taken = []

    def give_back(self, lines: list[str]) -> None:
        """Hand these last taken lines out again."""
        self._given_back.extendleft(reversed(lines))
        self.number -= len(lines)

    def _walk(self) -> Iterator[str]:
        rest = b""
        while block := self._block():
            pieces = (rest + block).splitlines(keepends=True)
            rest = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
            for piece in pieces:
                yield self._decoded(piece)
            if len(rest) > MAX_LINE_BYTES:
                kept = self._decoded(rest[:MAX_LINE_BYTES], cut=True)
                quotes, rest = self._after_line_end(rest[MAX_LINE_BYTES:])
                yield kept + '"' * (quotes % 2)
        for piece in rest.splitlines(keepends=True):
            yield self._decoded(piece)

    def _after_line_end(self, block: bytes) -> tuple[int, bytes]:
        """Throw away the rest of a line that is too long: (its quotes, what follows it)."""
        quotes = 0
        while block:
            position = block.find(b"\n")
            if position >= 0:
                return quotes + block[:position].count(b'"'), block[position + 1 :]
            quotes += block.count(b'"')
            block = self._block()
        return quotes, b""

    def _block(self) -> bytes:
        try:
            block = self._stream.read(BLOCK_BYTES)
        except (EOFError, OSError, zlib.error) as error:
            raise FileRefusedError(
                f"cannot be read to its end ({type(error).__name__}): copy or export it again"
            ) from error
        except UnicodeError as error:
            raise FileRefusedError(self._wrong_encoding()) from error
        self._read_bytes += len(block)
        if self._limit is not None and self._read_bytes > self._limit:
            raise FileRefusedError(
                f"unpacks to more than {self._limit // 1_000_000} MB: expected an export; "
                "unpack it yourself and look at it"
            )
        if b"\x00" in block:
            self.has_odd_bytes = True
        return block

    def _decoded(self, piece: bytes, *, cut: bool = False) -> str:
        try:
            return piece.decode(self._encoding, "replace" if cut else self._errors)
        except UnicodeDecodeError as error:
            raise FileRefusedError(self._wrong_encoding()) from error

    def _wrong_encoding(self) -> str:
        return (
            f"is not in the encoding {self._encoding} that imports.toml names: "
            'name the right one, such as "utf-8" or "cp1252"'
        )


def open_lines(path: Path, *, encoding: str | None) -> Lines:
    """Open a plain or gzipped text file.

    Args:
        path: The file.
        encoding: Its encoding; None means UTF-8, or UTF-16 where its first bytes say so.

    Raises:
        FileRefusedError: The encoding is not known.
    """
    is_packed = path.name.lower().endswith(".gz")
    # Kept open as long as its lines are read; closed with the object.
    stream: Any = gzip.open(path, "rb") if is_packed else path.open("rb")  # noqa: SIM115
    name = _encoding_name(path, encoding, is_packed=is_packed)
    if name.startswith(("utf-16", "utf-32")):
        stream = codecs.EncodedFile(stream, "utf-8", name)
        name = "utf-8"
    size = path.stat().st_size if is_packed else None
    return Lines(stream, encoding=name, compressed_bytes=size)


def _encoding_name(path: Path, encoding: str | None, *, is_packed: bool) -> str:
    if encoding is None:
        with path.open("rb") as start:
            mark = b"" if is_packed else start.read(2)
        encoding = "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise FileRefusedError(
            f"has an encoding '{encoding}' in imports.toml that is not known: "
            'use one such as "utf-8" or "cp1252"'
        ) from None
