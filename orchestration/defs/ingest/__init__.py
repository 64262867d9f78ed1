"""Landing assets: one per landed table."""
