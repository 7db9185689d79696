"""The signs of an inspection, gathered for whoever leads there: never for punishing, never sent by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.inspections import signs, store
from bot.inspections.model import Outcome, State
from bot.inspections.showing import short
from bot.inspections.signs import Pictured, Timed
from bot.inspections.tables import InspectionAnswerRow, InspectionPhotoRow, InspectionRow
from bot.inspections.walks import Walk, times_before, walk
from bot.media import looks
from bot.media import store as media
from bot.media.pictures import BadPicture

COMPARED = 300
"""So many earlier photos of the same list are compared."""
MOST_OTHERS = 50


class PhotoKept:
    """The job: a photo of an item was fetched; what it looks like is worked out outside the transaction."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Its look; none of one that could not be fetched or shows nothing."""
        if not payload.get("media"):
            return payload | {"look": None}
        try:
            return payload | {"look": looks.look(media.open_ref(payload["media"]))}
        except (BadPicture, media.NoSuchFile):
            return payload | {"look": None}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Keeps both."""
        which = update(InspectionPhotoRow).where(InspectionPhotoRow.id == payload["photo"])
        changed(session, which.values(media=payload.get("media"), look=payload["look"]))


class Seen:
    """The job: some minutes after an inspection its signs are looked for beside the writer, so that lists need not."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Which kinds there are."""
        found = walk(session, payload["inspection"])
        return payload | {"signs": [each["kind"] for each in signs_of(session, found)] if found is not None else []}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Keeps them."""
        which = update(InspectionRow).where(InspectionRow.id == payload["inspection"])
        changed(session, which.values(signs=payload["signs"]))


def signs_of(session: Session, found: Walk) -> list[dict[str, Any]]:
    """The signs of an inspection that is done, each with the figures and rows behind it."""
    if found.on.state is not State.DONE:
        return []
    names = {item.code: short(item.words, 60) for item in found.list.items}
    return [*_fast(session, found, names), *_photos(session, found, names), *_answers(session, found)]


def _fast(session: Session, found: Walk, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    before = times_before(session, found.on)
    timed = [
        Timed(code, said.seconds, before.get(code, ()))
        for code, said in found.answers.items()
        if said.outcome is not Outcome.NA
    ]
    fast = signs.too_fast(timed)
    if not fast:
        return []
    rows = [
        {"words": names.get(each.item, {"en": each.item}), "seconds": round(each.seconds, 1),
         "usual": None if each.usual is None else round(each.usual), "n": each.n}
        for each in fast
    ]  # fmt: skip
    fewest = min(each.n for each in fast)
    return [
        {
            "kind": "fast",
            "count": len(fast),
            "of": len(timed),
            "rows": rows,
            "small": signs.is_small(fewest),
            "n": fewest,
        }
    ]


def _photos(session: Session, found: Walk, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    query = (
        select(InspectionPhotoRow)
        .join(InspectionRow, InspectionRow.id == InspectionPhotoRow.inspection_id)
        .where(InspectionRow.checklist_id == found.on.checklist, InspectionPhotoRow.media.is_not(None))
    )
    mine = query.where(InspectionPhotoRow.inspection_id == found.on.id).order_by(InspectionPhotoRow.id)
    old = query.where(InspectionPhotoRow.inspection_id < found.on.id).order_by(InspectionPhotoRow.id.desc())
    before = [_pictured(row) for row in session.scalars(old.limit(COMPARED))]
    same = signs.same_photo([_pictured(row) for row in session.scalars(mine)], before)
    rows = [
        {
            "words": names.get(each.here.item, {"en": each.here.item}),
            "other": each.there.inspection,
            "exact": each.exact,
        }
        for each in same
    ]
    n = len(before)
    return [{"kind": "photo", "count": len(same), "of": n, "rows": rows, "small": False, "n": n}] if same else []


def _pictured(row: InspectionPhotoRow) -> Pictured:
    return Pictured(row.inspection_id, row.item, row.media or "", row.look)


def _answers(session: Session, found: Walk) -> list[dict[str, Any]]:
    on = found.on
    done = (InspectionRow.checklist_id == on.checklist, InspectionRow.state == State.DONE.value)
    own = select(InspectionRow.id).where(*done, InspectionRow.person_id == on.person, InspectionRow.id <= on.id)
    ids = list(session.scalars(own.order_by(InspectionRow.id.desc()).limit(signs.IN_A_ROW * 4)))
    by: dict[int, dict[str, str]] = {id: {} for id in ids}
    query = select(InspectionAnswerRow.inspection_id, InspectionAnswerRow.item, InspectionAnswerRow.outcome)
    for id, item, outcome in session.execute(query.where(InspectionAnswerRow.inspection_id.in_(ids))):
        by[id][item] = outcome
    others = select(InspectionRow.failed).where(
        *done, InspectionRow.person_id != on.person, InspectionRow.unit_id == on.unit, InspectionRow.id < on.id
    )
    failed = list(session.scalars(others.order_by(InspectionRow.id.desc()).limit(MOST_OTHERS)))
    alike = signs.same_answers([by[id] for id in ids], failed)
    if alike is None:
        return []
    rows = [{"other": id} for id in ids[1 : alike.times][:10]]
    return [
        {"kind": "answers", "count": alike.times, "of": alike.others, "rows": rows, "failed": alike.failed,
         "small": signs.is_small(alike.others), "n": alike.others}
    ]  # fmt: skip


def may_see_signs(session: Session, by: int, found: Walk, now: datetime) -> bool:
    """Whether somebody leads there, and is not the one whom the signs are about."""
    return found.on.person != by and store.leads(session, by, found.on.path, now)
