"""Rich messages (Bot API 10.1): read from Markdown, HTML or blocks, checked against the limits, shown as HTML."""
