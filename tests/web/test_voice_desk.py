"""Voices on the dashboard: open questions, the board of suggestions, released figures of surveys, and who has signed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bot.features import rooms
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Person
from bot.voice.interviews import actions as interviews
from bot.voice.interviews.model import Kind
from bot.voice.pledge import actions as pledge
from bot.voice.proposals import actions as proposals
from bot.voice.proposals.model import Stand
from bot.voice.proposals.model import State as Decision
from bot.voice.pulse import actions as pulse
from bot.voice.pulse import store as pulse_store
from bot.voice.questions import actions as questions
from bot.voice.suggestions import actions as suggestions
from bot.voice.suggestions.model import State
from tests.web.desk import Desk, opened

PARTS = tuple(room for room in rooms() if room.name.startswith("voice"))


def spoken(desk: Desk) -> None:
    """Ana asks, Ben suggests, the crew answers a survey, Sam talks with two of them, a proposal meets dissent."""
    works, now = desk.works, desk.clock.now()

    def fill(session: Session) -> None:
        def who(name: str) -> Person:
            found = people.person(session, works.people[name], now)
            assert found is not None
            return found

        for name in ("Sam Okafor", "Grace Lind"):
            id = works.people[name]
            people_actions.open_account(session, id, 9_000 + id, 9_000 + id, now)
        sam, grace, unit = who("Sam Okafor"), who("Grace Lind"), works.units["harbour"].id
        questions.pass_on(session, who("Ana Morales"), "Which gloves for the new degreaser?", now - timedelta(days=4))
        questions.pass_on(session, who("Ben Cole"), "May I leave the forklift running?", now)
        mirror = suggestions.suggest(session, who("Ben Cole"), "a", "A mirror at the corner by the press", now)
        suggestions.vote(session, who("Ana Morales"), mirror.id, 1, now)
        suggestions.decide(
            session, grace, mirror.id, State.ACCEPTED, "We have nearly hit somebody there.", now, owner=sam.id, days=30
        )
        suggestions.suggest(session, who("Ana Morales"), "b", "A second first aid box at the gate", now)
        asked = ["Ana Morales", "Ben Cole", "Dana Kim", "Emeka Obi", "Goran Ilic"]
        started = pulse.start(session, grace, "p", unit, [{"en": "I can stop dangerous work."}], 3, now)
        for each in asked:
            pulse.answer(session, who(each), started.id, 0, 5 if each != "Ben Cole" else 2, now)
        pulse.close(session, started, now + timedelta(days=3))
        assert pulse_store.results(session, pulse_store.pulse(session, started.id) or started)[0].whole is not None
        talks = interviews.plan(
            session,
            sam,
            "i",
            unit,
            Kind.OPINION,
            "What slows us down",
            now.date(),
            [who(each).id for each in asked[:3]],
            now,
        )
        for each in asked[:2]:
            interviews.turn_reached(session, sam, talks.id, who(each).id, now)
        interviews.note(session, sam, talks.id, "The trolleys are always gone.", now)
        for each in asked[:3]:
            proposals.turn_member(session, sam, unit, who(each).id, now)
        put = proposals.put(session, sam, "v", unit, "Change the tool only with two people", now)
        proposals.answer(session, who("Ana Morales"), put.id, Stand.AGREES, "", now)
        proposals.answer(session, who("Ben Cole"), put.id, Stand.DISSENTS, "At night there is only one of us.", now)
        proposals.decide(
            session, sam, put.id, Decision.ADOPTED, "The night waits for the morning.", now + timedelta(days=8)
        )
        pledge.call(session, sam, unit, now)

    desk.house.writer.run(fill)


def test_the_page_shows_what_waits_and_what_came_of_it_to_whoever_leads_there(
    database_url: str, tmp_path: Path
) -> None:
    """Questions with their deadline, the board, a survey of five, the dissent, one's own notes; nothing of it elsewhere."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        spoken(desk)
        page = desk.browser("Sam Okafor").get("/desk/voice").text
        assert "Which gloves for the new degreaser?" in page
        assert "was due 17 Nov" in page
        assert "A mirror at the corner by the press" in page
        assert "👍 1 👎 0" in page
        assert "Being done" in page
        assert "80 %" in page
        assert "n=5" in page
        assert page.count(">fewer than 5<") == 2, "neither the dock of three nor the presses of two"
        assert "At night there is only one of us." in page
        assert "asked 3, agreed 1, dissented 1, silent 1" in page
        assert "The trolleys are always gone." in page, "Sam's own note"
        assert "nobody is asked" not in page
        other = desk.browser("Grace Lind").get("/desk/voice").text
        assert "What slows us down" in other
        assert "The trolleys are always gone." not in other, "whoever is above reads no notes"
