"""Small lists of PCM: balance, designs, QR codes and their scans, undeliverable recipients."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ingestion.bodies import Body, id_text
from ingestion.landing import landed_page
from ingestion.moments import read_instant
from ingestion.reader import EntityRun, Landing
from ingestion.records import bad_elements, landings, value_at
from ingestion.sources.pcm.pages import MAX_READINGS, PcmPages, total_of


class ResponseReader:
    """Reads what came back, and what was designed and paid."""

    def __init__(self, pages: PcmPages) -> None:
        self._pages = pages
        self._context = pages.context
        self._codes: dict[str, int | None] = {}

    def balances(self, run: EntityRun) -> Iterator[Landing]:
        """The prepaid balance, one record."""
        page = self._pages.object("/integration/balance")
        yield from bad_elements(page, entity=run.entity, location="/integration/balance")
        if page.texts:
            yield landed_page(record_ids=["balance"], payloads=page.texts[:1])

    def designs(self, run: EntityRun) -> Iterator[Landing]:
        """All designs."""
        yield from self._whole(run, "/design", "designID")

    def qr_codes(self, run: EntityRun) -> Iterator[Landing]:
        """All QR codes; their counts tell which have new scans."""
        yield from self._whole(run, "/qr-code", "qrCodeId")

    def qr_scans(self, run: EntityRun) -> Iterator[Landing]:
        """Scans of the codes whose count changed since they were last read."""
        done: dict[str, int] = run.state.setdefault("counts", {})
        if not self._codes:
            for page in self._pages.all("/qr-code"):
                self._note_codes(page)
        for code, count in sorted(self._codes.items()):
            if count is not None and done.get(code) == count:
                continue
            path = f"/qr-code/{code}/tracking"
            twins: Counter[str] = Counter()
            for page in self._pages.all(path, endpoint="/qr-code/{qr_code_id}/tracking"):
                yield from bad_elements(page, entity=run.entity, location=path)
                yield from _scans(page, code, twins)
            if count is not None:
                done[code] = count

    def undeliverables(self, run: EntityRun) -> Iterator[Landing]:
        """Recipients that could not be mailed, by date of mailing; the last 60 days again."""
        since = read_instant(run.state.get("read_at"))
        days = timedelta(days=self._context.option("reread_days"))
        start = since - days if since else datetime(2000, 1, 1, tzinfo=UTC)
        params = {"startDate": _text(start), "endDate": _text(run.now + timedelta(days=7))}
        page = self._pages.array("/recipient/undeliverable", params)
        yield from bad_elements(page, entity=run.entity, location="/recipient/undeliverable")
        ids: list[str] = []
        for record in page.records:
            parts = (record.get("batchID"), record.get("orderID"), record.get("extRefNbr"))
            ids.append(":".join("" if part is None else str(part) for part in parts))
        if ids:
            yield landed_page(record_ids=ids, payloads=page.texts)
        run.state["read_at"] = run.now.isoformat()

    def _whole(self, run: EntityRun, path: str, key: str) -> Iterator[Landing]:
        """A whole list; again where its own count says that rows moved between its pages."""
        for _ in range(MAX_READINGS):
            ids: set[str] = set()
            totals: set[int | None] = set()
            for page in self._pages.all(path):
                ids.update(str(record.get(key)) for record in page.records)
                totals.add(total_of(page))
                self._note_codes(page)
                yield from landings(
                    page,
                    entity=run.entity,
                    location=path,
                    id_path=(key,),
                    max_bytes=self._context.max_record_bytes,
                )
            run.vendor_total_count = next(iter(totals), None)
            if totals in ({None}, {len(ids)}):
                run.is_full_read = True
                return
        run.is_complete = False
        run.notes.append(
            f"The list of {run.entity} gave {len(ids)} records where it counts "
            f"{run.vendor_total_count}: expected them equal; none was marked deleted."
        )

    def _note_codes(self, page: Body) -> None:
        for record, text in zip(page.records, page.texts, strict=True):
            code = id_text(record.get("qrCodeId"), text, ("qrCodeId",))
            if code is not None:
                count = record.get("totalScans")
                self._codes[code] = count if isinstance(count, int) else None


def _scans(page: Body, code: str, twins: Counter[str]) -> Iterator[Landing]:
    """A scan has no id: code, instant and recipient are; equal ones are counted."""
    ids: list[str] = []
    payloads: list[bytes] = []
    for record, text in zip(page.records, page.texts, strict=True):
        reference = value_at(record, ("recipient", "extRefNbr"))
        key = f"{code}|{record.get('scanDate')}|{reference}"
        twins[key] += 1
        if twins[key] > 1:
            key += f"|{twins[key]}"
        ids.append(hashlib.sha256(key.encode()).hexdigest()[:32])
        told = b'{"qrCodeId":' + (code.encode() if code.isdigit() else b'"' + code.encode() + b'"')
        payloads.append(told + (b"," if record else b"") + text[1:].lstrip())
    if ids:
        yield landed_page(record_ids=ids, payloads=payloads)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
