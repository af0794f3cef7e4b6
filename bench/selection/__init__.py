"""Choosing a model by what was learned, replayed on simulated traces beside simpler ways of choosing."""
