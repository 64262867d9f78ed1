"""ServiceTitan: feeds to their end, cursors, deletions, merges, tokens, lists that move."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.ingestion.conftest import Home, Reply, Request, Vendor

JOBS = "/jpm/v2/tenant/77/export/jobs"
CAMPAIGNS = "/marketing/v2/tenant/77/campaigns"
CREDITS = "/accounting/v2/tenant/77/credit-memos"

Page = tuple[list[Any], str, bool]


def job(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "modifiedOn": "2026-09-30T10:00:00Z", "active": True, **more}


def feed(pages: dict[str | None, Page]) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        rows, following, has_more = pages[request.query.get("from")]
        return Reply({"hasMore": has_more, "continueFrom": following, "data": rows})

    return answer


def whole(rows: list[dict[str, Any]], total: int | None = None) -> Reply:
    return Reply({"hasMore": False, "totalCount": total or len(rows), "data": rows})


def test_a_feed_is_walked_to_its_end_and_goes_on_from_there(home: Home, vendor: Vendor) -> None:
    pages: dict[str | None, Page] = {
        None: ([job(1), job(2)], "a", True),
        "a": ([job(3)], "b", True),
        "b": ([], "c", False),
        "c": ([job(2, jobStatus="Completed")], "d", False),
        "d": ([], "d", False),
    }
    vendor.on(JOBS, feed(pages))
    first = home.land("servicetitan", "jobs")
    assert first.is_complete
    assert home.rows("servicetitan.jobs") == ["1", "2", "3"]

    second = home.land("servicetitan", "jobs")
    assert second.entities[0].landed_count == 1
    assert home.rows("servicetitan.jobs") == ["1", "2", "3", "2"]

    third = home.land("servicetitan", "jobs")
    assert third.is_complete
    assert third.landed_count == 0
    asked = [request.query.get("from") for request in vendor.called(JOBS)]
    assert asked == [None, "a", "b", "c", "d"]


def test_inactive_is_deleted_for_jobs_and_merged_lives_on_for_customers(
    home: Home, vendor: Vendor
) -> None:
    customers = "/crm/v2/tenant/77/export/customers"
    vendor.on(JOBS, feed({None: ([job(1), job(2, active=False)], "a", False)}))
    merged = {"id": 5, "active": False, "mergedToId": 6, "modifiedOn": "2026-09-30T10:00:00Z"}
    vendor.on(customers, feed({None: ([merged], "a", False)}))
    home.pull("servicetitan", "jobs", "customers")
    assert home.rows("servicetitan.jobs", "record_id, is_deleted") == [("1", False), ("2", True)]
    assert home.rows("servicetitan.customers", "is_deleted, payload::json ->> 'mergedToId'") == [
        (False, "6")
    ]


def test_a_token_that_expires_between_pages_is_renewed_once(home: Home, vendor: Vendor) -> None:
    refused = iter([False, False, True, False, False])
    pages = feed({None: ([job(1)], "a", True), "a": ([job(2)], "b", True), "b": ([], "c", False)})

    def guarded(request: Request) -> Reply:
        return Reply({"title": "expired"}, status=401) if next(refused, False) else pages(request)

    vendor.on(JOBS, guarded)
    result = home.pull("servicetitan", "jobs")
    assert result.is_complete
    assert home.rows("servicetitan.jobs") == ["1", "2"]
    assert len(vendor.called("/token")) == 2
    form = vendor.called("/token")[0]
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    attempts = home.query(
        "select logical_call_id, attempt, status_code from raw_matchback.api_calls "
        "where endpoint like '%/export/jobs' order by called_at, attempt"
    )
    assert [(row[1], row[2]) for row in attempts] == [(1, 200), (1, 200), (1, 401), (2, 200)]
    assert attempts[2][0] == attempts[3][0]


def test_a_feed_that_breaks_lands_its_pages_and_resumes_after_them(
    home: Home, vendor: Vendor
) -> None:
    is_down = True
    pages = feed({None: ([job(1)], "a", True), "a": ([job(2)], "b", False)})

    def answer(request: Request) -> Reply:
        if request.query.get("from") == "a" and is_down:
            return Reply({"title": "down"}, status=503)
        return pages(request)

    vendor.on(JOBS, answer)
    vendor.on(CAMPAIGNS, whole([{"id": 9}]))
    broken = home.land("servicetitan", "campaigns", "jobs")
    assert not broken.is_complete
    assert "503" in str(broken.error)
    assert home.rows("servicetitan.jobs") == ["1"]
    assert home.rows("servicetitan.campaigns") == ["9"]
    assert home.query("select entity, is_complete from raw_matchback.source_runs order by 1") == [
        ("campaigns", True),
        ("jobs", False),
    ]

    is_down = False
    healed = home.land("servicetitan", "campaigns", "jobs")
    assert healed.is_complete
    assert home.rows("servicetitan.jobs") == ["1", "2"]
    assert len([r for r in vendor.called(JOBS) if "from" not in r.query]) == 1


def test_a_feed_that_gives_its_token_again_is_stopped(home: Home, vendor: Vendor) -> None:
    vendor.on(JOBS, feed({None: ([job(1)], "a", True), "a": ([job(2)], "a", True)}))
    result = home.pull("servicetitan", "jobs")
    assert not result.is_complete
    assert "same continuation token" in str(result.error)
    assert home.rows("servicetitan.jobs") == ["1", "2"]


def test_a_refused_token_starts_the_feed_anew_and_doubles_nothing(
    home: Home, vendor: Vendor
) -> None:
    pages = feed({None: ([job(1), job(2)], "a", False)})
    vendor.on(
        JOBS, lambda request: pages(request) if "from" not in request.query else Reply({}, 400)
    )
    home.pull("servicetitan", "jobs")
    again = home.pull("servicetitan", "jobs")
    assert again.is_complete
    assert again.entities[0].unchanged_count == 2
    assert home.rows("servicetitan.jobs") == ["1", "2"]


def test_what_leaves_a_whole_list_gets_a_tombstone_and_can_come_back(
    home: Home, vendor: Vendor
) -> None:
    spring, fall = {"id": 1, "name": "SPRING26"}, {"id": 2, "name": "FALL26", "active": False}
    lists = [whole([spring, fall]), whole([spring]), whole([spring, fall])]
    vendor.on(CAMPAIGNS, lists)
    home.pull("servicetitan", "campaigns")
    gone = home.pull("servicetitan", "campaigns")
    assert gone.entities[0].tombstone_count == 1
    back = home.pull("servicetitan", "campaigns")
    assert back.entities[0].landed_count == 1
    rows = home.rows("servicetitan.campaigns", "record_id, is_deleted, payload")
    assert [(row[0], row[1]) for row in rows] == (
        [("1", False), ("2", False), ("2", True), ("2", False)]
    )
    assert json.loads(rows[2][2]) == fall


def test_a_list_that_shrinks_by_half_marks_nothing_deleted(home: Home, vendor: Vendor) -> None:
    rows = [{"id": number} for number in range(60)]
    vendor.on(CAMPAIGNS, [whole(rows), whole(rows[:10])])
    home.pull("servicetitan", "campaigns")
    shrunk = home.pull("servicetitan", "campaigns")
    assert not shrunk.is_complete
    assert shrunk.entities[0].tombstone_count == 0
    assert home.query("select count(*) from raw_servicetitan.campaigns where is_deleted") == [(0,)]


def test_a_list_that_moves_while_it_is_read_is_read_again(home: Home, vendor: Vendor) -> None:
    """Row 1 is deleted between the pages: row 3 slips past the border, the count tells."""
    first = Reply({"hasMore": True, "totalCount": 4, "data": [{"id": 1}, {"id": 2}]})
    moved = Reply({"hasMore": False, "totalCount": 3, "data": [{"id": 4}]})
    vendor.on(CAMPAIGNS, [first, moved, whole([{"id": 2}, {"id": 3}, {"id": 4}])])
    result = home.pull("servicetitan", "campaigns")
    assert result.is_complete
    assert result.entities[0].vendor_total_count == 3
    live = "record_id from raw_servicetitan.campaigns where not is_deleted"
    assert {row[0] for row in home.query(f"select distinct {live}")} == {"1", "2", "3", "4"}


def test_a_list_by_change_pages_by_date_so_that_a_moving_row_hides_no_other(
    home: Home, vendor: Vendor
) -> None:
    rows = [
        {"id": number, "active": True, "modifiedOn": f"2026-09-30T10:00:{number:02d}Z"}
        for number in range(1, 6)
    ]
    asked: list[str | None] = []

    def answer(request: Request) -> Reply:
        since = request.query.get("modifiedOnOrAfter")
        asked.append(since)
        if len(asked) == 2:  # row 2 changes while we read: it moves to the end
            rows.append({**rows.pop(1), "modifiedOn": "2026-09-30T11:00:00Z"})
        later = [row for row in rows if since is None or row["modifiedOn"] >= since[:19]]
        size, page = 2, int(request.query["page"])
        some = later[(page - 1) * size : page * size]
        return Reply({"hasMore": len(later) > page * size, "totalCount": 5, "data": some})

    vendor.on(CREDITS, answer)
    result = home.pull("servicetitan", "credit_memos")
    assert result.is_complete
    assert set(home.rows("servicetitan.credit_memos")) == {"1", "2", "3", "4", "5"}

    home.pull("servicetitan", "credit_memos")
    assert asked[-1] is None or "2026-09-30T10:50:00" in (asked[len(asked) - 1] or "")


def test_several_accounts_keep_their_rows_and_cursors_apart(home: Home, vendor: Vendor) -> None:
    vendor.on(JOBS, feed({None: ([job(1)], "a", False), "a": ([], "a", False)}))
    vendor.on(JOBS.replace("77", "88"), feed({None: ([job(1)], "z", False)}))
    home.extra_toml = '[sources.servicetitan.accounts.second]\ntenant = "88"\n'
    for name in ("CLIENT_ID", "CLIENT_SECRET", "APP_KEY"):
        value = home.environment.pop(f"SOURCES__SERVICETITAN__{name}")
        home.environment[f"SOURCES__SERVICETITAN__MAIN__{name}"] = value
        home.environment[f"SOURCES__SERVICETITAN__SECOND__{name}"] = value
    assert home.land("servicetitan", "jobs").is_complete
    assert home.land("servicetitan", "jobs", account="second").is_complete
    assert home.land("servicetitan", "jobs").landed_count == 0
    assert home.rows("servicetitan.jobs", "account, record_id") == [("main", "1"), ("second", "1")]


def test_a_missing_secret_fails_that_account_alone_and_names_the_variable(home: Home) -> None:
    del home.environment["SOURCES__SERVICETITAN__APP_KEY"]
    result = home.land("servicetitan", "jobs")
    assert not result.is_complete
    assert "SOURCES__SERVICETITAN__MAIN__APP_KEY" in str(result.error)
    assert home.query("select is_complete, error like '%APP_KEY%' from raw_matchback.source_runs")
