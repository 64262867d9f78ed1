"""QuickBooks Online's endpoints as data: entities, cursors, limits. The logic is in `__init__`.

Account fields in matchback.toml (`[sources.quickbooks.accounts.<label>]`):
    realm_id        company id, required
Secrets: CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN (the first one; afterwards the newest is kept in
the state folder, because each renewal may replace it).
Options (`[sources.quickbooks.options]`), with defaults:
    base_url             "https://quickbooks.api.intuit.com"
    token_url            "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
    minor_version        75
    page_size            1000 rows a query page (the vendor's most)
    overlap_minutes      10, how far behind the newest change is read again
    cdc_limit            1000 objects the change feed gives before it cuts off
    cdc_days             30 days the change feed remembers (29 are asked)
    requests_per_second  7 (500 a minute for a company)
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.spec import EntitySpec, SourceSpec

DEFAULTS: dict[str, object] = {
    "base_url": "https://quickbooks.api.intuit.com",
    "token_url": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "minor_version": 75,
    "page_size": 1000,
    "overlap_minutes": 10,
    "cdc_limit": 1000,
    "cdc_days": 30,
    "requests_per_second": 7.0,
}


@dataclass(frozen=True, kw_only=True)
class QueryEntity:
    """One queried entity.

    Attributes:
        word: Intuit's name in queries and envelopes.
        is_name_list: Whether inactive rows are hidden unless asked for.
    """

    word: str
    is_name_list: bool = False


ENTITIES: dict[str, QueryEntity] = {
    "customers": QueryEntity(word="Customer", is_name_list=True),
    "invoices": QueryEntity(word="Invoice"),
    "payments": QueryEntity(word="Payment"),
    "credit_memos": QueryEntity(word="CreditMemo"),
    "refund_receipts": QueryEntity(word="RefundReceipt"),
    "purchase_orders": QueryEntity(word="PurchaseOrder"),
}

_PERSONAL: dict[str, tuple[str, ...]] = {
    "customers": (
        *("DisplayName", "GivenName", "FamilyName", "CompanyName", "FullyQualifiedName"),
        *("PrintOnCheckName", "PrimaryPhone", "Mobile", "PrimaryEmailAddr", "BillAddr"),
        *("ShipAddr", "PrimaryTaxIdentifier", "ResaleNum"),
    ),
    "invoices": ("CustomerRef.name", "BillEmail", "BillAddr", "ShipAddr", "CustomerMemo"),
    "payments": ("CustomerRef.name", "PrivateNote"),
    "credit_memos": ("CustomerRef.name", "BillAddr", "CustomerMemo"),
    "refund_receipts": ("CustomerRef.name", "BillAddr", "CustomerMemo"),
}

SPEC = SourceSpec(
    name="quickbooks",
    description="QuickBooks Online: customers, invoices, payments, credits, purchase orders.",
    reread_as={
        "customers": ("customers",),
        "invoices": ("invoices",),
        "payments": ("payments",),
        "credits": ("credit_memos",),
    },
    entities=(
        EntitySpec(
            name="company_info",
            description="One row per version of the company's own record.",
            key="Id",
        ),
        *(
            EntitySpec(
                name=name,
                description=f"One row per version of a QuickBooks {name.replace('_', ' ')[:-1]}.",
                key="Id",
                cursor="MetaData.LastUpdatedTime, 10 minutes of overlap",
                deletes="change feed (CDC), 30 days of memory",
                personal_fields=_PERSONAL.get(name, ()),
            )
            for name in ENTITIES
        ),
    ),
)
