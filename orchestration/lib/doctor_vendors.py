"""What a vendor's host, certificate, token and our keys' age say, without writing anything.

Asks only what leaves everything as it is: a TLS handshake, HubSpot's description of a token, a
token of ServiceTitan and a login of PCM. QuickBooks is not asked: each renewal replaces the refresh
token, so its expiry is read from the file the connector keeps.
"""

from __future__ import annotations

import importlib
import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import duckdb
import httpx

from ingestion.errors import MatchbackError
from ingestion.settings import Settings
from ingestion.sources.hubspot.endpoints import READ_SCOPES
from ingestion.spool import slug
from ingestion.tokens import load_token
from orchestration.lib.findings import Finding

# Its log names the address of each call, and HubSpot's holds the token.
logging.getLogger("httpx").setLevel(logging.WARNING)
CONNECT_SECONDS = 5.0
CERTIFICATE_DAYS = 14
REFRESH_TOKEN_DAYS = 14
UNUSED_REFRESH_TOKEN = timedelta(days=100)


def option(settings: Settings, source: str, name: str) -> str:
    """A vendor-wide option: from the settings, else the connector's default."""
    defaults = importlib.import_module(f"ingestion.sources.{source}.endpoints").DEFAULTS
    return str(settings.sources[source].options.get(name, defaults.get(name, "")))


def examine_hosts(settings: Settings, source: str) -> Iterator[Finding]:
    """Each host of a vendor: does it answer, and how long is its certificate good for."""
    urls = {option(settings, source, name) for name in ("base_url", "token_url")} - {""}
    for url in sorted(urls):
        yield _host(url, now=settings.now())


def _host(url: str, *, now: datetime) -> Finding:
    parts = urlsplit(url)
    host, what = parts.hostname or "", f"host {parts.netloc}"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plain:
            if parts.scheme != "https":
                return Finding(what, "ok", "answers, without TLS (a stand-in)")
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
                certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Finding(
            what,
            "fault",
            f"its certificate is not trusted: {error.verify_message}",
            "read nothing from it until that is explained; check the clock and the network",
        )
    except OSError as error:
        return Finding(
            what, "fault", f"does not answer ({error})", "check the network, or base_url"
        )
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), tz=UTC)
    days = (until - now).days
    words = f"answers; its certificate is good for {days} days"
    if days < CERTIFICATE_DAYS:
        return Finding(what, "warning", words, "ask the vendor; reading stops when it ends")
    return Finding(what, "ok", words)


def examine_token(settings: Settings, source: str, account: str) -> Iterator[Finding]:
    """What the account's token may do, and how long it lasts."""
    what = f"{source}/{account} token"
    ask = {
        "hubspot": _hubspot,
        "servicetitan": _servicetitan,
        "quickbooks": _quickbooks,
        "pcm": _pcm,
    }
    try:
        yield from ask[source](settings, account, what)
    except (httpx.HTTPError, OSError, ValueError) as error:
        yield Finding(what, "warning", f"could not be asked ({type(error).__name__})", "try again")
    except MatchbackError as error:
        yield Finding(what, "fault", str(error), "set the variable")


def _hubspot(settings: Settings, account: str, what: str) -> Iterator[Finding]:
    token = settings.credential("hubspot", account, "ACCESS_TOKEN")
    url = f"{option(settings, 'hubspot', 'base_url')}/oauth/v1/access-tokens/{token}"
    answer = httpx.get(url, headers={"authorization": f"Bearer {token}"}, timeout=CONNECT_SECONDS)
    if answer.status_code in (401, 403):
        yield _refused(what, answer.status_code)
        return
    if answer.status_code == 404:
        yield Finding(what, "ok", "a service key, of which the vendor tells no scopes")
        return
    content = answer.raise_for_status().json()
    held = {str(scope) for scope in content.get("scopes") or ()}
    missing = sorted(set(READ_SCOPES) - held)
    excess = sorted(scope for scope in held if scope.endswith((".write", ".delete", ".export")))
    if missing:
        yield Finding(what, "fault", f"scopes missing: {', '.join(missing)}", "add them to the app")
    if excess:
        yield Finding(
            what,
            "warning",
            f"may do more than reading: {', '.join(excess)}",
            "take these scopes away: matchback writes nothing at the vendor",
        )
    if not missing and not excess:
        yield Finding(what, "ok", f"has the {len(READ_SCOPES)} scopes it needs and no others")


def _servicetitan(settings: Settings, account: str, what: str) -> Iterator[Finding]:
    answer = httpx.post(
        option(settings, "servicetitan", "token_url"),
        data={
            "grant_type": "client_credentials",
            "client_id": settings.credential("servicetitan", account, "CLIENT_ID"),
            "client_secret": settings.credential("servicetitan", account, "CLIENT_SECRET"),
        },
        timeout=CONNECT_SECONDS,
    )
    if answer.status_code in (400, 401, 403):
        yield _refused(what, answer.status_code)
        return
    content = answer.raise_for_status().json()
    yield Finding(
        what,
        "ok",
        f"granted for {content.get('expires_in', '?')} s, scope '{content.get('scope', '')}'; what "
        "the app may read is set in the developer portal, the vendor does not tell it",
    )


def _pcm(settings: Settings, account: str, what: str) -> Iterator[Finding]:
    answer = httpx.post(
        f"{option(settings, 'pcm', 'base_url')}/auth/login",
        json={
            "apiKey": settings.credential("pcm", account, "API_KEY"),
            "apiSecret": settings.credential("pcm", account, "API_SECRET"),
        },
        timeout=CONNECT_SECONDS,
    )
    if answer.status_code in (400, 401, 403):
        yield _refused(what, answer.status_code)
        return
    expires = answer.raise_for_status().json().get("expires")
    yield Finding(what, "ok", f"granted until {expires or 'an instant the vendor does not tell'}")


def _quickbooks(settings: Settings, account: str, what: str) -> Iterator[Finding]:
    file = settings.state_dir / "tokens" / f"{slug('quickbooks')}--{slug(account)}.json"
    stored = load_token(file)
    if not stored.get("refresh_token"):
        yield Finding(what, "ok", "not used yet; the refresh token of the environment starts it")
        return
    told = stored.get("refresh_expires_at")
    # A release before this one kept no expiry; unused it dies after 100 days (vendor's policy).
    until = (
        datetime.fromisoformat(told)
        if told
        else datetime.fromtimestamp(file.stat().st_mtime, tz=UTC) + UNUSED_REFRESH_TOKEN
    )
    days = (until - settings.now()).days
    words = f"refresh token ends {until:%Y-%m-%d}, in {days} days"
    if days < 0:
        yield Finding(what, "fault", words, "connect the company again and set REFRESH_TOKEN")
    elif days < REFRESH_TOKEN_DAYS:
        yield Finding(what, "warning", words, "let a run renew it, or connect the company again")
    else:
        yield Finding(what, "ok", words)


def _refused(what: str, status: int) -> Finding:
    return Finding(
        what, "fault", f"the vendor refuses the credentials ({status})", "renew the key, set it"
    )


def examine_keys(settings: Settings) -> Iterator[Finding]:
    """Keys older than the objective allows (90 days), as `credentials` of the imports tell."""
    limit = next((slo.threshold for slo in settings.slos if slo.slo == "key_rotation"), None) or 90
    for source, account, name, changed_at, expires_at in _credentials(settings):
        what = f"key {name} of {source}/{account}"
        days = (settings.now() - changed_at).days if changed_at else None
        if expires_at is not None and (expires_at - settings.now()).days < CERTIFICATE_DAYS:
            left = (expires_at - settings.now()).days
            yield Finding(
                what, "fault" if left < 0 else "warning", f"ends in {left} days", "renew it"
            )
        elif days is None:
            yield Finding(what, "warning", "its age is not known", "state created_at or rotated_at")
        elif days > limit:
            yield Finding(
                what, "warning", f"{days} days old, at most {limit:.0f} allowed", "rotate it"
            )
        else:
            yield Finding(what, "ok", f"{days} days old")


def _credentials(settings: Settings) -> list[tuple[Any, ...]]:
    if not settings.warehouse.exists():
        return []
    try:
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(
                """
                select source, account, coalesce(client_id, credential_id),
                    coalesce(rotated_at, created_at), expires_at
                from intermediate.int_canonical__credentials_unioned
                where not is_deleted order by 1, 2, 3
                """
            ).fetchall()
    except (
        duckdb.CatalogException,
        duckdb.IOException,
    ):  # not built yet, or locked: `warehouse` says so
        return []
