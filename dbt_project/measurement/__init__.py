"""Statistics behind matchback's numbers: multi-touch effects, lift, geo tests, response curves.

Pure functions over numpy arrays and frames; nothing here opens a warehouse, reads a setting or
knows dbt. The dbt Python models under `models/intermediate/measurement` are thin shells over it.
Money is in cents. Every random draw has a fixed seed, so the same input gives the same output.
"""
