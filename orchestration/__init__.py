"""Wires the rooms together: Dagster definitions and the matchback command; no business rule."""
