"""Facts of joining, moving and leaving, and what a decision about somebody at the door looks like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

PERSON_ADDED = FactKind("PersonAdded", 1, (), "Somebody began to work here, according to the personnel file.")
PERSON_JOINED = FactKind(
    "PersonJoined", 1, ("how",), "Somebody opened Davy for the first time. how: invite, slip, poster."
)
PHONE_CHANGED = FactKind("PhoneChanged", 1, ("how",), "Somebody opened Davy on another phone; the old one was closed.")
PERSON_MOVED = FactKind("PersonMoved", 1, (), "Somebody has another unit or post from now on (those are in the fact).")
PERSON_LEFT = FactKind(
    "PersonLeft", 1, (), "Somebody no longer works here; who takes over is bot.people.company.successor."
)
ROLES_IMPORTED = FactKind("RolesImported", 1, (), "Somebody's roles changed by the personnel file.")
ROLE_GIVEN = FactKind("RoleGiven", 1, ("role", "over"), "Somebody has a role over a unit (its number) from now on.")
ROLE_ENDED = FactKind("RoleEnded", 1, ("role", "over"), "Somebody no longer has a role over a unit (its number).")
HR_FILE_TAKEN = FactKind(
    "HrFileTaken",
    1,
    ("joined", "moved", "left"),
    "The nightly file of people was taken in: how many came, moved, left.",
)
HR_FILE_REFUSED = FactKind(
    "HrFileRefused",
    1,
    ("why", "count"),
    "The nightly file of people was left as it is. why: mistakes, leavers, changes; how many.",
)
FACTS = (
    PERSON_ADDED,
    PERSON_JOINED,
    PHONE_CHANGED,
    PERSON_MOVED,
    PERSON_LEFT,
    ROLES_IMPORTED,
    ROLE_GIVEN,
    ROLE_ENDED,
    HR_FILE_TAKEN,
    HR_FILE_REFUSED,
)

HR_FILE = UnaskedKind(
    "onboarding.hr_file",
    2,
    Overflow.JOIN,
    timedelta(hours=36),
    "onboarding.hr_file_title",
    "What became of the nightly file of people, to administrators.",
)
UNASKED = (HR_FILE,)


class How(StrEnum):
    """By which door somebody came."""

    INVITE = "invite"
    SLIP = "slip"
    POSTER = "poster"


@dataclass(frozen=True)
class Invitation:
    """A link that was made: its token is known only now."""

    token: str
    url: str
    picture: str
    hours: int
    two: bool = False
    """Whether a second person is asked when it is opened."""
