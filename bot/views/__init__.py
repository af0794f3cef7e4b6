"""Words and tables that people read."""
