"""A small world served once for the session, tiny ones per test, and a client that logs in."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from ingestion.sandbox import Sandbox, World, build_world
from ingestion.sandbox.vendors import hubspot, pcm, quickbooks, servicetitan

ANCHOR = date(2026, 10, 14)


class Vendors:
    """Logged-in clients of a running sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.client = httpx.Client(timeout=20)
        self._tokens: dict[str, str] = {}
        self._refresh = quickbooks.FIRST_REFRESH_TOKEN

    def servicetitan(self, path: str, account: str = "north", **params: Any) -> httpx.Response:
        """GET below `/{module}/{version}/tenant/{tenant}/`; the path is `module/v2 rest`."""
        module, rest = path.split(" ")
        url = self.sandbox.base_urls["servicetitan"]
        if account not in self._tokens:
            answer = self.client.post(
                f"{url}/connect/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": f"cid.{account}",
                    "client_secret": f"cs.{account}",
                },
            )
            self._tokens[account] = answer.json()["access_token"]
        headers = {
            "Authorization": f"Bearer {self._tokens[account]}",
            "ST-App-Key": servicetitan.APP_KEY,
        }
        tenant = servicetitan.TENANT_IDS[account]
        return self.client.get(
            f"{url}/{module}/tenant/{tenant}/{rest}", params=params, headers=headers
        )

    def export(self, path: str, account: str = "north", **params: Any) -> list[dict[str, Any]]:
        """A whole export feed."""
        rows: list[dict[str, Any]] = []
        while True:
            answer = self.servicetitan(path, account, **params).json()
            rows += answer["data"]
            if not answer["hasMore"]:
                return rows
            params["from"] = answer["continueFrom"]

    def hubspot(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One call with the right token."""
        url = self.sandbox.base_urls["hubspot"]
        headers = {"Authorization": f"Bearer {hubspot.ACCESS_TOKEN}"}
        return self.client.request(method, url + path, headers=headers, **more)

    def renew(self, refresh_token: str | None = None) -> httpx.Response:
        """Renew QuickBooks' token, keeping the new refresh token."""
        basic = base64.b64encode(
            f"{quickbooks.CLIENT_ID}:{quickbooks.CLIENT_SECRET}".encode()
        ).decode()
        answer = self.client.post(
            self.sandbox.base_urls["quickbooks"] + "/oauth2/v1/tokens/bearer",
            data={"grant_type": "refresh_token", "refresh_token": refresh_token or self._refresh},
            headers={"Authorization": f"Basic {basic}"},
        )
        if answer.status_code == 200:
            self._refresh = answer.json()["refresh_token"]
            self._tokens["quickbooks"] = answer.json()["access_token"]
        return answer

    def quickbooks(self, path: str, **params: Any) -> httpx.Response:
        """GET below the company."""
        if "quickbooks" not in self._tokens:
            self.renew()
        url = f"{self.sandbox.base_urls['quickbooks']}/v3/company/{quickbooks.REALM_ID}"
        headers = {"Authorization": f"Bearer {self._tokens['quickbooks']}"}
        return self.client.get(f"{url}/{path}", params=params, headers=headers)

    def query(self, text: str) -> dict[str, Any]:
        """The QueryResponse of a query."""
        return self.quickbooks("query", query=text).json()["QueryResponse"]

    def pcm(self, path: str, **params: Any) -> httpx.Response:
        """GET with a login token."""
        url = self.sandbox.base_urls["pcm"]
        if "pcm" not in self._tokens:
            keys = {"apiKey": pcm.API_KEY, "apiSecret": pcm.API_SECRET}
            self._tokens["pcm"] = self.client.post(f"{url}/auth/login", json=keys).json()["token"]
        headers = {"Authorization": f"Bearer {self._tokens['pcm']}"}
        return self.client.get(url + path, params=params, headers=headers)

    def log_in_again(self) -> None:
        """Forget all tokens."""
        self._tokens.clear()


def serve(world: World, **more: Any) -> Iterator[Vendors]:
    """Serve a world for a while."""
    with Sandbox(world, **more).start() as sandbox:
        vendors = Vendors(sandbox)
        yield vendors
        vendors.client.close()


@pytest.fixture(scope="session")
def small_world() -> World:
    return build_world("small", seed=7, anchor=ANCHOR)


@pytest.fixture(scope="session")
def small(small_world: World) -> Iterator[Vendors]:
    """The small world at its first instant; not to be advanced."""
    yield from serve(small_world)


@pytest.fixture(scope="session")
def tiny_world() -> World:
    return build_world("tiny", seed=3, anchor=ANCHOR)


@pytest.fixture
def tiny(tiny_world: World) -> Iterator[Vendors]:
    """A tiny world, at its first instant again for each test: may be advanced and broken."""
    yield from serve(tiny_world)
