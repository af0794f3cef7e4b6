"""Rich messages: read, checked, given back as blocks, shown as harmless HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from aiogram.types import InputRichBlockParagraph, InputRichMessage, Message
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.errors import ApiError
from bot.playground.rich.check import read_rich_message
from bot.playground.rich.render import render_blocks
from bot.playground.server import Playground
from tests.bot.playground.conftest import ME, Client
from tests.bot.playground.test_messages import refused


def shown(markdown: str) -> str:
    return render_blocks(read_rich_message({"markdown": markdown}).blocks)


async def test_a_rich_message_comes_back_as_blocks_that_the_client_reads(playground: Playground, bot: Client) -> None:
    markdown = "# Title\n\n| a | b |\n|---|--:|\n| 1 | **2** |\n\n- [x] done\n- [ ] open\n\n$$x^2$$\n\n> quoted"
    sent = await bot.send_rich_message(ME, InputRichMessage(markdown=markdown))
    assert sent.rich_message is not None
    kinds = [block.type for block in sent.rich_message.blocks]
    assert kinds == ["heading", "table", "list", "mathematical_expression", "blockquote"]
    assert sent.text is None
    [message] = playground.messages(ME)
    assert message.text.startswith("Title\na\tb\n1\t2\n")


async def test_a_message_becomes_rich_and_plain_again_by_edits(playground: Playground, bot: Client) -> None:
    sent = await bot.send_message(ME, "plain")
    rich = await bot.edit_message_text(
        chat_id=ME, message_id=sent.message_id, rich_message=InputRichMessage(markdown="**rich**")
    )
    assert isinstance(rich, Message)
    assert rich.rich_message is not None
    assert playground.messages(ME)[0].blocks == ({"type": "paragraph", "text": {"type": "bold", "text": "rich"}},)
    await bot.edit_message_text("plain", chat_id=ME, message_id=sent.message_id)
    assert playground.messages(ME)[0].blocks is None


async def test_blocks_of_the_bots_own_making(playground: Playground, bot: Client) -> None:
    blocks = InputRichMessage(blocks=[InputRichBlockParagraph(text="hi")])
    await bot.send_rich_message(ME, blocks)
    assert playground.messages(ME)[0].text == "hi"


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ({}, "rich message must be non-empty"),
        ({"markdown": " \n"}, "rich message must be non-empty"),
        ({"markdown": "a", "html": "b"}, "exactly one of"),
        ({"markdown": "a" * 32_769}, "message is too long"),
        ({"html": "<p>a" * 501}, "too many blocks"),
        ({"html": "<blockquote>" * 17 + "a" + "</blockquote>" * 17}, "too many nested blocks"),
        ({"markdown": "|" + "a|" * 21 + "\n|" + "-|" * 21}, "too many columns"),
        ({"html": "<b>a"}, 'can\'t find end tag for "b"'),
        ({"html": "<marquee>a</marquee>"}, 'unsupported start tag "marquee"'),
        ({"html": "a</b>"}, 'unexpected end tag "b"'),
    ],
)
async def test_rich_messages_that_cannot_be_sent(bot: Client, raw: dict[str, str], complaint: str) -> None:
    assert complaint in await refused(bot.send_rich_message(ME, InputRichMessage.model_validate(raw)))


async def test_a_rich_message_of_the_greatest_length(playground: Playground, bot: Client) -> None:
    await bot.send_rich_message(ME, InputRichMessage(markdown="a" * 32_768))
    assert len(playground.messages(ME)[0].text) == 32_768


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("### Head", "<h3>Head</h3>"),
        ("a\nb  \nc", "<p>a\nb\nc</p>"),
        ("**b** _i_ ~~s~~ `c<`", "<p><b>b</b> <i>i</i> <s>s</s> <code>c&lt;</code></p>"),
        ("```py\nx = 1 < 2\n```", '<pre><code class="language-py">x = 1 &lt; 2</code></pre>'),
        ("$x<y$", "<p><tg-math>x&lt;y</tg-math></p>"),
        ("$$\n\\frac{1}{2}\n$$", "<tg-math-block>\\frac{1}{2}</tg-math-block>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("- [x] a", '<ul><li><input type="checkbox" disabled checked>a</li></ul>'),
        ("> q", "<blockquote><p>q</p></blockquote>"),
        ("---", "<hr>"),
        ("[a](javascript:alert(1))", "<p>a</p>"),
        ("<script>alert(1)</script>", ""),
        ("<details><summary>S</summary>\n\nin\n\n</details>", "<details><summary>S</summary><p>in</p></details>"),
    ],
)
def test_markdown_on_the_page(markdown: str, html: str) -> None:
    assert render_blocks(read_rich_message({"markdown": markdown}, draft=True).blocks) == html


def test_a_table_keeps_its_alignment() -> None:
    html = shown("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert '<th align="center">a</th><th align="right">b</th>' in html
    assert '<td align="center">1</td><td align="right">2</td>' in html


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


HARMLESS = {"href", "rel", "target", "class", "align", "start", "colspan", "rowspan", "type", "disabled", "checked"} | {
    "open",
    "expandable",
}

PIECES = (
    '<script> </script> </a> <b> </b> ** ` [x](javascript:a) > - $ ``` &lt; <p x " <svg/onload=a> <table><tr> <tg-math>'
    " <h9> <pre> <img/src=x/onerror=a> <a/href='javascript:a'>"
)
nasty = st.lists(
    st.sampled_from(
        (*PIECES.split(), "\n\n", " ", "|a|b|\n|-|-|\n", "<td colspan='2\" onclick=a'>", "<details ontoggle=a>")
    ),
    max_size=30,
).map("".join)


@given(nasty)
def test_nothing_that_a_model_writes_gets_onto_the_page_alive(markdown: str) -> None:
    blocks = read_rich_message({"markdown": markdown}, draft=True).blocks
    seen = _Seen()
    seen.feed(render_blocks(blocks))
    assert not {tag for tag, _ in seen.tags} & {"script", "img", "svg", "style", "iframe", "object"}
    for _, attributes in seen.tags:
        assert set(attributes) <= HARMLESS
        assert not (attributes.get("href") or "").lower().lstrip().startswith("javascript")


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "blocks", "items", "cells", "size", "url", "expression", "align"]), inner
        )
    ),
    max_leaves=12,
)
kinds = st.sampled_from(["paragraph", "heading", "list", "table", "details", "blockquote", "pre", "divider", "video"])


@given(
    st.lists(st.fixed_dictionaries({"type": kinds, "text": json_values, "items": json_values, "cells": json_values}))
)
def test_blocks_of_any_shape_are_refused_or_shown_but_never_break(blocks: list[dict[str, Any]]) -> None:
    try:
        rich = read_rich_message({"blocks": blocks})
    except ApiError:
        return
    render_blocks(rich.blocks)
