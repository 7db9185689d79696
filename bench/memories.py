"""Simulated people who remember and forget: three models of memory, one of them FSRS's own.

Each person differs (a factor on how well they learn), each question is harder or easier, and what is not known is guessed
right one time in four. A model answers two things: how likely somebody recalls a question now, and what a repetition does.
"""

from __future__ import annotations

import math
import random
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

from fsrs import Card, Rating, Scheduler

GUESS = 0.25
"""A question of four choices."""
BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)

WEEK = 7.0


def _after_a_week() -> float:
    """How likely FSRS's average person recalls a question a week after they first met it and did not know it."""
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, _ = scheduler.review_card(Card(card_id=1, due=BEGINNING), Rating.Again, BEGINNING)
    return float(scheduler.get_card_retrievability(card, BEGINNING + timedelta(days=WEEK)))


AFTER_A_WEEK = _after_a_week()
"""The models are set to agree on this one number, so that none is simply a worse memory; what repeating does is their own."""


class Memory(ABC):
    """One person's memory of all questions. Days count from 0."""

    def __init__(self, chance: random.Random, questions: int) -> None:
        self.able = math.exp(chance.gauss(0.0, 0.3))
        self.ease = [math.exp(chance.gauss(0.0, 0.5)) for _ in range(questions)]

    @abstractmethod
    def recalls(self, question: int, day: float) -> float:
        """How likely they know it, 0 to 1; 0 for what they never met."""

    @abstractmethod
    def repeat(self, question: int, day: float, recalled: bool) -> None:
        """They were asked, and told what is right."""


class Fsrs(Memory):
    """FSRS 6 as py-fsrs has it, with its default weights; ease and ability stretch the time.

    The policy under test schedules with the same formulas but does not know who is able and what is easy.
    """

    def __init__(self, chance: random.Random, questions: int) -> None:
        super().__init__(chance, questions)
        self._scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
        self._cards: dict[int, Card] = {}

    def _at(self, question: int, day: float) -> datetime:
        return BEGINNING + timedelta(days=day / (self.able * self.ease[question]))

    def recalls(self, question: int, day: float) -> float:
        card = self._cards.get(question)
        if card is None:
            return 0.0
        # py-fsrs counts whole days: between them the curve is its own, written out
        assert card.stability is not None
        assert card.last_review is not None
        elapsed = (self._at(question, day) - card.last_review) / timedelta(days=1)
        decay = -self._scheduler.parameters[20]
        return float((1 + (0.9 ** (1 / decay) - 1) * elapsed / card.stability) ** decay)

    def repeat(self, question: int, day: float, recalled: bool) -> None:
        at = self._at(question, day)
        card = self._cards.get(question) or Card(card_id=1, due=at)
        self._cards[question], _ = self._scheduler.review_card(card, Rating.Good if recalled else Rating.Again, at)


class HalfLife(Memory):
    """Half-life regression: exponential forgetting whose half-life doubles with each success and halves with each failure.

    The form and its feature weights (powers of two by counts of right and wrong) are those of Settles and Meeder, *A Trainable
    Spaced Repetition Model for Language Learning*, ACL 2016, with a gain that is smaller when a question is repeated while it is
    still well known (the spacing effect).
    """

    def __init__(self, chance: random.Random, questions: int) -> None:
        super().__init__(chance, questions)
        self._first = WEEK * math.log(2) / -math.log(AFTER_A_WEEK)
        self._met: dict[int, tuple[float, float]] = {}

    def recalls(self, question: int, day: float) -> float:
        if question not in self._met:
            return 0.0
        half, at = self._met[question]
        return float(2.0 ** (-(day - at) / half))

    def repeat(self, question: int, day: float, recalled: bool) -> None:
        first = self._first * self.able * self.ease[question]
        if question not in self._met:
            self._met[question] = (first, day)
            return
        half, _ = self._met[question]
        known = self.recalls(question, day)
        after = half * 2 ** (2 * (1 - known)) if recalled else max(first, half / 2)
        self._met[question] = (after, day)


class Activation(Memory):
    """ACT-R's activation: every meeting leaves a trace that decays by a power law, and traces add up.

    With decay by the activation at the time of a meeting, so that crowded repetitions last less long (Pavlik and Anderson,
    *Practice and Forgetting Effects on Vocabulary Memory*, Cognitive Science 29, 2005); recall is a logistic of activation.
    Ability and ease raise activation.
    """

    DECAY, SCALE, NOISE = 0.177, 0.217, 0.255
    """Intercept and scale of decay and the noise, as fitted there (their s). Time is counted in seconds of the laboratory, of

    which a day outside has as many as 0.025 of its own, because less interferes there.
    """
    UNITS = 86_400 * 0.025

    def __init__(self, chance: random.Random, questions: int) -> None:
        super().__init__(chance, questions)
        met_once = 2 * (WEEK * self.UNITS) ** -self.DECAY
        self._threshold = math.log(met_once) - self.NOISE * math.log(AFTER_A_WEEK / (1 - AFTER_A_WEEK))
        self._traces: dict[int, list[tuple[float, float]]] = {}

    def _activation(self, question: int, day: float) -> float:
        traces = self._traces.get(question)
        if not traces:
            return -math.inf
        return math.log(sum(max(1.0, (day - at) * self.UNITS) ** -decay for at, decay in traces))

    def recalls(self, question: int, day: float) -> float:
        strength = self._activation(question, day)
        if strength == -math.inf:
            return 0.0
        lift = 0.35 * math.log(self.able * self.ease[question])
        return 1 / (1 + math.exp((self._threshold - strength - lift) / self.NOISE))

    def repeat(self, question: int, day: float, recalled: bool) -> None:
        strength = self._activation(question, day)
        decay = self.SCALE * math.exp(strength) + self.DECAY if strength > -math.inf else self.DECAY
        self._traces.setdefault(question, []).append((day, decay))
        if not recalled:  # they read what is right: a second meeting, with the activation of a first
            self._traces[question].append((day, self.DECAY))


MODELS = {"FSRS": Fsrs, "half-life": HalfLife, "activation": Activation}
