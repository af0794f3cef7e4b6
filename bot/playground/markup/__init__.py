"""Telegram's three ways of writing formatted text: HTML, MarkdownV2 and the legacy Markdown."""
