"""pcm (reader follows)."""

from ingestion.sources.pcm.endpoints import SPEC

__all__ = ["SPEC"]
