"""Every night people as HR has them: the newest file of a folder is taken in once, or left with the reason beside it.

A file is known by its bytes and when they were written, so the same one is never taken twice, however often it is looked at. What
is done with it is a fact, committed with the changes; only then is the file moved to `taken/` or `refused/`, by a job of its own.
Nobody is there to ask, so what `davy import people` would ask about is refused here and told to the administrators, who can then
have it done by hand with a preview.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Message
from bot.kit.texts import Text, text
from bot.ledger import actions as ledger
from bot.ledger.model import Fact
from bot.ledger.tables import FactRow
from bot.onboarding import addresses, importing
from bot.onboarding.importing import Mistakes
from bot.onboarding.model import HR_FILE, HR_FILE_REFUSED, HR_FILE_TAKEN
from bot.onboarding.rules import WEIGHTY
from bot.people import actions as people_actions
from bot.people import oncall
from bot.people import store as people
from bot.people.company import named_units
from bot.people.importing import plan as planning
from bot.people.importing.files import Table, table_of
from bot.people.importing.plan import Existing
from bot.people.importing.problems import Problems
from bot.people.model import Role

LOOK, MOVE = "onboarding.hr_look", "onboarding.hr_move"
ENDINGS = {".csv", ".xlsx"}
SETTLED_S = 60
"""A file that was written to more recently may still be on its way."""
MOST_CHANGED = 0.25
"""A file that changes a larger share of the staff than this is more often another company's file, or one with moved columns."""
SHOWN = 3
"""Mistakes that the message names; the file beside the refused one holds all."""
NAMED = 12
"""People that a message about roles names."""
TAKEN, REFUSED = "taken", "refused"


@dataclass(frozen=True)
class Folder:
    """Where HR puts its files; None: nowhere."""

    path: Path | None = None


@dataclass(frozen=True)
class Found:
    """The newest file: its name, what it is known by, its rows, and what could not be read."""

    name: str
    digest: str
    table: Table
    problems: Problems


class TooMuch(Exception):
    """The file would change more than anybody should without being asked."""

    def __init__(self, why: str, count: int, staff: int) -> None:
        self.why, self.count, self.staff = why, count, staff
        super().__init__(f"{count} of {staff} people would {why}")


_folder: list[Folder] = [Folder()]


def configure(folder: Folder) -> None:
    """Sets where this process looks."""
    _folder[:] = [folder]


def look(session: Session, now: datetime) -> bool:
    """Asks once an hour for the folder to be looked at; the disk is read beside the writer."""
    if _folder[0].path is not None:
        jobs.enqueue(session, LOOK, {}, key=f"hr:{now:%Y-%m-%dT%H}", now=now)
    return False


def newest(folder: Path, now_s: float) -> Path | None:
    """The youngest file with people in it that nobody writes to any more. Raises OSError."""
    found = [p for p in folder.iterdir() if p.suffix.lower() in ENDINGS and p.is_file() and not p.name.startswith(".")]
    ages = [(p.stat().st_mtime, p.name, p) for p in found]
    settled = [each for each in ages if each[0] <= now_s - SETTLED_S]
    return max(settled)[2] if settled else None


class LookIn:
    """The job: reads the newest file beside the writer, then takes it in or refuses it, in one transaction."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The time by which a file must have been left alone."""
        return payload | {"now": now.timestamp()}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads the file. Raises OSError: the folder is tried again, and doctor says that it cannot be read."""
        folder = _folder[0].path
        path = newest(folder, payload["now"]) if folder is not None else None
        return payload | ({"found": read(path)} if path is not None else {})

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Decides, does, and says so."""
        found: Found | None = payload.get("found")
        if found is not None:
            take_in(session, found, now)


def read(path: Path) -> Found:
    """A file's rows, and what it is known by."""
    data, problems = path.read_bytes(), Problems(path.name)
    table = table_of(path.name, data, planning.NEEDED, planning.MAY, problems)
    return Found(path.name, mark(path, data), table, problems)


def mark(path: Path, data: bytes) -> str:
    """What a file is known by: the same people again on another night are another file."""
    return hashlib.sha256(f"{path.stat().st_mtime_ns}\n".encode() + data).hexdigest()


def take_in(session: Session, found: Found, now: datetime) -> str:
    """Takes a file in, or refuses it before anything is written; answers which. A second time it is only moved away."""
    key = f"hr-file:{found.digest}"
    before = session.scalar(select(FactRow.kind).where(FactRow.key == key))
    if before is not None:
        verdict = TAKEN if before == HR_FILE_TAKEN.name else REFUSED
        _move(session, found, verdict, "", now)
        return verdict
    left_out: list[tuple[Existing, str]] = []
    roles: set[tuple[str, Role, str]] = set()

    def guard(plan: planning.Plan) -> planning.Plan:
        weighty = [each for each in (*plan.roles, *plan.ends) if each[1] in WEIGHTY]
        units = named_units(session) if weighty else {}
        roles.update(
            (badge, role, unit) for badge, role, unit in weighty
            if (badge, role, unit) in plan.ends or not _held(session, badge, role, units[unit].id, now)
        )  # fmt: skip
        plan = without_admins_who_leave(without_roles(plan, weighty))
        within_bounds(plan)
        left_out[:] = addresses.guarded(session, plan, now)
        return addresses.without(plan, {person.id for person, _ in left_out})

    try:
        plan = importing.import_table(session, found.table, found.problems, now, guard=guard).plan
    except Mistakes as mistakes:
        lines = [str(each) for each in mistakes.problems]
        words = text("onboarding.hr_mistakes", file=found.name, count=len(lines), first="\n".join(lines[:SHOWN]))
        return _refuse(session, found, key, "mistakes", len(lines), words, "\n".join(lines), now)
    except TooMuch as much:
        said = "onboarding.hr_leavers" if much.why == "leave" else "onboarding.hr_changes"
        words = text(said, file=found.name, count=much.count, staff=much.staff)
        why = "leavers" if much.why == "leave" else "changes"
        return _refuse(session, found, key, why, much.count, words, str(much), now)
    joined, left = len(plan.joins) + len(plan.returns), len(plan.leaves)
    body = {"joined": joined, "moved": len(plan.moves), "left": left}
    ledger.record(session, Fact(HR_FILE_TAKEN, key, now, body=body), now)
    if not plan.nothing:
        _tell(session, text("onboarding.hr_taken", file=found.name, **body), key, now)
    if left_out:
        names = ", ".join(f"{person.name} ({person.badge})" for person, _ in left_out[:SHOWN])
        words = text("onboarding.hr_addresses", file=found.name, names=names)
        _tell(session, words, f"hr-addresses:{addresses.mark(left_out)}", now)
    if roles:
        words = text("onboarding.hr_roles", file=found.name, names=_named(session, {badge for badge, *_ in roles}, now))
        _tell(session, words, f"hr-roles:{hashlib.sha256(repr(sorted(roles)).encode()).hexdigest()[:32]}", now)
    _move(session, found, TAKEN, "", now)
    return TAKEN


def without_roles(plan: planning.Plan, some: Collection[tuple[str, Role, str]]) -> planning.Plan:
    """The plan without giving or taking these roles: two persons decide about them, and a folder is nobody."""
    given, taken = ([each for each in changes if each not in some] for changes in (plan.roles, plan.ends))
    return replace(plan, roles=tuple(given), ends=tuple(taken))


def without_admins_who_leave(plan: planning.Plan) -> planning.Plan:
    """The plan in which administrators stay, as those do whom the file does not list at all."""
    leaves = tuple(each for each in plan.leaves if not each[0].admin)
    return replace(plan, leaves=leaves, announced=tuple(each for each in plan.announced if not each[0].admin))


def _held(session: Session, badge: str, role: Role, unit: int, now: datetime) -> bool:
    """Whether somebody has a role already: two people gave it, and the file only says so too."""
    who = people.person_by_badge(session, badge, now)
    return who is not None and people_actions.has_grant(session, who.id, role, unit)


def _named(session: Session, badges: Collection[str], now: datetime) -> str:
    some = [(badge, people.person_by_badge(session, badge, now)) for badge in sorted(badges)[:NAMED]]
    names = ", ".join(f"{who.name} ({badge})" if who else badge for badge, who in some)  # a joiner begins later
    return names + (f" +{len(badges) - NAMED}" if len(badges) > NAMED else "")


def within_bounds(plan: planning.Plan) -> None:
    """The import's own question, and one more, answered with no. Raises TooMuch."""
    if plan.too_many_leave:
        raise TooMuch("leave", len(plan.leaves), plan.staff)
    changed = len(plan.joins) + len(plan.returns) + len(plan.moves) + len(plan.changes) + len(plan.leaves)
    if changed > MOST_CHANGED * plan.staff:
        raise TooMuch("join, move, change or leave", changed, plan.staff)


def _refuse(
    session: Session, found: Found, key: str, why: str, count: int, words: Text, all_of_it: str, now: datetime
) -> str:
    ledger.record(session, Fact(HR_FILE_REFUSED, key, now, body={"why": why, "count": count}), now)
    _tell(session, words, key, now)
    _move(session, found, REFUSED, all_of_it, now)
    return REFUSED


def _tell(session: Session, words: Text, key: str, now: datetime) -> None:
    """Administrators hear of it, each once a file."""
    told = set()
    for unit in people.units(session):
        for admin, _ in oncall.holders(session, [Role.ADMIN], unit.path, now)[Role.ADMIN]:
            if admin.id not in told:
                told.add(admin.id)
                to, once = outbox.to_person(admin.id), f"{key}:{admin.id}"
                outbox.send(session, to, Message(words), Lane.BULK, now, key=once, unasked=HR_FILE)


def _move(session: Session, found: Found, verdict: str, words: str, now: datetime) -> None:
    payload = {"name": found.name, "digest": found.digest, "to": verdict, "words": words}
    jobs.enqueue(session, MOVE, payload, key=f"hr-move:{found.digest}:{now.date()}", now=now)


class MoveAway:
    """The job: puts a file where it says what became of it. Where that may not be written, it stays and is passed over."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Moves it; one that is another by now, or gone, is left alone. Raises OSError, and is tried again."""
        folder = _folder[0].path
        path = folder / payload["name"] if folder is not None else None
        if path is None or not path.is_file():
            return payload
        if mark(path, path.read_bytes()) == payload["digest"]:
            there = path.parent / payload["to"]
            there.mkdir(exist_ok=True)
            name = f"{payload['digest'][:8]}-{path.name}"
            if payload["words"]:
                (there / f"{name}.txt").write_text(payload["words"] + "\n", encoding="utf-8")
            path.replace(there / name)
        return payload

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Nothing is left to write."""


def last(session: Session) -> tuple[str, datetime] | None:
    """What became of the last file, and when; for doctor."""
    kinds = (HR_FILE_TAKEN.name, HR_FILE_REFUSED.name)
    query = select(FactRow.kind, FactRow.at).where(FactRow.kind.in_(kinds)).order_by(FactRow.at.desc()).limit(1)
    row = session.execute(query).first()
    return (row.kind, row.at) if row is not None else None


LATE = timedelta(hours=50)
"""Two nights, and two hours in which a file may be late."""
