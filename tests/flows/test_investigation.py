"""The register, a fair investigation, the clocks of the law, and what is learned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.model import CHECK_ANSWERED
from bot.incidents.tables import IncidentCheckRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role
from bot.people.tables import UnitRow
from tests.flows.hazards_company import photo
from tests.flows.house import Story
from tests.flows.incident_company import dock, investigate, opened, standing, traces
from tests.flows.risk_company import forge


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The dock, and a phone for each."""
    async with dock(database_url, tmp_path) as one:
        yield one


async def test_the_register_is_for_those_who_look_after_it(s: Story) -> None:
    """Yusuf sees it, Sam does not until he helps; Marek never; who looked stands in the file; forged presses get nothing."""
    await opened(s)
    for name in ("Sam", "Marek"):
        await s.says(name, "/incidents")
        assert "nothing here for you" in await s.sees(name)
        assert "nothing here" in await forge(s, name, "inc:open:1")
        assert "nothing here" in await forge(s, name, "inc:file:1")
        assert "nothing here" in await forge(s, name, "inc:outcome:1:first_aid")
    await s.says("Yusuf", "/incidents")
    assert "Stays in hospital" in await s.sees("Yusuf")
    await s.presses("Yusuf", "Incident No. 1")
    await s.presses("Yusuf", "Who helps?")
    await s.presses("Yusuf", "Sam Okafor")
    await s.presses("Sam", "Incident No. 1")
    assert "being investigated" in await s.sees("Sam")
    assert "Only a safety officer" in await forge(s, "Sam", "inc:outcome:1:first_aid")
    await s.presses("Sam", "The whole file")
    assert "Sam Okafor" in (await s.sees("Sam")).split("Who looked:")[1]
    assert "Yusuf Demir" in (await s.sees("Sam")).split("Who looked:")[1]


async def test_who_was_hurt_is_sealed_and_sees_only_their_own_state(s: Story) -> None:
    """A dump of the database does not tell that Bao was hurt; he reads how it stands, even where he could lead."""
    await opened(s)
    bao = await s.db(store.person_by_badge, "W-2", s.now)
    before = await s.ask(lambda session: traces(session, "Bao Tran"))
    await s.presses("Yusuf", "Name who was hurt")
    await s.says("Yusuf", "W-2")
    assert "1 person was hurt; who is under seal" in await s.sees("Yusuf")
    assert await s.presses("Yusuf", "Who was hurt?") == "Bao Tran"
    assert await s.ask(lambda session: traces(session, "Bao Tran")) == before
    his = select(PseudonymRow.pseudonym).where(PseudonymRow.person_id == bao.id)
    of_incidents = select(FactRow).where(FactRow.kind.contains("ncident"))
    assert await s.ask(lambda session: len(session.scalars(of_incidents).all())) >= 3
    about_him = of_incidents.where(FactRow.pseudonym.in_(his))
    assert await s.ask(lambda session: session.scalars(about_him).all()) == []
    await s.says("Bao", "/incidents")
    assert "Where you were hurt yourself" in await s.sees("Bao")
    assert "being investigated" in await s.sees("Bao")
    assert "nothing here" in await forge(s, "Bao", "inc:open:1")
    site = await s.ask(lambda session: session.scalar(select(UnitRow.id).where(UnitRow.kind == "site")))
    await s.db(lambda session: people.grant(session, bao.id, Role.SAFETY_OFFICER, site, s.now))
    assert "nothing here" in await forge(s, "Bao", "inc:open:1"), "nobody investigates what happened to themselves"
    await s.says("Bao", "/mystatus")
    assert "You were hurt on" in await standing(s, "Bao")


async def test_an_investigation_is_closed_only_with_all_it_needs_and_by_somebody_else(s: Story) -> None:
    """What is missing is said; the owner cannot sign; Grace signs once the action is done and the duty to report answered."""
    await opened(s)
    await s.presses("Yusuf", "Ready to be signed")
    told = await s.sees("Yusuf")
    assert "is not ready" in told
    for lack in ("what happened, with the time", "a root cause", "what is learned"):
        assert lack in told
    await s.presses("Yusuf", "What became of it")
    await s.presses("Yusuf", "Stays in hospital")
    await investigate(s)
    await s.presses("Yusuf", "The whole file")
    file = await s.sees("Yusuf")
    assert "09:01 the sling slipped off the hook" in file
    assert "↳ The root: how work is set up: Hooks are looked at by nobody" in file
    assert "Hooks with a locking latch · Guard, barrier, ventilation · Sam Okafor" in file
    await s.presses("Yusuf", "Show the evidence")
    assert (await s.screen("Yusuf"))[-1]["caption"] == "the hook"
    assert (await s.screen("Yusuf"))[-1]["photo"]
    await s.presses("Yusuf", "Incident No. 1")
    await s.presses("Yusuf", "Ready to be signed")
    assert "waits for a signature" in await standing(s, "Yusuf")
    assert "Somebody else has to sign" in await forge(s, "Yusuf", "inc:sign:1") or "not ready" in await s.sees("Yusuf")
    await s.says("Grace", "/incidents")
    await s.presses("Grace", "Incident No. 1")
    await s.presses("Grace", "Sign and close")
    assert "all that was to be done is done" in await s.sees("Grace")
    assert "an answer to each duty to report" in await s.sees("Grace")
    await s.presses("Sam", "It is done")
    await s.presses("Grace", "It was reported")
    await s.says("Grace", "9:04 OSHA hotline, reference 4711")
    assert "OSHA hotline, reference 4711" in await s.sees("Grace")
    assert "Somebody else has to sign" in await forge(s, "Yusuf", "inc:sign:1")
    await s.presses("Grace", "Sign and close")
    assert "signed and closed" in await s.sees("Grace")
    assert "Signed by Grace Lindqvist" in await s.sees("Grace")
    kinds = await s.ask(lambda session: [r.kind for r in session.scalars(select(FactRow))])
    assert kinds.count("IncidentStepRefused") >= 2, "each attempt is on record"


async def test_the_clock_of_the_law_is_shown_reminded_and_missed(s: Story) -> None:
    """A stay in hospital: OSHA within 24 hours; half way it rings, near the end again, then it is missed and others hear of it."""
    await opened(s)
    card = await s.sees("Yusuf")
    assert "Tell OSHA of the in-patient stay" in card
    assert "24 hr left, until 19 Nov 09:05" in card
    assert "29 CFR 1904.39 · no official text of it was seen" in card
    assert "no legal advice" in card
    for name in ("Yusuf", "Grace", "Sam"):
        await s.news(name)
    await s.forward(hours=12, minutes=1)
    assert any("may have to be reported by law" in said for said in await s.news("Yusuf"))
    assert not any("by law" in said for said in await s.news("Sam"))
    await s.forward(hours=7, minutes=30)
    assert any("may have to be reported by law" in said for said in await s.news("Grace"))
    await s.forward(hours=5)
    assert any("is over, and nobody has said" in said for said in await s.news("Yusuf"))
    assert "is over, and nobody has said" in await standing(s, "Ada")
    await s.presses("Yusuf", "Not reportable")
    await s.says("Yusuf", "no")
    assert "Please write why" in await s.sees("Yusuf")
    await s.says("Yusuf", "The stay was for observation only")
    assert "not reportable, says Yusuf Demir: The stay was for observation only" in await s.sees("Yusuf")


async def test_a_major_hidden_danger_is_investigated_too(s: Story) -> None:
    """Judged major by its supervisor; whoever answers for safety is asked who leads."""
    await s.sends_photo("Ana", photo(), caption="Crack in the crane's rail")
    await s.presses("Ana", "Send now")
    await s.presses("Sam", "Acknowledge")
    await s.presses("Sam", "Rate")
    await s.presses("Sam", "critical")
    await s.presses("Sam", "General or major")
    await s.presses("Sam", "Major")
    assert "is to be investigated. Who leads it?" in await standing(s, "Yusuf")
    await s.presses("Yusuf", "I lead the investigation")
    assert "Major danger" in await s.sees("Yusuf")


async def test_what_is_learned_goes_to_like_places_and_their_answers_come_back(s: Story) -> None:
    """Another place of the same name is asked; one look later the investigation says how many have looked and what was found."""

    def like(session: Session) -> None:
        storage = session.scalar(select(UnitRow).where(UnitRow.name == "Storage Team"))
        assert storage is not None
        people.add_place(session, storage.id, "Loading dock 1", "HW-DOCK-9")

    await s.db(like)
    await opened(s)
    assert "First write what is learned" in await s.presses("Yusuf", "Ask like places")
    await s.presses("Yusuf", "What is learned")
    await s.says("Yusuf", "A bent latch means: take the hook away")
    assert "1 like place is asked to look." in await s.presses("Yusuf", "Ask like places")
    assert "0 like places" in await s.presses("Yusuf", "Ask like places")
    wanted = await s.ask(lambda session: [r.body for r in session.query(FactRow).filter_by(kind="CheckWanted")])
    assert len(wanted) == 1

    def answer(session: Session) -> None:
        key = session.scalar(select(IncidentCheckRow.finding))
        body = {"finding": key, "room": "incidents", "in_order": False}
        record(session, Fact(CHECK_ANSWERED, f"answered:{key}", s.now, body=body), s.now)

    await s.db(answer)
    await s.settle()
    await s.says("Yusuf", "/incidents")
    await s.presses("Yusuf", "Incident No. 1")
    assert "Like places that have looked: 1 of 1. Not in order there: 1." in await s.sees("Yusuf")


async def closed(s: Story) -> None:
    """The investigation of Ana's call is signed by Grace, with all that it needs."""
    await opened(s)
    await investigate(s)
    await s.presses("Sam", "It is done")
    await s.presses("Yusuf", "Incident No. 1")
    await s.presses("Yusuf", "It was reported")
    await s.says("Yusuf", "9:04 OSHA hotline, reference 4711")
    await s.presses("Yusuf", "Ready to be signed")
    await s.says("Grace", "/incidents")
    await s.presses("Grace", "Incident No. 1")
    await s.presses("Grace", "Sign and close")
    assert "signed and closed" in await s.sees("Grace")


def teach(session: Session, now: datetime) -> None:
    """Tomasz teaches at the site too."""
    tomasz = store.person_by_badge(session, "M-1", now)
    site = session.scalar(select(UnitRow.id).where(UnitRow.kind == "site"))
    assert tomasz is not None
    assert site is not None
    people.grant(session, tomasz.id, Role.TRAINER, site, now)


async def test_what_is_learned_is_a_draft_with_the_trainer_once_it_is_signed(s: Story) -> None:
    """Not before; then it lies with Tomasz, once, and nothing is published."""
    await opened(s)
    await s.presses("Yusuf", "What is learned")
    await s.says("Yusuf", "A bent latch means: take the hook away")
    assert "has to be signed" in await forge(s, "Yusuf", "inc:trainer:1")


async def test_a_lesson_from_an_incident_goes_live_without_a_trace_and_released_by_another(s: Story) -> None:
    """Tomasz's draft says what is left and where; he says it in other words; Yusuf lets it go; a change wants that again."""
    await s.db(teach, s.now)
    await closed(s)
    assert "Tomasz Nowicki has it as a draft" in await s.presses("Grace", "Make a lesson")
    assert "has this draft already" in await s.presses("Grace", "Make a lesson")
    assert "as a draft of a lesson" in await s.sees("Tomasz")
    await s.says("Tomasz", "/library")
    await s.presses("Tomasz", "In the making")
    await s.presses("Tomasz", "A bent latch means")
    await s.says("Tomasz", "Bao Tran from Loading dock 1 took it on 18 November; his number is W-2, call 555 010 4477")
    told = await s.sees("Tomasz")
    for left in ("somebody's name: “Bao Tran” (card 2, English)", "a badge number: “W-2”", "a phone number: “555 010 4477”",
                 "the day together with the place: “18 november · Loading dock 1” (card 2, English)"):  # fmt: skip
        assert left in told, told
    assert not any("Publish and sign" in each for each in await s.buttons("Tomasz"))
    assert "still missing" in await forge(s, "Tomasz", "lw.pub:1")
    await s.presses("Tomasz", "Change a card")
    await s.presses("Tomasz", "2.")
    await s.presses("Tomasz", "Say it anew")
    await s.says("Tomasz", "Whoever finds a bent latch takes the hook away")
    told = await s.sees("Tomasz")
    assert "the release by somebody else" in told
    assert "somebody's name" not in told
    assert "still missing" in await forge(s, "Tomasz", "lw.pub:1")
    await s.presses("Tomasz", "Ask for its release")
    await s.settle()
    assert "May this lesson go live? It retells incident No. 1." in await standing(s, "Yusuf")
    assert "May this lesson" not in await standing(s, "Sam")
    assert "May this lesson" not in await standing(s, "Tomasz")
    await s.presses("Yusuf", "It tells of nobody")
    assert "Yusuf Demir has released the lesson" in await standing(s, "Tomasz")
    await s.presses("Tomasz", "To the draft")
    await s.says("Tomasz", "A third card, written after the release")
    assert "the release by somebody else" in await s.sees("Tomasz")
    await s.presses("Tomasz", "Ask for its release")
    await s.settle()
    await s.presses("Grace", "It tells of nobody")
    await s.presses("Tomasz", "To the draft")
    await s.presses("Tomasz", "Publish and sign")
    assert "A bent latch means" in await s.sees("Tomasz")
    kinds = await s.ask(lambda session: [r.kind for r in session.scalars(select(FactRow))])
    assert kinds.count("LessonReleased") == 2
    assert kinds.count("LessonPublished") == 1


async def test_an_overdue_action_climbs(s: Story) -> None:
    """Sam is told the day before; late, he and Yusuf; a day later the site; three days later those above, as an alert."""
    await opened(s)
    await s.presses("Sam", "Acknowledge")
    await investigate(s)
    assert "You have something to do" in await standing(s, "Sam")
    await s.forward(days=2, hours=1)
    assert "Due tomorrow" in await standing(s, "Sam")
    await s.forward(days=2)
    assert "Overdue after incident No. 1" in await standing(s, "Yusuf")
    assert "Overdue" not in await standing(s, "Ada")
    await s.forward(days=1)
    assert "Overdue after incident No. 1" in await standing(s, "Grace")
    await s.forward(days=2)
    assert "Overdue after incident No. 1" in await standing(s, "Ada")


async def test_today_says_what_waits(s: Story) -> None:
    """The clock, the incident, and for Sam what he has to do."""
    await opened(s)
    await investigate(s)
    await s.says("Yusuf", "/today")
    assert "Tell OSHA" in await s.sees("Yusuf")
    await s.says("Sam", "/today")
    assert "Hooks with a locking latch" in await s.sees("Sam")
    assert "Incident No." not in await s.sees("Sam")
