"""A dock with two supervisors and everybody above them, and what tests ask of the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery import drafts, replying
from bot.delivery.tables import OutboxRow
from bot.hazards import actions, drafting
from bot.hazards.model import Hazard, Kind, Report, Urgency
from bot.hazards.reporting import on_draft_press, on_file
from bot.kit.errors import Refused
from bot.kit.events import FileRef, Pressed, Sent
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people.model import Role, UnitKind
from tests.kept import furnished
from tests.store.conftest import NOON

SINCE = date(2026, 1, 1)
ANA = 918_273_645


@dataclass
class Dock:
    """Who is there, and short ways to do and to see."""

    writer: Writer
    unit: int
    path: str
    ana: int
    bao: int
    sam: int
    marta: int
    yusuf: int
    grace: int
    ada: int

    def run(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A function over a Session, committed."""
        return self.writer.run(fn, *args, **kwargs)

    def report(self, key: str = "k1", *, named: bool = True, now: datetime = NOON, **of: Any) -> Hazard:
        """A report from the dock."""
        made = Report(key, self.unit, self.path, **of)
        return self.run(actions.report_hazard, made, self.ana, now, named=named)  # type: ignore[no-any-return]

    def can_wait(self, key: str = "k1") -> Hazard:
        """A report that its reporter says can wait."""
        return self.report(key, kind=Kind.DANGEROUS, urgency=Urgency.WAIT)

    def told(self, person: int | None = None, text: str = "") -> list[str]:
        """The text keys of what was queued (for somebody), oldest first."""
        return [row.payload["text"]["$t"] for row in self.rows(person, text)]

    def rows(self, person: int | None = None, text: str = "") -> list[OutboxRow]:
        """New messages in the outbox, by person and text key."""

        def find(session: Session) -> list[OutboxRow]:
            query = select(OutboxRow).where(OutboxRow.method == "send").order_by(OutboxRow.id)
            if person is not None:
                query = query.where(OutboxRow.person_id == person)
            found = [row for row in session.scalars(query) if text in row.payload.get("text", {}).get("$t", "")]
            session.expunge_all()
            return found

        return self.run(find)  # type: ignore[no-any-return]

    def facts(self, kind: str) -> list[FactRow]:
        """Facts of a kind."""

        def find(session: Session) -> list[FactRow]:
            found = list(session.scalars(select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)))
            session.expunge_all()
            return found

        return self.run(find)  # type: ignore[no-any-return]

    def refusal(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, dict[str, Any]]:
        """The key and values of the refusal that an action ends in."""
        with pytest.raises(Refused) as caught:
            self.run(fn, *args, **kwargs)
        return caught.value.text.key, dict(caught.value.text.params)


def later(**time: float) -> datetime:
    """NOON and some time."""
    return NOON + timedelta(**time)


@pytest.fixture
def dock(database_url: str, writer: Writer) -> Dock:
    """The dock, with a phone for everybody."""
    return Dock(writer, *furnished(database_url, _hire, "dock"))


def _hire(session: Session) -> tuple[int, str, int, int, int, int, int, int, int]:
    from bot.people.tables import PersonRow, PlacementRow

    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", top, SINCE)
    shop = people.add_unit(session, UnitKind.WORKSHOP, "Warehouse", site, SINCE)
    team = people.add_unit(session, UnitKind.TEAM, "Dock Team", shop, SINCE)
    session.add(PersonRow(id=ANA, badge="T-1", name="Anastasia Morales", lang="es", joined_on=SINCE))
    session.flush()
    session.add(PlacementRow(person_id=ANA, unit_id=team.id, post="worker", starts_on=SINCE))
    bao = people.add_person(session, "T-2", "Bao Tran", "en", team, "driver", SINCE)
    sam = people.add_person(session, "T-3", "Sam Okafor", "en", team, "team-leader", SINCE)
    marta = people.add_person(session, "T-4", "Marta Kowalczyk", "en", team, "team-leader", SINCE)
    yusuf = people.add_person(session, "T-5", "Yusuf Demir", "en", site, "hse-specialist", SINCE)
    grace = people.add_person(session, "T-6", "Grace Lindqvist", "en", shop, "head", SINCE)
    ada = people.add_person(session, "T-7", "Ada Byron", "en", top, "it", SINCE)
    grants = ((sam, Role.SUPERVISOR, team), (marta, Role.SUPERVISOR, team), (grace, Role.MANAGER, shop))
    for person, role, unit in (*grants, (yusuf, Role.SAFETY_OFFICER, site), (ada, Role.ADMIN, top)):
        people.grant(session, person, role, unit.id, NOON)
    for person in (ANA, bao, sam, marta, yusuf, grace, ada):
        people.open_account(session, person, 5_550_000_000 + person, 5_550_000_000 + person, NOON)
    return team.id, team.path, ANA, bao, sam, marta, yusuf, grace, ada


# --- what Ana does, as the receiver hands it on -----------------------------------------------------------------------

AT = datetime(2026, 11, 18, 12, 34, 56, 789_000, tzinfo=UTC)
CHAT = 5_550_000_000 + ANA


def write(dock: Dock, reply_to: object) -> None:
    """Queues a reply as the receiver does."""
    event, fn = reply_to  # type: ignore[misc]

    def handle(session: Session) -> None:
        reply = fn(session, event, AT)
        assert reply is not None
        replying.write(session, event, reply, AT)

    dock.run(handle)


_numbers = iter(range(100, 100_000))


def common(dock: Dock) -> dict[str, object]:
    """What every event of Ana's has."""
    number = next(_numbers)
    return {"update_id": number, "at": AT, "user": CHAT, "chat": CHAT, "person": dock.ana, "message": number}


def sends_photo(dock: Dock, caption: str = "") -> None:
    """Ana sends a photo."""
    event = Sent(file=FileRef("photo", "the-file", "u1"), caption=caption, **common(dock))  # type: ignore[arg-type]
    write(dock, (event, on_file))


def presses(dock: Dock, what: str) -> None:
    """Ana presses a button of her draft."""

    def number(session: Session) -> int:
        draft = drafts.current(session, dock.ana, drafting.KIND)
        assert draft is not None
        return draft.id

    event = Pressed(data=f"hzd:{what}:{dock.run(number)}", callback="c", **common(dock))  # type: ignore[arg-type]
    write(dock, (event, on_draft_press))
