"""The sandbox: the four vendors over HTTP on loopback, one clock, one fault plan.

world = build_world("small", seed=7)
with Sandbox(world).start() as sandbox:
...  # sandbox.base_urls, sandbox.credentials, sandbox.advance(24)
"""

from __future__ import annotations

import socket
import threading
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.faults import Fault, FaultPlan, RequestLog
from ingestion.sandbox.misbehave import Misbehaving
from ingestion.sandbox.serve import Store
from ingestion.sandbox.settings_text import credentials, settings_toml
from ingestion.sandbox.vendors import hubspot, pcm, quickbooks, servicetitan
from ingestion.sandbox.vendors.context import Context, Throttle, Tokens, json_answer
from ingestion.sandbox.world import World

VENDORS = ("hubspot", "servicetitan", "quickbooks", "pcm")
ROUTES: dict[str, Any] = {
    "hubspot": hubspot.routes,
    "servicetitan": servicetitan.routes,
    "quickbooks": quickbooks.routes,
    "pcm": pcm.routes,
}
TOKEN_SECONDS = {"hubspot": 1_800.0, "servicetitan": 900.0, "quickbooks": 3_600.0, "pcm": 3_600.0}
# (requests, seconds) as each vendor documents it; used with rate_limits=True.
RATE_LIMITS: dict[str, tuple[int | None, float]] = {
    "hubspot": (100, 10.0),
    "servicetitan": (60, 1.0),
    "quickbooks": (10, 1.0),
    "pcm": (None, 1.0),
}


class Sandbox:
    """Serves a world the way its vendors would.

    Args:
        world: What is served.
        token_seconds: Life of access tokens, for all vendors; None: as each vendor has it.
        rate_limits: True: as each vendor documents; a dict: (requests, seconds) per vendor;
            False: none.
        retry_after: Seconds a 429 tells to wait; None: it says nothing.
        options: Switches: `search_lag_seconds` (60; how late HubSpot's search sees a change),
            `export_rows` (rows of a ServiceTitan export page), `association_page`,
            `association_inputs`.
    """

    def __init__(
        self,
        world: World,
        *,
        token_seconds: float | None = None,
        rate_limits: bool | dict[str, tuple[int | None, float]] = False,
        retry_after: int | None = None,
        options: dict[str, object] | None = None,
    ) -> None:
        self.world = world
        self.store = Store(world)
        self.faults = FaultPlan()
        self.log = RequestLog()
        self.options: dict[str, object] = dict(options or {})
        limits = RATE_LIMITS if rate_limits is True else (rate_limits or {})
        self._contexts = {
            vendor: Context(
                store=self.store,
                tokens=Tokens(token_seconds or TOKEN_SECONDS[vendor]),
                throttle=Throttle(*limits.get(vendor, (None, 1.0))),
                search_throttle=Throttle(5 if limits else None, 1.0),
                retry_after=retry_after,
                options=self.options,
            )
            for vendor in VENDORS
        }
        self._servers: dict[str, _Server] = {}

    @property
    def now(self) -> datetime:
        """The clock (aware UTC)."""
        return self.store.now

    @property
    def base_urls(self) -> dict[str, str]:
        """Base address of each vendor."""
        return {vendor: server.url for vendor, server in self._servers.items()}

    @property
    def credentials(self) -> dict[str, str]:
        """Environment variables with the secrets of every account."""
        return credentials()

    def settings_toml(self, home: Path | str | None = None, **options: object) -> str:
        """Text of a matchback.toml that points at this sandbox.

        Args:
            home: MATCHBACK_HOME it is meant for (named in the heading only).
            options: See `settings_text.settings_toml`.
        """
        return settings_toml(self.world, self.base_urls, home=home, **options)  # type: ignore[arg-type]

    def start(self, port: int = 0) -> Sandbox:
        """Listen: on free ports, or on `port` and the three after it."""
        for place, vendor in enumerate(VENDORS):
            server = _Server(self._app(vendor), port + place if port else 0)
            self._servers[vendor] = server
            server.start()
        for server in self._servers.values():
            server.wait()
        return self

    def stop(self) -> None:
        """Stop listening; the world stays."""
        for server in self._servers.values():
            server.ask_to_stop()
        for server in self._servers.values():
            server.stop()
        self._servers.clear()

    def down(self, vendor: str) -> None:
        """Let one vendor refuse connections; its address stays."""
        self._servers[vendor].stop()

    def up(self, vendor: str) -> None:
        """Let it listen again at the same address."""
        server = _Server(self._app(vendor), self._servers[vendor].port)
        self._servers[vendor] = server
        server.start()
        server.wait()

    def __enter__(self) -> Sandbox:
        return self if self._servers else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def advance(self, hours: float) -> datetime:
        """Move the world's clock on; returns where it stands."""
        return self.store.advance(hours)

    def expire_tokens(self, vendor: str | None = None) -> None:
        """Let the access tokens of one vendor (or all) be refused from now on."""
        for name, context in self._contexts.items():
            if vendor in (None, name):
                context.tokens.forget()

    def _app(self, vendor: str) -> Misbehaving:
        context = self._contexts[vendor]
        app = Starlette(routes=[*ROUTES[vendor](context), *self._control()])
        return Misbehaving(app, vendor, self.faults, self.log, context.tokens.forget)  # type: ignore[arg-type]

    def _control(self) -> list[Route]:
        def advance(request: Request) -> Response:
            now = self.advance(float(request.query_params.get("hours", 24)))
            return json_answer({"now": now.isoformat()})

        def now(request: Request) -> Response:
            del request
            return json_answer({"now": self.now.isoformat(), "base_urls": self.base_urls})

        async def faults(request: Request) -> Response:
            if request.method == "DELETE":
                self.faults.clear()
                return json_answer({"faults": "cleared"})
            body = await request.json()
            vendor, pattern = body.pop("vendor", "*"), body.pop("pattern", "*")
            try:
                self.faults.set(vendor, pattern, Fault(**body))
            except (TypeError, ValueError) as problem:
                return json_answer({"error": str(problem)}, 400)
            return json_answer({"planned": {"vendor": vendor, "pattern": pattern}})

        def log(request: Request) -> Response:
            del request
            counts = self.log.counts().items()
            rows = [{"vendor": key[0], "path": key[1], "requests": n} for key, n in counts]
            return json_answer({"requests": rows})

        return [
            Route("/_sandbox", now),
            Route("/_sandbox/advance", advance, methods=["POST"]),
            Route("/_sandbox/faults", faults, methods=["POST", "DELETE"]),
            Route("/_sandbox/requests", log),
        ]


class _Server:
    """One uvicorn in a thread of its own."""

    def __init__(self, app: Misbehaving, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="critical",
            lifespan="off",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def start(self) -> None:
        self._thread.start()

    def wait(self) -> None:
        deadline = time.monotonic() + 10
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise ConnectionError(f"The sandbox could not listen on port {self.port}.")
            time.sleep(0.005)

    def ask_to_stop(self) -> None:
        self._server.should_exit = True

    def stop(self) -> None:
        self.ask_to_stop()
        self._thread.join(timeout=5)
        self._socket.close()
