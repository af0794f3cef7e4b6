"""Changes of the settings applied while the bot runs."""
