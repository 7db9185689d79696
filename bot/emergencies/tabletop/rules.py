"""What is wrong with a scenario, and in which order choices are shown. Pure."""

from __future__ import annotations

import random

from bot.emergencies.tabletop.model import Scenario

LETTERS = "ABCD"


def order(run: int, place: int, count: int) -> list[int]:
    """The choices of a step in an order of its own, so that nobody learns a letter."""
    found = list(range(count))
    random.Random(f"{run}:{place}").shuffle(found)
    return found


def faults(scenario: Scenario) -> list[str]:
    """Steps that lead nowhere or that nothing leads to, decisions without a good choice or without any other."""
    found = []
    reached, todo = set[str](), [scenario.start]
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        step = scenario.steps.get(name)
        if step is None:
            found.append(f"{name}: there is no such step")
            continue
        if step.choices and {choice.good for choice in step.choices} != {True, False}:
            found.append(f"{name}: needs good choices and others")
        todo += [choice.next for choice in step.choices]
    if not any(name in reached and not step.choices for name, step in scenario.steps.items()):
        found.append("it has no end")
    return found + [f"{name}: nothing leads there" for name in scenario.steps if name not in reached]
