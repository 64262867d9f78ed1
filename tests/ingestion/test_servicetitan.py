"""ServiceTitan: feeds to their end, cursors, deletions, merges, tokens, moving lists."""

from __future__ import annotations

from typing import Any

from tests.ingestion.conftest import Home, Reply, Request, Vendor

JOBS = "/jpm/v2/tenant/77/export/jobs"


def job(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "modifiedOn": "2026-09-30T10:00:00Z", "active": True, **more}


def feed(pages: dict[str | None, tuple[list[Any], str, bool]]) -> Any:
    def answer(request: Request) -> Reply:
        rows, following, has_more = pages[request.query.get("from")]
        return Reply({"hasMore": has_more, "continueFrom": following, "data": rows})

    return answer


def test_a_feed_is_walked_to_its_end_and_goes_on_from_there(home: Home, vendor: Vendor) -> None:
    vendor.on(
        JOBS,
        feed(
            {
                None: ([job(1), job(2)], "a", True),
                "a": ([job(3)], "b", True),
                "b": ([], "c", False),
                "c": ([job(2, jobStatus="Completed")], "d", False),
                "d": ([], "d", False),
            }
        ),
    )
    first = home.land("servicetitan", "jobs")
    assert first.is_complete
    assert first.error is None
    assert home.rows("servicetitan.jobs") == ["1", "2", "3"]

    second = home.land("servicetitan", "jobs")
    assert second.entities[0].landed_count == 1
    assert home.rows("servicetitan.jobs") == ["1", "2", "3", "2"]

    third = home.land("servicetitan", "jobs")
    assert third.is_complete
    assert third.landed_count == 0
    assert [request.query.get("from") for request in vendor.called(JOBS)] == (
        [None, "a", "b", "c", "d"]
    )
