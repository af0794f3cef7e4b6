"""Telegram's three markups: what they mean, what they refuse, and that no text breaks them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.entities import Marked
from bot.playground.errors import ApiError
from bot.playground.markup.html import parse_html
from bot.playground.markup.markdown import parse_markdown
from bot.playground.markup.markdown_v2 import RESERVED, parse_markdown_v2
from bot.playground.utf16 import units

Parser = Callable[[str], Marked]


def read(parse: Parser, source: str) -> tuple[str, list[tuple[object, ...]]]:
    """The text, and each entity with what it covers."""
    marked = parse(source)
    encoded = marked.text.encode("utf-16-le")
    found = []
    for entity in marked.entities:
        start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        extra = [value for name, value in entity.items() if name not in ("type", "offset", "length")]
        found.append((entity["type"], encoded[start:end].decode("utf-16-le"), *extra))
    return marked.text, found


def refusal(parse: Parser, source: str) -> str:
    with pytest.raises(ApiError) as caught:
        parse(source)
    assert caught.value.status == 400
    return caught.value.description.removeprefix("Bad Request: can't parse entities: ")


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b> <strong>b</strong>", "a b", [("bold", "a"), ("bold", "b")]),
        ("<i>a<b>🏠</b></i>", "a🏠", [("italic", "a🏠"), ("bold", "🏠")]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", "a"), ("underline", "b")]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", letter) for letter in "abc"]),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", [("spoiler", "a"), ("spoiler", "b")]),
        ('<a href="https://e.org/?a=1&amp;b=2">x</a>', "x", [("text_link", "x", "https://e.org/?a=1&b=2")]),
        ("<a href='javascript:x'>x</a>", "x", []),
        ("<a>https://e.org</a>", "https://e.org", [("text_link", "https://e.org", "https://e.org")]),
        ("<code>a&lt;b</code>", "a<b", [("code", "a<b")]),
        ("<pre>x</pre>", "x", [("pre", "x")]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", "x", "py")]),
        ('<pre><code class="language-py">x</code>y</pre>', "xy", [("pre", "xy")]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", "a")]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", "a")]),
        ('<tg-emoji emoji-id="5">🏠</tg-emoji>', "🏠", [("custom_emoji", "🏠", "5")]),
        ("&lt;&gt;&amp;&quot;&#65;&#x42;&nbsp;&copy;&", '<>&"AB&nbsp;&copy;&', []),
        ("a > b", "a > b", []),
        ("<B>a</b >", "a", [("bold", "a")]),
        ("<b></b>a", "a", []),
    ],
)
def test_html(source: str, text: str, entities: list[tuple[object, ...]]) -> None:
    assert read(parse_html, source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag, expected "</b>", found "</i>" at byte offset 4'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<h1>a</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("<b", 'Unclosed start tag "b" at byte offset 0'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =x>a</a>", 'Empty attribute name in the tag "a" at byte offset 3'),
        ("<a href>a</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 7'),
        ('<a href="x>a</a>', 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>a</a>", 'Unexpected end of name token in the tag "a" at byte offset 9'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified at byte offset 0"),
    ],
)
def test_html_that_is_refused(source: str, complaint: str) -> None:
    assert refusal(parse_html, source) == complaint


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ __u__", "b i u", [("bold", "b"), ("italic", "i"), ("underline", "u")]),
        ("~s~ ||h||", "s h", [("strikethrough", "s"), ("spoiler", "h")]),
        ("*b _i🏠_*", "b i🏠", [("bold", "b i🏠"), ("italic", "i🏠")]),
        ("`a\\`b*`", "a`b*", [("code", "a`b*")]),
        ("```py\nx = 1\n```", "x = 1\n", [("pre", "x = 1\n", "py")]),
        ("```\nx```", "x", [("pre", "x")]),
        ("[x\\]](https://e.org/a\\)b)", "x]", [("text_link", "x]", "https://e.org/a)b")]),
        ("![🏠](tg://emoji?id=5)", "🏠", [("custom_emoji", "🏠", "5")]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", "a\nb")]),
        (">a\n>b||", "a\nb", [("expandable_blockquote", "a\nb")]),
        (">a\n**>b", "a\nb", [("blockquote", "a"), ("blockquote", "b")]),
        ("1\\. a\\-b\\!", "1. a-b!", []),
        ("\\ж", "\\ж", []),
    ],
)
def test_markdown_v2(source: str, text: str, entities: list[tuple[object, ...]]) -> None:
    assert read(parse_markdown_v2, source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("a.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a > b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("a | b", "Character '|' is reserved and must be escaped with the preceding '\\'"),
        ("a]", "Character ']' is reserved and must be escaped with the preceding '\\'"),
        ("*a", "Can't find end of Bold entity at byte offset 0"),
        ("ж_a", "Can't find end of Italic entity at byte offset 2"),
        ("*a _b* c_", "Can't find end of Italic entity at byte offset 8"),
        ("`a", "Can't find end of Code entity at byte offset 0"),
        ("```a", "Can't find end of Pre entity at byte offset 0"),
        ("[a](https://e.org", "Can't find end of a URL at byte offset 3"),
        (">*a\nb*", "Can't find end of Bold entity at byte offset 1"),
    ],
)
def test_markdown_v2_that_is_refused(source: str, complaint: str) -> None:
    assert refusal(parse_markdown_v2, source) == complaint


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ `c*`", "b i c*", [("bold", "b"), ("italic", "i"), ("code", "c*")]),
        ("```py\nx\n```", "x\n", [("pre", "x\n", "py")]),
        ("[x](https://e.org) [y]", "x y", [("text_link", "x", "https://e.org")]),
        ("a\\_b\\*", "a_b*", []),
        ("1. a-b!", "1. a-b!", []),
    ],
)
def test_legacy_markdown(source: str, text: str, entities: list[tuple[object, ...]]) -> None:
    assert read(parse_markdown, source) == (text, entities)


@pytest.mark.parametrize("source", ["a *b", "a _b", "a `b", "a [b", "a ```b``", "a [b](c"])
def test_legacy_markdown_that_is_refused(source: str) -> None:
    assert refusal(parse_markdown, source).startswith("Can't find end of the entity starting at byte offset 2")


PIECES = (
    "<b> </b> <i> </i> <pre> <code class='language-x'> </code> </pre> < > & &lt; * ** _ __ ~ || ` ``` [ ]( ) ! \\ 🏠 ж"
)
soup = st.lists(st.sampled_from([*PIECES.split(), "\n", ">", " ", "a", "<blockquote expandable>", "</"]), max_size=20)


@pytest.mark.parametrize("parse", [parse_html, parse_markdown_v2, parse_markdown])
@given(pieces=soup)
def test_every_text_is_refused_or_gives_entities_within_it(parse: Parser, pieces: list[str]) -> None:
    try:
        marked = parse("".join(pieces))
    except ApiError:
        return
    length = units(marked.text)
    for entity in marked.entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= length


@given(st.text())
def test_escaped_text_comes_out_as_it_was(text: str) -> None:
    v2 = "".join(f"\\{character}" if character in RESERVED | {"\\"} else character for character in text)
    assert read(parse_markdown_v2, v2) == (text, [])
    html = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert read(parse_html, html) == (text, [])
