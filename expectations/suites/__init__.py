"""The suites: one module a table; see `registry`."""
