"""PCM: batches that moved, orders, recipients, tracking, scans; login and expiry."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.ingestion.conftest import NOW, Home, Reply, Request, Vendor

MAILINGS = ("batches", "orders", "recipients", "mail_tracking")


@dataclass
class Account:
    """Two batches of one order each; pages of two rows."""

    batches: dict[int, str] = field(default_factory=dict)
    orders: dict[int, int] = field(default_factory=dict)
    recipients: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    tracking: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    scans: list[dict[str, Any]] = field(default_factory=list)
    undeliverables: list[dict[str, Any]] = field(default_factory=list)
    has_tracking: bool = True

    def answer(self, request: Request) -> Reply:
        assert request.headers["authorization"].startswith("Bearer pcm-token")
        parts = request.path.strip("/").split("/")
        if request.path == "/integration/balance":
            return Reply({"moneyOnAccount": 12.5})
        if request.path == "/recipient/undeliverable":
            return Reply(self.undeliverables)
        if parts[0] == "batch" and len(parts) == 1:
            rows = [{"batchID": key, "lastModifiedDate": at} for key, at in self.batches.items()]
        elif parts[0] == "batch":
            rows = [self.order(key) for key, batch in self.orders.items() if batch == int(parts[1])]
        elif parts[0] == "order" and len(parts) == 1:
            rows = [self.order(key) for key in self.orders]
        elif parts[-1] == "recipients":
            rows = self.recipients[int(parts[1])]
        elif parts[-1] == "mail-tracking":
            if not self.has_tracking:
                return Reply({"error": {"code": 404}}, 404)
            rows = self.tracking.get(int(parts[1]), [])
        elif parts[0] == "qr-code" and len(parts) == 1:
            rows = [{"qrCodeId": 301, "totalScans": len(self.scans)}]
        else:
            rows = self.scans
        return self.page(request, rows)

    def order(self, key: int) -> dict[str, Any]:
        return {"orderID": key, "batchID": self.orders[key], "orderDate": "2026-09-01T00:00:00Z"}

    @staticmethod
    def page(request: Request, rows: list[dict[str, Any]]) -> Reply:
        number, size = int(request.query["page"]), 2
        pages = -(-len(rows) // size)
        following = f"https://elsewhere.example/{number + 1}" if number < pages else None
        pagination = {"page": number, "nextPage": following, "totalResults": len(rows)}
        return Reply(
            {"results": rows[(number - 1) * size : number * size], "pagination": pagination}
        )


@pytest.fixture
def account(home: Home, vendor: Vendor) -> Account:
    made = Account()
    made.batches = {1: "2026-09-20T00:00:00Z", 2: "2026-05-01T00:00:00Z"}
    made.orders = {10: 1, 20: 2}
    made.recipients = {
        10: [{"extRefNbr": "P-1"}, {"extRefNbr": "P-2"}, {"firstName": "no reference"}],
        20: [{"extRefNbr": "P-3"}, {"extRefNbr": "P-3"}],
    }
    made.tracking = {10: [{"extRefNbr": "P-1", "status": "en route", "date": "2026-09-21"}]}
    vendor.on("/", made.answer)
    expires = (NOW + timedelta(hours=1)).isoformat()
    vendor.on("/auth/login", Reply({"token": "pcm-token-1", "expires": expires}))
    return made


def test_recipients_carry_their_order_and_an_id_of_their_own(home: Home, account: Account) -> None:
    result = home.pull("pcm", *MAILINGS)
    assert result.is_complete, result.error
    assert sorted(home.rows("pcm.recipients")) == ["10:3", "10:P-1", "10:P-2", "20:1", "20:2"]
    payload = home.rows("pcm.recipients where record_id = '10:P-1'", "payload")[0]
    assert json.loads(payload) == {"orderID": 10, "batchID": 1, "recipient": {"extRefNbr": "P-1"}}
    tracked = json.loads(home.rows("pcm.mail_tracking", "payload")[0])
    assert (tracked["orderID"], tracked["status"], tracked["date"]) == (
        10,
        "en route",
        "2026-09-21",
    )
    assert tracked["recipient"]["extRefNbr"] == "P-1"


def test_only_batches_that_moved_are_read_again_and_once_a_day_the_young_ones(
    home: Home, account: Account, vendor: Vendor
) -> None:
    home.pull("pcm", *MAILINGS)
    first = len(vendor.called("/order/"))
    assert home.pull("pcm", *MAILINGS).landed_count == 0
    assert len(vendor.called("/order/")) == first

    account.batches[2] = "2026-10-01T00:00:00Z"
    account.recipients[20] = [{"extRefNbr": "P-3"}]
    moved = home.pull("pcm", *MAILINGS)
    again = [request.path for request in vendor.called("/order/")[first:]]
    assert again == ["/order/20/recipients", "/order/20/mail-tracking"]
    assert moved.entities[2].landed_count == 1  # 20:P-3 for 20:1 and 20:2
    assert moved.entities[2].tombstone_count == 2

    account.batches[2] = "2026-05-02T00:00:00Z"
    account.tracking[10].append({"extRefNbr": "P-1", "status": "delivered", "date": "2026-10-02"})
    daily = home.pull("pcm", *MAILINGS, now=NOW + timedelta(hours=40))
    assert daily.entities[3].landed_count == 1


def test_orders_that_failed_are_made_up_for_by_the_next_run(
    home: Home, account: Account, vendor: Vendor
) -> None:
    vendor.on("/order/20/recipients", Reply({}, 503))
    broken = home.pull("pcm", *MAILINGS)
    assert [item.is_complete for item in broken.entities] == [True, True, False, True]
    vendor.routes.pop(0)
    assert home.pull("pcm", *MAILINGS).is_complete
    assert len(home.rows("pcm.recipients")) == 5


def test_an_account_without_tracking_says_so_once_and_is_complete(
    home: Home, account: Account
) -> None:
    account.has_tracking = False
    result = home.pull("pcm", *MAILINGS)
    assert result.is_complete
    assert "404" in result.entities[3].notes[0]


def test_equal_scans_are_counted_and_old_ones_not_read_again(
    home: Home, account: Account, vendor: Vendor
) -> None:
    scan = {"scanDate": "2026-09-25T10:00:00Z", "recipient": {"extRefNbr": "P-1"}}
    account.scans = [scan, scan, {**scan, "scanDate": "2026-09-26T10:00:00Z"}]
    home.pull("pcm", "qr_codes", "qr_scans")
    home.pull("pcm", "qr_codes", "qr_scans")
    assert len(vendor.called("/qr-code/301/tracking")) == 2  # two pages, once
    payloads = [json.loads(text) for text in home.rows("pcm.qr_scans", "payload")]
    assert len(payloads) == 3
    assert {item["qrCodeId"] for item in payloads} == {301}
    account.scans.append({**scan, "scanDate": "2026-09-27T10:00:00Z"})
    assert home.pull("pcm", "qr_codes", "qr_scans").entities[1].landed_count == 1


def test_bare_answers_are_read_as_records(home: Home, account: Account) -> None:
    account.undeliverables = [{"batchID": 1, "orderID": 10, "extRefNbr": "P-2"}]
    home.pull("pcm", "balances", "undeliverables")
    assert home.rows("pcm.balances", "record_id, payload") == (
        [("balance", '{"moneyOnAccount": 12.5}')]
    )
    assert home.rows("pcm.undeliverables") == ["1:10:P-2"]


def test_a_login_serves_until_it_expires_and_a_wrong_key_is_said(
    home: Home, account: Account, vendor: Vendor
) -> None:
    home.pull("pcm", *MAILINGS)
    assert len(vendor.called("/auth/login")) == 1
    soon = (NOW + timedelta(seconds=61)).isoformat()
    vendor.on("/auth/login", Reply({"token": "pcm-token-2", "expires": soon}))
    home.options["pcm.requests_per_second"] = "1"  # a second passes with each call
    home.pull("pcm", *MAILINGS, now=NOW + timedelta(hours=40))
    assert len(vendor.called("/auth/login")) > 2
    for status in (401, 404):
        vendor.on("/auth/login", Reply({"error": {"code": status}}, status))
        refused = home.pull("pcm", "balances")
        assert refused.error is not None
        assert refused.error.exit_code == 3
