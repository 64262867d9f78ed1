"""quickbooks (reader follows)."""

from ingestion.sources.quickbooks.endpoints import SPEC

__all__ = ["SPEC"]
