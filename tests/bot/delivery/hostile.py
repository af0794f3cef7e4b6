"""Hostile Markdown: what models write when they go wrong, and what nobody would write.

In the templates `§` stands for a word that has to arrive, in order; `¤` for one that has to arrive somewhere, since
a wide table is shown as a list in which the names of its columns are said again and again.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import count

FENCE = "`" * 3
TILDES = "~" * 3


@dataclass(frozen=True)
class Hostile:
    """One text with the words that must arrive."""

    name: str
    text: str
    words: tuple[str, ...]
    anywhere: frozenset[str]


def hostile(name: str, template: str) -> Hostile:
    """A text from its template. A word in the place of a block's language is shown apart from the text."""
    numbers = count(1)
    text = re.sub("[§¤]", lambda found: f"{'w' if found[0] == '§' else 'h'}{next(numbers)}q", template)
    languages = set(re.findall(r"(?:```|~~~)[\w+#.-]*(w\d+q)", text))
    words = (word for word in re.findall(r"w\d+q", text) if word not in languages)
    return Hostile(name, text, tuple(words), frozenset(re.findall(r"h\d+q", text)))


def table(columns: int, rows: int, cell: str = "§") -> str:
    """A table with words in each of its cells."""
    line = "|" + f" {cell} |" * columns
    header = "|" + " ¤ |" * columns
    return "\n".join((header, "|" + "---|" * columns, *[line] * rows))


_UNCLOSED = (
    "**§ § §",
    "*§ §",
    "_§ §",
    "__§ §",
    "~~§ §",
    "***§ § **§",
    "`§ § §",
    "``§ ` §",
    "[§ §",
    "[§](",
    "[§](http://x.y",
    "![§",
    "![§](x",
    "<b>§",
    "<§",
    "<!-- § §",
    "<![CDATA[ § §",
    "<?php § §",
    "<script>§ §",
    "<style>§ §",
    "<pre>§",
    "$§",
    "$$§ §",
    "\\(§",
    "\\[§ §",
    "\\begin{align} § §",
    "|§",
    "| § | §",
    "||§",
    "> > > §",
    "- - - §",
    "1. 2. 3. §",
    "# # # §",
    f"{FENCE}§",
    f"{FENCE}python\n§ §",
    f"{TILDES}\n§",
    f"> {FENCE}\n> § §",
    f"- {FENCE}\n  §\n§",
    "[^§",
    "[§]: x",
    "\\§\\",
    "&§",
    "&lt;§",
    "{{§",
    "{%§%}",
    "**§*§**§*",
    "*§**§*§**",
    "_§*§_§*",
    "~~§**§~~§**",
    "[**§](http://x.y)§**",
    "**[§**](http://x.y) §",
    "`§**§`§**",
    "**`§**`§",
    "§" * 3 + "**",
    "§ ** § ** §",
    "*§",
)

_NESTED = (
    f"{FENCE}{FENCE}\n{FENCE}python\n§\n{FENCE}\n§\n{FENCE}{FENCE}\n§",
    f"{FENCE}markdown\n# §\n{FENCE}python\n§\n{FENCE}\n§\n{FENCE}\n§",
    f"- § \n  - §\n    - §\n      {FENCE}js\n      §\n      {FENCE}\n      - §\n§",
    f"> § \n> > §\n> > > §\n> {FENCE}\n> §\n> {FENCE}\n§",
    "> " * 40 + "§ §",
    "- " * 40 + "§ §",
    "* " * 200 + "§",
    "> - " * 20 + "§",
    "1. " * 30 + "§",
    "*" * 500 + "§" + "*" * 500,
    "[" * 300 + "§" + "]" * 300,
    "(" * 300 + "§" + ")" * 300,
    "_" * 301 + "§",
    "~" * 300 + "§" + "~" * 300,
    "`" * 300 + "§",
    "#" * 300 + " §",
    "|" * 300 + "§",
    "\\" * 301 + "§",
    "<" * 300 + "§",
    "**" * 150 + "§ " + "**" * 150,
    "![" * 100 + "§" + "](x)" * 100,
    "[§](" * 50 + ")" * 50,
    "&" * 300 + "§",
    "<b>" * 100 + "§" + "</b>" * 100,
    "<details><summary>§</summary>\n\n§\n\n</details>\n§",
    "<table><tr><td>§</td></tr>",
    "$" * 301 + "§",
    "\\(" * 100 + "§" + "\\)" * 100,
    "\\[ " * 50 + "§",
    "{" * 200 + "§" + "}" * 200,
    "\\frac{" * 60 + "§" + "}" * 60,
    "$" + "\\sqrt{" * 60 + "x" + "}" * 60 + "$ §",
    "**§ `§` *§ ~~§~~* §** " * 60,
)

_HTML = (
    "<div>§</div>\n\n§",
    "<div>\n§\n</div>\n§",
    "a <b>§</b> <i>§ <u>§</i></u> §",
    "<a href='javascript:x'>§</a>",
    "<img src=x onerror=alert(1)>§",
    "<iframe src=x>§</iframe>§",
    "§<br>§<br/>§",
    "&nbsp;§&amp;§&#x41;§&unknown;§",
    "<!-- hidden -->§",
    "§ <https://example.org/x> §",
    "§ <me@example.org> §",
    "<tg-spoiler>§</tg-spoiler>",
    "<blockquote expandable>§</blockquote>",
    "<tg-thinking>§</tg-thinking>§",
    "<think>§</think>§",
    "</p></div>§",
    "<p>§\n\n§</p>",
    "if a<b && c>d: §",
    "Vec<Vec<§>>",
    "#include <§>\n§",
    "std::map<§, §>",
    "<|im_end|>§<|endoftext|>",
    "<s>§</s>[INST]§[/INST]",
    "<code>§</code>",
    "<pre><code>§\n§</code></pre>",
    "<ul><li>§<li>§</ul>",
    "<h1>§</h1>",
)

_SCRIPTS = (
    "שלום § **עולם §** `קוד §`",
    "مرحبا § **بالعالم §** > §",
    "\u202e§ \u202d§ \u2066§\u2069",
    "§\u200b§ \u200c§\u200d§",
    "\ufeff§ \ufeff**§**",
    "e\u0301§ " + "\u0301" * 500 + " §",
    "**\u200b**§**\u200b**",
    "中文**§**中文*§*中文，§。",
    "𝒜𝓑𝒞 **§** 𝔻",
    "👩‍👩‍👧‍👦 **§** 👨🏿‍🚀 `§`",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 **§ 🇩🇪 §**",
    "😀" * 2048 + "§",
    "😀" * 2047 + " **§**",
    "§ " + "😀" * 4100 + " §",
    "**" + "😀" * 3000 + "** §",
    "x" + "😀" * 2048 + "**§**",
    "`" + "😀" * 4096 + "` §",
    "\x00§\x01§\x1b[31m§",
    "\ud800§\udfff§",
    "§\r\n§\r§\n\r§",
    "§\u2028§\u2029§\x85§\x0b§\x0c§",
    "\t§\n\t\t§\n    §\n\t- §",
    "\u3000§\u3000\n\u00a0§\u00a0",
    "\ue000§\ue001**§**\uf8ff",
    "ﷺ" * 100 + " §",
    "Ⅷ ½ ² § ﬁ §",
    "§\n" + "\u200b\n" * 50 + "§",
    "\n" * 300 + "§" + "\n" * 300,
    " " * 500 + "§",
    "-\u200b- §",
)

_MATHS = (
    "$§ + §$",
    "$$§^{§}$$ §",
    "\\(§\\) \\[§\\] §",
    "$$\n\\begin{pmatrix} § & § \\\\ § & § \\end{pmatrix}\n$$ §",
    "price $5 § and $10 §",
    "$§",
    "§$",
    "$ § $ § $ § $",
    "$$§$$$§$§",
    "| $x|y$ | § |\n|---|---|\n| $|§|$ | § |",
    "\\begin{cases} § \\\\ § \\end{cases}",
    "$\\text{§ § §}$ §",
    "$\\unknown{§}{§}$",
    "$\\frac{§}{§}$ §",
    "$\\sqrt[§]{§}$",
    "$§_{§_{§}}$ §",
    "\\\\(§\\\\) \\\\[§\\\\]",
    "`$§$` §",
    f"{FENCE}math\n§ \\frac\n{FENCE}\n§",
    "$§\n\n§$ §",
    "$\\left( § \\right]$ §",
    "\\( § \\[ § \\) § \\]",
    "$§$§$§$",
    "\\$§\\$ §",
    "$\\%§\\$§$ §",
    "$a*§*b$ *§*",
    "$" + "x + " * 700 + "§$ §",
    "\\int_{§}^{§} §\\,dx",
)

_LONG = (
    "§" + "x" * 100_000 + "§",
    "§ " * 12_000,
    "§" + " " * 100_000 + "§",
    "§" + "\n" * 50_000 + "§",
    "**" + "§ " * 3000 + "**",
    "`" + "§ " * 3000 + "`",
    "[" + "§ " * 3000 + "](http://x.y)",
    "> " + "§ " * 3000,
    "# " + "§ " * 2000,
    "*§* " * 3000,
    "- §\n" * 3000,
    "1. §\n" * 2000,
    "> §\n" * 2000,
    "§\n\n" * 2000,
    "# §\n" * 600,
    "`§` " * 2000,
    "[§](http://x.y) " * 1500,
    f"{FENCE}\n" + "§\n" * 3000 + f"{FENCE}\n§",
    f"{FENCE}py\n" + "§ " * 20_000 + f"\n{FENCE} §",
    f"{FENCE}\n" + "x" * 100_000 + f"\n{FENCE}\n§",
    (f"{FENCE}c\n" + "§\n" * 600 + f"{FENCE}\n§\n") * 5,
    "中" * 30_000 + "§",
    "é" * 40_000 + "§",
    "**§** 😀 " * 2500,
    "---\n" * 1000 + "§",
    "§ " + "$x^2$ " * 1500 + "§",
    "\\(" * 20_000 + "§",
    "`" * 50_000 + "§",
    "*" * 50_000 + "§",
    "[" * 20_000 + "§",
    "<" * 50_000 + "§",
    "&amp;" * 10_000 + "§",
    "> " * 5000 + "§",
    "- " * 5000 + "§",
    "| " * 20_000 + "§",
    "a|" * 10_000 + "\n" + "-|" * 10_000 + "\n§",
    "![§](x)" * 2000,
    "<b>§</b>" * 2000,
    "_§_" * 3000,
    "~~§~~ " * 2000,
    "***§*** " * 2000,
    "\\*§ " * 5000,
    "§  \n" * 3000,
    "[^§] " * 2000,
)

_TABLES = (
    table(30, 3),
    table(20, 5),
    table(21, 5),
    table(2, 200),
    table(5, 100),
    table(3, 3, "**§** `§`"),
    table(2, 2, "§ " * 400),
    table(1, 1),
    table(1, 0),
    table(12, 300),
    table(2, 3) + "\n" + table(3, 2),
    "> " + table(3, 2).replace("\n", "\n> "),
    "- " + table(2, 2).replace("\n", "\n  ") + "\n- §",
    "| ¤ |\n|---|\n| § | § |\n\n§",
    "| ¤ | ¤ |\n|---|---|\n| § |\n§",
    "| ¤ | ¤ |\n|:-:|--:|\n| `a|§` | § |",
    "| ¤ | ¤ |\n|---|---|\n| § \\| § | § |",
    "¤ | ¤\n-|-\n§ | §\n§ | §",
    "| § | § |\n| § | § |",
    "| ¤ | ¤\n|---|---",
    "|---|---|\n| § | § |",
    "| ¤ |\n|---|\n| <br>§<br>§ |",
    "| ¤ | ¤ |\n|---|---|\n| $x|y$ | § |\n| $§$ | § |",
    table(2, 2, "[§](http://x.y)"),
    table(2, 2, "![§](x)"),
    table(2, 2, "😀" * 30 + "§"),
    table(2, 2, "中文§"),
    table(2, 2, "<b>§</b>"),
    table(40, 40),
    table(3, 2).replace("---", ":---:"),
    f"| ¤ |\n|---|\n| {FENCE}§{FENCE} |",
    table(2, 2, "***§"),
    table(2, 600),
)

_GROUPS = {
    "unclosed": _UNCLOSED,
    "nested": _NESTED,
    "html": _HTML,
    "scripts": _SCRIPTS,
    "maths": _MATHS,
    "long": _LONG,
    "tables": _TABLES,
}

BY_HAND = tuple(
    hostile(f"{group} {number}", template)
    for group, templates in _GROUPS.items()
    for number, template in enumerate(templates)
)

_SCRAPS = (
    "**", "*", "_", "__", "`", "``", f"{FENCE}\n", f"{FENCE}python\n", f"{TILDES}\n", "~~", "||", "|", "\n", "\n\n",
    "- ", "1. ", "> ", "# ", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\frac{1}{2}", "<b>", "</b>", "<", ">", "[",
    "](", ")", "](http://x.y)", " ", "  \n", "😀", "中文", "\u200b", "\u202e", "\\", "- [ ] ", "- [x] ", "[^1]",
    "&amp;", "5", "---\n", "    ", "\t", "<details>", "<!--", "-->", "| a | b |\n|---|---|\n| c | d |\n", "\n\n\n",
    "!", "…", "{", "}", "^", "=\n", "+ ", "e\u0301", "\x00",
)  # fmt: skip


def generated(seed: int, number: int) -> list[Hostile]:
    """So many texts of scraps of markup among words."""
    chance = random.Random(seed)
    texts = []
    for index in range(number):
        length = chance.choice((5, 15, 40, 40, 150, 600))
        scraps = (
            chance.choice(_SCRAPS) if chance.random() < 0.6 else f"§{chance.choice(' ,. ')}" for _ in range(length)
        )
        texts.append(hostile(f"seed {seed} number {index}", "".join(scraps) + " §"))
    return texts
