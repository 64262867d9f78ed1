"""Orders of PCM by id, and what an order says of its pieces: a piece itself has no address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingestion.bodies import Body, id_text
from ingestion.client import RefusedError
from ingestion.reader import EntityRun, Landing
from ingestion.records import landings
from ingestion.sources.pcm.mailings import NO_BATCH, MailingReader
from ingestion.sources.pcm.pages import PcmPages


def reread(
    pages: PcmPages, mailings: MailingReader, run: EntityRun, record_ids: Sequence[str]
) -> Iterator[Landing]:
    """Yield the present state of some orders, or of the orders that hold some pieces.

    Args:
        pages: The account.
        mailings: Reads what belongs to an order.
        run: `orders`, `recipients` or `mail_tracking`.
        record_ids: Order ids; of the other two, ids of pieces as landed (`order:reference`) or
            the operator's own reference alone.
    """
    orders = list(record_ids) if run.entity == "orders" else _orders_of(pages, record_ids)
    for order_id in orders:
        try:
            page = pages.object(f"/order/{order_id}", endpoint="/order/{order_id}")
            if run.entity == "orders":
                yield from _order(pages, run, page)
                continue
            batch_id = _batch_of(page)
            if run.entity == "recipients":
                yield from mailings.recipients_of(run, order_id, batch_id)
            else:
                yield from mailings.tracking_of(run, order_id, batch_id)
        except RefusedError as error:
            if error.status != 404:
                raise


def _order(pages: PcmPages, run: EntityRun, page: Body) -> Iterator[Landing]:
    yield from landings(
        page,
        entity=run.entity,
        location="/order/{order_id}",
        id_path=("orderID",),
        max_bytes=pages.context.max_record_bytes,
    )


def _orders_of(pages: PcmPages, piece_ids: Sequence[str]) -> list[str]:
    """The orders whose recipients, as landed, are these pieces."""
    wanted = set(piece_ids)
    with pages.context.versions("recipients") as versions:
        known = [item.partition(":") for item in versions.live_ids()]
    found = {
        order: None
        for order, _, reference in known
        if reference in wanted or f"{order}:{reference}" in wanted
    }
    return list(found)


def _batch_of(page: Body) -> str:
    for record, text in zip(page.records, page.texts, strict=True):
        return id_text(record.get("batchID"), text, ("batchID",)) or NO_BATCH
    return NO_BATCH
