"""Small tools for making text columns with numpy and Arrow; knows nothing of the world."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def generator(seed: int, name: str) -> np.random.Generator:
    """Return a generator of its own for one named step, so steps do not shift each other."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def join(*parts: pa.Array | str, separator: str = "") -> pa.Array:
    """Join text columns and constants row by row; a null part gives null."""
    return pc.binary_join_element_wise(*parts, separator)


def where(mask: np.ndarray, yes: pa.Array | str | None, no: pa.Array | str | None) -> pa.Array:
    """Choose row by row between two text columns or constants."""
    chosen = [pa.scalar(part, pa.string()) if part is None else part for part in (yes, no)]
    return pc.if_else(pa.array(mask), *chosen)


def pick(
    words: Sequence[str],
    count: int,
    rng: np.random.Generator,
    weights: np.ndarray | None = None,
) -> pa.Array:
    """Draw `count` words with replacement."""
    shares = None if weights is None else weights / weights.sum()
    return pa.array(list(words)).take(pa.array(rng.choice(len(words), count, p=shares)))


def numbered(prefix: str, count: int) -> pa.Array:
    """Return ids `P0000001`, `P0000002`, ..."""
    numbers = pc.cast(pa.array(np.arange(1, count + 1)), pa.string())
    return join(prefix, pc.utf8_lpad(numbers, 7, "0"))
