"""Updates from Telegram: to disk first, then one at a time in each chat."""
