"""The long run of crashes: `make chaos`."""
