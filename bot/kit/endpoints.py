"""What a room offers to other programs: endpoints and events as values. `web.api` serves, guards, pages and documents them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MOST_LIMIT = 500


class Scope(StrEnum):
    """What a token may do. NAMES and WORDS open nothing by themselves: they fill in what else stays empty."""

    UNITS = "units.read"
    PEOPLE = "people.read"
    PEOPLE_WRITE = "people.write"
    HAZARDS = "hazards.read"
    HAZARDS_WRITE = "hazards.write"
    TRAINING = "training.read"
    CLEARANCE = "clearance.read"
    READING = "acknowledgements.read"
    DUTIES = "duties.read"
    INCIDENTS = "incidents.read"
    RISKS = "risks.read"
    MUSTERS = "musters.read"
    FACTS = "facts.read"
    SCORES = "scores.read"
    NAMES = "names"
    WORDS = "words"


SAYS = {
    Scope.UNITS: "units, posts",
    Scope.PEOPLE: "who works here, where and as what",
    Scope.PEOPLE_WRITE: "people join, move, leave, are away",
    Scope.HAZARDS: "dangers and how they stand",
    Scope.HAZARDS_WRITE: "report a danger, ask about one, take one on, each for a person",
    Scope.TRAINING: "courses done, certificates",
    Scope.CLEARANCE: "whether somebody may work, as of an instant",
    Scope.READING: "who has acknowledged what is to be read",
    Scope.DUTIES: "who has acknowledged the duties of their post",
    Scope.INCIDENTS: "how many incidents there were, never who or what",
    Scope.RISKS: "the risk register",
    Scope.MUSTERS: "how a muster ended, in numbers",
    Scope.FACTS: "the ledger's facts, by pseudonym",
    Scope.SCORES: "a person's score, only where the works agreement has them; the person is told",
    Scope.NAMES: "besides others: people's names",
    Scope.WORDS: "besides others: what people wrote",
}

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
"""What lies before or behind, lies there: nothing of ours is older or later, and no reckoning with it can run over."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def _written(how: re.Pattern[str], what: str, read: Callable[[str], Any] = str) -> BeforeValidator:
    """Takes a text written so, and nothing that could be taken for it: `0` is no day."""

    def look(value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            return int(value)  # to JSON 7.0 is the whole number 7
        if not isinstance(value, str):
            return value
        if not how.fullmatch(value):
            raise ValueError(f"is no {what}")
        return read(value.upper())

    return BeforeValidator(look)


def _day(value: date) -> date:
    return min(max(value, FIRST.date()), LAST.date())


def _instant(value: datetime) -> datetime:
    try:
        return min(max(value.astimezone(UTC), FIRST), LAST)
    except OverflowError:
        return FIRST if value.year < FIRST.year else LAST


# what a database can keep: no control characters, no blank at the beginning
_LINE = r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x20\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Badge = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$"),
    Field(description="The employee number, as it stands on the badge; capitals or not."),
]
Number = Annotated[int, Field(ge=1, le=999_999_999), _written(_NUMBER, "number of a row")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=_TEXT)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=_LINE)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[0-9A-Za-z][0-9A-Za-z._:-]*$")]
Day = Annotated[date, AfterValidator(_day), _written(_DAY, "day like 2026-03-31", date.fromisoformat)]
Instant = Annotated[
    AwareDatetime,
    AfterValidator(_instant),
    _written(_INSTANT, "instant like 2026-03-31T08:00:00Z", datetime.fromisoformat),
]


class Asked(BaseModel):
    """Parameters of an address; one that is not named in the model is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """What a program sends. Nothing is guessed: a number is a number, and a field that is unknown is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Given(BaseModel):
    """What Davy answers. Fields are added in time; whoever reads leaves alone what they do not know."""


class Paged(Asked):
    """Of a list: where to go on, and how much at once."""

    CURSOR: ClassVar[str] = r"^[0-9]{1,9}$"
    cursor: Annotated[
        str | None,
        Field(pattern=CURSOR, description="`next` of the page before; left out: from the beginning."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_LIMIT, description="How many at most."), _written(_NUMBER, "number")] = (
        100
    )

    @property
    def after(self) -> int:
        """After which row it goes on."""
        return int(self.cursor or 0)


class Who(Given):
    """Somebody. Their name is there for tokens with the scope `names`."""

    badge: str
    name: str | None = None


class Labelled(Given):
    """A unit: its number, and the code that the company file gave it."""

    id: int
    code: str | None = None


@dataclass(frozen=True)
class Rows:
    """A page of a list: each item with the cursor that goes on behind it."""

    items: Sequence[tuple[str, Given]]


@dataclass(frozen=True)
class Call:
    """What an endpoint is called with, read and checked. `key` is the idempotency key under the installation's seal; `again`:
    the very same call was answered before.
    """

    args: Any
    body: Any = None
    key: str = ""
    again: bool = False


class Problem(Exception):
    """A call that cannot be answered: HTTP status, a code that stays the same, and English words for whoever reads the log."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.more = status, code, detail, more


def not_there(what: str) -> Problem:
    """What does not exist, or lies outside the token's units: the answer is the same."""
    return Problem(404, "not_found", f"there is no such {what} within the units of this token")


@dataclass(frozen=True)
class Endpoint:
    """Something that another program may ask or do.

    `do` is `(session, caller, call, now)`: a Given, Rows where `many`, None for 204; it raises Problem or Refused. `scope` is what
    the token needs; whatever it sees lies under `caller.units`, in the query. With `writes` it runs in a transaction. `about` names
    the parameter that holds the badge of the person whose data it gives: each look goes on their record; `personal`: a list of
    people's data, which is on record as a whole. `feed`: the same rows as CSV at `/feeds/{feed}.csv`. `keyed`: needs an
    `Idempotency-Key`, and the second call of a key does nothing. `conflicts`: it may be refused by what stands there already.
    """

    name: str
    method: str
    path: str
    scope: Scope | None
    says: str
    do: Any
    gives: type[Given] | None
    asks: type[Asked] = Asked
    body: type[Body] | None = None
    many: bool = False
    writes: bool = False
    personal: bool = False
    about: str = ""
    feed: str = ""
    keyed: bool = False
    conflicts: bool = False
    status: int = 200
    more: str = ""
    """What else whoever calls it must know."""


@dataclass(frozen=True)
class Event:
    """Something of which other programs are told by a signed call, once it is in the ledger as a fact of kind `fact`.

    `tell` is `(session, caller, payload, now) -> Given | None` and runs when the call is made: None where there is nothing left to
    tell, or nothing for this caller. `payload` is that of a subscription of the ledger.
    """

    name: str
    fact: str
    scope: Scope
    says: str
    tell: Any
    gives: type[Given]
