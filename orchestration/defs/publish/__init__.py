"""The published files."""
