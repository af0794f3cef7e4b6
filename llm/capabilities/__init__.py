"""Finds out what a model on its server can really do: facts first, probes second."""
