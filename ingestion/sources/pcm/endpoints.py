"""PCM's (PostcardMania) endpoints as data: paths, keys, limits. The logic is in `__init__`.

Account fields in matchback.toml (`[sources.pcm.accounts.<label>]`):
    child_reference  logs in to a child account; optional
Secrets: API_KEY, API_SECRET.
Options (`[sources.pcm.options]`), with defaults:
    base_url               "https://v3.pcmintegrations.com"
    page_size              100 rows a page
    reread_days            60, how old batches, scans and undeliverables may be to be read again
    reread_hours           20, how often they are (moved batches are read in every run)
    token_margin_seconds   60, how long before `expires` to log in again
    mail_tracking_path     "/order/{order_id}/mail-tracking" (not in the vendor's spec)
    requests_per_second    8 (none documented; clients pause 100 ms)
"""

from __future__ import annotations

from ingestion.spec import EntitySpec, SourceSpec

DEFAULTS: dict[str, object] = {
    "base_url": "https://v3.pcmintegrations.com",
    "page_size": 100,
    "reread_days": 60,
    "reread_hours": 20.0,
    "token_margin_seconds": 60.0,
    "mail_tracking_path": "/order/{order_id}/mail-tracking",
    "requests_per_second": 8.0,
}

_RECIPIENT = (
    *("recipient.firstName", "recipient.lastName", "recipient.company", "recipient.address"),
    *("recipient.address2", "recipient.city", "recipient.zipCode"),
)

SPEC = SourceSpec(
    name="pcm",
    description="PostcardMania: orders, batches, recipients, mail tracking, QR scans.",
    reread_as={"mail_orders": ("orders",), "mail_pieces": ("recipients", "mail_tracking")},
    entities=(
        EntitySpec(
            name="balances",
            description="One row per version of the prepaid balance.",
            key="the word `balance`",
        ),
        EntitySpec(name="designs", description="One row per version of a design.", key="designID"),
        EntitySpec(
            name="batches",
            description="One row per version of a batch of orders.",
            key="batchID",
            cursor="lastModifiedDate; every page is listed",
            deletes="status Canceled; the row stays",
        ),
        EntitySpec(
            name="orders",
            description="One row per version of an order.",
            key="orderID",
            cursor="orders of batches that moved; about daily all orders",
            deletes="status Canceled; the row stays",
        ),
        EntitySpec(
            name="recipients",
            description="One row per version of a recipient of an order.",
            key="orderID:extRefNbr, else orderID:position",
            cursor="recipients of the orders that were read",
            deletes="absence from an order that was read again",
            personal_fields=_RECIPIENT,
        ),
        EntitySpec(
            name="mail_tracking",
            description="One row per version of a tracked piece of an order.",
            key="orderID:extRefNbr:status:date",
            cursor="tracking of the orders that were read",
            personal_fields=_RECIPIENT,
        ),
        EntitySpec(
            name="undeliverables",
            description="One row per version of a recipient that could not be mailed.",
            key="batchID:orderID:extRefNbr",
            cursor="mailing date, the last 60 days again",
        ),
        EntitySpec(
            name="qr_codes", description="One row per version of a QR code.", key="qrCodeId"
        ),
        EntitySpec(
            name="qr_scans",
            description="One row per scan of a QR code.",
            key="hash of qrCodeId, scanDate and the recipient's reference",
            personal_fields=("ipAddress", *_RECIPIENT),
        ),
    ),
)
