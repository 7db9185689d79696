"""What a furnished company has of pages that come of a form: files that were sent, a poster, a link, an inspection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.inspections import actions, doing
from bot.inspections.tables import ChecklistRow
from bot.library.editor import files_page as banks
from bot.library.shipped import content_path
from bot.onboarding import access
from bot.onboarding.staff import files_page as personnel
from bot.people import store as people
from tests.web.desk import Desk

NEWCOMER = "L-1043"
"""Somebody who is not in yet."""
BANK = """bank: our-docks
language: en
title: Our docks
questions:
  - id: dock-1
    kind: true_false
    topic: LIF
    jurisdictions: [any]
    sources: [Our own rule 8]
    stem: {en: "A pallet may stand before an exit for a minute."}
    answer: maybe
    misconception: {en: "A minute does not matter"}
    explanation: {en: "Nobody knows which minute it is."}
"""


def filed(desk: Desk, name: str, now: datetime) -> None:
    """All of it is made by one person; the addresses are added to those that are given."""
    people_file = (content_path() / "sample" / "people.csv").read_bytes()
    forms: tuple[tuple[Any, dict[str, Any]], ...] = (
        (banks.Sent(), {"file": BANK.encode(), "file_name": "docks.yaml", "lang": "en"}),
        (personnel.Sent(), {"file": people_file, "file_name": "people.csv"}),
    )
    for sent, form in forms:
        ready = sent.prepare(form)
        desk.works.given = (*desk.works.given, desk.house.writer.run(_send, desk, name, sent, ready, now))
    desk.works.given = (*desk.works.given, *desk.house.writer.run(_made, desk, name, now))


def _send(session: Session, desk: Desk, name: str, sent: Any, form: dict[str, Any], now: datetime) -> str:
    viewer = people.viewer(session, desk.works.people[name], now)
    assert viewer is not None
    return str(sent(session, viewer, form, now))


def _made(session: Session, desk: Desk, name: str, now: datetime) -> tuple[str, ...]:
    viewer, unit = people.viewer(session, desk.works.people[name], now), desk.works.units["dock"]
    new, who = (
        people.person_by_badge(session, NEWCOMER, now),
        people.person(session, desk.works.people["Ana Morales"], now),
    )
    assert viewer is not None
    assert new is not None
    assert who is not None
    poster = access.poster_at_desk(session, viewer, unit.id, now)
    access.invite_at_desk(session, viewer, new.id, now)
    walk = _walked(session, viewer.person, who.id, now)
    return f"/desk/people/posters/{poster}", f"/desk/people/{new.id}/link", f"/desk/inspections/{walk}"


def _walked(session: Session, boss: int, person: int, now: datetime) -> int:
    """The manager stands for a list, and somebody began to go through it."""
    who = people.person(session, person, now)
    kept = session.scalars(select(ChecklistRow).order_by(ChecklistRow.id)).first()
    assert who is not None
    assert kept is not None
    actions.adopt(session, boss, kept.id, kept.version, now)
    id = doing.begin_own(session, who, kept.id, None, "filed", now)
    doing.begin(session, person, id, now)
    return id
