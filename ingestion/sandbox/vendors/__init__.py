"""The four vendors' stand-ins: what they serve (SQL over the world) and how (HTTP)."""
