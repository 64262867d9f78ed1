"""How each vendor's credentials become request headers; tokens are fetched, cached and renewed.

A vendor's module chooses one of these and gives it a client of its own, so fetching a token is
bounded, retried and logged like any other call (its body never is).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion.bodies import parse_object
from ingestion.client import Client, RefusedError
from ingestion.clock import Clock
from ingestion.errors import CredentialsError, TransientError
from ingestion.tokens import load_token, save_token
from ingestion.transport import Answer


@dataclass(frozen=True, kw_only=True)
class BearerAuth:
    """A token that does not expire (HubSpot service keys)."""

    token: str = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """The bearer header."""
        return {"authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        """Nothing to renew."""
        return False


@dataclass(kw_only=True)
class FetchedAuth:
    """A token that is fetched with lasting credentials and lives for a while.

    Attributes:
        fetch: Gets (token, seconds it may be used).
        clock: Measures its age.
        extra: Further headers of each call.
    """

    fetch: Callable[[], tuple[str, float]]
    clock: Clock
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    _token: str = field(default="", repr=False)
    _good_until: float = 0.0

    def headers(self) -> Mapping[str, str]:
        """The bearer header and the extra ones; fetches a token when there is no fresh one."""
        if not self._token or self.clock.monotonic() >= self._good_until:
            self.renew()
        return {"authorization": f"Bearer {self._token}", **self.extra}

    def renew(self) -> bool:
        """Fetch a new token."""
        self._token, seconds = self.fetch()
        self._good_until = self.clock.monotonic() + seconds
        return True


def token_of(answer: Answer, *, key: str, what: str) -> dict[str, Any]:
    """The token answer, checked to hold a token.

    Raises:
        TransientError: It holds none.
    """
    content = parse_object(answer.body, what=what)
    if not isinstance(content.get(key), str) or not content[key]:
        raise TransientError(f"{what} answered without {key}: expected a token.")
    return content


def client_credentials(
    client: Client, path: str, *, client_id: str, client_secret: str, seconds: float
) -> Callable[[], tuple[str, float]]:
    """OAuth2 client credentials, form-encoded (a JSON body fails at ServiceTitan)."""

    def fetch() -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        content = _ask(client, path, key="access_token", data=form)
        lives = content.get("expires_in")
        usable = min(seconds, lives - 60.0) if isinstance(lives, (int, float)) else seconds
        client.log.secrets.add(content["access_token"])
        return content["access_token"], max(usable, 1.0)

    return fetch


def login(
    client: Client, path: str, *, body: Mapping[str, str], margin: float
) -> Callable[[], tuple[str, float]]:
    """PCM's login: key and secret for a token with an ISO instant of expiry."""

    def fetch() -> tuple[str, float]:
        content = _ask(client, path, key="token", json=dict(body))
        client.log.secrets.add(content["token"])
        return content["token"], max(
            _seconds_until(content.get("expires"), client.clock, margin), 1
        )

    return fetch


def _ask(client: Client, path: str, *, key: str, **parts: Any) -> dict[str, Any]:
    what = f"POST {path}"
    try:
        content: dict[str, Any] = client.call(
            "POST", path, check=lambda answer: token_of(answer, key=key, what=what), **parts
        )
    except RefusedError as error:
        raise CredentialsError(
            f"{what} refused the credentials ({error.status}): expected a token; check the "
            "account's secrets in the environment, then run again."
        ) from None
    return content


def _seconds_until(expires: Any, clock: Clock, margin: float) -> float:
    try:
        instant = datetime.fromisoformat(expires)
    except (TypeError, ValueError):
        return 600.0
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - clock.now()).total_seconds() - margin


@dataclass(kw_only=True)
class RotatingAuth:
    """OAuth2 with a refresh token that the vendor replaces (QuickBooks).

    The newest refresh token is on disk before the access token that came with it is used; the one
    in the environment only starts the chain, or starts it anew after the operator connected again.
    """

    client: Client
    path: str
    basic: tuple[str, str] = field(repr=False)
    first_token: str = field(repr=False)
    file: Path
    clock: Clock

    def headers(self) -> Mapping[str, str]:
        """The bearer header; renews an access token that is about to expire."""
        stored = self._stored()
        expires_at = stored.get("expires_at")
        if (
            not stored.get("access_token")
            or not expires_at
            or datetime.fromisoformat(expires_at) <= self.clock.now() + timedelta(minutes=1)
        ):
            self.renew()
            stored = self._stored()
        self.client.log.secrets.add(stored["access_token"])
        return {"authorization": f"Bearer {stored['access_token']}"}

    def renew(self) -> bool:
        """Trade the refresh token for a new pair, and keep it before anyone uses it."""
        stored = self._stored()
        token = stored.get("refresh_token") or self.first_token
        content = _ask(
            self.client,
            self.path,
            key="access_token",
            data={"grant_type": "refresh_token", "refresh_token": token},
            headers={"authorization": _basic(*self.basic)},
        )
        lives = content.get("expires_in")
        seconds = float(lives) if isinstance(lives, (int, float)) else 3600.0
        newest = content.get("refresh_token") or token
        lasts = content.get("x_refresh_token_expires_in")
        self.client.log.secrets.update({newest, content["access_token"]})
        save_token(
            self.file,
            {
                "seed": self._seed,
                "refresh_token": newest,
                "access_token": content["access_token"],
                "expires_at": (self.clock.now() + timedelta(seconds=seconds)).isoformat(),
                "refresh_expires_at": (
                    (self.clock.now() + timedelta(seconds=lasts)).isoformat()
                    if isinstance(lasts, (int, float))
                    else None
                ),
            },
        )
        return True

    @property
    def _seed(self) -> str:
        return hashlib.sha256(self.first_token.encode()).hexdigest()

    def _stored(self) -> dict[str, Any]:
        stored = load_token(self.file)
        return stored if stored.get("seed") == self._seed else {}


def _basic(user: str, password: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
