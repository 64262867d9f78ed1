"""Response bodies -> records: checked JSON, and each record's text exactly as it was sent.

The text is cut out of the body instead of being written anew, so 64-bit ids, `149.00`, key order
and duplicate keys stay as the vendor sent them. Cutting by vectorised bracket depth costs 1.2 us a
record of 580 bytes, writing anew by DuckDB 24 us. What is done with records is in `landing.py`.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from json.scanner import make_scanner
from typing import Any

import numpy as np
import orjson

from ingestion.errors import TransientError

_BOM = b"\xef\xbb\xbf"
_WHITESPACE = " \t\r\n"


@dataclass(frozen=True)
class BadRecord:
    """One array element that is no usable record."""

    position: int
    text: str
    reason: str


@dataclass
class Body:
    """A parsed page.

    Attributes:
        envelope: The whole body, parsed; ids inside may have lost digits, use `records`.
        records: The parsed records, in order, without the bad ones.
        texts: Each record's own bytes.
        bad: Elements that are not objects or cannot be read.
    """

    envelope: dict[str, Any]
    records: list[dict[str, Any]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)


def parse_object(body: bytes, *, what: str) -> dict[str, Any]:
    """The JSON object a body holds.

    Raises:
        TransientError: Empty, null, HTML, cut off or no JSON object: a later attempt may differ.
    """
    return _parse(body, what=what)[0]


def _parse(body: bytes, *, what: str) -> tuple[dict[str, Any], bool]:
    """The object, and whether the strict parser took it."""
    text = body.removeprefix(_BOM).strip()
    if not text:
        raise TransientError(f"{what} answered with an empty body: expected a JSON object.")
    is_strict = True
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        parsed, is_strict = _parse_leniently(text, what=what), False
    if not isinstance(parsed, dict):
        raise TransientError(f"{what} answered with {_kind(parsed)}: expected a JSON object.")
    return parsed, is_strict


def _parse_leniently(text: bytes, *, what: str) -> Any:
    """What the strict parser refuses for one value's sake (NaN, half a surrogate pair)."""
    if text[:1] not in b"{[":
        raise TransientError(f"{what} answered with text that is no JSON: expected a JSON object.")
    try:
        return json.loads(text.decode("utf-8", errors="strict"))
    except (ValueError, RecursionError):
        raise TransientError(
            f"{what} answered with JSON that cannot be read (cut off, nested too deeply or "
            f"malformed, {len(text)} bytes): expected a JSON object."
        ) from None


def parse_page(body: bytes, path: tuple[str, ...], *, what: str) -> Body:
    """Parse a page and cut out its records.

    Args:
        body: The response body, decompressed.
        path: Keys that lead to the array of records; a missing one means no records.
        what: Endpoint named in errors.

    Raises:
        TransientError: The body is no JSON object, or the array is something else.
    """
    text = body.removeprefix(_BOM)
    envelope, is_strict = _parse(text, what=what)
    elements: Any = envelope
    for key in path:
        elements = elements.get(key) if isinstance(elements, dict) else None
        if elements is None:
            return Body(envelope=envelope)
    if not isinstance(elements, list):
        raise TransientError(
            f"{what} answered with {_kind(elements)} under '{'.'.join(path)}': expected an array."
        )
    if not elements:
        return Body(envelope=envelope)
    if is_strict and all(type(element) is dict for element in elements):
        spans = _spans_by_depth(text, path, len(elements))
        if spans is not None:
            return Body(
                envelope=envelope,
                records=elements,
                texts=[text[start:end] for start, end in spans],
            )
    return _cut_one_by_one(text, path, envelope)


def _spans_by_depth(text: bytes, path: tuple[str, ...], count: int) -> list[tuple[int, int]] | None:
    """Byte spans of the `count` objects in the array under `path`, or None where unsure."""
    codes = np.frombuffer(text, dtype=np.uint8)
    is_quote = codes == 34
    if b"\\" in text:
        is_quote &= ~_escaped(codes)
    quotes = np.flatnonzero(is_quote)
    brackets = np.flatnonzero((codes == 123) | (codes == 125) | (codes == 91) | (codes == 93))
    brackets = brackets[np.searchsorted(quotes, brackets) % 2 == 0]
    kinds = codes[brackets]
    opens = (kinds == 123) | (kinds == 91)
    depth = np.cumsum(np.where(opens, 1, -1))
    level = len(path) + 1
    for start in np.flatnonzero((kinds == 91) & (depth == level)):
        key = re.escape(json.dumps(path[-1]).encode()) + rb"\s*:\s*$"
        begin = int(brackets[start])
        if not re.search(key, text[max(0, begin - len(path[-1]) - 64) : begin]):
            continue
        later = np.flatnonzero((~opens[start + 1 :]) & (depth[start + 1 :] == level - 1))
        if not len(later):
            return None
        inside = slice(start + 1, start + 1 + int(later[0]))
        starts = brackets[inside][opens[inside] & (depth[inside] == level + 1)]
        ends = brackets[inside][~opens[inside] & (depth[inside] == level)]
        if len(starts) == len(ends) == count:
            return list(zip(starts.tolist(), (ends + 1).tolist(), strict=True))
    return None


def _escaped(codes: np.ndarray) -> np.ndarray:
    """Which bytes are escaped: those after an odd run of backslashes."""
    slashes = np.flatnonzero(codes == 92)
    begins = np.ones(len(slashes), dtype=bool)
    begins[1:] = np.diff(slashes) != 1
    first = slashes[begins][np.cumsum(begins) - 1]
    mask = np.zeros(len(codes) + 1, dtype=bool)
    mask[slashes[(slashes - first) % 2 == 0] + 1] = True
    return mask[:-1]


def _cut_one_by_one(text: bytes, path: tuple[str, ...], envelope: dict[str, Any]) -> Body:
    """The slow way, for pages in which some elements are no objects or hold odd values."""
    page = Body(envelope=envelope)
    for position, element in enumerate(_elements(text.decode("utf-8"), path)):
        try:
            record = orjson.loads(element)
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            page.bad.append(BadRecord(position, element, "holds a value that is no valid JSON"))
            continue
        if not isinstance(record, dict):
            page.bad.append(BadRecord(position, element, f"is {_kind(record)}, not an object"))
            continue
        page.records.append(record)
        page.texts.append(element.encode())
    return page


def _elements(text: str, path: tuple[str, ...]) -> list[str]:
    scan = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]
    index = _skip(text, 0)
    for key in path:
        index = _value_of(text, index, key, scan)
    found: list[str] = []
    index = _skip(text, index + 1)
    while text[index] != "]":
        _, end = scan(text, index)
        found.append(text[index:end])
        index = _skip(text, end)
        if text[index] == ",":
            index = _skip(text, index + 1)
    return found


def _value_of(text: str, index: int, key: str, scan: Any) -> int:
    """Where the value of the last member `key` of the object at `index` begins."""
    found = -1
    index = _skip(text, index + 1)
    while text[index] != "}":
        name, end = scan(text, index)
        begin = _skip(text, _skip(text, end) + 1)
        if name == key:
            found = begin
        _, end = scan(text, begin)
        index = _skip(text, end)
        if text[index] == ",":
            index = _skip(text, index + 1)
    return found


def _skip(text: str, index: int) -> int:
    while text[index] in _WHITESPACE:
        index += 1
    return index


def id_text(value: Any, text: bytes, path: tuple[str, ...]) -> str | None:
    """An id as text without losing digits, or None where there is none.

    Args:
        value: The id as the fast parser read it; beyond 64 bits that is a rounded float.
        text: The record's own bytes, read again where the value was rounded.
        path: Where in the record the id stands.
    """
    if isinstance(value, float):
        exact: Any = json.loads(text, parse_float=str, parse_int=str)
        for key in path:
            exact = exact[key]
        value = str(exact)
        if re.fullmatch(r"-?\d+\.0+", value):
            value = value.partition(".")[0]
        return value if math.isfinite(float(value)) else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, str)):
        return str(value).strip() or None
    return None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a text", bool: "a boolean"}
    if value is None:
        return "null"
    return names.get(type(value), "a number")
