"""A model's Markdown, broken or not, becomes text with entities, and all of it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery import markup
from bot.delivery.formatted import Formatted
from bot.delivery.formulas import readable
from bot.delivery.markup import completed, render, render_partial
from tests.bot.delivery.test_split import check_nesting

SCRAPS = st.lists(
    st.sampled_from(
        [
            "**", "*", "_", "__", "`", "```", "```python\n", "~~", "||", "|", "\n", "\n\n", "| a | b |\n|---|---|\n",
            "- ", "1. ", "> ", "# ", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\frac{1}{2}", "<b>", "</b>", "<", "[",
            "](", "http://x.y)", "word", " ", "😀", "中文", "\\", "- [ ] ", "[^1]", "\x00", "\ud800", "5",
            "---\n", "    ",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


def kinds(formatted: Formatted) -> list[tuple[str, str]]:
    """Each mark with the text that it is on; offsets are of ASCII texts."""
    return [(mark.kind, formatted.text[mark.start : mark.end]) for mark in formatted.marks]


@given(SCRAPS)
@settings(max_examples=300)
def test_no_markdown_breaks_it_and_every_prefix_has_proper_entities(markdown: str) -> None:
    for formatted in (render(markdown), render_partial(markdown)):
        check_nesting(formatted)
        formatted.text.encode()
        formatted.entities()


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1))
def test_words_are_never_lost(text: str) -> None:
    assert text in render(f"**{text}** <div>{text}</div>").text


def test_a_fault_of_the_library_leaves_the_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IndexError

    monkeypatch.setattr(markup, "convert", fail)
    assert render("**a** text") == Formatted("**a** text")


@pytest.mark.parametrize(
    ("markdown", "text", "marks"),
    [
        ("# Title", "Title", [("bold", "Title"), ("underline", "Title")]),
        ("**a** *b* ~~c~~ `d`", "a b c d", [("bold", "a"), ("italic", "b"), ("strikethrough", "c"), ("code", "d")]),
        ("```python\nprint(1)\n```", "print(1)", [("pre", "print(1)")]),
        ("- a\n- [x] b\n- [ ] c", "• a\n☑ b\n☐ c", []),
        ("> quoted", "quoted", [("blockquote", "quoted")]),
        ("[a](https://x.y)", "a", [("text_link", "a")]),
        ("[a](javascript:alert(1)) [b](#part)", "a (javascript:alert(1)) b", [("code", "javascript:alert(1)")]),
        (
            "see [the *plan*](docs/plan.md)",
            "see the plan (docs/plan.md)",
            [("italic", "plan"), ("code", "docs/plan.md")],
        ),
        ("[a.py](a.py) ![](b.png)", "a.py b.png", [("code", "b.png")]),
        ("use Vec<String> and\n\n<div>it</div>\n\nend", "use Vec<String> and\n\n<div>it</div>\n\nend", []),
        ("`<i>` and \\<", "<i> and <", [("code", "<i>")]),
        ("a || b || c", "a || b || c", []),
        ("a ||| b |\n|---|---|\n| c |", "a ||| b |\n|---|---|\n| c |", []),
        ("| a |\n|---|\n| `x|y` | z |", "a\n───────\nx|y | z", [("pre", "a\n───────\nx|y | z")]),
        ("```\n```\n```one two", "one two", [("code", "one two")]),
        ('```js title="a.js"\nx\n```', 'title="a.js"\n\nx', [("code", 'title="a.js"'), ("pre", "x")]),
        ("[a](<b c>) <!-- d", "[a](<b c>) <!-- d", []),
        ("note[^1]\n\n[^1]: the note", "note[^1]\n\n[^1]: the note", []),
        ("2*3*4 = 24", "2*3*4 = 24", []),
        ("**bold `code` bold**", "bold code bold", [("bold", "bold "), ("code", "code"), ("bold", " bold")]),
    ],
)
def test_markdown_becomes_text_with_entities(markdown: str, text: str, marks: list[tuple[str, str]]) -> None:
    formatted = render(markdown)
    assert formatted.text == text
    assert kinds(formatted) == marks


def test_code_keeps_its_language() -> None:
    assert [mark.language for mark in render("```c++\nx\n```\n\n```\ny\n```").marks] == ["c++", None]


def test_offsets_are_counted_in_utf16_units() -> None:
    (entity,) = render("😀 **a**").entities() or []
    assert (entity.type, entity.offset, entity.length) == ("bold", 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "price $5 and $10 and $20",
        "It was $5/month (was 10$)",
        "cost $10.49 (~$11.20)",
        "from $5 to $6 each",
        "A$ and US$ 3 or 5$",
        "in `$x$` and `\\(y\\)`",
    ],
)
def test_dollars_that_are_no_formula_stay(text: str) -> None:
    assert render(text).text == text.replace("`", "")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("$E=mc^2$", "E=mc²"),
        ("$x$ and $n+1$", "x and n+1"),
        ("\\(\\alpha + \\beta\\)", "α + β"),
        ("\\[ \\frac{a+b}{c} \\]", "(a+b)/c"),
        ("$$\n\\sqrt{x^2+1}\n$$", "√(x²+1)"),
        ("$x^2$", "x²"),
        ("\\(x\\)", "x"),
        ("$\\dfrac{1}{2}$", "½"),
        ("**$\\pi$**", "π"),
        ("\\(|x|\\)", "∣x∣"),
        ("$$\n\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n$$", "(a  b\nc  d)"),
    ],
)
def test_formulas_become_readable_unicode(markdown: str, text: str) -> None:
    assert render(markdown).text == text


@pytest.mark.parametrize("opening", ["\\sqrt{", "\\frac{a}{", "x^{", "\\overline{", "\\left(", "\\begin{matrix}"])
def test_a_formula_nested_without_sense_stays_as_it_is(opening: str) -> None:
    formula = opening * 60 + "}" * 60
    assert render(f"\\({formula}\\)").units <= len(formula)


@pytest.mark.parametrize("formula", ["\\sqrt[n", "\\color{red"])
def test_a_formula_of_which_letters_would_be_lost_stays_as_it_is(formula: str) -> None:
    assert readable(formula) == formula


def test_a_narrow_table_is_aligned_by_the_width_of_its_characters() -> None:
    formatted = render("| a | b |\n|---|:-:|\n| 1 | **2** |\n| 中文 | $x^2$ |\n\nend")
    assert formatted.text == "a    │ b\n─────┼───\n1    │ 2\n中文 │ x²\n\nend"
    assert [mark.kind for mark in formatted.marks] == ["pre"]


def test_a_wide_table_becomes_a_list_of_values() -> None:
    table = (
        "| Model | What it is good at, in a few words | Link |\n|---|---|---|\n"
        "| Llama | Talking<br>and `code` | [page](http://a.b) |\n| Qwen | Costs $5 or $6 | |\n"
    )
    formatted = render(table)
    assert formatted.text == (
        "Model: Llama\nWhat it is good at, in a few words: Talking and code\nLink: page\n\n"
        "Model: Qwen\nWhat it is good at, in a few words: Costs $5 or $6"
    )
    assert ("text_link", "page") in kinds(formatted)
    assert ("bold", "Model:") in kinds(formatted)


def test_a_table_in_a_list_or_a_quote_stays_in_it() -> None:
    assert render("- | a | b |\n  |---|---|\n  | 1 | 2 |\n- next").text == "• a │ b\n──┼──\n1 │ 2\n• next"
    assert [mark.kind for mark in render("> | a | b |\n> |---|---|\n> | 1 | 2 |").marks] == ["blockquote", "pre"]


@pytest.mark.parametrize(
    ("markdown", "text", "marks"),
    [
        ("**bold unf", "bold unf", [("bold", "bold unf")]),
        ("done. **bold *it", "done. bold it", [("bold", "bold it"), ("italic", "it")]),
        ("a `co", "a co", [("code", "co")]),
        ("```py\nx = 1 **", "x = 1 **", [("pre", "x = 1 **")]),
        ("text **", "text", []),
        ("see [the page](http://x", "see the page", []),
        ("2 * 3", "2 * 3", []),
        ("- **Name**: x **y", "• Name: x y", [("bold", "Name"), ("bold", "y")]),
        ("~~str", "str", [("strikethrough", "str")]),
    ],
)
def test_what_is_open_at_the_end_of_a_frame_is_closed(markdown: str, text: str, marks: list[tuple[str, str]]) -> None:
    formatted = render_partial(markdown)
    assert formatted.text == text
    assert kinds(formatted) == marks


@given(st.sampled_from(["plain words", "a **b** c", "`x`", "```\ncode\n```", "- a\n- b", "*i* and **b**"]))
def test_a_finished_text_is_not_changed_by_completing_it(markdown: str) -> None:
    assert completed(markdown) == markdown
