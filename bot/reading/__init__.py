"""Reads the files that people send: what kind they are, and the text or the picture in them."""
