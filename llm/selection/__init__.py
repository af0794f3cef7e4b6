"""Which models could serve a message, best first, and why: hard constraints, then what was learned of each."""
