"""What a source module gets to open one account: settings, secrets, clock, log, HTTP client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.call_log import CallLog
from ingestion.client import Auth, Client, Etiquette
from ingestion.clock import Clock, RateLimiter
from ingestion.errors import SettingsError
from ingestion.settings import Settings
from ingestion.settings_model import SourceSettings
from ingestion.spool import Spool
from ingestion.transport import Transport
from ingestion.versions import EntityVersions


@dataclass(kw_only=True)
class AccountContext:
    """One account of one source in one run.

    Attributes:
        settings: All settings.
        source: Vendor.
        account: Label of the account in matchback.toml.
        run_id: Id of the run.
        now: The run's instant (UTC).
        spool: Where API calls and rejects go.
        clock: Wall clock, stop watch, sleep.
        defaults: The vendor's options with their defaults.
    """

    settings: Settings
    source: str
    account: str
    run_id: str
    now: datetime
    spool: Spool
    clock: Clock
    defaults: Mapping[str, object] = field(default_factory=dict)

    @property
    def _source_settings(self) -> SourceSettings:
        return self.settings.sources.get(self.source, SourceSettings())

    def option(self, name: str) -> Any:
        """A vendor-wide option: from matchback.toml, else its default.

        Raises:
            SettingsError: It has another type than its default.
        """
        default = self.defaults[name]
        value = self._source_settings.options.get(name, default)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type(value) is not type(default):
            raise SettingsError(
                f"Option '{name}' of source {self.source} is {value!r}: expected a value like "
                f"{default!r}; correct it in matchback.toml."
            )
        return value

    def check_options(self) -> None:
        """Refuse options that are misspelt or of a wrong type, before anything is fetched."""
        for name in self._source_settings.options:
            if name not in self.defaults:
                raise SettingsError(
                    f"Option '{name}' of source {self.source} is not known: expected one of "
                    f"{', '.join(self.defaults)}; correct it in matchback.toml."
                )
            self.option(name)

    def required_field(self, name: str) -> str:
        """A field of the account in matchback.toml.

        Raises:
            SettingsError: It is missing.
        """
        value = self.field(name)
        if not value:
            raise SettingsError(
                f"{self.source} account '{self.account}' has no {name}: expected it in "
                f"[sources.{self.source}.accounts.{self.account}] of matchback.toml; add it."
            )
        return value

    def field(self, name: str) -> str:
        """A field of the account in matchback.toml, or an empty text."""
        value = self._source_settings.accounts.get(self.account, {}).get(name, "")
        return str(value).strip()

    def credential(self, name: str) -> str:
        """A secret from the environment.

        Raises:
            CredentialsError: It is missing; the message names the variable.
        """
        return self.settings.credential(self.source, self.account, name)

    @property
    def token_file(self) -> Path:
        """Where a rotating token of this account is kept."""
        from ingestion.spool import slug

        return (
            self.settings.state_dir / "tokens" / f"{slug(self.source)}--{slug(self.account)}.json"
        )

    def limiter(self, *rules: tuple[int, float]) -> RateLimiter:
        """A rate limiter on this run's clock."""
        return RateLimiter(rules, self.clock)

    def client(
        self,
        *,
        base_url: str,
        limiter: RateLimiter,
        client_id: str,
        auth: Auth | None = None,
        etiquette: Etiquette | None = None,
        secrets: tuple[str, ...] = (),
    ) -> Client:
        """An HTTP client under this run's limits."""
        limits = self.settings.limits
        return Client(
            base_url=base_url,
            transport=Transport(
                request_seconds=limits.request_seconds,
                max_bytes=limits.page_megabytes * 1_000_000,
            ),
            log=CallLog(spool=self.spool, client_id=client_id, secrets=set(secrets)),
            limiter=limiter,
            clock=self.clock,
            auth=auth,
            etiquette=etiquette or Etiquette(),
            budget_seconds=limits.retry_budget_seconds,
        )

    @property
    def max_record_bytes(self) -> int:
        """Bytes a record may have."""
        return self.settings.limits.record_kilobytes * 1_000

    def versions(self, entity: str, *, all_accounts: bool = False) -> EntityVersions:
        """What the warehouse knows of an entity; to be used as a context manager."""
        return EntityVersions(
            warehouse=self.settings.warehouse,
            source=self.source,
            entity=entity,
            account=None if all_accounts else self.account,
            wait_seconds=self.settings.limits.lock_wait_seconds,
            sleep=self.clock.sleep,
        )


def split_url(url: str) -> tuple[str, str]:
    """Scheme with host, and path, of an address in the options."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return f"{scheme}://{host}", f"/{path}"
