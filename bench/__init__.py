"""Measurements, each one command, each beside a peer or a limit."""
