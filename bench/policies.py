"""Who is asked what: the choice as Davy makes it, and four that people use elsewhere. All have the same budget a day."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from datetime import timedelta

from bench.memories import BEGINNING
from bot.learning import model, rules

FIXED = (1, 3, 7, 30)
BOXES = (1, 2, 4, 8, 16, 32, 64)
LESSON = 3
"""So many questions belong to a lesson: with a day's lesson its own come first."""


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

    def choose(self, day: int, budget: int) -> list[int]:
        ends = BEGINNING + timedelta(days=day, hours=15)
        due = sorted((m.due_at, q) for q, m in self._known.items() if m.due_at < ends)
        own = self.fresh(LESSON)
        chosen = rules.compose(
            [str(q) for _, q in due[: rules.QUESTIONS]], [str(q) for q in own], [], after_lesson=bool(own)
        )
        return [int(q) for q in chosen[:budget]]

    def note(self, question: int, day: int, right: bool) -> None:
        self.met(question)
        at = BEGINNING + timedelta(days=day)
        self._known[question] = rules.remember(self._known.get(question), right, at)


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


POLICIES = {"Davy": Davy, "random": Randomly, "fixed 1/3/7/30": Fixed, "Leitner": Leitner}
