"""Who is asked what: the choice as Davy makes it, and four that people use elsewhere. All have the same budget a day."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from datetime import timedelta

from bench.memories import BEGINNING
from bot.learning import model, rules

FIXED = (1, 3, 7, 30)
BOXES = (1, 2, 4, 8, 16, 32, 64)
LESSON = 8
"""So many questions belong to a lesson. There is a new lesson a day until all were read; others than its own come later."""


class Policy(ABC):
    """Chooses the questions of a day for one person, of questions that stand in one order for all."""

    def __init__(self, chance: random.Random, questions: int) -> None:
        self.chance, self.questions = chance, questions
        self.next = 0
        """The first question that was never asked."""

    @abstractmethod
    def choose(self, day: int, budget: int) -> list[int]:
        """At most so many questions, none twice."""

    @abstractmethod
    def note(self, question: int, day: int, right: bool) -> None:
        """What became of one."""

    def fresh(self, most: int) -> list[int]:
        """The next questions that were never asked."""
        return list(range(self.next, min(self.questions, self.next + max(0, most))))

    def met(self, question: int) -> None:
        """It was asked."""
        self.next = max(self.next, question + 1)


class Davy(Policy):
    """What runs in the product: `rules.compose` over what is due by the end of the day, and `rules.remember`."""

    def __init__(self, chance: random.Random, questions: int) -> None:
        super().__init__(chance, questions)
        self._known: dict[int, model.Memory] = {}
        self._lessons = 0

    def choose(self, day: int, budget: int) -> list[int]:
        ends = BEGINNING + timedelta(days=day, hours=15)
        due = sorted((m.due_at, q) for q, m in self._known.items() if m.due_at < ends)[:budget]
        lesson = range(self._lessons * LESSON, min(self.questions, (self._lessons + 1) * LESSON))
        self._lessons += 1
        read = (q for q in range(min(self.questions, self._lessons * LESSON)) if q not in self._known)
        chosen = self._compose([f"{q}" for _, q in due], [f"{q}" for q in lesson], [f"{q}" for q in read])
        # the same cost for all: who has nothing due is asked what is due next, as who taps "more" is
        later = (q for _, q in sorted((m.due_at, q) for q, m in self._known.items()) if f"{q}" not in chosen)
        return [*map(int, chosen), *later][:budget]

    def _compose(self, due: list[str], own: list[str], new: list[str]) -> list[str]:
        return rules.compose(due, own, new)

    def note(self, question: int, day: int, right: bool) -> None:
        self.met(question)
        at = BEGINNING + timedelta(days=day)
        self._known[question] = rules.remember(self._known.get(question), right, at)


class RepeatsFirst(Davy):
    """As Davy had it once: all that is due before anything new, but for one question about the day's lesson."""

    def _compose(self, due: list[str], own: list[str], new: list[str]) -> list[str]:
        return list(dict.fromkeys([*due[: 2 if own else None], *own, *due, *new]))


class Randomly(Policy):
    """Any questions of the bank, every day others."""

    def choose(self, day: int, budget: int) -> list[int]:
        return self.chance.sample(range(self.questions), budget)

    def note(self, question: int, day: int, right: bool) -> None:
        self.met(question)


class Fixed(Policy):
    """Each question again after 1, 3, 7 and 30 days, whatever was answered; what is due first, then new ones."""

    def __init__(self, chance: random.Random, questions: int) -> None:
        super().__init__(chance, questions)
        self._due: dict[int, tuple[int, int]] = {}

    def choose(self, day: int, budget: int) -> list[int]:
        due = [q for _, q in sorted((at, q) for q, (at, _) in self._due.items() if at <= day)][:budget]
        chosen = due + self.fresh(budget - len(due))
        # the same cost for all: what is left of the budget goes to what was repeated longest ago
        return (chosen + [q for q in self._order() if q not in chosen])[:budget]

    def _order(self) -> list[int]:
        return sorted(range(self.next), key=lambda q: self._due.get(q, (10**9, 0)))

    def note(self, question: int, day: int, right: bool) -> None:
        self.met(question)
        step = self._due[question][1] + 1 if question in self._due else 0
        self._due[question] = (day + FIXED[min(step, len(FIXED) - 1)], step)


class Leitner(Fixed):
    """Boxes of 1, 2, 4 ... 64 days: right moves a question up, wrong moves it back to the first."""

    def note(self, question: int, day: int, right: bool) -> None:
        self.met(question)
        box = min(self._due[question][1] + 1, len(BOXES) - 1) if right and question in self._due else 0
        self._due[question] = (day + BOXES[box], box)


POLICIES = {
    "Davy": Davy,
    "random": Randomly,
    "fixed 1/3/7/30": Fixed,
    "Leitner": Leitner,
    "repeats first": RepeatsFirst,
}
