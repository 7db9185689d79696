"""The rules, the board and the manifests that are shipped speak of metrics and settings that there are."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings, file_variables
from tests.deploy.test_lint import DEPLOY, TOOLS, passes

ROOT = Path(__file__).parents[2]
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
