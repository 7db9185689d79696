"""A report from somebody whom nobody knows: the same sealed path as in the chat; the receipt is the only way back.

The code of a receipt stands nowhere. The report's key and the mailbox are names made from it and the installation's secret.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import seals
from bot.hazards import actions as hazards
from bot.hazards import respond, store
from bot.hazards.model import Hazard, Kind, Report, Urgency
from bot.kit.errors import Refused
from bot.people import store as people
from bot.people.model import Place, Unit, UnitKind
from bot.web.tablet.rules import LETTERS

GROUPS, EACH = 3, 5
"""Letters of a receipt: 75 bits."""
Files = tuple[tuple[str, str], ...]


def receipt_of(form: str) -> str:
    """The receipt of a form: the same form sent twice is one report. `form` is chance that only its browser has."""
    number = int(seals.seal().name("receipt of form", form), 16)
    letters = "".join(LETTERS[number >> (5 * i) & 31] for i in range(GROUPS * EACH))
    return "-".join(letters[i * EACH : (i + 1) * EACH] for i in range(GROUPS))


def typed(code: str) -> str:
    """A receipt as typed, written as it was given."""
    letters = "".join(each for each in code[:60].upper() if each in LETTERS)
    return "-".join(letters[i * EACH : (i + 1) * EACH] for i in range(GROUPS))


def key_of(code: str) -> str:
    """The key of the report that a receipt is of."""
    return seals.seal().name("hazard of receipt", code)


def box_of(code: str) -> str:
    """The mailbox of a receipt: who reported, as far as anything here knows."""
    return seals.seal().name("receipt", code)


def report(
    session: Session, code: str, unit: Unit, place: Place | None, said: dict[str, str], files: Files, now: datetime
) -> Hazard:
    """Makes the report, once a receipt. Nothing of it is a person's, and its times are whole hours."""
    made = Report(
        key=key_of(code),
        unit=unit.id,
        path=unit.path,
        kind=Kind(said["kind"]) if said.get("kind") in set(Kind) else Kind.DANGEROUS,
        urgency=Urgency(said["urgency"]) if said.get("urgency") in set(Urgency) else None,
        place=place.id if place else None,
        place_words=said.get("where") or None,
        words=said.get("words") or None,
        files=files,
    )
    return hazards.report_hazard(session, made, box_of(code), now, named=False)


def found(session: Session, code: str) -> Hazard | None:
    """The report of a receipt."""
    hazard = store.by_key(session, key_of(code))
    return hazard if hazard is not None and store.is_reporter(hazard, box_of(code)) else None


def answer(session: Session, code: str, what: str, words: str, files: Files, now: datetime) -> None:
    """What whoever holds the receipt does: says more, says that it is gone or still there. Raises Refused."""
    hazard = found(session, code)
    if hazard is None:
        raise Refused("hazards.t_no_hazard")
    if what == "gone":
        hazards.confirm_gone(session, hazard.id, box_of(code), now)
    elif what == "still":
        hazards.reopen(session, hazard.id, box_of(code), now)
    elif words or files:
        respond.answer_about(session, hazard, box_of(code), words, files, now)


def sites(session: Session) -> list[Unit]:
    """Where somebody may be who has scanned nothing: the sites, or the company where it has none."""
    units = people.units(session)
    return [each for each in units if each.kind is UnitKind.SITE] or units[:1]
