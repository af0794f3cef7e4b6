"""How groups differ from private chats: whom the bot answers there, who said what, what only one person sees."""
