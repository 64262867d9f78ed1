"""hubspot (reader follows)."""

from ingestion.sources.hubspot.endpoints import SPEC

__all__ = ["SPEC"]
