"""The doctor looks at real certificates, tokens and keys on loopback, and writes nothing."""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import duckdb
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ingestion.sandbox import Sandbox, build_world
from ingestion.settings import Settings, load_settings
from ingestion.tokens import save_token
from orchestration.lib.doctor import examine
from orchestration.lib.doctor_vendors import examine_hosts, examine_keys, examine_token

NOW = datetime.now(UTC)


class Quiet(BaseHTTPRequestHandler):
    answer: tuple[int, object] = (200, {})

    def do_GET(self) -> None:
        body = json.dumps(self.answer[1]).encode()
        self.send_response(self.answer[0])
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        pass


def serve(server: ThreadingHTTPServer) -> None:
    threading.Thread(target=server.serve_forever, daemon=True).start()


def certificate(folder: Path, *, days: int) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key, that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + timedelta(days=days, hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{days}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def with_source(home: Path, source: str, url: str, **more: object) -> Settings:
    file = home / "matchback.toml"
    file.write_text(
        f'[sources.{source}.accounts.main]\n[sources.{source}.options]\nbase_url = "{url}"\n'
    )
    environment = {"SOURCES__HUBSPOT__MAIN__ACCESS_TOKEN": "canary-token", **more}
    return load_settings(home=home, path=file, environment=environment)


@pytest.mark.parametrize(
    ("days", "is_trusted", "state", "words"),
    [
        (200, True, "ok", "good for 200 days"),
        (5, True, "warning", "good for 5 days"),
        (-3, True, "fault", "expired"),
        (200, False, "fault", "not trusted"),
    ],
)
def test_certificates_are_looked_at_by_a_real_handshake(
    tmp_path, monkeypatch, days, is_trusted, state, words
):
    file = certificate(tmp_path, days=days)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    serve(server)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    settings = with_source(tmp_path, "hubspot", f"https://127.0.0.1:{server.server_port}")
    (found,) = examine_hosts(settings, "hubspot")
    server.shutdown()
    server.server_close()
    assert found.state == state
    assert words in found.detail
    assert bool(found.what_to_do) == (state != "ok")


def test_a_host_that_does_not_answer_is_a_fault_and_not_a_crash(tmp_path):
    (found,) = examine_hosts(with_source(tmp_path, "hubspot", "http://127.0.0.1:9"), "hubspot")
    assert (found.state, "does not answer" in found.detail) == ("fault", True)


READS = [f"crm.objects.{name}.read" for name in ("contacts", "companies", "deals", "owners")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((200, {"scopes": READS}), [("ok", "4 scopes")]),
        ((200, {"scopes": READS[1:]}), [("fault", "crm.objects.contacts.read")]),
        (
            (200, {"scopes": [*READS[:3], "crm.objects.deals.write"]}),
            [("fault", "crm.objects.owners.read"), ("warning", "crm.objects.deals.write")],
        ),
        ((401, {}), [("fault", "refuses")]),
        ((404, {}), [("ok", "tells no scopes")]),
        ((500, {}), [("warning", "could not be asked")]),
    ],
)
def test_missing_and_excess_scopes_are_named(tmp_path, caplog, answer, expected):
    class Answering(Quiet):
        pass

    Answering.answer = answer
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    serve(server)
    settings = with_source(tmp_path, "hubspot", f"http://127.0.0.1:{server.server_port}")
    with caplog.at_level(logging.INFO):
        found = list(examine_token(settings, "hubspot", "main"))
    server.shutdown()
    server.server_close()
    assert [item.state for item in found] == [state for state, _ in expected]
    for item, (_, words) in zip(found, expected, strict=True):
        assert words in item.detail
    assert "canary-token" not in caplog.text + str(found)


@pytest.mark.parametrize(("days", "state"), [(60, "ok"), (5, "warning"), (-1, "fault")])
def test_the_refresh_token_is_read_from_its_file_and_never_spent(tmp_path, days, state):
    settings = Settings(home=tmp_path, fixed_now=NOW)
    file = settings.state_dir / "tokens" / "quickbooks--main.json"
    until = NOW + timedelta(days=days, hours=1)
    save_token(file, {"refresh_token": "r", "refresh_expires_at": until.isoformat()})
    before = file.read_bytes()
    (found,) = examine_token(settings, "quickbooks", "main")
    assert (found.state, f"in {days} days" in found.detail) == (state, True)
    assert file.read_bytes() == before


def test_keys_older_than_ninety_days_and_about_to_end_are_named(tmp_path):
    settings = Settings(home=tmp_path, fixed_now=NOW)
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            """create table intermediate.int_canonical__credentials_unioned as
            select 'crm' as source, 'main' as account, id as credential_id,
                null::varchar as client_id,
                now() - to_days(age) as created_at, null::timestamptz as rotated_at,
                now() + to_days(left_days) as expires_at, false as is_deleted
            from (values ('fresh', 10, null), ('old', 92, null), ('ending', 10, 3),
                ('ageless', null, null)) as rows (id, age, left_days)"""
        )
    states = {item.what.split()[1]: item.state for item in examine_keys(settings)}
    assert states == {"fresh": "ok", "old": "warning", "ending": "warning", "ageless": "warning"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(build_world("tiny", seed=3, anchor=date(2026, 10, 14))).start() as running:
        yield running


def test_all_vendors_of_the_sandbox_are_in_order_and_nothing_is_written(sandbox, tmp_path):
    file = tmp_path / "matchback.toml"
    file.write_text(sandbox.settings_toml(tmp_path))
    settings = load_settings(home=tmp_path, path=file, environment=sandbox.credentials)
    found = {item.what: item for item in examine(settings)}
    assert [item for item in found.values() if item.state == "fault"] == []
    tokens = [what for what in found if what.endswith(" token")]
    assert len(tokens) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["matchback.toml"]
