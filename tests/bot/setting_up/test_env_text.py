"""Values written into a settings file: what was there stays, and what was written is read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.setting_up.env_text import merged, write_private
from bot.settings.env_file import parse_env

NAMES = ("BOT_TOKEN", "LLM_MODEL", "LLM_API_BASE")
OURS = st.dictionaries(
    st.sampled_from(NAMES), st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30), min_size=1
)
LINES = st.lists(
    st.sampled_from(
        [
            "# a comment",
            "",
            "  ",
            "#LLM_MODEL=qwen3:8b",
            "OTHER=1",
            "export LLM_MODEL=old",
            "LLM_MODEL='old one' # why",
            'UNKNOWN="two\nlines"',
            "BOT_TOKEN=",
            "LLM_MODEL=older",
            "llm_api_base=http://x",
        ]
    )
)


def read(text: str) -> dict[str, str]:
    file = parse_env(text.encode(), Path(".env"))
    assert file.problems == ()
    return {name.upper(): value for name, value in file.values.items()}


@given(lines=LINES, values=OURS, end=st.sampled_from(["\n", "\r\n"]), last=st.booleans())
def test_what_is_written_is_read_and_the_rest_stays(
    lines: list[str], values: dict[str, str], end: str, last: bool
) -> None:
    text = "\n".join(lines).replace("\n", end) + (end if last else "")
    result = merged(text, values)
    assert read(result) == {**read(text), **values}
    assert merged(result, values) == result
    remarks = [line.partition("# why")[1] for line in text.splitlines() if "# why" in line]
    assert result.count("# why") >= len(remarks)
    kept = [line for line in text.splitlines() if line.strip().startswith("#") or "OTHER" in line or "UNKNOWN" in line]
    assert [line for line in result.splitlines() if line in kept] == kept


def test_a_new_name_comes_behind_its_own_comment_and_others_to_the_end() -> None:
    text = "# the model\n#LLM_MODEL=qwen3:8b\n# the end"
    values = {"LLM_MODEL": "llama", "BOT_TOKEN": "x y"}
    assert merged(text, values) == "# the model\n#LLM_MODEL=qwen3:8b\nLLM_MODEL=llama\n# the end\nBOT_TOKEN='x y'\n"


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of Unix")
def test_the_file_is_for_its_owner_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / ".env"
    real.write_text("old")
    real.chmod(0o644)
    link.symlink_to(real)
    write_private(link, "new\n")
    assert link.is_symlink()
    assert real.read_text() == "new\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "real"]
    with pytest.raises(OSError, match="directory"):
        write_private(tmp_path / "nowhere" / ".env", "x")
