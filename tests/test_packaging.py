"""What is delivered is whole: the wheel, the image, the service, the workflow."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
NO_NETWORK = ("Failed to fetch", "error sending request", "not found in the package registry", "dns error")


def uv() -> str | None:
    """The program that builds wheels: on PATH, or where scripts/test has put it."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


@pytest.mark.timeout(180)
def test_a_wheel_has_every_file_of_the_packages(tmp_path: Path) -> None:
    program = uv()
    if program is None:
        pytest.skip("uv is not here, so that no wheel can be built")
    built = subprocess.run(
        [program, "build", "--quiet", "--wheel", "--out-dir", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode and any(sign in built.stderr for sign in NO_NETWORK):
        pytest.skip("hatchling could not be fetched")
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        commands = archive.read(f"domovoy-{PROJECT['project']['version']}.dist-info/entry_points.txt").decode()
    there = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there
    assert {"bot/locales/ru.ftl", "bot/playground/static/index.html", "storage/migrations/env.py"} <= packed
    assert "domovoy = bot.__main__:main" in commands


def test_the_version_is_that_of_the_project() -> None:
    assert version("domovoy") == PROJECT["project"]["version"]
    run = subprocess.run(
        [sys.executable, "-m", "bot", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == f"domovoy {version('domovoy')}\n"


def test_the_image_is_built_of_files_that_are_there_and_let_through() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = {
        name for line in lines if line.startswith("COPY ") and "--from" not in line for name in line.split()[1:-1]
    }
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_through
    assert set(PACKAGES) <= copied
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_asks_a_page_that_the_bot_has_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "/healthz" in re.findall(r'add_get\("(/\w+)"', (ROOT / "bot" / "metrics.py").read_text())
    assert "/healthz" in text
    assert re.search(r"^USER domovoy$", text, re.MULTILINE)
    assert text.index("USER domovoy") < text.index("ENTRYPOINT")
    # A Python that the project is tested with.
    (tag, *others) = set(re.findall(r"FROM python:(\S+)-slim", text))
    assert not others
    assert (3, 11) <= tuple(map(int, tag.split("."))) <= (3, 14)


def test_no_secret_can_get_into_the_image() -> None:
    first = next(line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#"))
    assert first == "*"


def test_the_workflow_runs_what_every_submission_runs() -> None:
    assert "run: .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_the_workflow_runs_nothing_else_and_with_the_oldest_and_the_newest_python() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert re.findall(r"^ +(?:- )?run: (.+)$", text, re.MULTILINE) == [".ci/run"]
    assert re.findall(r'"(3\.\d+)"', text) == ["3.11", "3.14"]
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.15"
    commands = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line[:1] not in ("", "#")]
    assert commands[-2:] == ['"$root/scripts/engines" >/dev/null', 'exec "$root/scripts/test"']


def test_the_changelog_knows_the_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    released = [re.fullmatch(r"(\d+\.\d+\.\d+) – \d{4}-\d\d-\d\d", heading) for heading in headings[1:]]
    assert all(released)
    assert [match[1] for match in released[:1] if match] in ([], [PROJECT["project"]["version"]])


def test_the_service_leaves_wrong_settings_alone_and_looks_at_them_on_reload() -> None:
    text = (ROOT / "deploy" / "domovoy.service").read_text()
    assert "RestartPreventExitStatus=2" in text
    assert "ExecReload=/bin/kill -HUP $MAINPID" in text
