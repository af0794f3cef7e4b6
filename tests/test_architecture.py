"""The shape of the house: sizes, first lines, and what an import brings along."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_LINES = 400
MOST_FUNCTION_LINES = 50


def modules() -> list[Path]:
    """All source files."""
    return [path for package in ("bot", "llm", "storage") for path in sorted((ROOT / package).rglob("*.py"))]


def functions() -> Iterator[tuple[str, int]]:
    """Each function with its length in lines."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1


def test_no_file_is_so_long_that_a_room_is_missing():
    assert {str(path): lines for path in modules() if (lines := len(path.read_text().splitlines())) > MOST_LINES} == {}


def test_no_function_is_so_long_that_a_name_is_missing():
    long = {name: lines for name, lines in functions() if lines > MOST_FUNCTION_LINES}
    assert long == {}


def test_each_file_says_its_purpose_in_its_first_line():
    for path in modules():
        text = path.read_text()
        first = ast.get_docstring(ast.parse(text))
        assert first, path
        assert first.splitlines()[0].endswith((".", ":")), f"{path}: {first.splitlines()[0]}"


@pytest.mark.parametrize("name", ["llm", "llm.client", "llm.routing.serving_model"])
def test_the_language_model_layer_is_light(name: str):
    heavy = "aiogram aiohttp sqlalchemy apscheduler alembic matplotlib"
    program = f"import sys, {name}; print(*[m for m in {heavy.split()!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == ""
