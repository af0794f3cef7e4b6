"""The bot and its language-model layer against a real llama-server; `scripts/engines` builds it."""
