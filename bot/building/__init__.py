"""The bot, floor by floor: what is kept, the way to Telegram, the models, the service to people, live settings."""
