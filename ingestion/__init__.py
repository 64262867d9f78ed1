"""Lands vendor records, exports and call logs in DuckDB with dlt; knows no dbt, GX or Dagster."""
