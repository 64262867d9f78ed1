"""Every exception matchback raises on purpose, named for what the caller should do.

Messages are one sentence for a person: what happened, which record or setting, what was
expected, what to do. They never hold personal data or secrets. Logging of them is the caller's.
"""

from __future__ import annotations


class MatchbackError(Exception):
    """Base of all our errors; its text is safe to show and to store.

    Attributes:
        exit_code: What the `matchback` command exits with when this ends it.
    """

    exit_code = 1


class SettingsError(MatchbackError):
    """A setting is missing or wrong: fix the settings file, then run again."""

    exit_code = 2


class CredentialsError(MatchbackError):
    """A credential is missing or refused: that account stops, the others go on."""

    exit_code = 3


class VendorError(MatchbackError):
    """A vendor stayed unreachable or answered nonsense: its account is incomplete tonight."""

    exit_code = 4


class TransientError(VendorError):
    """A call failed in a way that a later attempt may cure.

    Attributes:
        retry_after: Seconds the vendor asked us to wait, or None.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RecordError(MatchbackError):
    """One record cannot be used: reject it with this reason and go on."""


class WarehouseLockedError(MatchbackError):
    """Another process holds the warehouse: wait for it, or stop it."""

    exit_code = 5


class DiskFullError(MatchbackError):
    """Not enough free disk: free some, nothing was published."""

    exit_code = 6


class PublishError(MatchbackError):
    """The marts could not be published: the last published ones stay up."""

    exit_code = 7


class AlreadyRunningError(MatchbackError):
    """The same job is running: nothing to do, and no fault."""

    exit_code = 0
