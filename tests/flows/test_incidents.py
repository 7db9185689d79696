"""Someone is hurt: one tap calls for help and shows what to do; then a fair investigation, and the clocks of the law."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select, update
from sqlalchemy.orm import Session

from bot.delivery.model import CHECK_ANSWERED
from bot.delivery.tables import FindingRow
from bot.incidents.tables import IncidentCheckRow, IncidentRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role
from bot.people.tables import UnitRow
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story, words
from tests.flows.risk_company import forge

EVERYBODY = ("W-1", "W-2", "S-1", "S-2", "M-1", "O-1", "M-2", "A-1", "W-3")
WATCH = ("Sam", "Marta", "Tomasz", "Yusuf", "Grace")


def works(session: Session, now) -> None:  # type: ignore[no-untyped-def]
    """The dock of the hazards' stories, under the law of the United States, with its emergency number."""
    company(session, now)
    session.execute(update(UnitRow).values(jurisdiction="US"))
    session.execute(update(UnitRow).where(UnitRow.kind == "site").values(emergency_number="911"))


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The dock, and a phone for each."""
    async with story(database_url, tmp_path, prepare=works) as one:
        for badge in EVERYBODY:
            await one.employee(badge)
        yield one
        assert await one.violations() == []


async def standing(s: Story, who: str) -> str:
    """All that stands on somebody's phone."""
    return "\n".join(words(m) for m in await s.screen(who))


async def test_one_command_calls_for_help_and_shows_what_to_do(s: Story) -> None:
    """The number first, the alarm is out before anything is asked; a tap shows the card, and the place reaches who was called."""
    await s.says("Ana", "/hurt")
    told = await s.sees("Ana")
    assert told.startswith("🚑 Call 911 now.")
    assert "Only go near if it is safe" in told
    assert "Help is called to Dock Team" in told
    for name in WATCH:
        assert "Someone is hurt" in await standing(s, name), name
    await s.presses("Ana", "Bleeding")
    assert "Press hard on the wound" in await s.sees("Ana")
    assert "AID-07" in await s.sees("Ana")
    assert "🩹 Bleeding" in await standing(s, "Sam")
    await s.forward(seconds=20)
    await s.presses("Ana", "Where is it")
    await s.presses("Ana", "Loading dock 1")
    assert "Loading dock 1" in await standing(s, "Sam")
    await s.forward(seconds=20)
    await s.presses("Ana", "Say what happened")
    await s.says("Ana", "A pallet fell on a foot")
    assert "A pallet fell on a foot" in await standing(s, "Grace")


async def test_calling_twice_is_one_alarm_and_a_mistake_is_said(s: Story) -> None:
    """Gloves tap twice; nobody is rung twice. A mistake stands on the cards, and somebody still looks."""
    await s.says("Ana", "/hurt")
    await s.forward(seconds=2)
    await s.says("Ana", "/hurt")
    assert await s.ask(lambda session: session.query(FindingRow).count()) == 1
    await s.presses("Ana", "It was a mistake")
    assert "Nobody is blamed" in await s.sees("Ana")
    assert "it was a mistake" in await standing(s, "Sam")
    await s.forward(minutes=10, seconds=1)
    assert "Ada" in s._users
    assert "Someone is hurt" in await standing(s, "Ada"), "nobody has looked yet, so the ladder climbs"


async def test_where_no_number_is_known_none_is_guessed(s: Story) -> None:
    """It says so, and how it is set."""
    await s.db(lambda session: session.execute(update(UnitRow).values(emergency_number=None)))
    await s.says("Ana", "/hurt")
    told = await s.sees("Ana")
    assert "does not know the number of your site" in told
    assert "“emergency”" in told
    assert not re.search(r"\b(911|112|120)\b", told)


async def test_a_photo_becomes_an_alarm_with_one_tap(s: Story) -> None:
    """From the report's first menu: one tap, the report is out with its photo, and what to do stands there."""
    await s.sends_photo("Ana", photo())
    await s.presses("Ana", "Someone is hurt")
    assert (await s.sees("Ana")).startswith("🚑 Call 911 now.")
    for name in WATCH:
        assert "Someone is hurt" in await standing(s, name), name
    assert "what became of it?" in await standing(s, "Yusuf")
    assert "what became of it?" not in await standing(s, "Sam"), "the register is restricted"


async def test_a_scanned_place_calls_for_help_to_it(s: Story) -> None:
    """The sticker is the quickest way to say where."""
    await s.says("Bao", "/start pHW-DOCK-1")
    await s.presses("Bao", "Someone is hurt here")
    assert "Loading dock 1" in await s.sees("Bao")
    assert "Loading dock 1" in await standing(s, "Sam")


async def opened(s: Story) -> None:
    """Ana called for help at the dock; Yusuf says that somebody has to stay in hospital, and leads."""
    await s.says("Ana", "/start pHW-DOCK-1")
    await s.presses("Ana", "Someone is hurt here")
    await s.presses("Yusuf", "Stays in hospital")
    await s.presses("Yusuf", "I lead the investigation")


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
    facts = await s.ask(lambda session: [r.body for r in session.scalars(select(FactRow)) if "ncident" in r.kind])
    assert facts
    assert not any(str(bao.id) in str(body) for body in facts)
    await s.says("Bao", "/incidents")
    assert "Where you were hurt yourself" in await s.sees("Bao")
    assert "being investigated" in await s.sees("Bao")
    assert "nothing here" in await forge(s, "Bao", "inc:open:1")
    site = await s.ask(lambda session: session.scalar(select(UnitRow.id).where(UnitRow.kind == "site")))
    await s.db(lambda session: people.grant(session, bao.id, Role.SAFETY_OFFICER, site, s.now))
    assert "nothing here" in await forge(s, "Bao", "inc:open:1"), "nobody investigates what happened to themselves"
    await s.says("Bao", "/mystatus")
    assert "You were hurt on" in await standing(s, "Bao")


def traces(session: Session, *wanted: str) -> list[str]:
    """Rows of all tables that hold one of the words, but those that only say who works here."""
    meta, found = MetaData(), []
    meta.reflect(session.connection())
    for table in meta.sorted_tables:
        if table.name in {"person", "account", "placement", "role_grant"}:
            continue
        for row in session.execute(table.select()):
            found += [f"{table.name}: {word}" for word in wanted if word in str(tuple(row))]
    return sorted(found)


async def investigate(s: Story) -> None:
    """Yusuf fills the file: a moment, a note, why and why again, a guard that Sam puts up, what is learned."""
    await s.presses("Yusuf", "What happened when")
    await s.says("Yusuf", "the sling slipped")
    assert "Please begin with a time" in await s.sees("Yusuf")
    await s.says("Yusuf", "9:01 the sling slipped off the hook")
    await s.presses("Yusuf", "Evidence")
    await s.sends_photo("Yusuf", photo(7), caption="the hook")
    await s.presses("Yusuf", "That is all")
    await s.presses("Yusuf", "🌱 Cause")
    await s.presses("Yusuf", "What did it directly")
    await s.says("Yusuf", "The latch of the hook was bent")
    await s.presses("Yusuf", "Why was that so?")
    await s.says("Yusuf", "Hooks are looked at by nobody in particular")
    await s.presses("Yusuf", "That is the root")
    await s.presses("Yusuf", "What is done")
    await s.presses("Yusuf", "Guard, barrier")
    await s.says("Yusuf", "Hooks with a locking latch")
    await s.presses("Yusuf", "Sam Okafor")
    await s.presses("Yusuf", "In 3 days")
    await s.presses("Yusuf", "What is learned")
    await s.says("Yusuf", "A bent latch means: take the hook away")


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
    assert "24 hr left" in card or "1 day left" in card or "23 hr left" in card
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


async def test_nobody_answers_what_became_of_it_and_is_asked_again(s: Story) -> None:
    """Half an hour later it rings; a mild outcome stays on the register without an investigation."""
    await s.says("Ana", "/hurt")
    for name in ("Yusuf", "Grace"):
        await s.news(name)
    await s.forward(minutes=31)
    assert any("Nobody has answered yet" in said and "what became of it" in said for said in await s.news("Grace"))
    await s.presses("Grace", "First aid only")
    assert "on the register" in await s.sees("Grace")
    assert "by law" not in await s.sees("Grace")


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


async def test_what_is_learned_is_a_draft_with_the_trainer(s: Story) -> None:
    """It lies with Tomasz, who teaches there too; once, and nothing is published."""
    await opened(s)
    await s.presses("Yusuf", "What is learned")
    await s.says("Yusuf", "A bent latch means: take the hook away")
    assert "No trainer is known" in await s.presses("Yusuf", "Make a lesson")

    def teach(session: Session) -> None:
        tomasz = store.person_by_badge(session, "M-1", s.now)
        site = session.scalar(select(UnitRow.id).where(UnitRow.kind == "site"))
        people.grant(session, tomasz.id, Role.TRAINER, site, s.now)

    await s.db(teach)
    assert "Tomasz Nowicki has it as a draft" in await s.presses("Yusuf", "Make a lesson")
    assert "has this draft already" in await s.presses("Yusuf", "Make a lesson")
    assert "as a draft of a lesson" in await s.sees("Tomasz")
    await s.says("Tomasz", "/library")
    await s.presses("Tomasz", "In the making")
    assert "A bent latch means" in "\n".join(await s.buttons("Tomasz")) + await s.sees("Tomasz")


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


async def test_a_report_without_a_name_opens_an_incident_that_leads_back_to_nobody(s: Story) -> None:
    """By the longer way, without the name: the incident has a coarse time and no reporter; first aid is answered under seal."""
    await s.sends_photo("Ana", photo())
    await s.presses("Ana", "Details")
    await s.presses("Ana", "Someone is hurt")
    await s.presses("Ana", "Back")
    await s.presses("Ana", "Back")
    await s.presses("Ana", "Without my name")
    await s.presses("Ana", "Send without my name")
    row = await s.ask(lambda session: session.scalars(select(IncidentRow)).one())
    assert row.reporter_id is None
    assert row.created_at.minute == row.created_at.second == 0
    ana = await s.db(store.person_by_badge, "W-1", s.now)
    await forge(s, "Ana", "aid:bleeding")
    assert "Press hard on the wound" in await s.sees("Ana")
    assert not [t for t in await s.ask(lambda session: traces(session, "AID-07", "incidents.help")) if str(ana.id) in t]


async def test_a_report_that_goes_around_somebody_makes_no_incident_for_them(s: Story) -> None:
    """Not to Yusuf: neither the question what became of it nor the register shows it to him."""
    await s.sends_photo("Ana", photo(), caption="He was told and did nothing")
    await s.presses("Ana", "Not to")
    yusuf = [each for each in await s.buttons("Ana") if "Sam" in each]
    assert yusuf, "Sam leads there, so he stands first"
    await s.presses("Ana", "Sam Okafor")
    await s.presses("Ana", "Back")
    await s.presses("Ana", "Someone is hurt")
    await s.presses("Yusuf", "Medical treatment")
    await s.presses("Yusuf", "Who helps?")
    assert not [each for each in await s.buttons("Yusuf") if "Sam" in each], "he cannot be chosen either"


async def test_today_says_what_waits(s: Story) -> None:
    """The clock, the incident, and for Sam what he has to do."""
    await opened(s)
    await investigate(s)
    await s.says("Yusuf", "/today")
    assert "Tell OSHA" in await s.sees("Yusuf")
    await s.says("Sam", "/today")
    assert "Hooks with a locking latch" in await s.sees("Sam")
    assert "Incident No." not in await s.sees("Sam")
