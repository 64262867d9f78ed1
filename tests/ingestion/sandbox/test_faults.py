"""Every kind of planned fault really reaches a client, hits as often as planned, and then ends."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from ingestion.sandbox import Fault
from ingestion.sandbox.faults import DRIFTS, KINDS

JOBS = "jpm/v2 export/jobs"
PATTERN = "*/export/jobs"


def plan(vendors, kind, **more):
    vendors.servicetitan("jpm/v2 job-types")  # log in first
    vendors.sandbox.faults.set("servicetitan", PATTERN, Fault(kind, **more))


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="gzip_bomb"):
        Fault("nonsense")


@pytest.mark.parametrize("times", [1, 2])
def test_a_status_comes_as_often_as_planned(tiny, times):
    plan(tiny, "status", status=503, times=times)
    statuses = [tiny.servicetitan(JOBS).status_code for _ in range(4)]
    assert statuses == [503] * times + [200] * (4 - times)


def test_faults_can_start_later_and_last_for_ever(tiny):
    plan(tiny, "status", status=500, times=None, after=1)
    assert [tiny.servicetitan(JOBS).status_code for _ in range(3)] == [200, 500, 500]
    tiny.sandbox.faults.clear()
    assert tiny.servicetitan(JOBS).status_code == 200


@pytest.mark.parametrize("retry_after", ["1", "Wed, 14 Oct 2026 07:00:00 GMT", None, "3600"])
def test_too_many_requests_with_every_retry_after(tiny, retry_after):
    tiny.servicetitan("jpm/v2 job-types")
    tiny.sandbox.faults.set("servicetitan", PATTERN, Fault.too_many(retry_after))
    answer = tiny.servicetitan(JOBS)
    assert answer.status_code == 429
    assert answer.headers.get("retry-after") == retry_after


@pytest.mark.parametrize("kind", ["cut_declared", "cut_chunked"])
def test_cut_bodies_are_seen_as_broken_off(tiny, kind):
    plan(tiny, kind)
    with pytest.raises(httpx.RemoteProtocolError):
        tiny.servicetitan(JOBS)
    assert tiny.servicetitan(JOBS).json()["data"]


def test_a_silent_cut_is_half_a_document(tiny):
    plan(tiny, "cut_silent")
    answer = tiny.servicetitan(JOBS)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("body", ["", "null", "<html>Sorry</html>", "\ufeff{}", '{"data":[NaN]}'])
def test_nonsense_with_status_200(tiny, body):
    plan(tiny, "body", body=body)
    answer = tiny.servicetitan(JOBS)
    assert answer.status_code == 200
    assert answer.content == body.encode()


def test_a_gzip_bomb_is_small_on_the_wire(tiny):
    plan(tiny, "gzip_bomb", size=20_000_000)
    with tiny.client.stream(
        "GET",
        tiny.sandbox.base_urls["servicetitan"] + "/jpm/v2/tenant/1001/export/jobs",
    ) as answer:
        size = sum(len(part) for part in answer.iter_raw())
    assert int(answer.headers["content-length"]) == size < 100_000


def test_huge_and_deeply_nested_bodies(tiny):
    plan(tiny, "huge", size=2_000_000)
    assert len(tiny.servicetitan(JOBS).content) > 2_000_000
    plan(tiny, "nested", size=5_000)
    assert tiny.servicetitan(JOBS).content.startswith(b"[[[[")


def test_redirects_point_elsewhere(tiny):
    plan(tiny, "redirect", location="http://127.0.0.9:9/other")
    answer = tiny.servicetitan(JOBS)
    assert answer.status_code == 302
    assert answer.headers["location"] == "http://127.0.0.9:9/other"


def test_hanging_and_trickling_take_their_time(tiny):
    plan(tiny, "hang", seconds=0.4)
    started = time.perf_counter()
    assert tiny.servicetitan(JOBS).status_code == 200
    assert time.perf_counter() - started >= 0.4
    tiny.sandbox.faults.clear()
    plan(tiny, "trickle", seconds=0.5)
    with pytest.raises(httpx.ReadTimeout):
        tiny.client.get(
            tiny.sandbox.base_urls["servicetitan"] + "/jpm/v2/tenant/1001/export/jobs",
            timeout=0.2,
        )


def test_rows_repeat_turn_round_and_go_missing(tiny):
    good = [row["id"] for row in tiny.servicetitan(JOBS).json()["data"]]
    plan(tiny, "reorder")
    assert [row["id"] for row in tiny.servicetitan(JOBS).json()["data"]] == good[::-1]
    plan(tiny, "repeat_rows", times=2)
    tiny.servicetitan(JOBS)
    assert [row["id"] for row in tiny.servicetitan(JOBS).json()["data"]] == good + good
    plan(tiny, "empty_page")
    empty = tiny.servicetitan(JOBS).json()
    assert (empty["data"], empty["hasMore"]) == ([], True)


def test_a_cursor_can_loop(tiny):
    start = tiny.servicetitan(JOBS).json()["continueFrom"]
    plan(tiny, "loop_cursor", times=None)
    answer = tiny.servicetitan(JOBS, **{"from": start}).json()
    assert answer["continueFrom"] == start
    assert answer["hasMore"] is True


@pytest.mark.parametrize("drift", DRIFTS)
def test_every_drift_changes_the_records(tiny, drift):
    good = tiny.servicetitan(JOBS).json()["data"][0]
    plan(tiny, "drift", drift=drift, field="customerId")
    changed = tiny.servicetitan(JOBS).json()["data"][0]
    assert changed != good or drift == "id_as_float"
    if drift == "many_fields":
        assert len(changed) >= 10_000
    if drift == "id_as_float":
        assert isinstance(changed["customerId"], float)


def test_tokens_can_expire_in_the_middle_of_a_walk(tiny):
    plan(tiny, "expire_token", after=1)
    assert tiny.servicetitan(JOBS).status_code == 200
    assert tiny.servicetitan(JOBS).status_code == 401
    tiny.log_in_again()
    assert tiny.servicetitan(JOBS).status_code == 200


def test_a_renewal_can_be_refused(tiny):
    tiny.sandbox.faults.set(
        "quickbooks", "/oauth2/*", Fault("refuse_refresh", status=400, body="{}")
    )
    assert tiny.renew().status_code == 400
    assert tiny.renew().status_code == 200


def test_a_vendor_can_be_down_and_come_back_at_its_address(tiny):
    url = tiny.sandbox.base_urls["pcm"]
    tiny.sandbox.down("pcm")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/order", timeout=2)
    tiny.sandbox.up("pcm")
    assert tiny.sandbox.base_urls["pcm"] == url
    assert httpx.get(f"{url}/order", timeout=5).status_code == 401


def test_faults_can_be_planned_over_http(tiny):
    url = tiny.sandbox.base_urls["hubspot"] + "/_sandbox/faults"
    body = {"vendor": "pcm", "pattern": "/order", "kind": "status", "status": 502}
    assert tiny.client.post(url, json=body).status_code == 200
    assert tiny.client.post(url, json={"kind": "nonsense"}).status_code == 400
    assert tiny.pcm("/order").status_code == 502
    tiny.client.post(url, json={**body, "times": None})
    tiny.client.delete(url)
    assert tiny.pcm("/order").status_code == 200


def test_every_request_is_counted(tiny):
    tiny.servicetitan(JOBS)
    tiny.servicetitan(JOBS)
    path = "/jpm/v2/tenant/1001/export/jobs"
    assert tiny.sandbox.log.counts()[("servicetitan", path)] == 2
    tiny.sandbox.log.clear()
    assert tiny.sandbox.log.requests == ()


def test_every_kind_is_described():
    assert all(KINDS.values())
