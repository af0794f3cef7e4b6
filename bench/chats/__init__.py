"""Many chats whose answers are streamed at the same time, against a Bot API server with Telegram's limits."""
