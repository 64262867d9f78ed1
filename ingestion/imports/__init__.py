"""The import folder: files of operators read as a first-class source beside the vendors.

What the format promises is data in `tables`; how files are mapped is in `mapping`; reading,
typing and choosing versions are in `readers`, `typing_sql` and `folder`. Landing itself is
`ingestion.landing`, which every source shares.
"""
