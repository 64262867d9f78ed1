"""Dagster definitions by room; each module holds only names, wiring and schedules."""
