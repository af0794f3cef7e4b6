"""Formulas as readable Unicode, and telling a formula from a price."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

from telegramify_markdown import convert

# Commands that telegramify-markdown 1.4.1 leaves as they are, with what it does know.
_SYNONYMS = (
    (re.compile(r"\\[dt]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\degree(?![A-Za-z])"), r"^\\circ"),
    (re.compile(r"\\tag\*?\s*\{[^{}]*\}"), ""),
    (re.compile(r"\\(?:displaystyle|textstyle|limits|nolimits)(?![A-Za-z])"), ""),
)
# What of a formula is not to be seen in it: commands, names of environments, sizes, the signs of roots.
_NOT_SAID = re.compile(
    r"\\(?:begin|end|[hv]space\*?|color|label|phantom)\s*\{[^{}]*\}|\\sqrt\s*\[[^\[\]]*\]|\\[A-Za-z]+\*?|[∛∜]"
)
_ROOT = re.compile(r"\\sqrt\s*(\[[^\[\]]*\])?\s*\{")
_ROOT_SIGNS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_MOST_ROOTS = 20

# The library's output doubles with each level of some commands (`\sqrt` forty times nested is gigabytes).
_LONGEST = 2000
_DEEPEST = 8

# The library converts a formula only if it is this long and has a command in it; spaces at its end do no harm.
_SHORTEST_SEEN = 5
_THIN_SPACES = r"\,\,"

_NESTING = re.compile(r"[{}]|\\begin|\\end|\\left(?![a-z])|\\right(?![a-z])")
_OPENING_SIGNS = frozenset({"{", "\\begin", "\\left"})
_CLOSING_SIGNS = frozenset({"}", "\\end", "\\right"})
_COMMAND = re.compile(r"\\[A-Za-z]+")
_TEXT_COMMAND = re.compile(r"\\(?:text|mathrm|operatorname)\*?\{[^{}]*\}")
_WORD = re.compile(r"(?<![A-Za-z\\])[^\W\d_]{2,}")
_FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "log",
        "ln",
        "lg",
        "exp",
        "max",
        "min",
        "mod",
        "gcd",
        "lcm",
        "lim",
        "det",
        "dim",
        "ker",
        "sup",
        "inf",
        "arg",
        "deg",
    ]
)


def readable(latex: str) -> str:
    """A formula in Unicode, as far as it goes; what cannot be said in Unicode stays LaTeX. Never raises."""
    source = latex.strip()
    if len(source) > _LONGEST or _depth(source) > _DEEPEST:
        return source
    for pattern, synonym in _SYNONYMS:
        source = pattern.sub(synonym, source)
    source = _with_plain_roots(source).replace("$", "")
    if len(source) < _SHORTEST_SEEN or "\\" not in source:
        source += _THIN_SPACES
    try:
        text = convert(f"$${source}$$")[0].strip()
    except Exception:  # noqa: BLE001 - whatever a library makes of a model's formula, the person can still read it
        return latex.strip()
    text = text.replace(r"\%", "%").replace(r"\$", "$").removeprefix("$$").removesuffix("$$")
    return text if text and _all_there(source, text) else latex.strip()


def looks_like_formula(content: str) -> bool:
    """Whether what stands between two dollar signs is mathematics, and not the words between two prices."""
    if not content.strip():
        return False
    words = [word for word in _WORD.findall(_TEXT_COMMAND.sub("", content)) if word not in _FUNCTIONS]
    if _COMMAND.search(content):
        return len(words) < 4 or "\\begin" in content
    if any(sign in content for sign in "^_{="):
        return len(words) < 3
    return not words


def _all_there(source: str, text: str) -> bool:
    """Whether the letters and digits of a formula, commands aside, are in what was made of it, in their order."""
    said = iter(unicodedata.normalize("NFKC", text))
    return all(char in said for char in unicodedata.normalize("NFKC", _NOT_SAID.sub(" ", source)) if char.isalnum())


def _with_plain_roots(source: str) -> str:
    r"""Write `\sqrt{x+1}` as √(x+1): the library draws a line over each character, which few fonts can."""
    for _ in range(_MOST_ROOTS):
        found = _ROOT.search(source)
        end = _closing(source, found.end()) if found else None
        sign = _ROOT_SIGNS.get((found[1] or "").strip("[] ")) if found else None
        if found is None or end is None or sign is None:
            break
        inner = source[found.end() : end]
        source = f"{source[: found.start()]}{sign}{inner if len(inner) == 1 else f'({inner})'}{source[end + 1 :]}"
    return source


def _depth(source: str) -> int:
    """How deep braces and environments are nested."""
    levels = accumulate((sign in _OPENING_SIGNS) - (sign in _CLOSING_SIGNS) for sign in _NESTING.findall(source))
    return max(levels, default=0)


def _closing(source: str, start: int) -> int | None:
    """Where the brace that was opened before `start` is closed."""
    depth = 1
    for index in range(start, len(source)):
        depth += (source[index] == "{") - (source[index] == "}")
        if depth == 0:
            return index
    return None
