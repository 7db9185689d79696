"""What can be tried in the chat, by whom, and what came of it (long because every way in is a case of its own).

What is tried: every button that anybody was shown, every button that the program's text can make (read out of its syntax),
every command, every conversation, link and file. What came of it is written down by triggers of the database, row by row, and
then undone; so the hash of all tables is the same at the end.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from bot import features
from bot.db.base import Base
from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Blocked, Edited, Joined, Left, Located, Migrated, Pressed, Voted
from bot.people import actions as people_actions
from bot.people.model import Role
from bot.privacy.declared import held
from tests.flows.abuse_company import (
    ANSWERS,
    ELSEWHERE,
    HERE,
    Company,
    answered,
    common,
    kind_of,
    pressed,
    said,
    sent,
    site,
)

BOT = Path(features.__file__).parent
FORGED = ("0", "-1", "99999999999999999999", "x", "", "١٢", "1e3", "yes", "%s", "{{7}}", "../1", "1 OR 1=1")
"""What stands where a number of a row should, in buttons that nobody was ever shown."""
ARGUMENTS = ("", "L-1021 admin", "1 because I say so in a few words", "٣ x" * 200)
TRAIL = frozenset({"handled", "attempt", "pseudonym", "file_id", "heard", "sqlite_sequence", "lease", "touched"})
"""What is written of every update."""
PEOPLE = {each.table: tuple(f"{each.of} {each.by}".split()) for each in held().values()}


@dataclass(frozen=True)
class Attempt:
    """One thing to try: `kind` names it in the table of what was agreed."""

    kind: str
    what: str
    draft: tuple[str, str] | None = None


def attempts(company: Company, each: int = 2) -> list[Attempt]:
    """All that can be tried with what there is, a few of each kind."""
    verbs = {route.verb for room in company.house.rooms for route in room.routes if route.verb}
    buttons = {kind: list(some) for kind, some in company.shown.items()}
    for shape in shapes(frozenset(verbs)):
        data = "".join("1" if part == "\0" else part for part in shape)
        if len(data.encode()) <= 64 and kind_of(data) not in company.shown:
            buttons.setdefault(kind_of(data), []).append(data)
    for verb in sorted(verbs - {kind.split(":")[0] for kind in buttons}):
        buttons[verb] = [verb, f"{verb}:1", f"{verb}:1:1"]
    found = [Attempt(kind, data) for kind, some in sorted(buttons.items()) for data in _spread(some, each)]
    commands = [route.command for room in company.house.rooms for route in room.routes if route.command]
    found += [
        Attempt(f"/{command}", f"/{command} {more}".strip()) for command in commands for more in ARGUMENTS[: 2 * each]
    ]
    starts = [route.start for room in company.house.rooms for route in room.routes if route.start]
    found += [Attempt(f"/start {start}", f"/start {start}{'0' * 32}") for start in starts]
    for (kind, step), _ in sorted(company.drafts.items()):
        found += [Attempt(f"draft {kind}", words, (kind, step)) for words in (*ANSWERS[:2], "file:photo", "where:")]
    files = {route.file for room in company.house.rooms for route in room.routes if route.file}
    found += [Attempt(f"file {kind}", f"file:{kind}") for kind in sorted(files)]
    events = {route.event for room in company.house.rooms for route in room.routes if route.event}
    found += [Attempt(f"event {name}", f"event:{name}") for name in sorted(events)]
    found += [Attempt("poll", "event:Voted")]
    return found


def forged(found: Sequence[Attempt]) -> list[Attempt]:
    """Each kind of button once with everything in it that should not be."""
    made = []
    for number, attempt in enumerate({a.kind: a for a in found if ":" in a.what and _is_button(a)}.values()):
        parts = attempt.what.split(":")
        keep = 2 if ":" in attempt.kind else 1
        bad = FORGED[number % len(FORGED)]
        made.append(Attempt(attempt.kind, ":".join([*parts[:keep], *(bad for _ in parts[keep:])])[:64]))
        made.append(Attempt(attempt.kind, ":".join([*parts[:keep], bad, bad, bad])[:64]))
        made.append(Attempt(parts[0], ":".join([parts[0], bad])[:64]))
    return made


def _is_button(attempt: Attempt) -> bool:
    return attempt.draft is None and not attempt.what.startswith(("/", "file:", "event:", "where:"))


@cache
def shapes(verbs: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """Callback data as it is written in the program: its fixed parts, and a NUL where something is filled in."""
    found = []
    for path in sorted(BOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [str(each.value) if isinstance(each, ast.Constant) else "\0" for each in node.values]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts = [node.value]
            else:
                continue
            whole = "".join(parts)
            if re.fullmatch(r"[\w.:\0-]{2,64}", whole) and whole.split(":")[0] in verbs and ":" in whole:
                found.append(tuple(parts))
    return tuple(found)


def untried(company: Company, found: Sequence[Attempt]) -> set[str]:
    """Routes that no attempt would reach: one that is missing here fails the build."""
    tried = {a.kind for a in found}
    verbs = {a.what.split(":")[0] for a in found if _is_button(a)}
    missing = set()
    for room in company.house.rooms:
        for route in room.routes:
            names = {
                "command": f"/{route.command}", "start": f"/start {route.start}", "draft": f"draft {route.draft}",
                "file": f"file {route.file}", "event": f"event {route.event}", "poll": "poll",
            }  # fmt: skip
            for selector, name in names.items():
                if getattr(route, selector) is not None and name not in tried:
                    missing.add(name)
            if route.verb is not None and route.verb not in verbs:
                missing.add(f"button {route.verb}")
    return missing


def _spread(some: Sequence[str], most: int) -> list[str]:
    """The first and the last, and of those between as many as are wanted."""
    step = max(1, len(some) // most)
    return list(dict.fromkeys([*some[::step][: most - 1], some[-1]]))


@dataclass
class Who:
    """Somebody who has no business here: their id (None: a stranger) and their chat; `group`: they press in a group."""

    name: str
    person: int | None
    user: int
    group: bool = False


def cast(session: Session, company: Company) -> list[Who]:
    """A stranger; somebody with every role, but of the other site; somebody here who had a role until just now; one a role."""
    here, there = site(session, HERE), site(session, ELSEWHERE)
    day = (company.now - timedelta(days=300)).date()
    made = [Who("stranger", None, 8_000_000)]

    def add(name: str, unit: Any, roles: Sequence[Role], ended: bool = False, group: bool = False) -> None:
        id = people_actions.add_person(session, f"X-{len(made)}", f"Nobody {len(made)}", "en", unit, "worker", day)
        for role in roles:
            people_actions.grant(session, id, role, unit.id, company.now - timedelta(days=2))
            if ended:
                people_actions.revoke(session, id, role, unit.id, company.now - timedelta(minutes=1))
        people_actions.open_account(session, id, 8_000_000 + id, 8_000_000 + id, company.now)
        made.append(Who(name, id, 8_000_000 + id, group))

    roles = [role for role in Role if role is not Role.EMPLOYEE]
    add("elsewhere", there, roles)
    add("role taken away", here, roles, ended=True)
    for role in roles:
        add(role.value, here, [role])
    add("in a group", here, roles, group=True)
    return made


# --- what comes of it --------------------------------------------------------------------------------------------------


def watch(connection: Connection) -> None:
    """From now on every change of a row is written down, by this connection and for it alone."""
    run = connection.exec_driver_sql
    run("CREATE TEMP TABLE touched (tbl TEXT, op TEXT, whose TEXT, more TEXT)")
    for table in Base.metadata.sorted_tables:
        name, columns = table.name, [column.name for column in table.columns]
        if name in TRAIL:
            continue
        owners = [each for each in PEOPLE.get(name, ()) if each in columns]
        owners += [each for each in ("chat_id",) if name == "outbox"]
        more = {"fact": "kind", "job": "kind || ' ' || {0}.key"}.get(name, "''")
        changed = " OR ".join(f'OLD."{each}" IS NOT NEW."{each}"' for each in columns)
        for op, row, when in (("+", "NEW", ""), ("~", "OLD", f"WHEN {changed}"), ("-", "OLD", "")):
            whose = " || '|' || ".join(f"coalesce({row}.\"{each}\", '')" for each in owners) or "''"
            said_more = more.replace("{0}", row)
            said_more = f"{row}.{said_more}" if name in ("fact", "job") else said_more
            event = {"+": "INSERT", "~": "UPDATE", "-": "DELETE"}[op]
            run(
                f'CREATE TEMP TRIGGER "watch_{name}_{event}" AFTER {event} ON main."{name}" {when} BEGIN '
                f"INSERT INTO touched VALUES ('{name}', '{op}', {whose}, {said_more}); END"
            )


def effects(connection: Connection, who: Who) -> frozenset[str]:
    """What was changed, but for what is written of every update, one's own drafts, and what is said to oneself."""
    found = set()
    for table, op, whose, more in connection.exec_driver_sql("SELECT tbl, op, whose, more FROM touched").all():
        owners = set(str(whose).split("|")) - {""}
        own = str(who.person) in owners or str(who.user) in owners
        if table == "outbox":
            if op == "+" and not own and owners and "-77" not in owners:
                found.add("tells others")
        elif table == "fact":
            if more != "AttemptRefused":
                found.add(str(more))
        elif table == "job":
            kind, _, key = str(more).partition(" ")
            if op == "+" and not key.startswith("follow:"):
                found.add(f"job {kind}")
        elif table != "draft" or not own:
            found.add(f"{op}{table}" + ("" if own or (op == "+" and not owners) else " of others"))
    return frozenset(found)


@contextmanager
def undone(connection: Connection) -> Iterator[Session]:
    """A session of which nothing stays."""
    outer = connection.begin()
    session = Session(bind=connection, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()
        outer.rollback()


def tried(connection: Connection, company: Company, who: Who, attempt: Attempt) -> tuple[frozenset[str], str]:
    """What came of an attempt; and the fault of the program, if it was one."""
    with undone(connection) as session:
        if attempt.draft is not None:
            if who.person is None:
                return frozenset(), ""
            data = company.drafts[attempt.draft][1]
            drafts.begin(session, who.person, *attempt.draft, data, company.now)
            session.flush()
            session.connection().exec_driver_sql("DELETE FROM touched")
        try:
            answered(session, company, _event(attempt, who, company))
        except Refused:
            return frozenset(), ""
        except Exception as error:
            return frozenset(), f"{who.name} {attempt.what[:60]} {attempt.draft or ''}: {error!r}"[:300]
        return effects(connection, who), ""


def _event(attempt: Attempt, who: Who, company: Company) -> AnyEvent:
    what, now = attempt.what, company.now
    rest = common(who.user, now)
    if what.startswith("file:"):
        event: AnyEvent = sent(who.user, what[5:], now, "bank.xlsx", "Oil")
    elif what == "where:" or what == "event:Located":
        event = Located(**rest, latitude=1.5, longitude=2.5)
    elif what.startswith("event:"):
        event = _odd(what[6:], rest, who, now)
    elif attempt.draft is None and not what.startswith("/"):
        event = pressed(who.user, what, now)
    else:
        event = said(who.user, what, now)
    return replace(event, chat=-77, private=False) if who.group else event


def _odd(name: str, rest: dict[str, Any], who: Who, now: Any) -> AnyEvent:
    made: dict[str, AnyEvent] = {
        "Edited": Edited(**rest, text="other words, of another day"),
        "Joined": Joined(**{**rest, "chat": -77, "private": False}),
        "Left": Left(**{**rest, "chat": -77, "private": False}),
        "Blocked": Blocked(**rest, blocked=False),
        "Migrated": Migrated(**{**rest, "chat": -77, "private": False}, to_chat=-78),
        "Voted": Voted(**rest, poll="1", options=(0,)),
        "Sent": sent(who.user, "document", now, "x.bin"),
        "Said": said(who.user, "hm", now),
    }
    return made[name]


def snapshot(connection: Connection) -> str:
    """One hash over every row of every table."""
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        for row in connection.execute(text(f'SELECT * FROM main."{table.name}" ORDER BY rowid')):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def is_press(event: AnyEvent) -> bool:
    """Whether an event is a button."""
    return isinstance(event, Pressed)
