"""QuickBooks: rotating token, pages by date, deletions by the change feed and its cap."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.ingestion.conftest import NOW, Home, Reply, Request, Vendor

PACIFIC = "-07:00"


@dataclass
class Books:
    """A company whose queries and change feed behave like Intuit's, with a smaller cap."""

    cap: int = 5
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    deleted: dict[str, datetime] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)

    def put(self, number: int, changed: datetime, **more: Any) -> None:
        text = (changed - timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S") + PACIFIC
        created = (NOW - timedelta(days=90 - number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        meta = {"CreateTime": created, "LastUpdatedTime": text}
        self.rows[str(number)] = {"Id": str(number), "MetaData": meta, **more}

    def query(self, request: Request) -> Reply:
        text = request.query["query"]
        self.queries.append(text)
        rows = list(self.rows.values())
        if text.startswith("select count(*)"):
            return Reply({"QueryResponse": {"totalCount": len(rows)}, "time": "x"})
        field_name = re.search(r"orderby MetaData\.(\w+)", text)
        assert field_name
        key = field_name[1]
        bound = re.search(r">= '([^']+)'", text)
        if bound:
            since = datetime.fromisoformat(bound[1])
            rows = [row for row in rows if self._moment(row, key) >= since]
        rows.sort(key=lambda row: self._moment(row, key))
        numbers = re.search(r"startposition (\d+) maxresults (\d+)", text)
        assert numbers
        start, most = int(numbers[1]), int(numbers[2])
        some = rows[start - 1 : start - 1 + most]
        return Reply({"QueryResponse": {"Invoice": some} if some else {}, "time": "x"})

    @staticmethod
    def _moment(row: dict[str, Any], key: str) -> datetime:
        return datetime.fromisoformat(row["MetaData"][key])

    def feed(self, request: Request) -> Reply:
        self.feeds.append(request.query["changedSince"])
        since = datetime.fromisoformat(request.query["changedSince"])
        rows = [row for row in self.rows.values() if self._moment(row, "LastUpdatedTime") >= since]
        for number, moment in self.deleted.items():
            if moment >= since:
                meta = {"LastUpdatedTime": moment.isoformat()}
                rows.append({"Id": number, "status": "Deleted", "MetaData": meta})
        rows.sort(key=lambda row: self._moment(row, "LastUpdatedTime"))
        group = {"Invoice": rows[: self.cap]} if rows else {}
        return Reply({"CDCResponse": [{"QueryResponse": [group]}], "time": "x"})


@dataclass
class Tokens:
    """Each renewal retires the refresh token it was made with."""

    current: str = "qb-refresh-0"
    made: int = 0

    def exchange(self, request: Request) -> Reply:
        form = parse_qs(request.body.decode())
        assert request.headers["authorization"].startswith("Basic ")
        if form["refresh_token"] != [self.current]:
            return Reply({"error": "invalid_grant"}, 400)
        self.made += 1
        self.current = f"qb-refresh-{self.made}"
        return Reply(
            {
                "access_token": f"qb-access-{self.made}",
                "refresh_token": self.current,
                "expires_in": 3600,
            }
        )


@pytest.fixture
def tokens(home: Home, vendor: Vendor) -> Tokens:
    made = Tokens()
    vendor.on("/token", made.exchange)
    return made


@pytest.fixture
def books(home: Home, vendor: Vendor, tokens: Tokens) -> Books:
    made = Books()
    home.options |= {"quickbooks.page_size": "3", "quickbooks.cdc_limit": "5"}
    vendor.on("/v3/company/9/query", made.query)
    vendor.on("/v3/company/9/cdc", made.feed)
    return made


def live_invoices(home: Home) -> list[str]:
    rows = home.query(
        """
        select record_id
        from raw_quickbooks.invoices
        qualify row_number() over (
            partition by record_id
            order by coalesce(modified_at, _loaded_at) desc, _loaded_at desc, _position desc
        ) = 1 and not is_deleted
        order by record_id::integer
        """
    )
    return [row[0] for row in rows]


def test_pages_go_by_date_and_rows_of_one_second_by_position(home: Home, books: Books) -> None:
    for number in range(1, 5):
        books.put(number, NOW - timedelta(days=5, seconds=-number))
    for number in range(5, 13):
        books.put(number, NOW - timedelta(days=4))
    result = home.pull("quickbooks", "invoices")
    assert result.is_complete, result.error
    assert live_invoices(home) == [str(number) for number in range(1, 13)]
    assert result.entities[0].vendor_total_count == 12
    books.put(3, NOW + timedelta(minutes=5), Balance=0)
    again = home.pull("quickbooks", "invoices")
    assert again.entities[0].landed_count == 1
    assert "2026-09-27T05:50:00Z" in books.queries[-1] or "05:50:00" in str(books.queries)


def test_a_void_is_no_deletion_and_a_deletion_comes_from_the_feed(home: Home, books: Books) -> None:
    for number in (1, 2):
        books.put(number, NOW - timedelta(days=1), TotalAmt=100.00, Balance=100.0)
    home.pull("quickbooks", "invoices")
    assert books.feeds == []
    del books.rows["1"]
    books.deleted["1"] = NOW + timedelta(minutes=70)
    books.put(2, NOW + timedelta(minutes=75), TotalAmt=0, PrivateNote="Voided")
    second = home.pull("quickbooks", "invoices")
    assert second.entities[0].tombstone_count == 1
    assert live_invoices(home) == ["2"]
    (buried,) = home.query(
        "select payload, modified_at from raw_quickbooks.invoices where is_deleted"
    )
    assert json.loads(buried[0])["TotalAmt"] == 100.0
    assert buried[1] == NOW + timedelta(minutes=70)
    assert home.pull("quickbooks", "invoices").entities[0].tombstone_count == 0


def test_a_feed_that_reaches_its_cap_is_narrowed_and_the_rest_is_compared(
    home: Home, books: Books
) -> None:
    for number in range(1, 11):
        books.put(number, NOW - timedelta(days=1))
    home.pull("quickbooks", "invoices")
    for number in range(1, 9):  # eight live changes crowd the deletion out of the answer
        books.put(number, NOW + timedelta(minutes=61, seconds=number), Balance=number)
    del books.rows["10"]
    books.deleted["10"] = NOW + timedelta(minutes=62)
    result = home.pull("quickbooks", "invoices")
    assert result.entities[0].tombstone_count == 1
    assert live_invoices(home) == [str(number) for number in range(1, 10)]
    assert len(books.feeds) > 1
    assert books.feeds == sorted(books.feeds)
    assert any("MetaData.CreateTime" in text for text in books.queries)


def test_a_pause_longer_than_the_feed_remembers_compares_all_ids(home: Home, books: Books) -> None:
    for number in (1, 2, 3, 4):
        books.put(number, NOW - timedelta(days=1))
    home.pull("quickbooks", "invoices")
    del books.rows["3"]
    result = home.pull("quickbooks", "invoices", now=NOW + timedelta(days=60))
    assert books.feeds == []
    assert result.entities[0].tombstone_count == 1
    assert live_invoices(home) == ["1", "2", "4"]


def test_the_newest_refresh_token_is_on_disk_before_it_is_used(
    home: Home, books: Books, tokens: Tokens, vendor: Vendor
) -> None:
    books.put(1, NOW - timedelta(days=1))
    file = home.path / "state" / "tokens" / "quickbooks--main.json"

    def guarded(request: Request) -> Reply:
        stored = json.loads(file.read_bytes())
        assert stored["refresh_token"] == tokens.current
        assert request.headers["authorization"] == f"Bearer {stored['access_token']}"
        return books.query(request)

    vendor.on("/v3/company/9/query", guarded)
    assert home.pull("quickbooks", "invoices").is_complete
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    home.still.elapsed += 7200
    assert home.pull("quickbooks", "invoices").is_complete
    assert tokens.made == 2
    # Renewed early enough, an access token serves several runs.
    assert home.pull("quickbooks", "invoices").is_complete
    assert tokens.made == 2


def test_a_new_token_in_the_environment_replaces_a_chain_that_is_broken(
    home: Home, books: Books, tokens: Tokens
) -> None:
    books.put(1, NOW - timedelta(days=1))
    home.pull("quickbooks", "invoices")
    tokens.current = "lost-elsewhere"
    home.still.elapsed += 7200
    broken = home.pull("quickbooks", "invoices")
    assert not broken.is_complete
    assert broken.error is not None
    assert broken.error.exit_code == 3
    tokens.current = "qb-refresh-fresh"
    home.environment["SOURCES__QUICKBOOKS__REFRESH_TOKEN"] = "qb-refresh-fresh"
    assert home.pull("quickbooks", "invoices").is_complete


def test_no_secret_is_stored_anywhere_but_in_the_token_file(
    home: Home, books: Books, tokens: Tokens
) -> None:
    books.put(1, NOW - timedelta(days=1))
    home.pull("quickbooks", "invoices")
    for file in home.path.rglob("*"):
        if file.is_file() and file.parent.name != "tokens":
            content = file.read_bytes()
            for secret in (b"qb-refresh-", b"qb-access-", b"qb-secret-value"):
                assert secret not in content, file
