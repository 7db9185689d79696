"""A house with everything in it, so that every page has something to show (long because there are many pages).

It is the sample company, and an autumn of its life.

Pages are looked at here by axe, by the eye (`scripts/pictures_of_pages.py`) and by whoever adds one: a page that is new is
found by its route. What an address needs in place of `{id}` is taken from what is kept (`links`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import demo
from bot.analysis.review import actions as review
from bot.analysis.review.model import Kind as Entered
from bot.app import House
from bot.compliance.permits import actions as permits
from bot.emergencies.muster import actions as musters
from bot.emergencies.muster import answering
from bot.features import rooms
from bot.hazards import actions as hazards
from bot.hazards import siteplan
from bot.hazards.model import Kind, Report, Topic, Urgency
from bot.hazards.tables import HazardMediaRow
from bot.incidents import opening
from bot.inspections.visits import actions as visits
from bot.inspections.visits import guests
from bot.kit.clock import FrozenClock
from bot.kit.risk import Severity
from bot.learning import model as lessons
from bot.learning.certificates import actions as certificates
from bot.learning.certificates.model import Award, What
from bot.media import pictures
from bot.media import store as media
from bot.people import actions as acting
from bot.people import store as people
from bot.people.model import Person, Role
from bot.people.tables import AgreementRow, PersonRow, PlaceRow, UnitRow
from bot.risks.abnormal import actions as abnormal
from bot.risks.warning import actions as warning
from bot.settings import Settings
from bot.web import app as web
from bot.web.guests import actions as outsiders
from bot.web.guests import store as let_in
from bot.web.guests.model import Kind as Outsider
from bot.web.guests.model import Wanted
from tests.kept import furnished
from tests.web import test_campaigns_desk as campaigns
from tests.web import test_goals_desk as goals
from tests.web import test_points_desk as points
from tests.web import test_resources_desk as resources
from tests.web import test_voice_desk as voice
from tests.web.desk import Desk, Works, _fact, _photo, served
from tests.web.filed import filed

FIRST = datetime(2026, 11, 2, 15, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
"""A Wednesday, two in the afternoon in Chicago."""
NAMES = {
    "Grace Lind": "L-1001", "Sam Okafor": "L-1011", "Hugo Reyes": "L-1006", "Tess Hall": "L-1005", "Ana Morales": "L-1042",
    "Ben Cole": "L-1021", "Chidi Eze": "L-1022", "Dana Kim": "L-1023", "Emeka Obi": "L-1024", "Fatima Zahra": "L-1025",
    "Goran Ilic": "L-1026", "Hana Sato": "L-1012", "Lin Yao": "L-1014",
}  # fmt: skip
"""Who of the sample company plays whom of the other tests' furniture."""
UNITS = {
    "harbour": "Harbour Works", "lingang": "Lingang Works", "dock": "Dock Team", "press": "Press Team",
    "line": "Line One Team",
}  # fmt: skip
CREW = ("Ana Morales", "Ben Cole", "Chidi Eze", "Dana Kim", "Emeka Obi", "Fatima Zahra", "Goran Ilic", "Hana Sato")


@contextlib.contextmanager
def everything(database_url: str, folder: Path, *, lived: bool = True) -> Iterator[Desk]:
    """The house and its application, at two in the afternoon. Without `lived`: the company alone, its pages empty."""
    chosen = Settings(
        _env_file=None, bot_token="1:test", database_url=database_url, data_dir=folder / "data",
        secret_key="a test's secret that is long enough", public_url="http://127.0.0.1",
    )  # type: ignore[call-arg]  # fmt: skip
    clock = FrozenClock(NOW)
    house = House(chosen, clock, rooms())
    try:
        works = furnished(database_url, _company if lived else _bare, "everything", lived)
        desk = Desk(house, "", clock, works)
        if lived:
            live(desk)
        with served(web.build(house)) as base:
            desk.base = base
            yield desk
    finally:
        house.writer.stop()
        house.engine.dispose()
        if house._lock is not None:
            house._lock.close()


def _company(session: Session) -> Works:
    demo.fill(session, FIRST)
    return _cast(session)


def _bare(session: Session) -> Works:
    """The people alone: no plan, no list, no rule."""
    demo.load_sample(session, FIRST)
    return _cast(session)


def _cast(session: Session) -> Works:
    works = Works()
    for name, badge in NAMES.items():
        who = people.person_by_badge(session, badge, FIRST)
        assert who is not None, badge
        works.people[name] = who.id
    for short, name in UNITS.items():
        row = session.scalars(select(UnitRow.id).where(UnitRow.name == name)).first()
        unit = people.unit(session, row or 0)
        assert unit is not None, name
        works.units[short] = unit
    company = session.scalars(select(UnitRow.id).where(UnitRow.parent_id.is_(None))).one()
    for role in (Role.ADMIN, Role.HR, Role.SAFETY_OFFICER, Role.TRAINER, Role.SUPERVISOR):
        acting.grant(session, works.people["Grace Lind"], role, company, FIRST - timedelta(days=90))
    acting.grant(session, works.people["Sam Okafor"], Role.SUPERVISOR, works.units["harbour"].id, FIRST)
    return works


def speaks(desk: Desk, name: str, lang: str) -> None:
    """Somebody reads in another language from now on."""

    def write(session: Session) -> None:
        session.execute(update(PersonRow).where(PersonRow.id == desk.works.people[name]).values(lang=lang))

    desk.house.writer.run(write)


# --- an autumn --------------------------------------------------------------------------------------------------------


def live(desk: Desk) -> None:
    """What happened until now."""
    desk.works.photo = media.put(pictures.clean(_photo()), "picture.jpg")
    run = desk.house.writer.run
    run(_accounts, desk)
    run(_dangers, desk)
    run(_taught, desk)
    run(_entered, desk)
    run(_agreed, desk)
    run(_permitted, desk)
    run(campaigns.a_campaign_with_a_past, desk)
    run(_mustered, desk)
    resources.furnish(desk)
    voice.spoken(desk)
    points.awarded(desk)
    goals.aimed(desk)
    desk.works.plan = media.put(pictures.clean(drawn_plan()), "plan.jpg")
    run(_planned, desk)
    run(_visited, desk)
    run(_let_in, desk)
    run(_hurt, desk)
    run(_warned, desk)
    filed(desk, "Grace Lind", NOW)


def _accounts(session: Session, desk: Desk) -> None:
    for id in desk.works.people.values():
        acting.open_account(session, id, 7_000 + id, 7_000 + id, FIRST)


DANGERS: tuple[tuple[str, str, str, float, dict[str, Any]], ...] = (
    ("rail", "dock", "The rail at dock 1 is loose, it moves when you lean on it.", 30, {}),
    ("spill", "press", "Oil under press 3, people walk through it to the canteen", 0.3, {"urgency": Urgency.NOW}),
    ("sealed", "dock", "Somebody bridges the light curtain at night", 3, {"named": False}),
    ("light", "press", "The lamp over the stairs is dark", 52, {"urgency": Urgency.WAIT}),
    ("pallet", "dock", "Pallets before the emergency exit", 8, {"kind": Kind.NEARLY}),
    ("gas", "line", "气瓶没有固定", 4, {}),
    ("wire", "dock", "A wire hangs out of the socket beside the charging station", 26, {}),
    ("step", "press", "The step to the platform is broken, two of us have stumbled already", 2, {}),
    ("sling", "dock", "This sling has a cut", 70, {}),
)  # fmt: skip


def _dangers(session: Session, desk: Desk) -> None:
    works = desk.works
    sam, grace, ben, dana, lin = (
        works.people[name] for name in ("Sam Okafor", "Grace Lind", "Ben Cole", "Dana Kim", "Lin Yao")
    )
    place = session.scalars(select(PlaceRow.id).where(PlaceRow.unit_id == works.units["dock"].id)).first()
    for name, unit, words, ago, more in DANGERS:
        here, named = works.units[unit], bool(more.get("named", True))
        given = {key: value for key, value in more.items() if key != "named"}
        at = place if unit == "dock" else None
        report = Report(f"{len(works.hazards):032x}", here.id, here.path, place=at, words=words, **given)
        made = hazards.report_hazard(
            session, report, works.people["Ana Morales"], NOW - timedelta(hours=ago), named=named
        )
        works.hazards[name] = made.id
    session.add(
        HazardMediaRow(
            hazard_id=works.hazards["rail"], role="before", kind="photo", file_id="x", media=desk.works.photo
        )
    )
    session.add(
        HazardMediaRow(
            hazard_id=works.hazards["pallet"], role="before", kind="photo", file_id="y", media=desk.works.photo
        )
    )
    _answered(session, works, sam, grace, ben, dana, lin)


def _answered(session: Session, works: Works, sam: int, grace: int, ben: int, dana: int, lin: int) -> None:
    number = works.hazards
    rated = {"rail": (29, Severity.CRITICAL), "light": (51, Severity.LOW), "pallet": (7, Severity.HIGH)}
    rated |= {"gas": (3, Severity.MEDIUM), "wire": (25, Severity.HIGH), "sling": (69, Severity.MEDIUM)}
    who = {"gas": lin, "light": grace}
    for name, (ago, severity) in rated.items():
        at, by = NOW - timedelta(hours=ago), who.get(name, sam)
        hazards.acknowledge(session, number[name], by, at)
        hazards.rate(session, number[name], severity, by, at + timedelta(minutes=5))
    hazards.set_topic(session, number["rail"], Topic.HEIGHT, sam, NOW - timedelta(hours=28))
    hazards.assign(session, number["rail"], ben, sam, NOW - timedelta(hours=28))
    hazards.assign(session, number["light"], dana, grace, NOW - timedelta(hours=50))
    hazards.assign(session, number["pallet"], ben, sam, NOW - timedelta(hours=6))
    hazards.fix(session, number["pallet"], ben, NOW - timedelta(hours=2), words="Moved them to aisle C", photo=None)
    hazards.assign(session, number["sling"], ben, sam, NOW - timedelta(hours=68))
    hazards.fix(
        session, number["sling"], ben, NOW - timedelta(hours=50), words="Thrown away, a new one is there", photo=None
    )
    hazards.verify(session, number["sling"], sam, NOW - timedelta(hours=49))


def _taught(session: Session, desk: Desk) -> None:
    """Three weeks of lessons: most are read, some answered, a few did not arrive."""
    for day in range(22):
        for n, name in enumerate(CREW):
            at, person = NOW - timedelta(days=day, hours=4), desk.works.people[name]
            key = f"{day}:{n}"
            _fact(session, lessons.LESSON_ASSIGNED, f"assigned:{key}", person, at, lesson="a", version=1)
            if (n + day) % 5:
                _fact(session, lessons.LESSON_READ, f"read:{key}", person, at, lesson="a", version=1)
            if (n + day) % 3:
                _fact(session, lessons.QUESTION_ANSWERED, f"answered:{key}", person, at, question="q", mode="practice")
            if (n + day) % 17 == 0:
                _fact(session, lessons.NOT_DELIVERED, f"undelivered:{key}", person, at)


def _entered(session: Session, desk: Desk) -> None:
    sam, ana = desk.works.people["Sam Okafor"], desk.works.people["Ana Morales"]
    unit = desk.works.units["dock"].id
    for number, (kind, words) in enumerate(
        ((Entered.ACTION, "Guards put back after cleaning"), (Entered.TRIAL, "Magnets on guards"))
    ):
        review.add(session, sam, f"review{number}", unit, kind, words, ana, date(2026, 12, 24), NOW - timedelta(days=6))


def _agreed(session: Session, desk: Desk) -> None:
    site = desk.works.units["harbour"]
    session.add(AgreementRow(
        unit_id=site.id, path=site.path, item="figure.score", is_on=True, purpose="So that it is fair.", state="holds",
        asked_by=1, asked_at=NOW, held_key=f"{site.id}:figure.score",
    ))  # fmt: skip
    award = Award(
        What.COURSE,
        "course:forklift",
        "7",
        {"en": "Forklift driving", "zh": "叉车驾驶", "ar": "قيادة الرافعة"},
        (),
        None,
    )
    made = certificates.issue(session, desk.works.people["Dana Kim"], award, NOW)
    desk.works.given = (*desk.works.given, f"/c/{certificates.number_of(made.key)}")


def _permitted(session: Session, desk: Desk) -> None:
    ben, sam = _person(session, desk, "Ben Cole"), _person(session, desk, "Sam Okafor")
    unit = desk.works.units["dock"].id
    card = next(code for code, each in permits.cards().items() if not each.gases)
    wish = permits.Request("permit", card, unit, None, "Lamp over dock 2", 1, {}, False, None)
    permits.ask(session, ben, wish, NOW - timedelta(minutes=20))
    abnormal.ask(session, sam, unit, abnormal.company().abnormal[0].code, "Two trucks at once", "ab", NOW)


def _mustered(session: Session, desk: Desk) -> None:
    """A drill that is going on; some have answered."""
    grace, unit = desk.works.people["Grace Lind"], desk.works.units["harbour"]
    viewer = people.viewer(session, grace, NOW)
    assert viewer is not None
    found = musters.start(session, viewer, unit.id, False, True, NOW - timedelta(minutes=4))
    for rank in (0, 1):
        musters.call_slice(session, {"muster": found.id, "round": 1, "rank": rank, "after": 0}, NOW)
    answering.say(session, found, "safe", [desk.works.people[name] for name in ("Ana Morales", "Ben Cole")], NOW)
    musters.add_guests(session, viewer, found.id, "visitor", "2", "k", NOW)


def _planned(session: Session, desk: Desk) -> None:
    """Harbour Works has a plan, and some of its places are on it."""
    site, grace = desk.works.units["harbour"], desk.works.people["Grace Lind"]
    with Image.open(BytesIO(media.open_ref(desk.works.plan))) as image:
        siteplan.draw(session, site, desk.works.plan, image.size, grace, FIRST)
    for number, (place, _) in enumerate(siteplan._places(session, site)[:4]):
        siteplan.put(session, site, place.id, 180 + 210 * number, 250 + 170 * (number % 3), grace, FIRST)


def drawn_plan() -> bytes:
    """Sheds, a quay and a road, from above."""
    image = Image.new("RGB", (1200, 800), "#eef1ee")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 690, 1200, 800), fill="#b9d3e4")
    for box in ((90, 90, 480, 330), (560, 90, 1080, 330), (90, 420, 400, 620), (480, 420, 820, 620)):
        draw.rectangle(box, fill="#ffffff", outline="#6b7280", width=5)
    draw.line((0, 375, 1200, 375), fill="#c9c4b8", width=30)
    draw.line((890, 375, 890, 690), fill="#c9c4b8", width=30)
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _visited(session: Session, desk: Desk) -> None:
    grace, ben = desk.works.people["Grace Lind"], desk.works.people["Ben Cole"]
    unit = desk.works.units["harbour"].id
    id = visits.open_visit(session, grace, unit, "Labour inspectorate", "Loading docks", date(2026, 11, 12), "v", NOW)
    for n, words in enumerate(("The rail at dock 1 has no middle bar", "No list of who may drive which truck")):
        entry = visits.Entry(f"v{n}", words, "§ 12", None, Severity.HIGH, ben, NOW + timedelta(days=9 + n))
        visits.log(session, grace, id, entry, NOW)
    link = guests.invite(session, grace, id, 72, NOW)[1]
    desk.works.given = (*desk.works.given, f"/guest/{link.rpartition('/')[2]}")


def _let_in(session: Session, desk: Desk) -> None:
    """An auditor has a link to some pages; a place has its QR."""
    unit = desk.works.units["harbour"].id
    viewer = people.viewer(session, desk.works.people["Grace Lind"], NOW)
    assert viewer is not None
    pages = ("/desk/risks", "/desk/inspections")
    wanted = Wanted("Ines Roth, Nordcert", Outsider.AUDITOR, "Yearly audit", "en", pages, (unit,), 7)
    found = let_in.guest(session, outsiders.let_in(session, viewer, wanted, NOW))
    assert found is not None
    code = session.scalars(select(PlaceRow.code).where(PlaceRow.unit_id == desk.works.units["dock"].id)).first()
    assert code is not None
    desk.works.given = (*desk.works.given, f"/visitor/{let_in.secret_again(found)}", f"/p/{code}")


def _hurt(session: Session, desk: Desk) -> None:
    unit = desk.works.units["dock"]
    opening.open_incident(
        session, "hurt", unit.id, unit.path, NOW - timedelta(hours=5), reporter=desk.works.people["Ben Cole"]
    )


def _warned(session: Session, desk: Desk) -> None:
    warning.note(session, list(warning.read(session, NOW).values()), {}, NOW)


def _person(session: Session, desk: Desk, name: str) -> Person:
    found = people.person(session, desk.works.people[name], NOW)
    assert found is not None
    return found
