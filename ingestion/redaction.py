"""Takes secrets and personal data out of texts that are kept or shown (error bodies, messages)."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_BODY = 2_000

_PERSONAL_KEYS = (
    "name|firstname|lastname|first_name|last_name|displayname|company|street|address|address1|"
    "address2|addressline1|unit|zip|zipcode|postalcode|postal_code|phone|phonenumber|mobile|"
    "mobilephone|email|emailaddress|tax_id|taxid|ipaddress"
)
_UNSPEAKABLE_KEYS = (
    "access_token|refresh_token|token|id_token|client_secret|secret|apikey|apisecret|api_key|"
    "api_secret|authorization|password"
)
_KEYED = re.compile(
    rf'("(?:{_PERSONAL_KEYS}|{_UNSPEAKABLE_KEYS})"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}}\]\s]+)',
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s\"'<>@:,;()]+@[^\s\"'<>@:,;()]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?<![\w.])\+?1?[\s.-]?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?![\w])")
_LONG_TOKEN = re.compile(r"\b[A-Za-z0-9_-]{40,}\b")


def redact(text: str, *, secrets: Iterable[str] = (), limit: int = MAX_BODY) -> str:
    """The text without secrets, e-mails, phone numbers and values of personal fields, cut short."""
    text = text[: limit * 4]
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[secret]")
    text = _KEYED.sub(r'\1"[redacted]"', text)
    text = _BEARER.sub(r"\1 [secret]", text)
    text = _EMAIL.sub("[email]", text)
    text = _PHONE.sub("[phone]", text)
    text = _LONG_TOKEN.sub("[token]", text)
    return text if len(text) <= limit else text[:limit] + " [cut]"
