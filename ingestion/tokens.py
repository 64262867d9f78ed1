"""Keeps tokens that rotate: written durably before they are used, readable by the owner only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson


def save_token(path: Path, content: dict[str, Any]) -> None:
    """Write a token file so that a crash leaves either the old or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, orjson.dumps(content))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load_token(path: Path) -> dict[str, Any]:
    """What was saved, or an empty object where there is nothing readable."""
    try:
        content = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}
