"""Why a vendor could not be reached, as a sentence: no host, nobody there, no trust, cut off.

A certificate that does not verify is not tried again: a second try is no safer than the first.
How an exchange is made is in `transport.py`.
"""

from __future__ import annotations

import socket
import ssl

from ingestion.errors import TransientError, VendorError


def connection_fault(error: BaseException, what: str, host: str) -> VendorError:
    """Our error for a call that got no answer, told from the cause below httpx's own error.

    Args:
        error: What httpx raised.
        what: Method and endpoint.
        host: Whom it was meant for.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or "handshake failed"
            return VendorError(
                f"{what} was not sent: {host} cannot prove who it is ({reason}); expected a valid "
                "certificate; check base_url and this machine's clock and certificates."
            )
        if isinstance(cause, socket.gaierror):
            return TransientError(
                f"{what} found no host {host} (name not resolved): expected it to exist; check "
                "base_url and this machine's network."
            )
        if isinstance(cause, ConnectionRefusedError):
            return TransientError(
                f"{what} found nobody at {host} (connection refused): expected the vendor to "
                "answer; check base_url, or wait until it is up."
            )
        cause = cause.__cause__ or cause.__context__
    return TransientError(
        f"{what} broke the connection to {host} ({type(error).__name__}): expected a whole answer."
    )
