"""An installed wheel carries everything that the program reads: code, templates, catalogues, content and banks."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [path] = folder.glob("davy-*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(folder: str) -> set[Path]:
    """The files of a folder that belong to the project: not caches, not what git ignores."""
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True)
    return {Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_a_wheel_carries_the_lessons_and_the_banks(names: set[str]) -> None:
    """Each file of content/ and quizzes/, so that `pip install davy` has something to teach."""
    for folder in ("content", "quizzes"):
        files = tracked(folder)
        assert files, folder
        assert {f"bot/_shipped/{file.as_posix()}" for file in files} - names == set()


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_a_wheel_carries_all_of_the_program(names: set[str]) -> None:
    """Also templates, catalogues, the page of the simulator and the migrations."""
    assert {file.as_posix() for file in tracked("bot")} - names == set()


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_an_installed_wheel_finds_its_lessons_and_banks(wheel: Path, tmp_path: Path) -> None:
    """Unpacked far from the checkout, as an installer would; nothing is read from where it was built."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = "from bot.library.shipped import content_path, quizzes_path; print(content_path()); print(quizzes_path())"
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    content, quizzes = (Path(line) for line in done.stdout.split())
    assert content.is_relative_to(tmp_path)
    assert list((content / "lessons").iterdir())
    assert list(quizzes.glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_a_wheel_carries_nothing_of_the_workshop(names: set[str]) -> None:
    """No tests, no notes, no databases; the licence and the command are there."""
    strays = {name for name in names if not name.startswith(("bot/", "davy-"))}
    assert strays == set()
    assert any(name.endswith("LICENSE") for name in names)
    assert any(name.endswith("entry_points.txt") for name in names)
    assert not [name for name in names if name.endswith((".pyc", ".sqlite3", ".env"))]
