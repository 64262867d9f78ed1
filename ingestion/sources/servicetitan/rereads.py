"""What a list leaves out of a record that the export feed tells, taken from the landed version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from ingestion.bodies import Body


def complete_from_feed(page: Body, known: Mapping[str, tuple[str, datetime]]) -> None:
    """Give the page's records the fields that only the feed tells (`active` of a job).

    Without this a record read by id would differ from the same record read from the feed, and
    each re-read would land a version in which nothing has changed.

    Args:
        page: An answer of a list; its records and texts are changed in place.
        known: Latest landed payload by id.
    """
    for position, record in enumerate(page.records):
        landed = known.get(str(record.get("id")))
        if landed is None:
            continue
        before = orjson.loads(landed[0])
        whole = {name: record.get(name, value) for name, value in before.items()} | record
        same = whole == before
        page.records[position] = whole
        page.texts[position] = landed[0].encode() if same else orjson.dumps(whole)
