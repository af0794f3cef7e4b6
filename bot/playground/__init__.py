"""A Bot API server on this machine, and a page to chat through it."""
