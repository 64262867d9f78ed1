"""The vendors matchback pulls from, one package each."""
