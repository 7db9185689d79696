"""What a kind of question is. A new kind is one file in this folder with an instance named `KIND`; nothing else
changes.

An answer is a tuple of positions in the payload's own order, or of one typed text (see `model.Answer`), so that an answer
given to a shuffled question can be graded without knowing the shuffle, and kept beside the attempt as JSON.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

from bot.kit.digits import with_digits
from bot.library.model import LETTERS, Answer, Choice, Line, Localized, Place, Verdict
from bot.library.reading import Fields, Reading
from bot.library.row import Row

P = TypeVar("P")


class Written(NamedTuple):
    """One text of a payload: the field it stands in, the text by language, and the most characters it may have."""

    field: str
    texts: Localized
    limit: int


Order = tuple[int, ...]
"""What is shown at each place: `order[shown] == position in the payload`."""


class Kind(ABC, Generic[P]):
    """How questions of one kind are read, kept, shown, answered and graded; pure but for noting problems."""

    name: ClassVar[str]
    also_called: ClassVar[tuple[str, ...]] = ()
    """What trainers may write instead; only used to suggest the name."""
    fields: ClassVar[frozenset[str]]
    """The fields of a map that belong to this kind."""
    many: ClassVar[bool] = False
    """Whether an answer may hold more than one choice, so that it takes a button to send it off."""
    optional: ClassVar[bool] = False
    """Whether its choices are options, some right and the others wrong, which the checks of options apply to."""
    polls: ClassVar[bool] = False
    """Whether it can be a native quiz."""
    typed: ClassVar[bool] = False
    """Whether it is answered by typing; buttons, where there are any, only help."""
    staged: ClassVar[bool] = False
    """Whether one thing is asked after the other, so that a press answers the one whose turn it is."""
    labels: ClassVar[Literal["letters", "numbers", "words"]] = "letters"
    """What stands on the buttons: letters and numbers stand for what the text or the picture shows."""

    @abstractmethod
    def parse(self, fields: Fields, owner: Place, reading: Reading) -> P | None:
        """The payload of a question's map, or None; what is wrong is noted with its place."""

    @abstractmethod
    def from_row(self, row: Row, reading: Reading) -> Fields:
        """The same map out of a spreadsheet's row, with the cells' places."""

    @abstractmethod
    def to_row(self, payload: P, languages: Sequence[str], base: str) -> dict[str, str]:
        """The cells of a spreadsheet's row, by column name."""

    @abstractmethod
    def to_json(self, payload: P) -> dict[str, Any]:
        """The payload as JSON with its version `v`."""

    @abstractmethod
    def from_json(self, data: Mapping[str, Any]) -> P:
        """The payload back from JSON; ValueError when the version is not known."""

    @abstractmethod
    def choices(self, payload: P) -> tuple[Choice, ...]:
        """What can be chosen, in the payload's order."""

    @abstractmethod
    def right_positions(self, payload: P) -> tuple[int, ...]:
        """The right choices; empty where an answer is no choice."""

    @abstractmethod
    def misled_by(self, payload: P, answer: Answer) -> tuple[Mapping[str, str], ...]:
        """The misconceptions behind a wrong answer."""

    @abstractmethod
    def texts(self, payload: P) -> Iterable[Written]:
        """Every text of the payload, for the checks."""

    @abstractmethod
    def without_belief(self, payload: P) -> Sequence[str]:
        """The fields in which a wrong choice's misconception is missing."""

    def right_answer(self, payload: P) -> Answer:
        """What is answered by somebody who knows it."""
        return self.right_positions(payload)

    def press(self, payload: P, chosen: Answer, position: int) -> Answer:
        """The answer after a press on a choice, from what was chosen before."""
        return tuple(sorted({*map(int, chosen)} ^ {position})) if self.many else (position,)

    def place_of(self, payload: P, chosen: Answer, position: int) -> int:
        """The place of a choice in what was chosen, from 1; 0 where it was not."""
        return chosen.index(position) + 1 if position in chosen else 0

    def complete(self, payload: P, answer: Answer) -> bool:
        """Whether the answer can be sent off."""
        return bool(answer)

    def asked(self, payload: P, chosen: Answer) -> Localized:
        """What is asked besides the stem at this stage of the answer; empty in most kinds."""
        return {}

    def so_far(self, payload: P, chosen: Answer) -> tuple[Localized, ...]:
        """The answer put together so far, where the buttons do not show it."""
        return ()

    def picture(self, payload: P) -> str | None:
        """The ref of the picture that is shown with the question."""
        return None

    def unit(self, payload: P) -> Localized:
        """The unit an answer is given in."""
        return {}

    def lines(self, payload: P, answer: Answer) -> tuple[Line, ...]:
        """What is told of an answer, where that is not simply the right choices and the chosen ones."""
        return ()

    def mark(self, at: int) -> str:
        """What stands for the choice in this place of the screen (0 is the first)."""
        return str(at + 1) if self.labels == "numbers" else LETTERS[at].upper()

    def shuffles(self, payload: P) -> bool:
        """Whether the order of the choices may change from one showing to the next."""
        return True

    def grade(self, payload: P, answer: Answer) -> Verdict:
        """Right only when exactly the right choices were made."""
        right = self.right_positions(payload)
        chosen = tuple(sorted({*map(int, answer)}))
        return Verdict(chosen == right, right, () if chosen == right else self.misled_by(payload, chosen))

    def order(self, payload: P, seed: str) -> Order:
        """A permutation of the choices that is the same for the same seed, in every version of Python."""
        positions = range(len(self.choices(payload)))
        if not self.shuffles(payload):
            return tuple(positions)
        return tuple(sorted(positions, key=lambda at: hashlib.sha256(f"{seed}:{at}".encode()).digest()))

    def shown(self, payload: P, order: Sequence[int] | None = None) -> tuple[Choice, ...]:
        """The choices as they are shown."""
        choices = self.choices(payload)
        return tuple(choices[at] for at in order) if order is not None else choices

    def read_answer(self, text: str, payload: P, order: Sequence[int] | None = None) -> Answer | None:
        """A typed answer: letters or numbers of the shown choices ("b", "2", "a,c"), or an option's own words.

        None when it cannot be understood, or names more choices than one where one is asked.
        """
        shown = self.shown(payload, order)
        typed = plain(text)
        for choice in shown:
            if typed and typed in {plain(words) for words in choice.text.values()}:
                return (choice.position,)
        marks = named_marks(typed, len(shown))
        if not marks or (len(marks) > 1 and not self.many):
            return None
        return tuple(sorted({shown[mark].position for mark in marks}))


def one_each(choices: Iterable[Localized]) -> list[Localized]:
    """The choices without those that are there already, in their order."""
    found: list[Localized] = []
    for each in choices:
        if each not in found:
            found.append(each)
    return found


def known_version(data: Mapping[str, Any], version: int, kind: str) -> None:
    """ValueError for a payload of a version of the future."""
    if data.get("v") != version:
        raise ValueError(f"payload version {data.get('v')!r} of a {kind!r} question is not known")


def plain(text: str) -> str:
    """Text as compared: one width, no case, digits as 0-9, no closing stop."""
    return with_digits(unicodedata.normalize("NFKC", text)).casefold().strip().strip(".。!)(").strip()


def named_marks(typed: str, count: int) -> list[int]:
    """The shown indexes named by letters or numbers; empty when any mark is strange."""
    parts = [part for part in re.split(r"[\s,;、،؛.+&/]+", typed) if part]
    letters = LETTERS[:count]
    if len(parts) == 1 and parts[0].isalpha() and len(set(parts[0])) == len(parts[0]):
        parts = list(parts[0])
    marks = []
    for part in parts:
        if len(part) == 1 and part in letters:
            marks.append(letters.index(part))
        elif part.isascii() and part.isdigit() and 1 <= int(part[:3]) <= count:
            marks.append(int(part[:3]) - 1)
        else:
            return []
    return marks
