"""The set-up's shell scripts: they find what there is, and say clearly what is missing and what to do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

SCRIPTS = ROOT / "scripts"


def run(script: str, *arguments: str, path: Path | str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script with only what is in `path` on its PATH, and no home."""
    given = {"PATH": str(path), "HOME": "/nonexistent", "LC_ALL": "C", **environment}
    return subprocess.run(
        ["/bin/sh", str(SCRIPTS / script), *arguments],
        env=given,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def program(folder: Path, name: str, body: str) -> Path:
    """An executable in a folder that stands for PATH."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH with the least a Unix has, and no Python, browser, apt or sudo."""
    for name in ("dirname", "tail", "rm", "mktemp", "cut", "grep", "uname"):
        found = next(Path(p) / name for p in ("/usr/bin", "/bin") if (Path(p) / name).exists())
        (tmp_path / name).symlink_to(found)
    program(tmp_path, "id", "echo 1000")
    return tmp_path


def test_a_python_that_does_not_start_is_passed_over(bare: Path) -> None:
    """A shim on PATH may point at nothing; the next one is taken."""
    program(bare, "python3", "echo 'command not found' >&2; exit 127")
    program(bare, "python3.12", f'exec {sys.executable} "$@"')
    done = run("find-python", path=bare)
    assert done.stdout.strip() == str(bare / "python3.12")


def test_without_a_fitting_python_it_says_what_to_install(bare: Path) -> None:
    """Too old a Python is named, too."""
    program(bare, "python3", '[ "$1" = --version ] && echo "Python 3.9.2" && exit 0; exit 1')
    done = run("find-python", path=bare)
    if done.returncode == 0:  # a machine with one outside PATH is right to take it
        assert done.stdout.startswith(("/usr/local/bin/python3.1", "/opt/homebrew/bin/python3.1"))
        return
    assert "3.11, 3.12 or 3.13" in done.stderr
    assert "python3 is Python 3.9.2" in done.stderr
    assert "apt-get install python3" in done.stderr


def test_missing_packages_are_named_where_they_may_not_be_installed(bare: Path) -> None:
    """No apt here; and with apt but without root: the command to type, and that the run goes on without."""
    done = run("system-packages", "test", path=bare)
    assert done.returncode == 1
    assert "chromium" in done.stderr
    assert "not a Debian or Ubuntu machine" in done.stderr
    program(bare, "apt-get", "exit 99")
    done = run("system-packages", "test", path=bare)
    assert done.returncode == 1
    assert "sudo apt-get install chromium" in done.stderr
    assert "left out and named" in done.stderr


def test_missing_packages_are_installed_where_they_may_be(bare: Path, tmp_path: Path) -> None:
    """As root: first as it is, then once more after an update; a failure shows apt's own last words."""
    program(bare, "id", "echo 0")
    program(
        bare,
        "apt-get",
        f'echo "$@" >>{tmp_path}/apt.log; [ "$1" = update ] || [ -e {tmp_path}/updated ]; r=$?; '
        f'[ "$1" = update ] && : >{tmp_path}/updated; exit $r',
    )
    done = run("system-packages", "test", path=bare)
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "apt.log").read_text().splitlines()
    assert [line.split()[0] for line in log] == ["install", "update", "install"]
    assert "chromium" in log[0]
    program(bare, "apt-get", "echo 'E: Unable to locate package chromium'; exit 100")
    done = run("system-packages", "test", path=bare)
    assert done.returncode == 1
    assert "Unable to locate package" in done.stderr


def test_a_browser_is_taken_only_if_it_starts(bare: Path) -> None:
    """DAVY_CHROMIUM goes first; a stub that only tells one to install it is passed over."""
    program(bare, "chromium", "exit 1")
    assert run("find-chromium", path=bare).returncode == 1
    good = program(bare, "my-browser", "echo Chromium 156")
    assert run("find-chromium", path=bare, DAVY_CHROMIUM=str(good)).stdout.strip() == str(good)


def test_every_package_is_pinned_with_its_hash() -> None:
    """Each requirement is `name==version` followed by hashes; run.txt is part of dev.txt, version by version."""
    pins: dict[str, dict[str, str]] = {}
    for name in ("run", "dev", "uv"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        entries = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in entry for entry in entries), name
        pins[name] = dict(re.match(r"([a-zA-Z0-9._-]+)==([^\s;]+)", entry).groups() for entry in entries)  # type: ignore
    assert pins["run"].items() <= pins["dev"].items()
    assert set(pins["uv"]) == {"uv"}


def test_the_scripts_may_be_run_and_end_at_the_first_error() -> None:
    """Executable in git; `set -u` at least."""
    for script in ("find-python", "system-packages", "venv", "lock"):
        text = (SCRIPTS / script).read_text(encoding="utf-8")
        assert os.access(SCRIPTS / script, os.X_OK), script
        assert re.search(r"^set -e?u$", text, re.MULTILINE), script
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
