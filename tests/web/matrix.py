"""The house of the matrix: every room, three places, a firm, and somebody of every role, all over one team."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import House
from bot.hazards import actions as hazards
from bot.hazards.model import Report
from bot.hazards.tables import HazardMediaRow
from bot.kit.clock import FrozenClock
from bot.learning import model as lessons
from bot.media import store as media
from bot.people import actions as people
from bot.people.model import Grant, Role, Unit, UnitKind, Viewer
from bot.settings import Settings
from bot.web import actions as door
from bot.web import app as web
from bot.web import store
from bot.web.factor import store as factors
from bot.web.factor.tables import SecondFactorRow
from bot.web.guests import actions as guests
from bot.web.guests.model import Kind, Wanted
from bot.web.guests.tables import GuestRow
from bot.web.model import Via
from bot.web.page import for_guests
from tests import loopback
from tests.web.desk import HIRED, NOON, SINCE, START, _fact, served

FIRM = "Rope and Scaffold"
PLACES = ("dock", "press", "line", "firm")
"""One's own team; another of the same site; another site; the team of a contractor firm in one's own site."""
ROLES = {
    "worker": None, "supervisor": Role.SUPERVISOR, "safety_officer": Role.SAFETY_OFFICER, "manager": Role.MANAGER,
    "hr": Role.HR, "trainer": Role.TRAINER, "works_council": Role.WORKS_COUNCIL, "admin": Role.ADMIN,
    "contractor": Role.SUPERVISOR, "owing": Role.ADMIN,
}  # fmt: skip
"""`contractor` works for the firm and was given the role over the whole site; `owing` has not yet proved a second factor."""
EVERYBODY = ("stranger", *ROLES, "guest")
AT = {"contractor": "firm"}
"""Whose own place is not the dock."""


@dataclass
class World:
    """The house, where it is served, a browser for each role, and what there is in each place."""

    house: House
    base: str
    browsers: dict[str, httpx.Client] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    hazards: dict[str, int] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    guests: dict[str, int] = field(default_factory=dict)
    csrf: dict[str, str] = field(default_factory=dict)

    def words(self, place: str) -> tuple[str, ...]:
        """What may be read only by whoever looks after a place: somebody's name, and what they reported."""
        return (f"Nobody Else {place.title()}", f"only the {place} knows this")


@contextlib.contextmanager
def world(database_url: str, folder: Path) -> Iterator[World]:
    """All of it, at noon."""
    chosen = Settings(
        _env_file=None, bot_token="1:test", database_url=database_url, data_dir=folder / "data",
        secret_key="a test's secret that is long enough", public_url="http://127.0.0.1",
    )  # type: ignore[call-arg]  # fmt: skip
    clock = FrozenClock(START)
    house = House(chosen, clock)
    try:
        app = web.build(house)
        with served(app) as base:
            made = World(house, base)
            house.writer.run(_furnish, made)
            clock.advance(NOON - START)
            for name in EVERYBODY:
                made.browsers[name] = _browser(made, name)
            yield made
    finally:
        for client in made.browsers.values():
            client.close()
        house.writer.stop()
        house.engine.dispose()
        if house._lock is not None:
            house._lock.close()


def _furnish(session: Session, made: World) -> None:
    company = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    harbour = people.add_unit(session, UnitKind.SITE, "Harbour Works", company, SINCE)
    lingang = people.add_unit(session, UnitKind.SITE, "Lingang Works", company, SINCE)
    for place, above, firm in (
        ("dock", harbour, None),
        ("press", harbour, None),
        ("line", lingang, None),
        ("firm", harbour, FIRM),
    ):
        made.units[place] = people.add_unit(session, UnitKind.TEAM, f"{place.title()} Team", above, SINCE, firm=firm)
    for place, unit in made.units.items():
        _fill(session, made, place, unit)
    for name, role in ROLES.items():
        own = made.units[AT.get(name, "dock")]
        who = people.add_person(session, f"R-{name}", f"The {name}", "en", own, "post", SINCE)
        if role is not None:
            over = harbour if name == "contractor" else own
            people.grant(session, who, role, over.id, HIRED)
        if name == "owing":
            secret = factors.closed(who, ("JBSWY3DPEHPK3PXP",))
            session.add(SecondFactorRow(person_id=who, secret=secret, begun_at=HIRED, confirmed_at=HIRED))


def _fill(session: Session, made: World, place: str, unit: Unit) -> None:
    """Somebody who works there, what they reported, with a picture, and that they were offered a lesson."""
    name, words = made.words(place)
    who = people.add_person(session, f"P-{place}", name, "en", unit, "post", SINCE)
    made.people[place] = who
    number = PLACES.index(place)
    report = Report(f"{number:032x}", unit.id, unit.path, words=words)
    found = hazards.report_hazard(session, report, who, START - timedelta(hours=1), named=True)
    made.hazards[place] = found.id
    kept = media.put(f"a picture of the {place}".encode(), "picture.jpg")
    session.add(HazardMediaRow(hazard_id=found.id, role="before", kind="photo", file_id="x", media=kept))
    made.photos[place] = kept.removeprefix(media.PREFIX)
    _fact(session, lessons.LESSON_ASSIGNED, f"assigned:{place}", who, START + timedelta(hours=1), lesson="a", version=1)
    pages = tuple(path for path, _, _ in for_guests(made.house.rooms))
    boss = Viewer(who, unit.path, (Grant(Role.SAFETY_OFFICER, unit.id, unit.path),))
    wanted = Wanted(f"Guest {place}", Kind.AUDITOR, "matrix", "en", pages, (unit.id,), 7)
    made.guests[place] = guests.let_in(session, boss, wanted, START)


def _browser(made: World, name: str) -> httpx.Client:
    """A browser that is signed in as a role; the stranger's is not."""
    client = loopback.Client(base_url=made.base, headers={"accept": "text/html"}, timeout=60)
    if name == "stranger":
        return client
    cookie, now = secrets.token_urlsafe(32), made.house.clock.now()

    def begin(session: Session) -> None:
        from bot.people.tables import PersonRow

        if name == "guest":
            id = session.scalar(select(GuestRow.id).where(GuestRow.name == "Guest dock"))
            door.begin(session, cookie, now, Via.GUEST, "", guest_id=id or 0)
            return
        id = session.scalar(select(PersonRow.id).where(PersonRow.badge == f"R-{name}"))
        door.begin(session, cookie, now, Via.LINK, "", person_id=id or 0)

    made.house.writer.run(begin)
    client.cookies.set("davy_session", cookie)
    made.csrf[name] = store.csrf(cookie)
    return client
