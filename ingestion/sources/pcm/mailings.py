"""Batches, orders, recipients and mail tracking of PCM.

Orders have no date of change. A batch has one, but only for its status: tracking and
undeliverables move without it. So the orders of batches that moved are read in every run, and about
once a day those of all batches of the last 60 days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson

from ingestion.bodies import Body, id_text
from ingestion.client import RefusedError
from ingestion.landing import landed_page
from ingestion.moments import read_instant
from ingestion.reader import EntityRun, Landing, Tombstones
from ingestion.records import Record, bad_elements, landings, text_at, value_at
from ingestion.sources.pcm.pages import PcmPages, total_of

NO_BATCH = ""


class MailingReader:
    """Reads what was mailed.

    `orders`, `recipients` and `mail_tracking` each keep, per batch, the date of change up to
    which they have been read, so that one that failed is made up for by the next run.
    """

    def __init__(self, pages: PcmPages) -> None:
        self._pages = pages
        self._context = pages.context
        self._batch_pages: list[Body] | None = None
        self._order_pages: dict[str, list[Body]] = {}
        self._orders: dict[str, list[str]] = {}

    def batches(self, run: EntityRun) -> Iterator[Landing]:
        """List all batches."""
        for page in self._listed_batches():
            run.vendor_total_count = total_of(page)
            yield from self._plain(run, page, "batchID", ("lastModifiedDate",))

    def orders(self, run: EntityRun) -> Iterator[Landing]:
        """Read the orders of batches that moved; about once a day all orders there are."""
        is_due = self._is_due(run)
        if is_due:
            run.vendor_total_count = None
            for page in self._pages.all("/order"):
                run.vendor_total_count = total_of(page)
                yield from self._plain(run, page, "orderID", None)
                self._note(page, batch_id=None)
        for batch_id, moment in self._due_batches(run):
            if not is_due:
                self._order_ids(batch_id)
                for page in self._order_pages[batch_id]:
                    yield from self._plain(run, page, "orderID", None)
            run.state["batches"][batch_id] = moment
        self._close_reread(run)

    def recipients(self, run: EntityRun) -> Iterator[Landing]:
        """Read the recipients of the orders of batches that moved."""
        for batch_id, moment in self._due_batches(run):
            for order_id in self._order_ids(batch_id):
                yield from self.recipients_of(run, order_id, batch_id)
            run.state["batches"][batch_id] = moment
        self._close_reread(run)

    def mail_tracking(self, run: EntityRun) -> Iterator[Landing]:
        """Read the tracking of the orders of batches that moved, where the account has it."""
        for batch_id, moment in self._due_batches(run):
            for order_id in self._order_ids(batch_id):
                try:
                    yield from self.tracking_of(run, order_id, batch_id)
                except RefusedError as error:
                    if error.status != 404:
                        raise
                    run.notes.append("An order has no mail tracking (404): none was read.")
                    return
            run.state["batches"][batch_id] = moment
        self._close_reread(run)

    def tracking_of(self, run: EntityRun, order_id: str, batch_id: str) -> Iterator[Landing]:
        """Read the mail tracking of one order."""
        endpoint = self._context.option("mail_tracking_path")
        path = endpoint.replace("{order_id}", order_id)
        for page in self._pages.all(path, endpoint=endpoint):
            yield from bad_elements(page, entity=run.entity, location=endpoint)
            yield from _tracked(page, order_id, batch_id)

    def _due_batches(self, run: EntityRun) -> Iterator[tuple[str, str]]:
        """Batches whose children are to be read: those that moved, in a reread the young too."""
        done: dict[str, str] = run.state.setdefault("batches", {})
        is_reread = self._is_due(run)
        since = run.now - timedelta(days=self._context.option("reread_days"))
        for page in self._listed_batches():
            for record, text in zip(page.records, page.texts, strict=True):
                batch_id = id_text(record.get("batchID"), text, ("batchID",))
                if batch_id is None:
                    continue
                moment = text_at(record, ("lastModifiedDate",)) or ""
                changed_at = read_instant(moment) or read_instant(record.get("createdDate"))
                is_young = changed_at is None or changed_at >= since
                if done.get(batch_id) != moment or (is_reread and is_young):
                    yield batch_id, moment
        if NO_BATCH in self._orders:
            yield NO_BATCH, ""

    def _listed_batches(self) -> list[Body]:
        if self._batch_pages is None:
            self._batch_pages = list(self._pages.all("/batch"))
        return self._batch_pages

    def _order_ids(self, batch_id: str) -> list[str]:
        if batch_id not in self._orders:
            self._orders[batch_id] = []
            pages = self._pages.all(
                f"/batch/{batch_id}/orders", endpoint="/batch/{batch_id}/orders"
            )
            self._order_pages[batch_id] = list(pages)
            for page in self._order_pages[batch_id]:
                self._note(page, batch_id=batch_id)
        return self._orders[batch_id]

    def _note(self, page: Body, *, batch_id: str | None) -> None:
        for record, text in zip(page.records, page.texts, strict=True):
            order_id = id_text(record.get("orderID"), text, ("orderID",))
            batch = batch_id or id_text(record.get("batchID"), text, ("batchID",)) or NO_BATCH
            if order_id is not None:
                self._orders.setdefault(batch, []).append(order_id)

    def _is_due(self, run: EntityRun) -> bool:
        last = read_instant(run.state.get("reread_at"))
        hours = timedelta(hours=self._context.option("reread_hours"))
        return last is None or last + hours <= run.now

    def _close_reread(self, run: EntityRun) -> None:
        if self._is_due(run):
            run.state["reread_at"] = run.now.isoformat()

    def recipients_of(self, run: EntityRun, order_id: str, batch_id: str) -> Iterator[Landing]:
        """Read the recipients of one order; who is no longer among them is gone."""
        texts: list[bytes] = []
        references: list[str] = []
        path = f"/order/{order_id}/recipients"
        for page in self._pages.all(path, endpoint="/order/{order_id}/recipients"):
            yield from bad_elements(page, entity=run.entity, location=f"order {order_id}")
            texts += page.texts
            references += [_text_of(record.get("extRefNbr")) for record in page.records]
        # A reference that two recipients of an order share names neither of them.
        shared = {item for item, count in Counter(references).items() if count > 1}
        ids = [
            f"{order_id}:{reference if reference and reference not in shared else position}"
            for position, reference in enumerate(references, start=1)
        ]
        if ids:
            head = _head(order_id, batch_id)
            payloads = [head + b',"recipient":' + text + b"}" for text in texts]
            yield landed_page(record_ids=ids, payloads=payloads)
        present = set(ids)
        gone = [item for item in run.versions.live_ids(parents=[order_id]) if item not in present]
        if gone:
            yield Tombstones(record_ids=gone)

    def _plain(
        self, run: EntityRun, page: Body, key: str, modified: tuple[str, ...] | None
    ) -> Iterator[Landing]:
        yield from landings(
            page,
            entity=run.entity,
            location=run.entity,
            id_path=(key,),
            modified_path=modified,
            max_bytes=self._context.max_record_bytes,
        )


def _tracked(page: Body, order_id: str, batch_id: str) -> Iterator[Landing]:
    """Rows of tracking have no id: what they say is their id."""
    ids: list[str] = []
    payloads: list[bytes] = []
    for record, text in zip(page.records, page.texts, strict=True):
        nested = value_at(record, ("recipient",))
        holder = nested if isinstance(nested, dict) else record
        status, moment = _status(record), _moment(record)
        reference = _text_of(holder.get("extRefNbr"))
        ids.append(f"{order_id}:{reference}:{status}:{moment}")
        told = orjson.dumps({"status": status or None, "date": moment or None})[1:-1]
        person = text if holder is record else orjson.dumps(nested)
        payloads.append(_head(order_id, batch_id) + b"," + told + b',"recipient":' + person + b"}")
    if ids:
        yield landed_page(record_ids=ids, payloads=payloads)


def _status(record: Record) -> str:
    for key in ("status", "Status", "trackingStatus"):
        if _text_of(record.get(key)):
            return _text_of(record[key])
    return ""


def _moment(record: Record) -> str:
    for key in ("date", "Date", "statusDate", "trackingDate", "scanDate"):
        if _text_of(record.get(key)):
            return _text_of(record[key])
    return ""


def _head(order_id: str, batch_id: str) -> bytes:
    return orjson.dumps({"orderID": _number(order_id), "batchID": _number(batch_id or None)})[:-1]


def _number(text: str | None) -> int | str | None:
    return int(text) if text and text.isdigit() and len(text) < 19 else text


def _text_of(value: Any) -> str:
    return str(value).strip() if isinstance(value, (str, int)) else ""
