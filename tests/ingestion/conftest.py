"""A scripted vendor on loopback, a still clock and settings for the ingestion tests."""

from __future__ import annotations

import importlib
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ingestion.account import AccountContext
from ingestion.clock import Clock
from ingestion.extraction import Extraction
from ingestion.landing import create_landing_tables
from ingestion.run import AccountResult, land_account
from ingestion.settings import Settings, load_settings
from ingestion.spool import Spool
from ingestion.warehouse import open_warehouse

NOW = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What the vendor sends; `raw` writes to the socket itself."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None

    @property
    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answerer = Callable[[Request], Reply]


class Vendor:
    """A real HTTP server whose answers a test scripts by path prefix."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.scheme = "https" if tls else "http"
        self.routes: list[tuple[str, Answerer]] = []
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                parts = urlsplit(self.path)
                request = Request(
                    method=self.command,
                    path=parts.path,
                    query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                    headers={key.lower(): value for key, value in self.headers.items()},
                    body=self.rfile.read(length),
                )
                with vendor._lock:
                    vendor.requests.append(request)
                    reply = vendor.answer(request)
                if reply.raw:
                    reply.raw(self)
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                headers = {"content-type": "application/json", **reply.headers}
                if "content-length" not in {key.lower() for key in headers}:
                    headers["content-length"] = str(len(reply.bytes))
                for key, value in headers.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(reply.bytes)

            do_GET = do_POST = _serve  # noqa: N815

            def log_message(self, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self._server.server_address[1]}"

    def on(self, prefix: str, answer: Answerer | list[Reply] | Reply) -> None:
        """Answer a path prefix; a list is answered in turn, its last reply for ever."""
        if isinstance(answer, Reply):
            replies = [answer]
        elif isinstance(answer, list):
            replies = list(answer)
        else:
            self.routes.insert(0, (prefix, answer))
            return
        self.routes.insert(
            0, (prefix, lambda _request: replies.pop(0) if len(replies) > 1 else replies[0])
        )

    def answer(self, request: Request) -> Reply:
        for prefix, answerer in self.routes:
            if request.path.startswith(prefix):
                return answerer(request)
        return Reply({"title": "not found"}, status=404)

    def called(self, prefix: str) -> list[Request]:
        return [request for request in self.requests if request.path.startswith(prefix)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    yield server
    server.close()


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody but itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def secure_vendor(self_signed: ssl.SSLContext) -> Iterator[Vendor]:
    server = Vendor(tls=self_signed)
    yield server
    server.close()


class StillClock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.elapsed += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            now=lambda: NOW + timedelta(seconds=self.elapsed),
            monotonic=lambda: self.elapsed,
            sleep=self.sleep,
        )


@pytest.fixture
def still() -> StillClock:
    return StillClock()


SECRETS = {
    "SOURCES__SERVICETITAN__CLIENT_ID": "st-client",
    "SOURCES__SERVICETITAN__CLIENT_SECRET": "st-secret-value",
    "SOURCES__SERVICETITAN__APP_KEY": "st-app-key-value",
    "SOURCES__HUBSPOT__ACCESS_TOKEN": "hubspot-token-value",
    "SOURCES__QUICKBOOKS__CLIENT_ID": "qb-client",
    "SOURCES__QUICKBOOKS__CLIENT_SECRET": "qb-secret-value",
    "SOURCES__QUICKBOOKS__REFRESH_TOKEN": "qb-refresh-0",
    "SOURCES__PCM__API_KEY": "pcm-key-value",
    "SOURCES__PCM__API_SECRET": "pcm-secret-value",
}


@dataclass
class Home:
    """One MATCHBACK_HOME whose four vendors are the scripted server."""

    path: Path
    url: str
    still: StillClock
    options: dict[str, str] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: dict(SECRETS))
    extra_toml: str = ""
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: int = 0

    def settings(self) -> Settings:
        lines = ["[limits]", "lock_wait_seconds = 0.5"]
        lines += [f"{key} = {value}" for key, value in self.limits.items()]
        for source in ("servicetitan", "hubspot", "quickbooks", "pcm"):
            lines += [f"[sources.{source}.options]", f'base_url = "{self.url}"']
            if source in ("servicetitan", "quickbooks"):
                lines.append(f'token_url = "{self.url}/token"')
            lines += [
                f"{key.partition('.')[2]} = {value}"
                for key, value in self.options.items()
                if key.startswith(f"{source}.")
            ]
        lines += ["[sources.servicetitan.accounts.main]", 'tenant = "77"']
        lines += ["[sources.hubspot.accounts.main]"]
        lines += ["[sources.quickbooks.accounts.main]", 'realm_id = "9"']
        lines += ["[sources.pcm.accounts.main]", self.extra_toml]
        file = self.path / "matchback.toml"
        self.path.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines))
        return load_settings(home=self.path, path=file, environment=self.environment)

    def land(
        self, source: str, *entities: str, account: str = "main", now: datetime | None = None
    ) -> AccountResult:
        self.runs += 1
        return land_account(
            self.settings(),
            source,
            account,
            run_id=f"run-{self.runs}",
            now=now or NOW + timedelta(hours=self.runs),
            entities=entities or None,
            clock=self.still.clock,
        )

    def pull(
        self, source: str, *entities: str, account: str = "main", now: datetime | None = None
    ) -> AccountResult:
        """As `land`, without dlt between lander and warehouse: twenty times faster."""
        self.runs += 1
        settings = self.settings()
        run_id = f"run-{self.runs}"
        context = AccountContext(
            settings=settings,
            source=source,
            account=account,
            run_id=run_id,
            now=now or NOW + timedelta(hours=self.runs),
            spool=Spool(self.path / "spool", source=source, account=account, run_id=run_id),
            clock=self.still.clock,
        )
        extraction = Extraction(context=context, entities=entities)
        with open_warehouse(settings.warehouse) as connection:
            create_landing_tables(connection)
        reader = importlib.import_module(f"ingestion.sources.{source}").open_reader(context)
        for entity in entities:
            state = self.states.setdefault(f"{source}/{account}/{entity}", {})
            batches = list(extraction.read_entity(reader, entity, state))
            self.states[f"{source}/{account}/{entity}"] = json.loads(json.dumps(state))
            with open_warehouse(settings.warehouse) as connection:
                for batch in batches:
                    connection.register("batch", batch)
                    connection.execute(
                        f"insert into raw_{source}.{entity} by name select * from batch"
                    )
        reader.close()
        with open_warehouse(settings.warehouse) as connection:
            context.spool.drain(connection)
        return AccountResult(
            source=source,
            account=account,
            entities=tuple(extraction.results),
            is_complete=all(item.is_complete for item in extraction.results),
            error=extraction.error,
            started_at=NOW,
            finished_at=NOW,
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path / "warehouse" / "warehouse.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def rows(self, table: str, columns: str = "record_id") -> list[Any]:
        rows = self.query(f"select {columns} from raw_{table} order by _loaded_at, _position")
        return [row[0] if len(row) == 1 else row for row in rows]


@pytest.fixture
def home(tmp_path: Path, vendor: Vendor, still: StillClock) -> Home:
    vendor.on("/token", Reply({"access_token": "token-1", "expires_in": 900}))
    return Home(tmp_path / "home", vendor.url, still)
