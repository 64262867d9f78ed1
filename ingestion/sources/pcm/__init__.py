"""PCM (PostcardMania): batches tell what moved; orders, recipients and tracking follow from them.

What is asked for is data in `endpoints.py`; why, and the vendor's traps, in README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ingestion.account import AccountContext
from ingestion.auth import FetchedAuth, login
from ingestion.clock import per_second
from ingestion.reader import EntityRun, Landing
from ingestion.sources.pcm.endpoints import DEFAULTS, SPEC
from ingestion.sources.pcm.mailings import MailingReader
from ingestion.sources.pcm.pages import PcmPages
from ingestion.sources.pcm.rereads import reread
from ingestion.sources.pcm.responses import ResponseReader

__all__ = ["SPEC", "PcmReader", "open_reader"]


def open_reader(context: AccountContext) -> PcmReader:
    """Open one account.

    Raises:
        SettingsError: An option is not known.
        CredentialsError: A secret is missing.
    """
    context.defaults = DEFAULTS
    context.check_options()
    key, secret = context.credential("API_KEY"), context.credential("API_SECRET")
    limiter = context.limiter(*per_second(context.option("requests_per_second")))
    body = {"apiKey": key, "apiSecret": secret}
    if context.field("child_reference"):
        body["childRefNbr"] = context.field("child_reference")
    client_id = f"pcm:{context.account}"
    login_client = context.client(
        base_url=context.option("base_url"),
        limiter=limiter,
        client_id=client_id,
        secrets=(key, secret),
    )
    auth = FetchedAuth(
        fetch=login(
            login_client,
            "/auth/login",
            body=body,
            margin=context.option("token_margin_seconds"),
        ),
        clock=context.clock,
    )
    client = context.client(
        base_url=context.option("base_url"),
        limiter=limiter,
        client_id=client_id,
        auth=auth,
        secrets=(key, secret),
    )
    return PcmReader(PcmPages(context, client), login_client.transport.close)


class PcmReader:
    """Reads one account."""

    def __init__(self, pages: PcmPages, close_login: Callable[[], None]) -> None:
        self._pages = pages
        self._close_login = close_login
        self._mailings = MailingReader(pages)
        self._responses = ResponseReader(pages)

    def close(self) -> None:
        """Close the connections."""
        self._pages.close()
        self._close_login()

    def read(self, run: EntityRun) -> Iterator[Landing]:
        """Yield what is new of one entity."""
        readers: dict[str, Callable[[EntityRun], Iterator[Landing]]] = {
            "balances": self._responses.balances,
            "designs": self._responses.designs,
            "batches": self._mailings.batches,
            "orders": self._mailings.orders,
            "recipients": self._mailings.recipients,
            "mail_tracking": self._mailings.mail_tracking,
            "undeliverables": self._responses.undeliverables,
            "qr_codes": self._responses.qr_codes,
            "qr_scans": self._responses.qr_scans,
        }
        yield from readers[run.entity](run)

    def reread(self, run: EntityRun, record_ids: Sequence[str]) -> Iterator[Landing]:
        """Yield some orders by id; of mail pieces, what their orders say of all their pieces."""
        yield from reread(self._pages, self._mailings, run, record_ids)
