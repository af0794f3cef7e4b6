"""The Telegram front end, and the only place where things are put together."""
