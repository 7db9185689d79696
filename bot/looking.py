"""What `davy doctor` looks at beside the database's own state: backups, anchors, fonts, and supervisors who cannot be reached."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.backup import places
from bot.ledger import anchoring
from bot.media import drawing
from bot.onboarding import nightly
from bot.onboarding.model import HR_FILE_REFUSED
from bot.people import oncall
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Role, UnitKind
from bot.settings import Settings
from bot.web.api import store as tokens
from bot.web.webhooks import store as webhooks
from bot.web.webhooks.model import State

OLD = timedelta(hours=26)
"""A backup a day, and two hours in which it may be late."""
MOST_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `good` None: could not be told."""

    what: str
    good: bool | None
    says: str

    def __str__(self) -> str:
        mark = {True: "ok  ", False: "BAD ", None: "?   "}[self.good]
        return f"{mark}{self.what}: {self.says}"


def backups(settings: Settings, now: datetime) -> Finding:
    """Whether there is a young one. A company without any loses everything with the disk."""
    how = "davy backup, once a day (docs/howto/back-up-and-restore.md)"
    if settings.backup_dir is None:
        return Finding("backup", None, f"DAVY_BACKUP_DIR is not set, so nobody sees whether there is one: {how}")
    age = places.age(settings.backup_dir, now)
    if age is None:
        return Finding("backup", False, f"there is none in {settings.backup_dir}: {how}")
    hours = age / timedelta(hours=1)
    return Finding("backup", age <= OLD, f"the newest is {hours:.0f} h old" + (f": {how}" if age > OLD else ""))


def anchors(session: Session, settings: Settings, now: datetime) -> Finding:
    """Whether the ledger's digest is said outside, where somebody with the database cannot change it."""
    if not any((settings.anchor_file, settings.anchor_webhook, settings.anchor_timestamp_url)):
        how = "DAVY_ANCHOR_FILE, _WEBHOOK or _TIMESTAMP_URL"
        return Finding("anchors", None, f"the ledger's digest is said nowhere outside: {how}")
    missed = anchoring.unsaid(session, now)
    if missed:
        return Finding(
            "anchors", False, f"{missed} of the last week reached nobody: look at the file's disk or the address"
        )
    return Finding("anchors", True, "what was noted in the last week was said outside")


def programs(session: Session, now: datetime) -> Iterator[Finding]:
    """Tokens and webhooks that nobody answers for, calls that were given up, addresses that do not answer."""
    for token in tokens.tokens(session):
        if token.works(now) and not tokens.reached(session, token.owner, token.units, now):
            yield Finding(
                "tokens", None, f"{token.name} opens nothing: who answers for it is no administrator any more"
            )
    counts = webhooks.counts(session)
    for hook in webhooks.live(session):
        dead = counts.get((hook.name, State.DEAD.value), 0)
        if dead:
            words = f"{hook.name}: {dead} calls of the last month were given up: davy webhook test {hook.name}"
            yield Finding("webhooks", False, words)
        elif hook.failures:
            yield Finding("webhooks", None, f"{hook.name} has not answered {hook.failures} times: is {hook.url} right?")
        else:
            yield Finding("webhooks", True, f"{hook.name} takes what it is told")


def people_file(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether HR's folder can be read, and a file of it was taken in lately. Nothing where none is set."""
    if settings.hr_folder is None:
        return
    how = "docs/howto/people-every-night.md"
    if not settings.hr_folder.is_dir() or not os.access(settings.hr_folder, os.R_OK | os.X_OK):
        yield Finding("HR's file", False, f"{settings.hr_folder} cannot be read: is it mounted, and readable by me?")
        return
    last = nightly.last(session)
    if last is None:
        yield Finding("HR's file", None, f"none has been taken in yet: {how}")
    elif last[0] == HR_FILE_REFUSED.name:
        yield Finding("HR's file", False, f"the last one was refused; why lies beside it, in refused/: {how}")
    else:
        hours = (now - last[1]) / timedelta(hours=1)
        late = now - last[1] > nightly.LATE
        yield Finding(
            "HR's file", not late, f"the last one was taken in {hours:.0f} h ago" + (f": {how}" if late else "")
        )


def fonts(settings: Settings) -> Finding:
    """Whether letters of every language can be drawn: cards, certificates and posters need them."""
    drawing.use(settings.data_dir / "fonts")
    try:
        drawing.draw(
            "#set page(width: 40pt, height: 40pt)\n#set text(font: json(bytes(sys.inputs.fonts)))\nA中ع".encode(), {}
        )
    except Exception as error:  # whatever the drawer raises, the operator hears of it here and not from an empty poster
        return Finding("fonts", False, f"nothing can be drawn ({type(error).__name__}): is DAVY_DATA_DIR writable?")
    return Finding("fonts", True, "cards and certificates can be drawn")


def unreachable(session: Session, now: datetime) -> Iterator[Finding]:
    """Supervisors of teams whom no alert would reach: they have not joined, or have blocked the bot."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    found = []
    for unit in people.units(session):
        if unit.kind is UnitKind.TEAM:
            called = oncall.over(session, [Role.SUPERVISOR], unit.path, now)
            holders = called.held[Role.SUPERVISOR]
            if holders and not any(called.reaches(person) for person, _ in holders):
                found.append(names[unit.id])
    if found:
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        who = f"no supervisor of {', '.join(found[:MOST_NAMED])}{more} can be reached"
        yield Finding(
            "supervisors", None, f"{who}: alerts begin with the managers; let them open Davy, or send a new invitation"
        )
    else:
        yield Finding("supervisors", True, "of each team with one, at least one can be reached")
