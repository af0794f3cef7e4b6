"""Chat templates by family of models, for servers that have none of their own (servers.md 12)."""
