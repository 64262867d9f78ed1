"""Links customer records into persons and households; knows frames and DuckDB only."""
