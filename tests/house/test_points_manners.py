"""Points rest on what people did; their rows are only ever added; nothing that is said of them praises silence."""

from __future__ import annotations

import ast
from pathlib import Path

from bot.features import rooms
from bot.rewards import policy, rules, ticks
from bot.rewards.model import EARNABLE
from tests.house.source import BOT, modules, plant
from tests.house.test_no_reward_for_silence import HARM, praise_of_silence

LEDGER = "PointRow"
CHANGES = {"update", "delete", "upsert_many"}


def changed_rows(package: Path) -> list[str]:
    """Where a row of points is changed or taken away: by a statement, or by an attribute of what was read."""
    found = []
    for module in modules(package):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in CHANGES and any(getattr(each, "id", "") == LEDGER for each in node.args):
                    found.append(f"{module.name}:{node.lineno} {name}")
    return found


def recorded() -> set[str]:
    """Every kind of fact that some room declares."""
    return {fact.name for room in rooms() for fact in room.facts}


def test_rows_of_points_are_never_changed_or_deleted() -> None:
    """What was wrong is taken back by another row."""
    assert changed_rows(BOT) == []


def test_what_may_earn_points_is_done_by_somebody_and_is_no_harm_and_no_bare_report() -> None:
    """The closed list, what the room follows, and the shipped policy say the same."""
    assert [name for name in EARNABLE if HARM.search(name) or name == "HazardReported"] == []
    assert set(EARNABLE) <= recorded(), "each is recorded by a room"
    assert {each.fact for each in ticks.SUBSCRIPTIONS} == {*EARNABLE, "PersonLeft"}
    payees = {each.fact for each in EARNABLE.values() if each and each.fact}
    assert payees <= recorded()
    assert [rules.wrong_fact(name, recorded()) for name in EARNABLE] == [None] * len(EARNABLE)
    shipped = policy.load(None, recorded())
    assert {fact for version in shipped for rule in version.rules for fact in rule.facts} <= set(EARNABLE)


def test_every_other_fact_of_the_house_is_refused_with_a_reason() -> None:
    """Whoever writes a policy with an accident, a report or anything else in it reads why not."""
    for name in recorded() - set(EARNABLE):
        assert rules.wrong_fact(name, recorded()), name


def test_nothing_that_is_said_of_points_praises_what_did_not_happen() -> None:
    """In no text of the room."""
    for path in sorted((BOT / "rewards").rglob("*.j2")):
        assert praise_of_silence(path.read_text(encoding="utf-8")) == [], path.name


def test_a_changed_row_is_found(tmp_path: Path) -> None:
    """By a statement of either kind; other tables may change."""
    tree = {
        "rewards/actions.py": "update(PointRow).values(amount=1)\ndelete(PointRow)\nupdate(RewardRow)\nselect(PointRow)"
    }
    assert len(changed_rows(plant(tmp_path, tree))) == 2
