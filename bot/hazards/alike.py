"""Reports that look like one danger: proposed to whoever leads there, joined by their word, and every reporter stays informed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.hazards import cards, digest, ringing, store, telling, whom
from bot.hazards.facts import JOINED, KEPT_APART
from bot.hazards.model import Hazard, MediaRole
from bot.hazards.moves import handled, move, note
from bot.hazards.rules import OPEN, RUNGS, told
from bot.hazards.tables import HazardAlikeRow, HazardMediaRow, HazardRow
from bot.hazards.unasked import ALIKE
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.library.similar import elements
from bot.media import looks
from bot.media import store as media
from bot.media.pictures import BadPicture

WITHIN = timedelta(days=30)
MOST = 100
"""So many of the newest open reports of a place are compared."""
SHARED, FEWEST = 0.5, 3
"""Two texts are alike that share half of all their words, and at least three."""


def near(session: Session, hazard: Hazard, now: datetime) -> list[Hazard]:
    """Earlier open reports of the same place (or, where none was named, of the same unit), newest first."""
    same = HazardRow.place_id == hazard.place if hazard.place else HazardRow.place_id.is_(None)
    query = select(HazardRow).where(
        HazardRow.unit_id == hazard.unit, same, HazardRow.id < hazard.id, HazardRow.created_at >= now - WITHIN,
        HazardRow.state.in_([state.value for state in OPEN]),
    )  # fmt: skip
    return [store.as_hazard(row) for row in session.scalars(query.order_by(HazardRow.id.desc()).limit(MOST))]


def words_alike(one: str | None, other: str | None) -> bool:
    """Whether two texts say nearly the same, in any language."""
    here, there = elements(one or ""), elements(other or "")
    common = len(here & there)
    return common >= FEWEST and common >= SHARED * len(here | there)


def by_words(session: Session, hazard: Hazard, now: datetime) -> None:
    """Looks for an earlier report in nearly the same words, and proposes the newest."""
    if hazard.words:
        twin = next((each for each in near(session, hazard, now) if words_alike(hazard.words, each.words)), None)
        if twin is not None:
            propose(session, hazard, twin, "words", now)


class Looked:
    """The job: works out what a kept picture looks like, and proposes the newest earlier report with a picture like it."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Which picture."""
        row = session.get(HazardMediaRow, payload["file"])
        return payload | {"media": row.media if row else None}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Its look."""
        try:
            return payload | {"look": looks.look(media.open_ref(payload["media"])) if payload["media"] else None}
        except (BadPicture, media.NoSuchFile):
            return payload | {"look": None}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Keeps it and compares."""
        row, seen = session.get(HazardMediaRow, payload["file"]), payload["look"]
        if row is None or seen is None:
            return
        row.look = seen
        session.flush()
        hazard = store.hazard(session, row.hazard_id)
        if hazard is None or hazard.state not in OPEN:
            return
        for each in near(session, hazard, now):
            shots = store.files(session, each.id, MediaRole.BEFORE)
            if any(shot.look is not None and looks.alike(seen, shot.look) for shot in shots):
                propose(session, hazard, each, "photo", now)
                return


def propose(session: Session, later: Hazard, earlier: Hazard, why: str, now: datetime) -> None:
    """Asks whoever leads there, once a pair. Not where either is hidden from somebody: that would tell them of it."""
    if store.hidden_from(session, later.id) or store.hidden_from(session, earlier.id):
        return
    values = {"later_id": later.id, "earlier_id": earlier.id, "why": why, "at": telling.moment(later, now)}
    if insert_once(session, HazardAlikeRow, values) is None:
        return
    message = Message(_asked(session, later, earlier, why), _buttons(later, earlier), ref=_ref(later.id, earlier.id))
    there = whom.around(session, later, now)
    asked = next((found for who in RUNGS if (found := whom.on_rung(there, who, (), now).people)), [])
    for person, _ in asked:
        key = f"hazard:{later.id}:alike:{earlier.id}:{person.id}"
        at = telling.moment(later, now)  # the minute could give somebody away
        outbox.send(session, outbox.to_person(person.id), message, Lane.REPLY, at, key=key, unasked=ALIKE)


def _asked(session: Session, later: Hazard, earlier: Hazard, why: str) -> Text:
    return text(
        "hazards.alike", number=later.id, place=store.where(session, later), words=told(later, 80),
        other=earlier.id, other_words=told(earlier, 80), why=why,
    )  # fmt: skip


def _buttons(later: Hazard, earlier: Hazard) -> Any:
    pair = f"{later.id}:{earlier.id}"
    return rows(
        button("hazards.b_join", f"hzj:yes:{pair}"),
        button("hazards.b_apart", f"hzj:no:{pair}"),
        button("hazards.b_open", f"hz:open:{later.id}", number=later.id),
        button("hazards.b_open", f"hz:open:{earlier.id}", number=earlier.id),
    )


def _ref(later: int, earlier: int) -> str:
    return f"alike:{later}:{earlier}"


def settle(session: Session, later: int, earlier: int, join: bool, by: int, now: datetime) -> None:
    """Joins the later report to the earlier, or keeps them apart. Refused: to whom either is not theirs, or said before."""
    one, other = handled(session, later, by, now), handled(session, earlier, by, now)
    if join and not may_join(session, one, other):
        raise Refused("hazards.t_not_joined")
    row = (HazardAlikeRow.later_id == later, HazardAlikeRow.earlier_id == earlier, HazardAlikeRow.settled_at.is_(None))
    if changed(session, update(HazardAlikeRow).where(*row).values(settled_by=by, settled_at=now)) != 1:
        raise Refused("hazards.t_settled")
    if join:
        _join(session, one, other, by, now)
    else:
        note(session, KEPT_APART, one, now, by, other=earlier, nth=earlier)
    said = text("hazards.alike_settled", number=later, other=earlier, joined=join)
    outbox.edit_ref(session, _ref(later, earlier), Message(said), now)


def may_join(session: Session, later: Hazard, earlier: Hazard) -> bool:
    """Both open, nothing major or stopped is lost in it, and the later one not a place to which others were joined."""
    lost = (later.major and not earlier.major) or store.is_stopped(session, later.id)
    return not lost and earlier.state in OPEN and not store.joined(session, later.id)


def _join(session: Session, later: Hazard, earlier: Hazard, by: int, now: datetime) -> None:
    values = {"joined_to": earlier.id, "joined_by": by, "joined_at": now}
    hazard = move(session, later, "join", now, **values)
    ringing.stop(session, hazard, by, now)
    digest.drop(session, hazard.id)
    note(session, JOINED, hazard, now, by, to=earlier.id)
    words = text("hazards.told_joined", number=hazard.id, other=earlier.id)
    telling.tell(session, hazard, words, now, step="joined", by=by)
    telling.refresh(session, hazard, now)
    outbox.edit_ref(session, earlier.ref, cards.card(session, earlier, now), now)
