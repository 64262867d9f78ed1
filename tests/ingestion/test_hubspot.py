"""HubSpot: the search cap, moving rows, archived, restored and merged records, links."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingestion.versions import EntityVersions
from tests.ingestion.conftest import NOW, Home, Reply, Request, Vendor

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ms(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds() * 1000)


@dataclass
class Portal:
    """A portal with HubSpot's own limits: offset paging, 10,000 results (here fewer), a bin."""

    cap: int = 10_000
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    archived: dict[str, datetime] = field(default_factory=dict)
    links: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    searches: list[dict[str, Any]] = field(default_factory=list)
    batches: list[list[str]] = field(default_factory=list)

    def put(self, record_id: str, moment: datetime, **properties: str) -> None:
        self.records[record_id] = {
            "id": record_id,
            "properties": {
                "lastmodifieddate": moment.isoformat().replace("+00:00", "Z"),
                "hs_object_id": record_id,
                **properties,
            },
            "archived": False,
        }

    def live(self) -> list[dict[str, Any]]:
        return [item for key, item in self.records.items() if key not in self.archived]

    def search(self, request: Request) -> Reply:
        body = request.json
        self.searches.append(body)
        offset = int(body.get("after") or 0)
        if offset + body["limit"] > self.cap:
            return Reply({"status": "error", "message": "10000 results"}, 400)
        rows = self.live()
        for group in body["filterGroups"]:
            for rule in group["filters"]:
                rows = [row for row in rows if self._fits(row, rule)]
        sort = body["sorts"][0]["propertyName"]
        rows.sort(key=lambda row: self._value(row, sort))
        some = rows[offset : offset + body["limit"]]
        answer: dict[str, Any] = {"total": len(rows), "results": some}
        if offset + body["limit"] < len(rows):
            answer["paging"] = {"next": {"after": str(offset + body["limit"])}}
        return Reply(answer)

    @staticmethod
    def _value(row: dict[str, Any], name: str) -> int:
        value = row["properties"][name]
        return int(value) if name == "hs_object_id" else ms(datetime.fromisoformat(value))

    def _fits(self, row: dict[str, Any], rule: dict[str, str]) -> bool:
        value, bound = self._value(row, rule["propertyName"]), int(rule["value"])
        return {"GTE": value >= bound, "EQ": value == bound, "GT": value > bound}[rule["operator"]]

    def listed(self, request: Request) -> Reply:
        assert request.query["archived"] == "true"
        return Reply(
            {
                "results": [
                    {"id": key, "archived": True, "archivedAt": moment.isoformat()}
                    for key, moment in self.archived.items()
                ]
            }
        )

    def read(self, request: Request) -> Reply:
        ids = [item["id"] for item in request.json["inputs"]]
        self.batches.append(ids)
        found = [
            self.records[key] for key in ids if key in self.records and key not in self.archived
        ]
        return Reply({"status": "COMPLETE", "results": found})

    def associations(self, request: Request) -> Reply:
        from_type, to_type = request.path.split("/")[4:6]
        results: list[dict[str, Any]] = []
        for item in request.json["inputs"]:
            found = self.links.get((from_type, item["id"], to_type), [])
            begin = int(item.get("after") or 0)
            result: dict[str, Any] = {
                "from": {"id": item["id"]},
                "to": [
                    {"toObjectId": int(key), "associationTypes": [{"typeId": 1}]}
                    for key in found[begin : begin + 2]
                ],
            }
            if begin + 2 < len(found):
                result["paging"] = {"next": {"after": str(begin + 2)}}
            results.append(result)
        return Reply({"status": "COMPLETE", "results": results})


@pytest.fixture
def portal(vendor: Vendor, home: Home) -> Portal:
    made = Portal()
    vendor.on("/crm/v3/objects/contacts", made.listed)
    vendor.on("/crm/v3/objects/contacts/search", made.search)
    vendor.on("/crm/v3/objects/contacts/batch/read", made.read)
    vendor.on("/crm/v4/associations", made.associations)
    vendor.on("/crm/v3/properties", Reply({"results": [{"name": "custom_code"}]}))
    return made


def live_contacts(home: Home) -> list[str]:
    rows = home.query(
        """
        select record_id
        from raw_hubspot.contacts
        qualify row_number() over (
            partition by record_id
            order by coalesce(modified_at, _loaded_at) desc, _loaded_at desc, _position desc
        ) = 1 and not is_deleted
        order by record_id
        """
    )
    return [row[0] for row in rows]


def test_more_records_than_a_search_gives_are_all_read(home: Home, portal: Portal) -> None:
    """Cap 40, page 10: 60 records of distinct dates and 70 of one millisecond."""
    home.options |= {"hubspot.search_page_size": "10", "hubspot.search_limit": "40"}
    portal.cap = 40
    for number in range(60):
        portal.put(str(100 + number), NOW - timedelta(days=5, seconds=-number))
    for number in range(70):
        portal.put(str(500 + number), NOW - timedelta(days=4))
    result = home.pull("hubspot", "contacts")
    assert result.is_complete, result.error
    assert len(live_contacts(home)) == 130
    assert result.entities[0].vendor_total_count == 130
    assert home.query("select count(*) from raw_hubspot.contacts") == [(130,)]


def test_the_next_run_asks_from_fifteen_minutes_before_and_for_all_properties(
    home: Home, portal: Portal
) -> None:
    portal.put("1", NOW - timedelta(hours=2))
    home.pull("hubspot", "contacts")
    portal.put("2", NOW - timedelta(hours=2, minutes=14))  # visible late, older than the cursor
    again = home.pull("hubspot", "contacts")
    assert again.entities[0].landed_count == 1
    assert live_contacts(home) == ["1", "2"]
    last = portal.searches[-1]
    assert last["filterGroups"][0]["filters"][0]["value"] == str(
        ms(NOW - timedelta(hours=2, minutes=15))
    )
    assert {"custom_code", "firstname"} <= set(last["properties"])


def test_archived_gets_a_tombstone_with_the_last_payload_and_restored_lives_again(
    home: Home, portal: Portal
) -> None:
    portal.put("1", NOW - timedelta(hours=2), firstname="Ann")
    portal.put("2", NOW - timedelta(hours=2))
    home.pull("hubspot", "contacts")
    portal.archived["1"] = NOW
    gone = home.pull("hubspot", "contacts")
    assert gone.entities[0].tombstone_count == 1
    assert live_contacts(home) == ["2"]
    assert home.query(
        "select payload ->> '$.properties.firstname' from raw_hubspot.contacts where is_deleted"
    ) == [("Ann",)]

    assert home.pull("hubspot", "contacts").landed_count == 0
    del portal.archived["1"]  # restored: its modified date is older than its tombstone
    assert home.pull("hubspot", "contacts").landed_count == 1
    assert live_contacts(home) == ["1", "2"]
    assert home.pull("hubspot", "contacts").landed_count == 0


def test_the_loser_of_a_merge_ends_and_the_winner_names_it(home: Home, portal: Portal) -> None:
    portal.put("1", NOW - timedelta(hours=2))
    portal.put("2", NOW - timedelta(hours=2))
    home.pull("hubspot", "contacts")
    del portal.records["2"]
    portal.put("1", NOW + timedelta(minutes=30), hs_merged_object_ids="2")
    home.pull("hubspot", "contacts")
    assert live_contacts(home) == ["1"]
    assert home.query(
        "select payload ->> '$.properties.hs_merged_object_ids' "
        "from raw_hubspot.contacts order by _loaded_at desc, _position limit 1"
    ) == [("2",)]


def test_a_purged_record_is_found_by_the_sweep_and_asked_for_before_it_is_buried(
    home: Home, portal: Portal
) -> None:
    for key in ("1", "2", "3"):
        portal.put(key, NOW - timedelta(hours=2))
    home.pull("hubspot", "contacts")
    del portal.records["2"]
    assert home.pull("hubspot", "contacts").entities[0].tombstone_count == 0
    swept = home.pull("hubspot", "contacts", now=NOW + timedelta(hours=30))
    assert swept.entities[0].tombstone_count == 1
    assert live_contacts(home) == ["1", "3"]
    assert portal.batches[-1] == ["2"]


def test_links_are_paged_refreshed_and_end(home: Home, portal: Portal) -> None:
    portal.put("1", NOW - timedelta(hours=2))
    portal.links["contacts", "1", "companies"] = ["11", "12", "13", "14", "15"]
    home.pull("hubspot", "contacts", "associations")
    assert sorted(home.rows("hubspot.associations")) == (
        [f"contacts:1|companies:{number}" for number in (11, 12, 13, 14, 15)]
    )
    # A link changes, the contact does not: nothing until the daily refresh.
    portal.links["contacts", "1", "companies"] = ["11", "16"]
    later = NOW + timedelta(hours=30)
    refreshed = home.pull("hubspot", "contacts", "associations", now=later)
    assert refreshed.entities[1].landed_count == 1
    assert refreshed.entities[1].tombstone_count == 4
    payload = home.query(
        "select payload from raw_hubspot.associations where record_id like '%:16'"
    )[0][0]
    assert '"from_type":"contacts","from_id":"1","to_type":"companies","to_id":"16"' in payload


def test_known_links_are_looked_through_once_however_many_calls_ask(
    home: Home, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a call, the cost would grow with the square of the portal."""
    for number in range(1, 251):
        portal.put(str(number), NOW - timedelta(hours=2))
        portal.links["contacts", str(number), "companies"] = ["11"]
    looked: list[int] = []
    live_ids = EntityVersions.live_ids

    def counted(self: EntityVersions, **more: Any) -> list[str]:
        if more.get("parents"):
            looked.append(len(more["parents"]))
        return live_ids(self, **more)

    monkeypatch.setattr(EntityVersions, "live_ids", counted)
    home.pull("hubspot", "contacts", "associations")
    assert len(home.rows("hubspot.associations")) == 250
    assert max(looked) == 250
    portal.links.pop(("contacts", "7", "companies"))
    portal.links["contacts", "249", "companies"] = ["12"]
    later = home.pull("hubspot", "contacts", "associations", now=NOW + timedelta(hours=30))
    assert later.entities[1].tombstone_count == 2
    assert later.entities[1].landed_count == 1


def test_links_owed_by_a_run_that_broke_are_read_by_the_next(
    home: Home, portal: Portal, vendor: Vendor
) -> None:
    portal.put("1", NOW - timedelta(days=400))
    portal.links["contacts", "1", "companies"] = ["11"]
    vendor.on("/crm/v4/associations", Reply({}, 503))
    broken = home.pull("hubspot", "contacts", "associations")
    assert [item.is_complete for item in broken.entities] == [True, False]
    vendor.on("/crm/v4/associations", portal.associations)
    assert home.pull("hubspot", "contacts", "associations").is_complete
    assert home.rows("hubspot.associations") == ["contacts:1|companies:11"]


def test_owners_leave_when_they_are_not_listed_any_more(home: Home, vendor: Vendor) -> None:
    first = {"results": [{"id": "1"}], "paging": {"next": {"after": "2"}}}
    pages = [Reply(first), Reply({"results": [{"id": "2"}]}), Reply({"results": [{"id": "2"}]})]
    vendor.on("/crm/v3/owners", pages)
    home.pull("hubspot", "owners")
    home.pull("hubspot", "owners")
    assert home.rows("hubspot.owners", "record_id, is_deleted") == (
        [("1", False), ("2", False), ("1", True)]
    )
