"""Suites of what is about to be published: plausible business numbers and hygiene."""
