"""What is retained after a year: simulated learners of three memory models, the same questions a day, Davy's choice and others'."""

from __future__ import annotations

import argparse
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import mean, stdev

from bench.memories import GUESS, MODELS
from bench.policies import POLICIES
from bot.learning import rules

DAYS = 365
WORKS = 5
"""Of seven days people work so many: nothing is asked on the others."""
RIGHT_S, WRONG_S = 12, 30
"""Seconds that an answer costs, the reading of what is right included where it was wrong. An assumption, the same for all."""
HEAD = "| questions | model | policy | known on day 365 | of random | Davy is | asked | minutes |"
T95 = {4: 2.776, 9: 2.262, 19: 2.093}
"""Student's t for an interval of 95 %, by degrees of freedom."""


@dataclass(frozen=True)
class Year:
    """One learner's year: the share of the bank known on the last day, questions asked, seconds spent."""

    retained: float
    asked: int
    seconds: int


def options(parser: argparse.ArgumentParser) -> None:
    """How many learners a seed, how many seeds, how large a bank."""
    parser.add_argument("--learners", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--questions", type=int, nargs="*", default=[120, 300])
    parser.add_argument("--budget", type=int, default=rules.QUESTIONS)


def measure(given: argparse.Namespace) -> list[str]:
    """A table: for each bank and model every policy, with its ratio to random and Davy's to it, seed by seed."""
    lines = [HEAD, "|---|---|---|---|---|---|---|---|"]
    rest, seeds = (given.learners, given.budget), range(given.seeds)
    cases = [(q, m, p, s, *rest) for q in given.questions for m in MODELS for p in POLICIES for s in seeds]
    with ProcessPoolExecutor() as pool:
        done = dict(zip(cases, pool.map(_seed, cases), strict=True))
    for questions in given.questions:
        for model in MODELS:
            found = {p: [done[questions, model, p, s, *rest] for s in seeds] for p in POLICIES}
            for policy, years in found.items():
                lines.append(_line(questions, model, policy, years, found["random"], found["Davy"]))
    return lines


def _seed(case: tuple[int, str, str, int, int, int]) -> Year:
    """The mean year of the learners of one seed: the same people and questions under every policy."""
    questions, memory, policy, seed, learners, budget = case
    years = [one_year(memory, policy, questions, budget, f"{seed}:{n}") for n in range(learners)]
    return Year(
        mean(y.retained for y in years), round(mean(y.asked for y in years)), round(mean(y.seconds for y in years))
    )


def one_year(memory: str, policy: str, questions: int, budget: int, seed: str) -> Year:
    """A learner's year. `seed` makes the person and the questions, and what chance does."""
    person = MODELS[memory](random.Random(f"who {seed}"), questions)
    chooser = POLICIES[policy](random.Random(f"{policy} {seed}"), questions)
    luck = random.Random(f"luck {policy} {seed}")
    asked = seconds = 0
    for day in range(DAYS):
        if day % 7 >= WORKS:
            continue
        for question in chooser.choose(day, budget):
            recalled = luck.random() < person.recalls(question, day)
            right = recalled or luck.random() < GUESS
            person.repeat(question, day, recalled)
            chooser.note(question, day, right)
            asked += 1
            seconds += RIGHT_S if right else WRONG_S
    return Year(mean(person.recalls(q, DAYS) for q in range(questions)), asked, seconds)


def _line(questions: int, model: str, policy: str, years: list[Year], random_: list[Year], davy: list[Year]) -> str:
    to_random = interval([y.retained / r.retained for y, r in zip(years, random_, strict=True)])
    of_davy = interval([d.retained / y.retained for y, d in zip(years, davy, strict=True)])
    cells = (
        f"{questions}", model, policy, f"{100 * mean(y.retained for y in years):.1f} %",
        "" if policy == "random" else to_random, "" if policy == "Davy" else of_davy,
        f"{mean(y.asked for y in years):.0f}", f"{mean(y.seconds for y in years) / 60:.0f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def interval(ratios: list[float]) -> str:
    """A mean ratio and its interval of 95 % over the seeds."""
    middle = mean(ratios)
    if len(ratios) < 2:
        return f"{middle:.2f} x"
    half = T95.get(len(ratios) - 1, 2.0) * stdev(ratios) / len(ratios) ** 0.5
    return f"{middle:.2f} x ({middle - half:.2f} to {middle + half:.2f})"
