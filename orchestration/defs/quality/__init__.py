"""Checks at the marts' door."""
