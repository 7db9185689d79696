"""A house with all rooms and something in each, served, and tokens to call it with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from bot.app import House
from bot.compliance.reading.tables import NoticeRow, NoticeVersionRow
from bot.db.once import insert_once
from bot.delivery.tables import AcknowledgementRow
from bot.duties.tables import DutyGivenRow, DutyListRow
from bot.hazards import actions as hazards
from bot.hazards.model import Report
from bot.incidents.tables import IncidentRow
from bot.kit.clock import FrozenClock
from bot.kit.endpoints import Scope
from bot.learning.certificates.tables import CertificateRow
from bot.learning.courses.tables import CompletionRow, CourseRow, CourseVersionRow
from bot.learning.induction.tables import InductionRow
from bot.ledger.sealing import seal_block
from bot.people import actions as people
from bot.people.model import Role
from bot.people.tables import AgreementRow
from bot.risks.tables import RiskControlRow, RiskRow
from bot.settings import Settings
from bot.web import app as web
from bot.web.api import actions
from tests import loopback
from tests.kept import furnished
from tests.web.desk import HIRED, NOON, START, Works, furnish, served

WRITTEN = {"en": "Helmets are worn on the dock."}


@dataclass
class Programs:
    """The house, where it is served, who is who, and the numbers of what is there by (noun, site)."""

    house: House
    base: str
    clock: FrozenClock
    works: Works
    numbers: dict[tuple[str, str], int]

    def token(self, name: str, unit: str, scopes: Sequence[str] = tuple(Scope), days: int = 30) -> str:
        """A token that Grace, who administers all of it, answers for."""
        where = [self.works.units[unit].id]
        made = self.house.writer.run(
            actions.make_token, name, self.works.people["Grace Lind"], where, scopes, days, self.clock.now()
        )
        assert made is not None
        return made

    def client(self, token: str | None = None) -> httpx.Client:
        """Another program."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return loopback.Client(base_url=f"{self.base}/api/v1", headers=headers)

    def seal(self) -> None:
        """A minute passes, and what happened is sealed."""
        self.clock.advance(timedelta(minutes=2))
        while self.house.writer.run(seal_block, self.clock.now()):
            pass


@contextlib.contextmanager
def opened(database_url: str, folder: Path, **settings: object) -> Iterator[Programs]:
    """A furnished house with all rooms, on a real port."""
    chosen = Settings(
        _env_file=None, bot_token="1:test", database_url=database_url, data_dir=folder / "data",
        secret_key="a test's secret that is long enough", public_url="http://127.0.0.1", **settings,
    )  # type: ignore[call-arg]  # fmt: skip
    clock = FrozenClock(START)
    house = House(chosen, clock)
    try:
        works, numbers = furnished(database_url, fill, "programs")
        clock.advance(NOON - START)
        with served(web.build(house)) as base:
            made = Programs(house, base, clock, works, numbers)
            made.seal()
            yield made
    finally:
        house.writer.stop()
        house.engine.dispose()
        if house._lock is not None:
            house._lock.close()


def fill(session: Session) -> tuple[Works, dict[tuple[str, str], int]]:
    """The works of the dashboard's tests, and in each site something of all that programs may ask about."""
    works = furnish(session)
    company = works.units["harbour"].parent
    assert company is not None
    people.grant(session, works.people["Grace Lind"], Role.ADMIN, company, HIRED)
    numbers = {("hazard", "harbour"): works.hazards["rail"], ("hazard", "lingang"): works.hazards["gas"]}
    for site, unit, badge in (("harbour", "dock", "Ana Morales"), ("lingang", "line", "Fatima Zahra")):
        fresh = Report(
            f"f{len(numbers):031x}", works.units[unit].id, works.units[unit].path, words="A cable lies across"
        )
        numbers["fresh", site] = hazards.report_hazard(session, fresh, works.people[badge], START).id
    _course(session)
    for site, name, unit in (("harbour", "Ben Cole", "press"), ("lingang", "Chidi Eze", "line")):
        _of_site(session, works, numbers, site, works.people[name], unit)
    _agreed(session, works, company)
    return works, numbers


def _course(session: Session) -> None:
    content = {
        "title": {"en": "Working at height"}, "lessons": [], "exam": None, "minutes": 60, "months": None, "binds": [],
    }  # fmt: skip
    session.add(CourseRow(id="height", version=1, digest="x", shipped=False))
    session.flush()
    session.add(CourseVersionRow(course_id="height", version=1, content=content, at=HIRED))


def _of_site(
    session: Session, works: Works, numbers: dict[tuple[str, str], int], site: str, person: int, unit: str
) -> None:
    here, grace = works.units[site], works.people["Grace Lind"]
    numbers["notice", site] = insert_once(
        session, NoticeRow, {"key": f"n:{site}", "unit_id": here.id, "path": here.path, "posts": [], "number": 1,
                             "by_id": grace, "began_at": START}, "key",
    )  # fmt: skip
    said = {"en": {"words": WRITTEN["en"], "ask": "Where?", "right": "dock", "wrong": ["home"]}}
    session.add(NoticeVersionRow(notice_id=numbers["notice", site], number=1, said=said, by_id=grace, at=START))
    session.add(AcknowledgementRow(subject=f"notice:{numbers['notice', site]}", version=1, person_id=person, at=START))
    listed = DutyListRow(
        unit_id=here.id, path=here.path, post="worker", version=1, level="site", scope={}, duties=[], source="",
        signed_by=grace, signed_at=START,
    )  # fmt: skip
    session.add(listed)
    session.flush()
    session.add(DutyGivenRow(key=f"g:{site}", list_id=listed.id, person_id=person, given_at=START))
    risk = RiskRow(
        code=f"R-{site}", unit_id=here.id, path=here.path, task={"en": "unload"}, number=1, step={"en": "lift"},
        hazard={"en": "falls"}, method="lec", inherent=[3, 6, 7], colour="orange", inherent_colour="orange",
        standing="open", owner_id=person, created_at=START, rated_at=START,
    )  # fmt: skip
    session.add(risk)
    session.flush()
    numbers["risk", site] = risk.id
    session.add(RiskControlRow(risk_id=risk.id, rank=3, words={"en": "rail"}, held="in_place", created_at=START))
    session.add(
        IncidentRow(
            key=f"i:{site}", unit_id=here.id, path=here.path, state="noted", outcome="first_aid", created_at=START
        )
    )
    session.add(
        CompletionRow(
            key=f"c:{site}", person_id=person, course_id="height", course_version=1, completed_on=date(2026, 3, 2)
        )
    )
    session.add(
        CertificateRow(
            key=f"z:{site}", number_hash=site.encode().ljust(32), person_id=person, name="x", badge="x", what="course",
            subject="course:height", title={"en": "Working at height"}, lines=[], unit_id=works.units[unit].id,
            issued_on=date(2026, 3, 2),
        )
    )  # fmt: skip
    session.add(
        InductionRow(
            key=f"d:{site}", person_id=person, because="new", started_at=START, due_on=date(2026, 12, 1), needs=[
                {"level": "team", "hours": 4, "topics": [], "questions": 0, "pass": 80, "by": "supervisor"}
            ], unit_id=works.units[unit].id, post="worker",
        )
    )  # fmt: skip
    session.flush()


def _agreed(session: Session, works: Works, company: int) -> None:
    """The works council has agreed to scores for all."""
    grace = works.people["Grace Lind"]
    session.add(
        AgreementRow(
            unit_id=company, path=f"/{company}/", item="figure.score", is_on=True, purpose="x", state="holds",
            held_key="figure.score", asked_by=grace, asked_at=HIRED, answered_by=grace, answered_at=HIRED,
        )
    )  # fmt: skip
    session.flush()
