"""How an answer reaches a chat."""
