"""Lessons that retell something confidential: what is left in them that leads to a person, and somebody else's release.

The room that has the confidential thing begins one (`begin`), is told by `LessonReleaseAsked` that a release is wanted, and
gives it (`release`); it knows who may. Nothing of this holds back other lessons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import store as library
from bot.library.authoring import drafting, identifiers, names, rules
from bot.library.authoring.identifiers import About, Alone, Left
from bot.library.authoring.model import RELEASE_ASKED, RELEASED, RETOLD, LessonDraft
from bot.library.authoring.names import Known
from bot.library.authoring.tables import LessonRetoldRow
from bot.library.content import digest
from bot.people import store as people
from bot.people.model import Person
from bot.people.tables import PersonRow, PlacementRow, PostRow, UnitRow


@dataclass(frozen=True)
class Retold:
    """What a lesson retells: `ref` names it in its room, `path` the unit, `places` in all words for where it was."""

    ref: str
    path: str
    on: date
    places: tuple[str, ...]
    second: bool


def begin(
    session: Session, who: Person, content: dict[str, object], told: Retold, by: int, now: datetime
) -> LessonDraft:
    """A draft of a lesson that retells something. Refused to who is no trainer, and where it is retold already."""
    found = drafting.begin(session, who, content, now)
    values = {
        "lesson_id": found.lesson, "ref": told.ref, "path": told.path, "happened_on": told.on, "places": list(told.places),
        "second": told.second, "told_by": by, "told_at": now,
    }  # fmt: skip
    if insert_once(session, LessonRetoldRow, values, "ref") is None:
        raise Refused("library.decided")
    record(session, Fact(RETOLD, f"retold:{told.ref}", now, by, body={"draft": found.id, "second": told.second}), now)
    return found


def of(session: Session, lesson: str) -> LessonRetoldRow | None:
    """What a lesson retells; None for all others."""
    return session.get(LessonRetoldRow, lesson, populate_existing=True)


def left(session: Session, draft: LessonDraft) -> tuple[Left, ...]:
    """What of a draft leads to a person, where it retells something; the same words are looked through again each time."""
    row = of(session, draft.lesson)
    return () if row is None else identifiers.left(_texts(draft), _about(session, row))


def waits(session: Session, draft: LessonDraft) -> bool:
    """Whether somebody else has to release these words before they are published."""
    row = of(session, draft.lesson)
    return row is not None and row.second and row.released_digest != fingerprint(draft)


def asked(session: Session, draft: LessonDraft) -> bool:
    """Whether somebody was asked to release these words."""
    row = of(session, draft.lesson)
    return row is not None and row.asked_digest == fingerprint(draft)


def fingerprint(draft: LessonDraft) -> str:
    """Changes with every word, picture and voice note of a draft."""
    return digest({**draft.content, "base": draft.base})


def ask(session: Session, draft: LessonDraft, by: int, now: datetime) -> None:
    """Asks for the release of these words. Refused while something is left, and where it was asked before."""
    if left(session, draft):
        raise Refused("library.authoring.t_not_ready")
    mark = fingerprint(draft)
    which = update(LessonRetoldRow).where(
        LessonRetoldRow.lesson_id == draft.lesson,
        or_(LessonRetoldRow.asked_digest.is_(None), LessonRetoldRow.asked_digest != mark),
    )
    if changed(session, which.values(asked_digest=mark, asked_at=now)) != 1:
        raise Refused("library.authoring.t_asked_before")
    row = of(session, draft.lesson)
    assert row is not None
    body = {"draft": draft.id, "ref": row.ref, "mark": mark[:16]}
    record(session, Fact(RELEASE_ASKED, f"release-asked:{draft.id}:{mark[:16]}", now, by, body=body), now)


def release(session: Session, draft: LessonDraft, by: int, mark: str, now: datetime) -> None:
    """Somebody else has read it and lets it go. Refused: to its writer, and where the words are others by now.

    Whether they may is for the caller to say.
    """
    if by == draft.person:
        raise Refused("library.authoring.t_not_your_own")
    whole = fingerprint(draft)
    if not whole.startswith(mark) or left(session, draft):
        raise Refused("library.t_changed_meanwhile")
    which = update(LessonRetoldRow).where(
        LessonRetoldRow.lesson_id == draft.lesson, LessonRetoldRow.asked_digest == whole,
        or_(LessonRetoldRow.released_digest.is_(None), LessonRetoldRow.released_digest != whole),
    )  # fmt: skip
    if changed(session, which.values(released_digest=whole, released_by=by, released_at=now)) != 1:
        raise Refused("library.decided")
    record(session, Fact(RELEASED, f"released:{draft.id}:{mark[:16]}", now, by, body={"draft": draft.id}), now)


def _texts(draft: LessonDraft) -> Iterator[tuple[str, str, str]]:
    for language in rules.languages(draft.content):
        for part in (
            "title",
            *(f"{name}:{at}" for at in range(len(draft.content["cards"])) for name in ("card", "twin")),
        ):
            if words := rules.words_of(draft.content, part, language):
                yield part, language, words


def _about(session: Session, row: LessonRetoldRow) -> About:
    known = tuple(Known(name, badge) for name, badge in session.execute(select(PersonRow.name, PersonRow.badge)))
    usual = {
        word
        for lesson in library.lessons(session).values()
        for some in lesson.cards.values()
        for words in some
        for word in names.small_words(words)
    }
    return About(known, row.happened_on, tuple(row.places), tuple(_alone(session, row)), frozenset(usual))


def _alone(session: Session, row: LessonRetoldRow) -> Iterator[Alone]:
    """Posts that one person alone holds in a unit there on that day."""
    placed = (
        PlacementRow.starts_on <= row.happened_on,
        or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > row.happened_on),
    )
    ids = [
        unit.id for unit in people.units(session) if row.path.startswith(unit.path) or unit.path.startswith(row.path)
    ]
    query = (
        select(PlacementRow.unit_id, PlacementRow.post)
        .where(PlacementRow.unit_id.in_(ids), *placed)
        .group_by(PlacementRow.unit_id, PlacementRow.post)
        .having(func.count() == 1)
    )
    units = {unit.id: unit for unit in session.scalars(select(UnitRow).where(UnitRow.id.in_(ids)))}
    posts = {post.code: post for post in session.scalars(select(PostRow))}
    for unit, post in session.execute(query):
        named = posts.get(post)
        words = (post, *([named.name, *(named.names or {}).values()] if named else []))
        place = units[unit]
        yield Alone(words, (place.name, *(place.names or {}).values()))
