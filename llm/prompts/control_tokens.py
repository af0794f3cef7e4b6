"""Makes control tokens harmless inside what people and models wrote (servers.md 12.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from llm.types import Content, Message, TextPart

COMMON_TOKENS = (
    "<start_of_turn>", "<end_of_turn>", "<|turn>", "<turn|>", "<|channel>", "<channel|>",
    "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "<<SYS>>", "<</SYS>>", "[gMASK]", "<sop>",
)  # fmt: skip
"""Tokens of many families that no person writes by chance. `<s>` and `###` are not among them: people use them."""

_SHAPES = r"<\|[A-Za-z0-9_:./▁-]{1,60}\|>|<｜[^｜<>]{1,60}｜>"
"""What control tokens of most families look like."""


class TokenGuard:
    """Breaks up control tokens in texts; made once for a set of tokens.

    A space goes behind the first character of each: no tokenizer reads `< |im_end|>` as one, and people still can.
    Nothing invisible is used, since some tokenizers leave that out.
    """

    def __init__(self, tokens: Collection[str]) -> None:
        longest_first = sorted(set(tokens), key=len, reverse=True)
        names = [re.escape(token) for token in longest_first if token.strip()]
        self._pattern = re.compile("|".join([*names, _SHAPES]))

    def text(self, text: str) -> str:
        """The text without any control token; the same object when there was none."""
        # What is left and right of a broken token may be one itself: again until none is left. Each time the text
        # grows by a space inside a token, so that there are fewer places for one.
        while self._pattern.search(text):
            text = self._pattern.sub(lambda found: found[0][:1] + " " + found[0][1:], text)
        return text

    def messages(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Messages without control tokens; those that had none are the same objects."""
        return tuple(self._message(message) for message in messages)

    def _message(self, message: Message) -> Message:
        content = self._content(message.content)
        return message if content is message.content else replace(message, content=content)

    def _content(self, content: Content) -> Content:
        if isinstance(content, str):
            return self.text(content)
        parts = tuple(
            replace(part, text=self.text(part.text)) if isinstance(part, TextPart) else part for part in content
        )
        return content if parts == content else parts
