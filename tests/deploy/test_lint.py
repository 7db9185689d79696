"""What `deploy/` ships passes the linters of its kinds, and agrees with the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.db.engine import address, hosts
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TOOLS = Path(sys.executable).parent
HAPROXY = shutil.which("haproxy", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
NO_HAPROXY = "haproxy is not here: scripts/system-packages prove"
ADDRESSES = {"BALANCER_BIND": "127.0.0.1:8080", "REPLICA_A": "127.0.0.1:8081", "REPLICA_B": "127.0.0.1:8082"}


def passes(*command: str | Path, **environment: str) -> None:
    """Runs a linter; its words are the failure."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr


def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_the_compose_file_is_tidy_and_follows_the_specification() -> None:
    """By yamllint, and by the schema of the compose specification."""
    passes(TOOLS / "yamllint", "-s", "-c", DEPLOY / ".yamllint", DEPLOY / "compose.yaml")
    passes(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


@pytest.mark.skipif(sys.platform == "win32", reason="hadolint is not packaged for Windows")
def test_the_dockerfile_has_nothing_to_complain_about() -> None:
    """By hadolint, without exceptions."""
    passes(TOOLS / "hadolint", DEPLOY / "Dockerfile")


def test_a_linter_finds_what_is_wrong(tmp_path: Path) -> None:
    """A test that cannot fail shows nothing: a misspelt key and a package without a version are found."""
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((DEPLOY / "compose.yaml").read_text().replace("    restart:", "    restarts:"))
    with pytest.raises(AssertionError, match="restarts"):
        passes(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", wrong)
    loose = tmp_path / "Dockerfile"
    loose.write_text("FROM python\nRUN pip install davy\n")
    with pytest.raises(AssertionError, match="DL3006"):
        passes(TOOLS / "hadolint", loose)


def test_the_image_is_built_from_files_that_are_there() -> None:
    """Each COPY of the Dockerfile, let through by .dockerignore, and each file that the compose file mounts."""
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for line in re.findall(r"^COPY (?!--from)(.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source in let_through
    for name, what in compose()["services"].items():
        for mounted in what.get("volumes", ()):
            assert not mounted.startswith("./") or (DEPLOY / mounted.split(":")[0]).exists(), f"{name}: {mounted}"


def test_the_replicas_get_settings_that_the_program_has() -> None:
    """No DAVY_ variable that it does not know; both hosts of the database, and only the one that can be written."""
    known = {f"DAVY_{name.upper()}" for name in Settings.model_fields}
    unit = re.findall(r"DAVY_\w+(?==)", (DEPLOY / "davy.service").read_text())
    image = re.findall(r"DAVY_\w+(?==)", (DEPLOY / "Dockerfile").read_text())
    replicas = [what["environment"] for name, what in compose()["services"].items() if name.startswith("davy-")]
    assert len(replicas) == 2
    assert {*unit, *image, *(name for each in replicas for name in each)} <= known
    assert len({each["DAVY_REPLICA"] for each in replicas}) == 2
    url = address(re.sub(r"\$\{[^}]*\}", "secret", replicas[0]["DAVY_DATABASE_URL"]))
    assert hosts(url) == ["primary", "standby"]
    assert url.query["target_session_attrs"] == "read-write"


@pytest.mark.parametrize("script", ["primary.sh", "standby.sh"])
def test_the_scripts_can_be_read_by_the_shell(script: str) -> None:
    """Syntax, and that a failing command ends them."""
    passes("bash", "-n", DEPLOY / script)
    assert "set -euo pipefail" in (DEPLOY / script).read_text()


@pytest.mark.skipif(HAPROXY is None, reason=NO_HAPROXY)
def test_the_load_balancer_accepts_its_file() -> None:
    """By HAProxy itself."""
    passes(str(HAPROXY), "-c", "-f", DEPLOY / "haproxy.cfg", **ADDRESSES)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_the_unit_for_one_machine_is_valid(tmp_path: Path) -> None:
    """By systemd itself, with a program that is there."""
    unit = tmp_path / "davy.service"
    unit.write_text((DEPLOY / "davy.service").read_text().replace("/opt/davy/bin/davy", sys.executable))
    passes("systemd-analyze", "verify", "--man=no", unit)
