"""The pages of the compliance room: what is late stands first, names only for who leads, in every language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.compliance.permits import actions as permits
from bot.compliance.permits import pages as permit_pages
from bot.compliance.permits import ticks
from bot.compliance.reading import actions as reading
from bot.compliance.reading import pages as reading_pages
from bot.compliance.reading.model import Written
from bot.compliance.register import pages as register_pages
from bot.compliance.sample import load_sample
from bot.delivery import budget
from bot.features import rooms
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import show
from bot.onboarding.sample import load_sample as load_company
from bot.people import store as people
from bot.people.model import Person, Viewer
from tests.store.conftest import NOON


@pytest.fixture
def session(engine: Engine) -> Any:
    """The sample company with its register, one notice and one permit that has run out."""
    budget.declare(kind for room in rooms() for kind in room.unasked)
    with Session(engine) as session:
        load_company(session, NOON)
        load_sample(session, _who(session, "L-1001").id, NOON)
        sam, bao = _who(session, "L-1011"), _who(session, "L-1021")
        words = Written("Chocks first.", "What first?", "Chocks", ("Load",))
        reading.begin(session, sam.id, reading.Draft("n1", sam.unit, {"en": words}), NOON)
        wish = permits.Request("p1", "height", bao.unit, None, "Change the lamp", 1, {}, True, None)
        found = permits.ask(session, bao, wish, NOON)
        permits.answer(session, sam, found.id, 0, True, NOON)
        assert ticks.expire(session, NOON + timedelta(hours=2)) is False
        yield session


def _who(session: Session, badge: str) -> Person:
    found = people.person_by_badge(session, badge, NOON)
    assert found is not None
    return found


def _viewer(session: Session, badge: str) -> Viewer:
    found = people.viewer(session, _who(session, badge).id, NOON)
    assert found is not None
    return found


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_each_page_is_said_in_each_language(session: Session, lang: str) -> None:
    """With its rows; what has run out is said in words."""
    later = NOON + timedelta(hours=2)
    sam = _viewer(session, "L-1011")
    made = {
        "register": register_pages.register(session, sam, {}, later),
        "reading": {"csrf": "a word", **(reading_pages.notices(session, sam, {}, later) or {})},
        "permits": permit_pages.permits(session, sam, {}, later),
    }
    macros = {"register": "register", "reading": "notices", "permits": "permits"}
    said = {
        room: show(f"compliance/{room}/pages.html.j2", macros[room], lang, **(values or {}))
        for room, values in made.items()
    }
    assert "US-1910.178" in said["register"]
    assert "Bao Tran" in said["reading"]
    assert "Bao Tran" in said["permits"]
    if lang == "en":
        assert "run out, not handed back" in said["permits"]


def test_whoever_leads_elsewhere_sees_neither_names_nor_permits(session: Session) -> None:
    """Another team's leader, another site's manager; the register of the other country is theirs."""
    later = NOON + timedelta(hours=2)
    for badge in ("L-1012", "L-1002"):
        other = _viewer(session, badge)
        assert reading_pages.notices(session, other, {}, later) == {"rows": []}
        assert permit_pages.permits(session, other, {}, later) is None
    lingang = register_pages.register(session, _viewer(session, "L-1002"), {}, later)
    assert {row["jurisdiction"] for row in lingang["rows"]} == {"CN"}


def test_nobody_asks_for_a_permit_on_another_site(session: Session) -> None:
    """A forged place changes nothing."""
    bao, there = _who(session, "L-1021"), _who(session, "L-1014")
    wish = permits.Request("p2", "height", there.unit, None, "Elsewhere", 1, {}, True, None)
    with pytest.raises(Exception, match=r"compliance\.permits\.gone"):
        permits.ask(session, bao, wish, NOON)
