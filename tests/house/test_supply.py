"""What Davy is made of: pinned, built, under licences that fit, listed; and the same bytes from the same commit."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from scripts import audit, licences
from tests.house.source import ROOT
from tests.proofs.counted import counted

CLEAN = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}


@pytest.mark.parametrize(
    ("packages", "code", "says"),
    [
        ([CLEAN], audit.CLEAN, "1 of 1 packages were answered for"),
        ([CLEAN, SKIPPED], audit.NOT_ANSWERED, "NOT audited, the service says nothing of them: c"),
        ([CLEAN, BAD, SKIPPED], audit.VULNERABLE, "VULNERABLE: b 2: PYSEC-1, mended in 3"),
        ([], audit.NOT_ANSWERED, ""),
    ],
)
def test_silence_of_the_advisory_service_is_no_clean_audit(packages: list[Any], code: int, says: str) -> None:
    """pip-audit itself ends with 0 where it knew nothing of a package."""
    found = audit.judged({"dependencies": packages})
    assert found.code == code
    assert says in str(found)


@pytest.mark.slow
def test_an_advisory_service_that_cannot_be_reached_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at the proxy: the code is not 0, and the last words of the error are shown."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    file = tmp_path / "one.txt"
    file.write_text(f"segno==1.6.6 --hash=sha256:{'0' * 64}\n")
    found = audit.asked_about(file, "osv")
    assert found.code == audit.NOT_ANSWERED
    assert "could not be asked" in str(found)


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("MIT", []),
        ("Apache-2.0 AND MIT", []),
        ("EPL-2.0 OR BSD-3-Clause", []),
        ("(MIT OR GPL-3.0-only) AND AGPL-3.0-only", ["AGPL-3.0-only"]),
        ("GPL-3.0-only", ["GPL-3.0-only"]),
        ("UNKNOWN", ["UNKNOWN"]),
    ],
)
def test_a_licence_nobody_has_read_is_not_allowed(expression: str, wrong: list[str]) -> None:
    """Of two to choose from, one that fits is enough; of two that both bind, both have to fit."""
    assert licences.forbidden(expression) == wrong


def test_everything_davy_runs_on_may_be_used_and_is_listed() -> None:
    """The installed packages by their own words; the page names each that is pinned."""
    names = licences.pinned()
    packages = licences.installed(set(names))
    assert len(packages) > len(names) * 0.8, "most are installed where this runs"
    assert [(name, licence) for name, _, licence, _ in packages if licences.forbidden(licence)] == []
    page = licences.PAGE.read_text(encoding="utf-8")
    listed = {licences.normal(name) for name in re.findall(r"^\| \[([\w.-]+)\]", page, re.M)}
    listed |= {
        licences.normal(n) for line in re.findall(r"not looked at here: (.*)\.$", page, re.M) for n in line.split(", ")
    }
    assert listed == set(names), "make licences"


@pytest.mark.slow
def test_the_list_of_parts_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    """Every pinned package with its version and hashes, as CycloneDX; byte by byte the same."""
    made = [tmp_path / "a.json", tmp_path / "b.json"]
    running = [subprocess.Popen([ROOT / "scripts" / "sbom", path]) for path in made]
    assert [each.wait(120) for each in running] == [0, 0]
    assert made[0].read_bytes() == made[1].read_bytes()
    said = json.loads(made[0].read_text())
    assert said["bomFormat"] == "CycloneDX"
    parts = {(licences.normal(c["name"]), c["version"]) for c in said["components"]}
    assert parts == {(name, version) for name, versions in licences.pinned().items() for version in versions}
    assert all(c["externalReferences"][0]["hashes"] for c in said["components"])
    assert said["metadata"]["component"]["name"] == "davy"


def copy_of_the_commit(folder: Path) -> Path:
    """What is tracked, as it lies here, somewhere else and without git."""
    listed = subprocess.run(
        ["git", "ls-files", "-zco", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    folder.mkdir()
    with tarfile.open(folder.with_suffix(".tar"), "w") as archive:
        for name in filter(None, listed.stdout.split("\0")):
            if not name.startswith(("tests/", "docs/", "bench/")) and (ROOT / name).exists():
                archive.add(ROOT / name, name)
    with tarfile.open(folder.with_suffix(".tar")) as archive:
        archive.extractall(folder, filter="fully_trusted")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.mark.slow
def test_a_wheel_is_built_to_the_byte_from_anywhere_at_any_time(tmp_path: Path) -> None:
    """Two folders, other times and rights of the files, another umask, zone and language: one digest."""
    digests = set()
    for number, name in enumerate(("here", "quite/elsewhere/indeed")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        folder = copy_of_the_commit(tmp_path / name)
        for path in folder.rglob("*") if number else ():
            if path.is_file() and ".venv" not in path.parts:
                os.utime(path, (1_000_000_000, 1_000_000_000 + len(path.name)))
                path.chmod(0o775 if os.access(path, os.X_OK) and path.parent.name == "scripts" else 0o664)
        environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "TZ": ("UTC", "Asia/Tokyo")[number]}
        command = ["sh", "-c", f"umask {('022', '002')[number]}; scripts/wheel out"]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        [made] = (folder / "out").glob("*.whl")
        digests.add(hashlib.sha256(made.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_packages_come_by_hash_and_built() -> None:
    """Wherever they are installed: by uv, by pip where uv fails, and in the image."""
    for name, times in (("scripts/venv", 2), ("deploy/Dockerfile", 1)):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert text.count("--require-hashes") == text.count("--only-binary :all:") == times, name


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_everything_is_installed_from_hashes_and_built_packages_alone(tmp_path: Path) -> None:
    """As `scripts/venv` does it, into a place of its own. (CI does it with every change, from a fresh clone.)"""
    for folder in ("scripts", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    code = "import aiohttp, psycopg, sqlalchemy, telegram, typst"
    counted("packages are taken by hash, and built ones alone", 1, int(installs(tmp_path, code)))


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.timeout(900)
def test_a_package_that_is_another_is_noticed(tmp_path: Path) -> None:
    """The sabotage: one of the hashes is that of something else."""
    for folder in ("scripts", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    pins = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    one = re.sub(
        r"sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", pins[pins.index("segno==") : pins.index("shellingham==")]
    )
    (tmp_path / "requirements" / "run.txt").write_text(one)
    held = installs(tmp_path, "import segno")
    counted("packages are taken by hash, and built ones alone", 1, int(held), sabotaged=True)
    assert not held


def installs(place: Path, code: str) -> bool:
    """Whether `scripts/venv run` works in a copy of it and its packages can be imported. Skips without an index."""
    environment = os.environ | {"DAVY_PYTHON": sys.executable}
    done = subprocess.run([place / "scripts" / "venv", "run"], env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return subprocess.run([place / ".venv/bin/python", "-c", code]).returncode == 0
    probe = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(place / "probe"), "segno"]
    if subprocess.run(probe, capture_output=True).returncode != 0:
        pytest.skip("no package index to install from")
    return False
