"""A company in the middle of everything: the sample, and what comes of it when its people press whatever they are shown.

Nothing is written by hand: everybody types every command, presses each kind of button that they get, and says something
wherever they are asked. What stands in the database afterwards is what the rooms themselves have made of it.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import House
from bot.db import jobs
from bot.delivery import drafts, handling
from bot.delivery.tables import OutboxRow
from bot.demo import fill
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, FileRef, Pressed, Said, Sent
from bot.kit.replies import Message, Reply, from_json
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer
from bot.people.tables import UnitRow
from bot.settings import Settings

TOKEN = "4242:story-token-story-token-story-token"
HERE, ELSEWHERE = "Harbour Works", "Lingang Works"
ACTING = ("L-1001", "L-1003", "L-1005", "L-1006", "L-1011", "L-1042", "A-1", "A-3")
LEFT_OUT = ("away", "cancel")
"""Commands after which somebody would no longer be there, or would have said nothing."""
"""Who acts: those of one site and those who answer for the whole company. Of the other site nobody does anything."""
EACH, ALL = 1, 3
"""How often one person presses one kind of button, and all of them together."""
ANSWERS = ("Oil on the floor by press 3, somebody slipped", "12", "2026-12-01", "+", "L-1021")
"""What is tried, one after the other, where something is to be typed."""
numbers = itertools.count(50_000_000)


def kind_of(data: str) -> str:
    """`hz:rate:12` is a button of the kind `hz:rate`: numbers and codes are left out."""
    verb, *rest = data.split(":")
    word = rest[0] if rest and rest[0].isascii() and rest[0].replace("_", "").isalpha() else ""
    return f"{verb}:{word}" if word else verb


@dataclass
class Company:
    """The house, not started: nobody calls anybody. `shown` holds the buttons that people were shown, by kind."""

    house: House
    now: datetime
    shown: dict[str, list[str]] = field(default_factory=dict)
    drafts: dict[tuple[str, str], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    """By kind and step: one that was open, and whose it was."""
    faults: list[str] = field(default_factory=list)
    conversed: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: int = 0
    cast: list[Any] = field(default_factory=list)

    def learn(self, message: Message | None) -> Iterator[str]:
        """Notes the buttons of a message."""
        for row in message.buttons if message is not None else ():
            for key in row:
                if key.data:
                    known = self.shown.setdefault(kind_of(key.data), [])
                    if key.data not in known:
                        known.append(key.data)
                    yield key.data


def house_in(folder: Path, database_url: str) -> House:
    """A house with every room, for a database that is migrated."""
    settings = Settings(
        _env_file=None,
        bot_token=TOKEN, database_url=database_url, data_dir=folder / "data",
        secret_key="a story's secret that is long enough", public_url="http://127.0.0.1:1",
    )  # type: ignore[call-arg]  # fmt: skip
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return House(settings)


def staff(session: Session, now: datetime) -> None:
    """The sample company, an administrator, a second one and somebody of the works council, all with phones."""
    fill(session, now)
    top = unit(session, "/1/")
    day = (now - timedelta(days=400)).date()
    for badge, name, role in (
        ("A-1", "Ada Quist", Role.ADMIN),
        ("A-2", "Ben Roth", Role.ADMIN),
        ("A-3", "Wanda Rust", Role.WORKS_COUNCIL),
    ):
        id = people_actions.add_person(session, badge, name, "en", top, "worker", day)
        people_actions.grant(session, id, role, top.id, now - timedelta(days=1))
    for badge in ACTING:
        who = people.person_by_badge(session, badge, now)
        assert who is not None, badge
        people_actions.open_account(session, who.id, 9_000_000 + who.id, 9_000_000 + who.id, now)


def unit(session: Session, path: str) -> Unit:
    """A unit by its path."""
    row = session.scalar(select(UnitRow).where(UnitRow.path == path))
    assert row is not None, path
    return people.as_unit(row)


def site(session: Session, name: str) -> Unit:
    """A site by its name."""
    row = session.scalar(select(UnitRow).where(UnitRow.name == name))
    assert row is not None, name
    return people.as_unit(row)


def common(user: int, now: datetime) -> dict[str, Any]:
    """What every event of somebody has."""
    number = next(numbers)
    return {"update_id": number, "at": now, "user": user, "chat": user, "message": number, "lang": "en"}


def said(user: int, text: str, now: datetime) -> Said:
    """Somebody types."""
    if text.startswith("/"):
        command, _, args = text[1:].partition(" ")
        return Said(**common(user, now), text=text, command=command, args=args)
    return Said(**common(user, now), text=text)


def pressed(user: int, data: str, now: datetime) -> Pressed:
    """Somebody presses."""
    return Pressed(**common(user, now), data=data, callback=str(next(numbers)))


def sent(user: int, kind: str, now: datetime, name: str | None = None, caption: str = "") -> Sent:
    """Somebody sends a file."""
    number = next(numbers)
    file = FileRef(kind, f"f{number}", f"u{number}", 1000, name)  # type: ignore[arg-type]
    return Sent(**common(user, now), file=file, caption=caption)


def answered(session: Session, company: Company, event: AnyEvent) -> Reply:
    """What the program does with an event, all in this session; Refused is passed on."""
    who = people.person_of_account(session, event.channel, event.user, company.now)
    event = replace(event, person=who.id if who else None)
    handling.membership(session, event, who, company.now)
    reply = company.house.router.answer(session, event, company.now)
    handling.replying.write(session, event, reply, company.now)
    session.flush()
    return reply


def crawl(company: Company, most: int = 1300) -> None:
    """Everybody types and presses; what was pressed least comes first, so that every kind has its turn.

    In one transaction with a savepoint for each event: what is measured here is nothing.
    """
    waiting: dict[str, deque[tuple[int, str]]] = {}
    pressed_so_far: Counter[str] = Counter()
    mine: Counter[tuple[int, str]] = Counter()
    with Session(company.house.engine) as session, session.begin():
        acting = [who.id for badge in ACTING if (who := people.person_by_badge(session, badge, company.now))]

        def add(id: int, what: str) -> None:
            kind = what.partition(" ")[0] if what.startswith(("/", "file:")) else kind_of(what)
            if mine[id, kind] < EACH and id in acting:
                mine[id, kind] += 1
                waiting.setdefault(kind, deque()).append((id, what))

        viewers = {id: people.viewer(session, id, company.now) for id in acting}
        for room in company.house.rooms:
            for route in room.routes:
                if route.command and route.command not in LEFT_OUT:
                    fit = [id for id in acting if _fits(viewers[id], route.roles)]
                    for id in fit[:1] + fit[-3:-1]:
                        add(id, f"/{route.command}")
                if route.file:
                    add(acting[-3], f"file:{route.file}")
        last = 0
        for done in range(most):
            ready = [kind for kind, some in waiting.items() if some and pressed_so_far[kind] < ALL]
            if not ready:
                break
            kind = min(ready, key=pressed_so_far.__getitem__)
            pressed_so_far[kind] += 1
            id, what = waiting[kind].popleft()
            for data in played(session, company, id, what):
                add(id, data)
            query = select(OutboxRow.id, OutboxRow.person_id, OutboxRow.payload).where(OutboxRow.id > last)
            for row in session.execute(query).all():
                last = max(last, row.id)
                if row.person_id in acting and "buttons" in (row.payload or {}):
                    for data in company.learn(from_json(row.payload)):
                        add(row.person_id, data)
            session.expunge_all()
            company.done = done
            if done % 400 == 399:
                company.now += timedelta(minutes=40)
                work(session, company)
                last = 0


def _fits(viewer: Viewer | None, roles: tuple[str, ...]) -> bool:
    return viewer is not None and (not roles or any(viewer.anywhere(Role(role)) for role in roles))


def played(session: Session, company: Company, id: int, what: str) -> list[str]:
    """Somebody types, presses or sends something, and answers what they are asked then; the buttons that they get."""
    user = 9_000_000 + id
    if what.startswith("file:"):
        event: AnyEvent = sent(user, what[5:], company.now, "bank.xlsx", "Oil on the floor")
    else:
        event = said(user, what, company.now) if what.startswith("/") else pressed(user, what, company.now)
    found = _do(session, company, event, id)
    for _ in range(4):  # what is asked is answered
        draft = drafts.current(session, id)
        if draft is None or company.conversed[draft.kind, draft.step] >= 3:
            break
        company.conversed[draft.kind, draft.step] += 1
        for words in ANSWERS:
            found += _do(session, company, said(user, words, company.now), id)
            after = drafts.current(session, id)
            if after is None or after.version != draft.version or after.id != draft.id:
                break
    return found


def _do(session: Session, company: Company, event: AnyEvent, id: int) -> list[str]:
    try:
        with session.begin_nested():
            reply = answered(session, company, event)
            found = [data for m in (*reply.messages, reply.edit) for data in company.learn(m)]
            draft = drafts.current(session, id)
            if draft is not None:
                company.drafts.setdefault((draft.kind, draft.step), (id, dict(draft.data)))
            return found
    except Refused:
        return []
    except Exception as error:
        what = event.data if isinstance(event, Pressed) else getattr(event, "text", type(event).__name__)
        company.faults.append(f"{what}: {error!r}"[:300])
        return []


def work(session: Session, company: Company) -> None:
    """Jobs that need no file and no drawing, and what falls due."""
    worker = company.house.worker
    for _ in range(3):
        for job in jobs.due(session, company.now, 100, but=worker._slow):
            try:
                with session.begin_nested():
                    if jobs.finish(session, job, company.now):
                        worker._handlers[job.kind](session, job.payload, company.now)
            except Exception as error:
                company.faults.append(f"job {job.kind}: {error!r}"[:300])
    for tick in worker.ticks:
        if tick.name.startswith(("delivery.", "ledger.")):
            continue
        try:
            with session.begin_nested():
                tick.do(session, company.now)
        except Exception as error:
            company.faults.append(f"tick {tick.name}: {error!r}"[:300])
        session.expunge_all()
