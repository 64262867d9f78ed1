"""Each stand-in behaves as its vendor: login, paging, filters, caps, deletions, encodings."""

from __future__ import annotations

import re
import time

import pytest

from ingestion.sandbox import Sandbox
from ingestion.sandbox.vendors import quickbooks
from tests.ingestion.sandbox.conftest import Vendors

# ---------------------------------------------------------------- ServiceTitan


def test_servicetitan_wants_a_form_and_the_right_secret(small):
    url = small.sandbox.base_urls["servicetitan"] + "/connect/token"
    good = {
        "grant_type": "client_credentials",
        "client_id": "cid.north",
        "client_secret": "cs.north",
    }
    assert small.client.post(url, data=good).json()["expires_in"] == 900
    assert small.client.post(url, json=good).status_code == 400
    assert small.client.post(url, data={**good, "client_secret": "no"}).status_code == 400


def test_servicetitan_refuses_without_app_key_and_across_tenants(small):
    url = small.sandbox.base_urls["servicetitan"]
    small.servicetitan("jpm/v2 job-types")
    headers = {"Authorization": f"Bearer {small._tokens['north']}"}
    path = url + "/jpm/v2/tenant/1001/job-types"
    answer = small.client.get(path, headers=headers)
    assert answer.status_code == 401
    assert set(answer.json()) == {"type", "title", "status", "traceId", "errors", "data"}
    headers["ST-App-Key"] = "ak1.sandbox"
    assert small.client.get(path, headers=headers).status_code == 200
    assert small.client.get(path.replace("1001", "1002"), headers=headers).status_code == 403
    assert small.client.get(path.replace("/tenant/1001", ""), headers=headers).status_code == 404


def test_servicetitan_lists_page_to_the_end_without_loss(small):
    seen, page = [], 1
    while True:
        answer = small.servicetitan(
            "jpm/v2 jobs", page=page, pageSize=500, sort="+ModifiedOn", includeTotal="true"
        ).json()
        seen += [row["id"] for row in answer["data"]]
        if not answer["hasMore"]:
            break
        page += 1
    assert page >= 3
    assert len(seen) == len(set(seen)) == answer["totalCount"]
    assert small.servicetitan("jpm/v2 jobs").json()["totalCount"] is None
    assert len(small.servicetitan("jpm/v2 jobs").json()["data"]) == 50
    assert small.servicetitan("jpm/v2 jobs", pageSize=5_001).status_code == 400


def test_servicetitan_export_continues_where_it_stopped(tiny_world):
    with Sandbox(tiny_world, options={"export_rows": 40}).start() as sandbox:
        vendors = Vendors(sandbox)
        rows = vendors.export("jpm/v2 export/jobs")
        assert len(rows) == len({row["id"] for row in rows}) > 40
        moments = [row["modifiedOn"] for row in rows]
        assert moments == sorted(moments)
        last = vendors.servicetitan("jpm/v2 export/jobs", **{"from": "2030-01-01"}).json()
        assert last["data"] == []
        assert last["hasMore"] is False
        assert vendors.servicetitan("jpm/v2 export/jobs", **{"from": "no token"}).status_code == 400


def test_servicetitan_export_waits_a_few_minutes_unless_recent_changes_are_wanted(tiny):
    next_job = tiny.sandbox.store.rows(
        "select min(created_at) from base.jobs where created_at > serve.now() + interval 1 hour"
    )[0][0]
    ahead = next_job - tiny.sandbox.now.replace(tzinfo=None)
    tiny.sandbox.advance((ahead.total_seconds() + 60) / 3_600)
    calm = {row["id"] for row in tiny.export("jpm/v2 export/jobs", account(tiny, next_job))}
    params = {"includeRecentChanges": "true"}
    answer = tiny.servicetitan("jpm/v2 export/jobs", account(tiny, next_job), **params).json()
    fresh = {row["id"] for row in answer["data"]} - calm
    assert fresh
    params["from"] = answer["continueFrom"]
    again = tiny.servicetitan("jpm/v2 export/jobs", account(tiny, next_job), **params).json()
    assert fresh <= {row["id"] for row in again["data"]}


def account(vendors, created_at):
    sql = "select account from base.jobs where created_at = ?"
    return vendors.sandbox.store.rows(sql, [created_at])[0][0]


def test_servicetitan_hides_voided_invoices_unless_all_are_asked(small):
    params = {"pageSize": 5_000}
    shown = small.servicetitan("accounting/v2 invoices", **params).json()["data"]
    every = small.servicetitan("accounting/v2 invoices", activeState="All", **params).json()["data"]
    assert all(row["active"] for row in shown)
    assert len(every) > len(shown)
    exported = small.export("accounting/v2 export/invoices")
    assert len(exported) == len(every)


def test_servicetitan_money_is_text_on_invoices_and_numbers_on_jobs(small):
    invoice = small.servicetitan("accounting/v2 invoices").json()["data"][0]
    assert re.fullmatch(r"-?\d+\.\d\d", invoice["total"])
    assert all(re.fullmatch(r"-?\d+\.\d\d", item["total"]) for item in invoice["items"])
    totals = [job["total"] for job in small.export("jpm/v2 export/jobs") if job["total"]]
    assert all(isinstance(total, int | float) for total in totals)


def test_servicetitan_invoice_lines_make_the_subtotal(small):
    for row in small.export("accounting/v2 export/invoices"):
        lines = sum(round(float(item["total"]) * 100) for item in row["items"])
        assert lines == round(float(row["subTotal"]) * 100)


def test_servicetitan_merged_customers_point_at_a_living_one_in_the_end(small):
    rows = {row["id"]: row for row in small.export("crm/v2 export/customers")}
    merged = [row for row in rows.values() if row["mergedToId"]]
    assert merged
    assert all(not row["active"] for row in merged)
    for row in merged:
        steps = 0
        while row["mergedToId"]:
            row, steps = rows[row["mergedToId"]], steps + 1
            assert steps < 5
        assert row["active"]


def test_servicetitan_jobs_carry_codes_and_campaigns(small):
    jobs = small.export("jpm/v2 export/jobs")
    coded = [job for job in jobs if job["customFields"]]
    assert coded
    assert all(job["customFields"][0]["name"] == "Postcard Code" for job in coded)
    names = {
        row["id"]: row
        for row in small.servicetitan("marketing/v2 campaigns", pageSize=99).json()["data"]
    }
    assert {job["campaignId"] for job in jobs} <= set(names)
    assert all(row["campaignPhoneNumbers"] for row in names.values())


# --------------------------------------------------------------------- HubSpot


def test_hubspot_refuses_a_wrong_token(small):
    url = small.sandbox.base_urls["hubspot"] + "/crm/v3/objects/contacts"
    answer = small.client.get(url, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"


@pytest.mark.parametrize("path", ["/crm/v3/objects", "/crm/objects/2026-09"])
def test_hubspot_lists_page_to_the_end(small, path):
    seen, after = [], None
    while True:
        params = {"limit": 100, **({"after": after} if after else {})}
        answer = small.hubspot("GET", f"{path}/contacts", params=params).json()
        seen += [row["id"] for row in answer["results"]]
        if "paging" not in answer:
            break
        after = answer["paging"]["next"]["after"]
    assert len(seen) == len(set(seen)) > 1_500


def test_hubspot_gives_default_properties_unless_asked(small):
    answer = small.hubspot("GET", "/crm/v3/objects/contacts", params={"limit": 1}).json()
    assert "phone" not in answer["results"][0]["properties"]
    asked = small.hubspot(
        "GET", "/crm/v3/objects/contacts", params={"limit": 1, "properties": "phone,nonsense"}
    ).json()
    held = asked["results"][0]["properties"]
    assert "phone" in held
    assert held["nonsense"] is None
    assert all(value is None or isinstance(value, str) for value in held.values())


def search(small, object_type, **body):
    return small.hubspot("POST", f"/crm/v3/objects/{object_type}/search", json=body)


def test_hubspot_search_is_capped_at_ten_thousand(small):
    assert search(small, "contacts", limit=200, after="9800").status_code == 200
    answer = search(small, "contacts", limit=200, after="9801")
    assert answer.status_code == 400
    assert search(small, "contacts", limit=201).status_code == 400


def test_hubspot_search_by_keyset_finds_everything(small):
    total = search(small, "deals", limit=1).json()["total"]
    seen: set[str] = set()
    since = "0"
    while True:
        filters = [{"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": since}]
        rows = search(
            small,
            "deals",
            limit=200,
            filterGroups=[{"filters": filters}],
            sorts=[{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}],
        ).json()["results"]
        new = {row["id"] for row in rows} - seen
        if not new:
            break
        seen |= new
        since = rows[-1]["updatedAt"]
    assert len(seen) == total


def test_hubspot_search_filters_by_any_property(small):
    filters = [{"propertyName": "dealstage", "operator": "EQ", "value": "closedwon"}]
    answer = search(
        small, "deals", limit=50, filterGroups=[{"filters": filters}], properties=["dealstage"]
    ).json()
    assert answer["total"] > 100
    assert {row["properties"]["dealstage"] for row in answer["results"]} == {"closedwon"}


def test_hubspot_archived_records_are_in_their_own_list_with_an_old_change_date(small):
    path = "/crm/v3/objects/contacts"
    gone = small.hubspot("GET", path, params={"limit": 100, "archived": "true"}).json()["results"]
    assert gone
    assert all(row["archived"] and row["archivedAt"] >= row["updatedAt"] for row in gone)
    assert small.hubspot("GET", f"{path}/{gone[0]['id']}").status_code == 404


def test_hubspot_merged_contacts_answer_under_both_ids(small):
    filters = [{"propertyName": "hs_merged_object_ids", "operator": "HAS_PROPERTY"}]
    rows = search(
        small,
        "contacts",
        filterGroups=[{"filters": filters}],
        properties=["hs_merged_object_ids"],
    ).json()["results"]
    assert rows
    loser = rows[0]["properties"]["hs_merged_object_ids"].split(";")[0]
    answer = small.hubspot("GET", f"/crm/v3/objects/contacts/{loser}").json()
    assert answer["id"] == rows[0]["id"]


def test_hubspot_associations_are_read_in_batches(small):
    deals = small.hubspot("GET", "/crm/v3/objects/deals", params={"limit": 50}).json()["results"]
    body = {"inputs": [{"id": deal["id"]} for deal in deals]}
    path = "/crm/v4/associations/deals/contacts/batch/read"
    answer = small.hubspot("POST", path, json=body).json()
    assert answer["status"] == "COMPLETE"
    assert len(answer["results"]) == 50
    assert all(row["to"][0]["toObjectId"] for row in answer["results"])
    inline = small.hubspot(
        "GET", "/crm/v3/objects/deals", params={"limit": 1, "associations": "contacts"}
    ).json()
    assert inline["results"][0]["associations"]["contacts"]["results"]


def test_hubspot_search_sees_changes_late(tiny):
    tiny.sandbox.options["search_lag_seconds"] = 3_600 * 24 * 20
    late = search(tiny, "deals").json()["total"]
    tiny.sandbox.options["search_lag_seconds"] = 0
    assert search(tiny, "deals").json()["total"] > late


# ------------------------------------------------------------------ QuickBooks


def test_quickbooks_refresh_tokens_rotate_and_old_ones_die(tiny):
    first = tiny.renew(quickbooks.FIRST_REFRESH_TOKEN).json()["refresh_token"]
    second = tiny.renew(first).json()["refresh_token"]
    assert len({first, second, quickbooks.FIRST_REFRESH_TOKEN}) == 3
    answer = tiny.renew(first)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_quickbooks_pages_by_start_position(small):
    total = small.query("SELECT COUNT(*) FROM Invoice")["totalCount"]
    seen, start = [], 1
    while True:
        order = "ORDERBY MetaData.LastUpdatedTime"
        text = f"SELECT * FROM Invoice {order} STARTPOSITION {start} MAXRESULTS 1000"
        answer = small.query(text)
        if not answer:
            break
        assert answer["maxResults"] == len(answer["Invoice"]) <= 1_000
        seen += [row["Id"] for row in answer["Invoice"]]
        start += 1_000
    assert len(seen) == len(set(seen)) == total
    assert len(small.query("SELECT * FROM Invoice")["Invoice"]) == 100


def test_quickbooks_filters_by_update_time_with_offset(small):
    since = "MetaData.LastUpdatedTime >= '2026-10-01T00:00:00-07:00'"
    text = f"SELECT * FROM Payment WHERE {since} MAXRESULTS 1000"
    times = [row["MetaData"]["LastUpdatedTime"] for row in small.query(text)["Payment"]]
    assert times
    assert all(moment >= "2026-10-01T00:00:00-07:00" for moment in times)
    assert all(re.search(r"-0[78]:00$", moment) for moment in times)


def test_quickbooks_hides_inactive_names_unless_asked(small):
    shown = small.query("SELECT COUNT(*) FROM Customer")["totalCount"]
    every = small.query("SELECT COUNT(*) FROM Customer WHERE Active IN (true, false)")["totalCount"]
    assert every > shown


def test_quickbooks_faults_on_what_its_language_lacks(small):
    for text in (
        "SELECT * FROM Nothing",
        "DELETE FROM Invoice",
        "SELECT * FROM Invoice WHERE Id = '1' OR Id = '2'",
    ):
        answer = small.quickbooks("query", query=text)
        assert answer.status_code == 400
        assert answer.json()["Fault"]["Error"][0]["code"]


def test_quickbooks_voids_are_zeroed_and_deletions_only_in_the_change_feed(small):
    voided, start = [], 1
    while rows := small.query(f"SELECT * FROM Invoice STARTPOSITION {start} MAXRESULTS 1000").get(
        "Invoice"
    ):
        voided += [row for row in rows if row.get("PrivateNote") == "Voided"]
        start += 1_000
    assert voided
    for row in voided:
        assert row["TotalAmt"] == row["Balance"] == 0
        assert all(line["Amount"] == 0 for line in row["Line"])
    with_cdc = small.quickbooks("cdc", entities="Invoice", changedSince="2026-09-20T00:00:00Z")
    answer = with_cdc.json()["CDCResponse"][0]["QueryResponse"][0]["Invoice"]
    assert len(answer) <= 1_000
    gone = small.sandbox.store.rows(
        "select count(*) from base.book_invoices"
        " where deleted_at between '2026-09-20' and serve.now()"
    )[0][0]
    stubs = [row for row in answer if row.get("status") == "Deleted"]
    assert len(stubs) == gone
    assert all(set(row) == {"domain", "status", "Id", "MetaData"} for row in stubs)
    too_old = small.quickbooks("cdc", entities="Invoice", changedSince="2026-01-01T00:00:00Z")
    assert too_old.status_code == 400


def test_quickbooks_serves_both_address_shapes_and_lines_that_add_up(small):
    rows = small.query("SELECT * FROM Invoice MAXRESULTS 1000")["Invoice"]
    shapes = {"City" in row["BillAddr"] for row in rows}
    assert shapes == {True, False}
    for row in rows:
        sums = {"SalesItemLineDetail": 0, "DiscountLineDetail": 0, "SubTotalLineDetail": 0}
        for line in row["Line"]:
            sums[line["DetailType"]] += round(line["Amount"] * 100)
        assert sums["SalesItemLineDetail"] == sums["SubTotalLineDetail"]
        net = sums["SalesItemLineDetail"] - sums["DiscountLineDetail"]
        assert net + round(row["TxnTaxDetail"]["TotalTax"] * 100) == round(row["TotalAmt"] * 100)


def test_quickbooks_payments_link_their_invoices(small):
    rows = small.query("SELECT * FROM Payment MAXRESULTS 1000")["Payment"]
    kinds = {link["TxnType"] for row in rows for line in row["Line"] for link in line["LinkedTxn"]}
    assert "Invoice" in kinds
    assert all(
        "LinkedTxn" not in row
        for row in small.query("SELECT * FROM RefundReceipt")["RefundReceipt"]
    )


def test_quickbooks_names_its_company(small):
    answer = small.quickbooks(f"companyinfo/{quickbooks.REALM_ID}").json()
    assert answer["CompanyInfo"]["CompanyName"]


# ------------------------------------------------------------------------- PCM


def test_pcm_pages_to_the_end(small):
    order = small.pcm("/order", perPage=100).json()["results"][-1]["orderID"]
    seen, page = [], 1
    while True:
        answer = small.pcm(f"/order/{order}/recipients", page=page, perPage=100).json()
        seen += [row["extRefNbr"] for row in answer["results"]]
        if answer["pagination"]["nextPage"] is None:
            break
        page += 1
    assert len(seen) == len(set(seen)) == answer["pagination"]["totalResults"]
    assert len(small.pcm("/order").json()["results"]) <= 10


def test_pcm_refuses_bad_keys_and_old_tokens(small):
    url = small.sandbox.base_urls["pcm"]
    wrong = small.client.post(f"{url}/auth/login", json={"apiKey": "a", "apiSecret": "b"})
    assert wrong.status_code == 401
    assert set(wrong.json()["error"]) == {"code", "message", "data"}
    assert small.client.get(f"{url}/order").status_code == 401


def test_pcm_pieces_carry_code_and_what_the_post_did(small):
    order = next(
        row
        for row in small.pcm("/order", perPage=50).json()["results"]
        if row["extRefNbr"].endswith("TUNEUP-W1")
    )
    path = f"/order/{order['orderID']}"
    pieces = small.pcm(f"{path}/recipients", perPage=1_000).json()["results"]
    codes = {row["variables"][0]["value"] for row in pieces}
    assert len(codes) == len(pieces)
    assert all("status" not in row for row in pieces)
    tracked = small.pcm(f"{path}/mail-tracking", perPage=1_000).json()["results"]
    assert {"en route", "delivered", "returned"} <= {row["status"] for row in tracked}
    failed = small.pcm("/recipient/undeliverable", batchID=order["batchID"]).json()
    assert {row["extRefNbr"] for row in failed} == {
        row["extRefNbr"] for row in pieces if row["undeliverable"]
    }


# -------------------------------------------------------------------- limits


def test_rate_limits_answer_429_with_and_without_retry_after(tiny_world):
    limits = {"servicetitan": (5, 60.0), "hubspot": (5, 60.0)}
    with Sandbox(tiny_world, rate_limits=limits, retry_after=7).start() as sandbox:
        vendors = Vendors(sandbox)
        answers = [vendors.servicetitan("jpm/v2 job-types") for _ in range(7)]
        assert [answer.status_code for answer in answers].count(429) == 2
        assert answers[-1].headers["retry-after"] == "7"
        answers = [vendors.hubspot("GET", "/crm/v3/owners") for _ in range(7)]
        assert answers[-1].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    with Sandbox(tiny_world, rate_limits=limits).start() as sandbox:
        vendors = Vendors(sandbox)
        answers = [vendors.servicetitan("jpm/v2 job-types") for _ in range(6)]
        assert "retry-after" not in answers[-1].headers


def test_short_lived_tokens_expire(tiny_world):
    with Sandbox(tiny_world, token_seconds=0.3).start() as sandbox:
        vendors = Vendors(sandbox)
        assert vendors.servicetitan("jpm/v2 job-types").status_code == 200
        time.sleep(0.35)
        assert vendors.servicetitan("jpm/v2 job-types").status_code == 401
        vendors.log_in_again()
        assert vendors.servicetitan("jpm/v2 job-types").status_code == 200


def test_a_page_of_five_thousand_rows_is_quick(small):
    small.servicetitan("jpm/v2 jobs", pageSize=5_000)
    started = time.perf_counter()
    small.servicetitan("jpm/v2 jobs", pageSize=5_000)
    assert time.perf_counter() - started < 3
