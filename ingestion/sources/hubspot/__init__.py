"""HubSpot: objects by search, deletions by the archived list, links by batch.

What is asked for is data in `endpoints.py`; why, and the vendor's traps, in README.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from ingestion.account import AccountContext
from ingestion.auth import BearerAuth
from ingestion.client import Etiquette
from ingestion.clock import per_second
from ingestion.errors import VendorError
from ingestion.reader import EntityRun, Landing
from ingestion.records import landings
from ingestion.sources.hubspot.associations import read_associations
from ingestion.sources.hubspot.endpoints import DEFAULTS, SPEC
from ingestion.sources.hubspot.objects import read_objects, reread_objects
from ingestion.sources.hubspot.portal import Portal, next_after

__all__ = ["SPEC", "HubSpotReader", "open_reader"]


def open_reader(context: AccountContext) -> HubSpotReader:
    """Open one portal.

    Raises:
        SettingsError: An option is not known.
        CredentialsError: The token is missing.
    """
    context.defaults = DEFAULTS
    context.check_options()
    token = context.credential("ACCESS_TOKEN")
    client = context.client(
        base_url=context.option("base_url"),
        limiter=context.limiter(*per_second(context.option("requests_per_second"))),
        client_id=f"hubspot:{context.account}",
        auth=BearerAuth(token=token),
        etiquette=Etiquette(pause=rate_limit_pause),
        secrets=(token,),
    )
    searches = context.limiter(*per_second(context.option("searches_per_second")))
    return HubSpotReader(Portal(context, client, searches))


def rate_limit_pause(status: int, body: bytes, attempt: int) -> float | None:
    """What the vendor's own client waits where no Retry-After is sent."""
    if status == 423:
        return 2.0
    if status != 429:
        return None
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = {}
    policy = str(content.get("policyName", "") if isinstance(content, dict) else "").upper()
    if "SECONDLY" in policy and "TEN" not in policy:
        return 1.0 * attempt
    return 10.0 * attempt


class HubSpotReader:
    """Reads one portal."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._changed: dict[str, set[str]] = {}

    def close(self) -> None:
        """Close the connections."""
        self._portal.close()

    def read(self, run: EntityRun) -> Iterator[Landing]:
        """Yield what is new of one entity."""
        if run.entity == "owners":
            yield from self._owners(run)
        elif run.entity == "associations":
            yield from read_associations(self._portal, run, self._changed)
        else:
            changed = self._changed.setdefault(run.entity, set())
            yield from read_objects(self._portal, run, changed)

    def reread(self, run: EntityRun, record_ids: Sequence[str]) -> Iterator[Landing]:
        """Yield some records by id (batch read)."""
        yield from reread_objects(self._portal, run, record_ids)

    def _owners(self, run: EntityRun) -> Iterator[Landing]:
        after: str | None = None
        seen: set[str] = set()
        while True:
            page = self._portal.list_owners(after)
            yield from landings(
                page,
                entity=run.entity,
                location="owners",
                max_bytes=self._portal.context.max_record_bytes,
            )
            after = next_after(page)
            if after is None:
                break
            if after in seen:
                raise VendorError(
                    "GET owners gives the same cursor again: expected pages that come to an end."
                )
            seen.add(after)
        run.is_full_read = True
