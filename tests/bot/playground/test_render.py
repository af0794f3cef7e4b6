"""Text and entities as HTML, and how entities are made ready."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.entities import Marked, given_entities, trimmed, with_detected
from bot.playground.render import render_text
from bot.playground.utf16 import units


def entity(kind: str, offset: int, length: int, **fields: object) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **fields}


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ('a < b & "c"', [], "a &lt; b &amp; &quot;c&quot;"),
        ("🏠 bold", [entity("bold", 3, 4)], "🏠 <b>bold</b>"),
        ("abc", [entity("bold", 0, 2), entity("italic", 1, 2)], "<b>a<i>b</i></b><i>c</i>"),
        ("abc", [entity("bold", 0, 3), entity("italic", 0, 1)], "<b><i>a</i>bc</b>"),
        ("x<y", [entity("pre", 0, 3, language="py")], '<pre><code class="language-py">x&lt;y</code></pre>'),
        ("x", [entity("pre", 0, 1, language='"><script>')], "<pre><code>x</code></pre>"),
        ("x", [entity("text_link", 0, 1, url="javascript:alert(1)")], "x"),
        ("x", [entity("spoiler", 0, 1)], "<tg-spoiler>x</tg-spoiler>"),
        ("x", [entity("expandable_blockquote", 0, 1)], "<blockquote expandable>x</blockquote>"),
        ("/help", [entity("bot_command", 0, 5)], "/help"),
    ],
)
def test_the_html_of_a_text(text: str, entities: list[dict[str, Any]], html: str) -> None:
    assert render_text(text, entities) == html


def test_a_link_is_escaped_and_opens_elsewhere() -> None:
    html = render_text("x", [entity("text_link", 0, 1, url='https://e.org/?a="&b')])
    assert html == '<a href="https://e.org/?a=&quot;&amp;b" rel="noopener noreferrer" target="_blank">x</a>'


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


KINDS = ["bold", "italic", "code", "pre", "spoiler", "blockquote", "text_link", "custom_emoji", "mention"]
marks = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 12), st.integers(1, 12)).map(
        lambda mark: entity(*mark, url="https://e.org", custom_emoji_id="5")
    ),
    max_size=6,
)


@given(st.text(alphabet="ab<&🏠\n", max_size=10), marks)
def test_any_entities_give_balanced_html_with_the_whole_text(text: str, entities: list[dict[str, Any]]) -> None:
    page = _Balance()
    page.feed(render_text(text, entities))
    page.close()
    assert page.open == []
    assert page.text == text


@given(st.text(alphabet=" \nab🏠", max_size=10), marks)
def test_trimming_keeps_what_the_entities_cover(text: str, entities: list[dict[str, Any]]) -> None:
    whole = text * 2
    marked = Marked(whole, tuple(e for e in entities if e["offset"] + e["length"] <= units(whole)))
    short = trimmed(marked)
    first = min((e["offset"] for e in marked.entities), default=len(whole))
    body = whole.rstrip()
    assert short.text == body[min(len(body) - len(body.lstrip()), first) :]
    for kept in short.entities:
        assert 0 <= kept["offset"] < kept["offset"] + kept["length"] <= units(short.text)


def test_what_is_detected_leaves_code_and_links_alone() -> None:
    text = "/a https://e.org /b"
    entities = given_entities(text, [entity("code", 0, 2), entity("text_link", 3, 13, url="https://x.org")])
    marked = with_detected(Marked(text, entities))
    assert [(found["type"], found["offset"]) for found in marked.entities] == [
        ("code", 0),
        ("text_link", 3),
        ("bot_command", 17),
    ]


@pytest.mark.parametrize("text", ["1/2", "a/b", "//x", "https://e.org/path", "me@example.org"])
def test_not_everything_with_a_sign_is_a_command_or_a_mention(text: str) -> None:
    kinds = {found["type"] for found in with_detected(Marked(text)).entities}
    assert kinds <= {"url"}


def test_the_indentation_of_code_at_the_start_is_not_trimmed() -> None:
    short = trimmed(Marked("\n    x = 1 ", (entity("pre", 1, 9),)))
    assert (short.text, short.entities[0]["offset"], short.entities[0]["length"]) == ("    x = 1", 0, 9)
