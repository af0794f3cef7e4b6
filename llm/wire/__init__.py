"""Bytes of a streamed answer to events."""
