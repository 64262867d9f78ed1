"""Measurements: `make bench`. Ratios in one run, never assertions."""
