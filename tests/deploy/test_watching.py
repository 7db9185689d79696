"""The rules, the board and the manifests that are shipped speak of metrics and settings that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings, file_variables
from tests.deploy.test_lint import DEPLOY, TOOLS, passes
from tests.proofs.counted import counted

ROOT = Path(__file__).parents[2]
PROMTOOL = shutil.which("promtool")
NO_PROMTOOL = "no promtool here (Debian: prometheus)"
METRIC = re.compile(r"\bdavy_[a-z_]+\b")


def known() -> set[str]:
    """The metrics of the reference, which is made from the code."""
    return set(METRIC.findall((ROOT / "docs" / "reference" / "metrics.md").read_text()))


def rules() -> list[dict[str, Any]]:
    """The rules of all groups."""
    groups = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_each_rule_asks_for_a_metric_that_there_is_and_says_what_to_do() -> None:
    """And is a page or a ticket."""
    for rule in rules():
        assert set(METRIC.findall(rule["expr"])) <= known(), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["do"]


@pytest.mark.skipif(PROMTOOL is None, reason=NO_PROMTOOL)
def test_the_rules_are_rules_for_prometheus_too(tmp_path: Path) -> None:
    """promtool takes them, and each rings at what its test says, with its words, and not while all is well."""
    shutil.copy(DEPLOY / "alerts.yaml", tmp_path)
    shutil.copy(Path(__file__).parent / "alerts_cases.yaml", tmp_path)
    passes(Path(str(PROMTOOL)), "check", "rules", tmp_path / "alerts.yaml")
    passes(Path(str(PROMTOOL)), "test", "rules", tmp_path / "alerts_cases.yaml")
    names = {rule["alert"] for rule in rules()}
    cases = yaml.safe_load((tmp_path / "alerts_cases.yaml").read_text())
    tried = {each["alertname"] for case in cases["tests"] for each in case["alert_rule_test"] if each["exp_alerts"]}
    counted("a rule of alerting sees what it is for", len(names), len(names & tried))
    assert tried == names


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.skipif(PROMTOOL is None, reason=NO_PROMTOOL)
def test_a_rule_that_asks_for_too_much_is_noticed(tmp_path: Path) -> None:
    """The sabotage: a limit a hundred times as high."""
    text = (DEPLOY / "alerts.yaml").read_text().replace("> 26 * 3600", "> 2600 * 3600")
    (tmp_path / "alerts.yaml").write_text(text)
    shutil.copy(Path(__file__).parent / "alerts_cases.yaml", tmp_path)
    done = subprocess.run([str(PROMTOOL), "test", "rules", tmp_path / "alerts_cases.yaml"], capture_output=True)
    counted("a rule of alerting sees what it is for", 1, int(done.returncode == 0), sabotaged=True)
    assert done.returncode != 0


def test_each_panel_shows_a_metric_that_there_is() -> None:
    """No two panels lie on one another."""
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(places)) == len(panels)
    for panel in panels:
        for target in panel["targets"]:
            found = set(METRIC.findall(target["expr"]))
            assert found
            assert found <= known(), panel["title"]


@pytest.mark.parametrize("name", ["alerts.yaml", "kubernetes/davy.yaml"])
def test_the_files_are_tidy(name: str) -> None:
    """By yamllint."""
    passes(TOOLS / "yamllint", "-s", "-c", DEPLOY / ".yamllint", DEPLOY / name)


def test_the_manifests_run_without_rights_and_take_secrets_from_files() -> None:
    """Nobody's root, nothing written but into volumes, no secret in a variable, and only settings that there are."""
    settings = {f"DAVY_{name.upper()}" for name in Settings.model_fields}
    found = [each for each in yaml.safe_load_all((DEPLOY / "kubernetes" / "davy.yaml").read_text()) if each]
    pods = [
        each["spec"]["template"]["spec"] if each["kind"] == "StatefulSet"
        else each["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        for each in found if each["kind"] in ("StatefulSet", "CronJob")
    ]  # fmt: skip
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            names = {variable["name"] for variable in container["env"]}
            assert names <= settings | set(file_variables())
            assert not names & {variable.removesuffix("_FILE") for variable in file_variables()}


def test_a_metric_that_is_gone_is_caught() -> None:
    """The reference is not empty, and does not hold what nobody counts."""
    assert "davy_outbox_waiting" in known()
    assert "davy_gossip" not in known()
    assert sys.executable
