"""Buttons can be forged: whoever presses another's changes nothing, and nothing breaks (long because it presses every room).

Each room's buttons are pressed with true numbers of true rows by people who may not: a stranger, a worker of another
team, a supervisor of another site, and somebody who has left. What belongs to others is compared before and after.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, select
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.delivery import drafts
from bot.delivery.router import Router
from bot.features import rooms
from bot.handover.tables import HandoverRow
from bot.hazards import actions as hazards
from bot.hazards import drafting
from bot.hazards.model import Kind, Report
from bot.hazards.responding import PRESSES
from bot.incidents import filing
from bot.incidents import opening as incidents
from bot.incidents.actions import classify, lead
from bot.incidents.chat import ACTS
from bot.incidents.model import Control, Entry, Level, Outcome
from bot.incidents.store import clocks as clocks_of
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.risk import Severity
from bot.learning import actions as learning
from bot.learning.answering import answer
from bot.library import adopting, signing
from bot.library.loading import load_shipped
from bot.library.tables import UploadRow
from bot.media import store as media
from bot.onboarding.sample import load_sample
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Person
from bot.people.tables import JoinRequestRow
from bot.voice.interviews import actions as interviews
from bot.voice.interviews.model import Kind as Talks
from bot.voice.pledge import actions as pledge
from bot.voice.proposals import actions as proposals
from bot.voice.pulse import actions as pulse
from bot.voice.questions import actions as questions
from bot.voice.questions.tables import QuestionAskedRow
from bot.voice.suggestions import actions as suggestions
from tests.kept import furnished

NOW = datetime(2026, 11, 18, 15, 5, tzinfo=UTC)
ANA, BAO, SAM, MARTA, TRAINER, YUSUF = "L-1042", "L-1021", "L-1011", "L-1012", "L-1005", "L-1003"
ELSEWHERE = {"a worker of another team": "L-1025", "a supervisor of another site": "L-1014", "who left": "L-1022"}
ODD = ("", "x", "-1", "²", "9" * 30, "1:", "1:x", "1:9999999", "1:²:x", "1:1:1:1:1:1")


@dataclass
class Works:
    """The sample company with something of everything under way. `whole` are tables that may not change at all."""

    session: Session
    router: Router
    data: dict[str, list[str]] = field(default_factory=dict)

    def who(self, badge: str) -> Person:
        """Somebody by badge."""
        found = people.person_by_badge(self.session, badge, NOW)
        assert found is not None
        return found

    def press(self, badge: str | None, data: str) -> None:
        """A press as the receiver hands it on: whoever has left, or was never here, is nobody."""
        who = self.who(badge) if badge else None
        user = 5_000 + (who.id if who else 0)
        known = people.person_of_account(self.session, "telegram", user, NOW)
        person = known.id if known else None
        event = Pressed(update_id=1, at=NOW, user=user, chat=user, person=person, message=7, data=data, callback="c")
        try:
            self.router.answer(self.session, event, NOW)
        except Refused:
            self.session.rollback()

    def rows(self, tables: tuple[str, ...], owners: tuple[str, ...] = ()) -> dict[str, list[Any]]:
        """All rows of tables; with owners (badges) only theirs."""
        self.session.flush()
        people_ids, found = [self.who(badge).id for badge in owners], {}
        for name in tables:
            table = Base.metadata.tables[name]
            query = select(table).order_by(*table.primary_key.columns)
            if owners:
                query = query.where(table.c.person_id.in_(people_ids))
            found[name] = [tuple(row) for row in self.session.execute(query)]
        return found


def _under_way(session: Session) -> dict[str, list[str]]:
    """The sample company with something under way in every room; answers the buttons by room."""
    load_sample(session, NOW)
    load_shipped(session, NOW)
    signing.sign_all(session, None, NOW)
    made = Works(session, Router.of(()))
    for badge in (ANA, BAO, SAM, MARTA, TRAINER, *ELSEWHERE.values()):
        id = made.who(badge).id
        people_actions.open_account(session, id, 5_000 + id, 5_000 + id, NOW)
    people_actions.leave_company(session, [made.who(ELSEWHERE["who left"]).id], NOW.date(), NOW)
    return {room: fill(made) for room, (fill, _, _) in ROOMS.items()}


@contextlib.contextmanager
def writing(session: Session) -> Iterator[list[str]]:
    """Statements that are no questions: what wrote nothing has changed nothing, and need not be compared row by row."""
    written: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            written.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)


@pytest.fixture
def works(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Works]:
    """Everything is committed before a press, and every press is taken back."""
    media.use(tmp_path / "media")
    data = furnished(database_url, _under_way, "rights")
    with Session(engine) as session:
        yield Works(session, Router.of(route for room in rooms() for route in room.routes), data)
        session.rollback()


# --- what is under way, and the buttons of it ---------------------------------------------------------------------


def hazards_(works: Works) -> list[str]:
    """A danger in each state, one without a name, and a draft."""
    session, ana, sam, bao = works.session, works.who(ANA), works.who(SAM).id, works.who(BAO).id
    then = [NOW + timedelta(seconds=n) for n in range(9)]

    def report(key: str, named: bool = True) -> int:
        made = Report(key, ana.unit, ana.path, kind=Kind.DANGEROUS)
        return hazards.report_hazard(session, made, ana.id, NOW, named=named).id

    ids = [report(f"{n:032x}") for n in range(6)]
    ids.append(report("f" * 32, named=False))
    hazards.acknowledge(session, ids[1], sam, then[1])
    for id in ids[2:5]:
        hazards.assign(session, id, bao, sam, then[2])
    for id in ids[3:5]:
        hazards.rate(session, id, Severity.LOW, sam, then[3])
        hazards.fix(session, id, bao, then[4], words="done")
    hazards.verify(session, ids[4], sam, then[5])
    hazards.reject(session, ids[5], "a shadow", sam, then[6])
    draft = drafts.begin(session, ana.id, drafting.KIND, "menu", _draft(), NOW)
    more = {"rated": ":3", "topiced": ":STF", "assigned": f":{bao}"}
    pressed = [f"hz:{what}:{id}{more.get(what, '')}" for what in PRESSES for id in ids]
    pressed += [f"hzr:{what}:{id}" for what in ("gone", "still", "answer", "show") for id in ids]
    whats = ("send", "sealed", "sealed_yes", "discard", "details", "practice", "only_new", "skip")
    return pressed + [f"hzd:{what}:{draft.id}" for what in whats]


def _draft() -> dict[str, Any]:
    return {
        "key": "d" * 32, "chat": 1, "files": [], "words": ["oil"], "place": None, "practice": False,
        "may_practise": False, "reminded": 0, "touched": NOW.isoformat(),
    }  # fmt: skip


def learning_(works: Works) -> list[str]:
    """Ana's lesson with its questions, one of them open, one answered."""
    session, ana = works.session, works.who(ANA)
    given = learning.assign_today(session, ana, NOW)
    attempts = learning.plan_questions(session, given, ana, NOW)
    first, second = (learning.ask(session, each, ana, NOW) for each in attempts[:2])
    answer(session, second, (0,), ana, NOW)
    pressed = [f"ln.{what}:{given.id}{rest}" for what in ("start", "later", "card", "quiz") for rest in ("", ":1")]
    return pressed + [f"ln.{what}:{a.id}:0" for what in ("a", "done", "undo", "next") for a in (first, second)]


def library_(works: Works) -> list[str]:
    """A trainer's file that is ready to be published."""
    changes = {"bank": {"id": "b", "language": "en", "title": {"en": "B"}, "questions": {}}}
    row = UploadRow(
        person_id=works.who(TRAINER).id, name="b.csv", created_at=NOW, state="ready", bank_id="b", base_version=0,
        changes=changes | {"added": [], "changed": [], "absent": []},
    )  # fmt: skip
    works.session.add(row)
    works.session.flush()
    site = works.who(TRAINER).path.split("/")[2]
    (foreign, *_) = adopting.foreign(works.session, adopting.unit_for(works.session, int(site), row.person_id, NOW))
    pressed = [f"lb.{what}:{site}:{foreign.lesson.id}" for what in ("where", "look", "take", "drop")]
    return [*pressed, *(f"lb.{what}:{row.id}" for what in ("pub", "all", "allyes", "no", "again"))]


def onboarding_(works: Works) -> list[str]:
    """Somebody at the door."""
    ana, kofi = works.who(ANA), works.who("L-1043")
    request = JoinRequestRow(
        unit_id=ana.unit, user_id=77, chat_id=77, lang="en", created_at=NOW, person_id=kofi.id, state="waiting"
    )
    works.session.add(request)
    works.session.flush()
    pressed = [f"ob.join:{request.id}:{word}" for word in ("yes", "no")]
    return [*pressed, f"ob.invite:{kofi.id}"]


def handover_(works: Works) -> list[str]:
    """A shift handed over to Marta, and Sam's note that has no taker yet."""
    sam, marta = works.who(SAM), works.who(MARTA)
    row = HandoverRow(unit_id=sam.unit, giver_id=sam.id, taker_id=marta.id, words="All well.", items=[], given_at=NOW)
    works.session.add(row)
    works.session.flush()
    drafts.begin(works.session, sam.id, "ho.note", "whom", {"words": "Mind the step."}, NOW)
    return [f"ho.ack:{row.id}", f"ho.give:{marta.id}", f"ho.by:today:{marta.id}"]


def voice_(works: Works) -> list[str]:
    """Ana asks and suggests something; Sam puts a proposal and plans interviews; Yusuf surveys the workshop above."""
    session, ana, sam, yusuf = works.session, works.who(ANA), works.who(SAM), works.who(YUSUF)
    people_actions.open_account(session, yusuf.id, 5_000 + yusuf.id, 5_000 + yusuf.id, NOW)
    drafts.begin(session, ana.id, "vq.ask", "question", {}, NOW)
    questions.ask(session, ana.id, "Why?", NOW)
    asked = session.scalars(select(QuestionAskedRow.id)).one()
    idea = suggestions.suggest(session, ana, "rights", "A mirror.", NOW).id
    for member in (ana.id, yusuf.id):
        proposals.turn_member(session, sam, sam.unit, member, NOW)
    put = proposals.put(session, sam, "rights", sam.unit, "Two people.", NOW).id
    above = people.ancestors(sam.path)[1]
    survey = pulse.start(session, yusuf, "rights", above, [{"en": "All is well."}], 3, NOW).id
    pulse.answer(session, ana, survey, 0, 5, NOW)
    day = NOW.date()
    talks = interviews.plan(session, sam, "rights", sam.unit, Talks.OPINION, "Breaks", day, [ana.id], NOW).id
    pledge.call(session, sam, sam.unit, NOW)
    return [
        *(f"vq:{what}:{asked}" for what in ("answer", "hide", "read", "helped")),
        *(f"vs:{what}:{idea}" for what in ("up", "down", "accept", "reject", "defer", "done")),
        *(f"vp:{what}:{put}" for what in ("open", "agree", "dissent", "adopt", "drop")),
        *(f"vp:{what}:{sam.unit}" for what in ("put", "com")), f"vp:member:{sam.unit}:{ana.id}",
        *(f"pu:{what}:{survey}" for what in ("go", "see")), f"pu:a:{survey}:0:1", f"pu:unit:{sam.unit}",
        *(f"iv:{what}:{talks}" for what in ("yes", "no", "note", "held", "changed", "open")), f"iv:met:{talks}:{ana.id}",
        *(f"pg:{what}:{sam.unit}" for what in ("unit", "call", "end")),
    ]  # fmt: skip


def incidents_(works: Works) -> list[str]:
    """Somebody was hurt at the dock, which Yusuf investigates; a clock of the law runs, and there is something to do."""
    session, ana, yusuf = works.session, works.who(ANA), works.who(YUSUF).id
    people_actions.open_account(session, yusuf, 5_000 + yusuf, 5_000 + yusuf, NOW)
    found = incidents.open_incident(session, "hurt:rights", ana.unit, ana.path, NOW, reporter=ana.id)
    classify(session, yusuf, found.id, Outcome.HOSPITAL, NOW)
    lead(session, yusuf, found.id, yusuf, NOW)
    cause = filing.enter(session, yusuf, found.id, Entry.CAUSE, "bent", NOW, level=Level.IMMEDIATE)
    action = filing.set_action(session, yusuf, found.id, Control.ENGINEER, "a guard", yusuf, 7, NOW)
    (clock,) = clocks_of(session, [found.id])[found.id]
    numbers = {"done": action.id, "reported": clock.id, "exempt": clock.id}
    more = {
        "outcome": ":fatal",
        "ownered": f":{ana.id}",
        "teamed": f":{ana.id}",
        "why": f":{cause}",
        "root": f":{cause}",
    }
    pressed = [f"inc:{what}:{numbers.get(what, found.id)}{more.get(what, '')}" for what in ACTS]
    return pressed + [f"hurt:{what}:{found.id}:burn" for what in ("kind", "where", "tell", "mistake")]


INCIDENTS = (
    "incident",
    *(f"incident_{what}" for what in ("member", "injured", "entry", "action", "clock", "check", "look")),
)
VOICE = (
    *("question_asked", "answer_word", "suggestion", "committee_member", "proposal", "proposal_voice"),
    *("pulse", "pulse_cell", "pulse_person", "interview_round", "interview_person", "pledge_call"),
)
HAZARDS = ("hazard", "hazard_media", "hazard_note", "hazard_call", "hazard_digest", "ladder")
ROOMS: dict[str, tuple[Callable[[Works], list[str]], tuple[str, ...], str]] = {
    "hazards": (hazards_, HAZARDS, SAM),
    "incidents": (incidents_, INCIDENTS, YUSUF),
    "learning": (learning_, (), ANA),
    "library": (library_, ("bank", "bank_version", "question", "upload", "adoption"), TRAINER),
    "onboarding": (onboarding_, ("join_request", "account", "invite", "role_grant"), SAM),
    "voice": (voice_, VOICE, SAM),
    "handover": (handover_, ("handover", "role_grant"), MARTA),
}
"""What is filled in, the tables that nobody of elsewhere may change, and somebody who may."""
OWN = ("draft", "assignment", "answer", "memory", "reading", "leave")
"""Tables of rows that belong to one person each."""


def state(works: Works, room: str) -> list[Any]:
    """What belongs to others."""
    return [works.rows(ROOMS[room][1]), works.rows(OWN, (ANA, BAO, SAM, MARTA, TRAINER))]


@pytest.mark.parametrize("room", ROOMS)
def test_a_press_by_somebody_of_elsewhere_changes_nothing_of_others(works: Works, room: str) -> None:
    """A stranger, a worker of another team, a supervisor of another site, somebody who has left."""
    before = state(works, room)
    changed = []
    for actor, badge in {"a stranger": None, **ELSEWHERE}.items():
        for data in works.data[room]:
            with writing(works.session) as written:
                works.press(badge, data)
                works.session.flush()
            if written and state(works, room) != before:
                changed.append(f"{actor}: {data}")
            works.session.rollback()
    assert changed == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_same_presses_by_whoever_may_do_something(works: Works, room: str) -> None:
    """Or the test above would show nothing."""
    before = state(works, room)
    did = 0
    for data in works.data[room]:
        with writing(works.session) as written:
            works.press(ROOMS[room][2], data)
            works.session.flush()
        did += bool(written) and state(works, room) != before
        works.session.rollback()
    assert did


@pytest.mark.parametrize("badge", [SAM, ANA])
def test_no_button_breaks_whatever_is_written_into_it(works: Works, badge: str) -> None:
    """Every verb of every room with odd arguments: an answer or a refusal, never an error that parks the update."""
    broken = []
    words = {"hz": PRESSES, "hzd": ("new", "send", "place", "kind"), "hzr": ("gone", "answer", "show")}
    words |= {"inc": tuple(ACTS), "hurt": ("at", "kind", "place", "where", "tell", "mistake")}
    verbs = works.router.by["verb"]
    pressed = [f"{verb}:{odd}" for verb in verbs for odd in ODD]
    pressed += [f"{verb}:{what}:{odd}" for verb in verbs for what in words.get(verb, ()) for odd in ODD]
    with writing(works.session) as written:
        for data in pressed:
            try:
                works.press(badge, data[:64])
            except Exception as error:
                broken.append(f"{data}: {error!r}"[:200])
                works.session.rollback()
            if written:
                works.session.rollback()
                written.clear()
    assert broken == []


def test_a_forged_draft_is_nobodys(works: Works) -> None:
    """Pressing on in a draft that was dropped says so and does nothing."""
    (draft,) = [d for d in works.data["hazards"] if d.startswith("hzd:send")]
    works.session.execute(delete(Base.metadata.tables["draft"]))
    before = state(works, "hazards")
    works.press(ANA, draft)
    assert state(works, "hazards") == before
