"""Factories, translators and the warehouse connection; no assets here (see defs/)."""
