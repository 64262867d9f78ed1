"""Suites of what vendors delivered: the new rows of one account in one run."""
