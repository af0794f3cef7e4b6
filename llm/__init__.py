"""Language models behind one interface: usable on its own, knows nothing of Telegram or SQL."""
