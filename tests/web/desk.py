"""A dashboard to look at: two sites with people, dangers in every state, a morning of lessons, a clock that waits.

The house is wired as it runs but not started: no Telegram is needed to look at a page.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import httpx
import uvicorn
from PIL import Image, ImageDraw
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.app import House
from bot.assessment import pages as assessment
from bot.hazards import actions as hazards
from bot.hazards import pages as hazard_pages
from bot.hazards.model import Hazard, Kind, Report, Topic, Urgency
from bot.hazards.tables import HazardMediaRow
from bot.kit.clock import FrozenClock
from bot.kit.risk import Severity
from bot.kit.room import Room
from bot.learning import model as lessons
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.media import pictures
from bot.media import store as media
from bot.people import actions as people
from bot.people.model import Role, Unit, UnitKind
from bot.serving import listen
from bot.settings import Settings
from bot.web import actions as door
from bot.web import app as web
from tests import loopback
from tests.kept import furnished

START = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SINCE = date(2026, 1, 1)
HIRED = datetime(2026, 1, 1, tzinfo=UTC)
ROOMS = (Room("hazards", pages=hazard_pages.PAGES), Room("assessment", pages=assessment.PAGES))
CREW = (
    "Ana Morales", "Ben Cole", "Chidi Eze", "Dana Kim", "Emeka Obi", "Fatima Zahra", "Goran Ilic", "Hana Sato",
)  # fmt: skip


@dataclass
class Works:
    """Who is who. `hazards` are numbers by a short name."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    hazards: dict[str, int] = field(default_factory=dict)
    photo: str = ""
    plan: str = ""
    given: tuple[str, ...] = ()
    """Addresses that people have from elsewhere: from paper, from a message."""


@dataclass
class Desk:
    """The house, where it is served, and its people."""

    house: House
    base: str
    clock: FrozenClock
    works: Works

    def link(self, name: str) -> str:
        """A fresh one-time link's token for somebody."""
        return self.house.writer.run(door.make_link, self.works.people[name], self.clock.now())

    def browser(self, name: str | None = None) -> httpx.Client:
        """A browser; signed in as somebody where a name is given."""
        client = loopback.Client(base_url=self.base, headers={"accept": "text/html"}, follow_redirects=True)
        if name is not None:
            answer = press(client, client.get(f"/login?token={self.link(name)}").text, "/login")
            # to the dashboard, and on to the second factor where one is owed
            assert {one.status_code for one in answer.history} == {303}, answer.text
        return client


def press(client: httpx.Client, page: str, action: str, **changed: str) -> httpx.Response:
    """Sends the form of a page that goes to `action`, as its button does."""
    [form] = re.findall(rf'<form (?:class="[^"]*" )?method="post" action="{action}">(.*?)</form>', page, re.S)
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return client.post(action, data=values | changed)


@contextlib.contextmanager
def opened(database_url: str, folder: Path, *, rooms: tuple[Room, ...] = (), **settings: object) -> Iterator[Desk]:
    """A furnished house and its application; `rooms` come besides those that have the pages of the dashboard."""
    usual = {"secret_key": "a test's secret that is long enough", "public_url": "http://127.0.0.1"}
    chosen = Settings(
        _env_file=None, bot_token="1:test", database_url=database_url, data_dir=folder / "data", **(usual | settings)
    )  # type: ignore[call-arg,arg-type]
    clock = FrozenClock(START)
    house = House(chosen, clock, (*ROOMS, *rooms))
    try:
        works = furnished(database_url, furnish, "desk")
        works.photo = media.put(pictures.clean(_photo()), "picture.jpg")
        clock.advance(NOON - START)
        with served(web.build(house)) as base:
            yield Desk(house, base, clock, works)
    finally:
        house.writer.stop()
        house.engine.dispose()
        if house._lock is not None:
            house._lock.close()


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The application on a real port, in a thread; yields its address."""
    sock = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


# --- furniture -----------------------------------------------------------------------------------------------------


def furnish(session: Session) -> Works:
    """Harbour Works with two teams and Lingang Works with one; each site with a supervisor, one manager over all."""
    works = Works()
    company = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    add = works.units.__setitem__
    add("harbour", people.add_unit(session, UnitKind.SITE, "Harbour Works", company, SINCE, zone="UTC"))
    add("lingang", people.add_unit(session, UnitKind.SITE, "Lingang Works", company, SINCE, zone="Asia/Shanghai"))
    add("dock", people.add_unit(session, UnitKind.TEAM, "Dock Team", works.units["harbour"], SINCE))
    add("press", people.add_unit(session, UnitKind.TEAM, "Press Team", works.units["harbour"], SINCE))
    add("line", people.add_unit(session, UnitKind.TEAM, "Line One Team", works.units["lingang"], SINCE))
    _hire(session, works, company)
    _dangers(session, works)
    _lessons(session, works)
    return works


def _hire(session: Session, works: Works, company: Unit) -> None:
    staff = (
        ("Sam Okafor", "harbour", "supervisor", Role.SUPERVISOR, "en"),
        ("Lin Yao", "lingang", "supervisor", Role.SUPERVISOR, "zh"),
        ("Tess Hall", "harbour", "trainer", Role.TRAINER, "en"),
        ("Hugo Reyes", "harbour", "hr", Role.HR, "en"),
    )
    for number, (name, unit, post, role, lang) in enumerate(staff):
        works.people[name] = people.add_person(session, f"S-{number}", name, lang, works.units[unit], post, SINCE)
        people.grant(session, works.people[name], role, works.units[unit].id, HIRED)
    works.people["Grace Lind"] = people.add_person(session, "M-1", "Grace Lind", "en", company, "manager", SINCE)
    people.grant(session, works.people["Grace Lind"], Role.MANAGER, company.id, HIRED)
    for number, name in enumerate(CREW):
        unit = works.units[("dock", "press", "line")[number % 3]]
        works.people[name] = people.add_person(session, f"W-{number}", name, "en", unit, "worker", SINCE)


def _report(session: Session, works: Works, name: str, unit: str, words: str, ago: float, **more: object) -> Hazard:
    """A danger reported so many hours before START."""
    here, named = works.units[unit], bool(more.pop("named", True))
    report = Report(f"{len(works.hazards):032x}", here.id, here.path, words=words, **more)  # type: ignore[arg-type]
    at = START - timedelta(hours=ago)
    hazard = hazards.report_hazard(session, report, works.people["Ana Morales"], at, named=named)
    works.hazards[name] = hazard.id
    return hazard


def _dangers(session: Session, works: Works) -> None:
    sam, lin, ben = (works.people[name] for name in ("Sam Okafor", "Lin Yao", "Ben Cole"))
    rail = _report(session, works, "rail", "dock", "The rail at dock 1 is loose, it moves when you lean on it.", 30)
    hazards.acknowledge(session, rail.id, sam, START - timedelta(hours=29.5))
    hazards.rate(session, rail.id, Severity.CRITICAL, sam, START - timedelta(hours=29))
    hazards.set_topic(session, rail.id, Topic.HEIGHT, sam, START - timedelta(hours=29))
    hazards.assign(session, rail.id, ben, sam, START - timedelta(hours=28))
    photo = media.put(pictures.clean(_photo()), "picture.jpg")  # named by what is in it: the same name wherever it lies
    session.add(HazardMediaRow(hazard_id=rail.id, role="before", kind="photo", file_id="x", media=photo))
    _report(session, works, "spill", "press", "Oil under press 3", -0.5, urgency=Urgency.NOW)
    _report(session, works, "sealed", "dock", "Somebody bridges the light curtain at night", 3, named=False)
    light = _report(session, works, "light", "press", "The lamp over the stairs is dark", 52, urgency=Urgency.WAIT)
    hazards.acknowledge(session, light.id, sam, START - timedelta(hours=51))
    hazards.rate(session, light.id, Severity.LOW, sam, START - timedelta(hours=51))
    hazards.assign(session, light.id, works.people["Dana Kim"], sam, START - timedelta(hours=50))
    pallet = _report(session, works, "pallet", "dock", "Pallets before the emergency exit", 8, kind=Kind.NEARLY)
    hazards.acknowledge(session, pallet.id, sam, START - timedelta(hours=7))
    hazards.rate(session, pallet.id, Severity.HIGH, sam, START - timedelta(hours=7))
    hazards.assign(session, pallet.id, ben, sam, START - timedelta(hours=6))
    hazards.fix(session, pallet.id, ben, START - timedelta(hours=2), words="Moved them to aisle C", photo=None)
    gas = _report(session, works, "gas", "line", "气瓶没有固定", 4)
    hazards.acknowledge(session, gas.id, lin, START - timedelta(hours=3))
    hazards.rate(session, gas.id, Severity.MEDIUM, lin, START - timedelta(hours=3))


def _photo() -> bytes:
    """A picture of a dock, more or less."""
    image = Image.new("RGB", (960, 640), "#8fa3b3")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 430, 960, 640), fill="#5d6470")
    draw.rectangle((90, 180, 420, 430), fill="#39424e")
    for x in range(500, 940, 70):
        draw.line((x, 260, x + 12, 440), fill="#f2b441", width=14)
    draw.line((490, 290, 940, 262), fill="#f2b441", width=14)
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def _lessons(session: Session, works: Works) -> None:
    """Of the crew at Harbour most were offered today's lesson; some read it, some answered, one was not reached."""
    for number, name in enumerate(CREW[:6]):
        at, person = START + timedelta(hours=3), works.people[name]
        _fact(session, lessons.LESSON_ASSIGNED, f"assigned:{number}", person, at, lesson="a", version=1)
        if number < 4:
            _fact(session, lessons.LESSON_READ, f"read:{number}", person, at, lesson="a", version=1)
        if number < 2:
            _fact(session, lessons.QUESTION_ANSWERED, f"answered:{number}", person, at, question="q", mode="practice")
        if number == 4:
            _fact(session, lessons.NOT_DELIVERED, f"undelivered:{number}", person, at)


def _fact(session: Session, kind: FactKind, key: str, person: int, at: datetime, **body: object) -> None:
    record(session, Fact(kind, key, at, person, body=body), at)


def leave_company(session: Session, person: int, on: date) -> None:
    """Somebody's last day was yesterday."""
    from bot.people.tables import PersonRow

    session.execute(update(PersonRow).where(PersonRow.id == person).values(left_on=on))
