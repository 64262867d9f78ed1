"""One module per command group of the matchback command."""
