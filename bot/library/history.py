"""Routes to the versions of a bank: what each changed, going back to one, what is out of use; and what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.library import owning, versions
from bot.library.preview import outdated as outdated_message
from bot.library.showing import said
from bot.library.tables import BankRow, UploadRow
from bot.library.translations import differences
from bot.library.versions import Change
from bot.people import store as people

MOST_BACK, MOST_TOLD, MOST_WORDS, MOST_RETIRED = 8, 4, 160, 15


def on_versions(session: Session, event: Pressed, now: datetime) -> Reply:
    """A bank's versions, the newest first, each with who made it; and a way back to each."""
    row = _bank(session, event, now)
    shown = versions.versions(session, row.id, MOST_BACK)
    listed = [_version(session, each, now) for each in shown]
    mine = owning.may_change(session, row.unit_id, event.person or 0, now)
    buttons = [
        button("library.back_to", f"lb.back:{row.id}:{each.version}", version=each.version)
        for each in shown
        if mine and each.kept and each.version != row.version
    ]
    retired = versions.count_retired(session, row.id)
    if retired:
        buttons.append(button("library.show_retired", f"lb.gone:{row.id}", count=retired))
    words = text("library.versions", title=said(row.title), versions=listed)
    return Reply(edit=Message(words, rows(*buttons, button("library.back", f"ld.bank:{row.id}"), each=1)))


def _version(session: Session, each: versions.Version, now: datetime) -> dict[str, Any]:
    who = people.person(session, each.person, now) if each.person else None
    return {
        "version": each.version, "at": each.at.isoformat(), "name": who.name if who else "", "added": each.added,
        "changed": each.changed, "retired": each.retired,
    }  # fmt: skip


def on_back(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Back to version 3*: first what that would change."""
    row = _bank(session, event, now)
    to = event.number(1)
    if not any(each.version == to and each.kept for each in versions.versions(session, row.id, 1000)):
        raise Refused("delivery.stale")
    found = versions.way_back(session, row.id, to)
    changes = _told_back(session, found, row.language)
    words = text(
        "library.way_back", title=said(row.title), to=to, next=row.version + 1, changed=len(found.change.changed),
        absent=len(found.change.absent), kept=list(found.kept[:MOST_BACK]), changes=changes[:MOST_TOLD],
        more=max(len(changes) - MOST_TOLD, 0),
    )  # fmt: skip
    yes = [] if found.change.nothing else [button("library.back_yes", f"lb.backyes:{row.id}:{to}:{row.version}", to=to)]
    return Reply(edit=Message(words, rows(*yes, button("library.back", f"lb.vers:{row.id}"), each=1)))


def _told_back(session: Session, found: versions.Return, language: str) -> list[dict[str, Any]]:
    now_said = versions.live_contents(session, found.change.changed)
    changes = []
    for id in found.change.changed:
        told = differences(now_said[id], found.contents[id], language)
        changes.append({"id": id, "did": "changed", "name": "", "at": "", "lines": lines(told)})
    return changes + [{"id": id, "did": "retired", "name": "", "at": "", "lines": []} for id in found.change.absent]


def on_back_confirmed(session: Session, event: Pressed, now: datetime) -> Reply:
    """Back, as a new version."""
    row = _bank(session, event, now)
    to = event.number(1)
    version = versions.roll_back(session, row.id, to, event.number(2), event.person or 0, now)
    done = text("library.went_back", title=said(row.title), to=to, version=version)
    return Reply(edit=Message(done, rows(button("library.back", f"lb.vers:{row.id}"))))


def on_retired(session: Session, event: Pressed, now: datetime) -> Reply:
    """Questions that are asked no more: they and their answers stay."""
    row = _bank(session, event, now)
    found = versions.retired(session, row.id, MOST_RETIRED)
    listed = [
        {"id": id, "at": at.isoformat(), "stem": said(stem), "wrong": wrong} for id, at, stem, wrong in found
    ]  # fmt: skip
    more = versions.count_retired(session, row.id) - len(found)
    words = text("library.retired", title=said(row.title), questions=listed, more=more)
    return Reply(edit=Message(words, rows(button("library.back", f"lb.vers:{row.id}"))))


def _bank(session: Session, event: Pressed, now: datetime) -> BankRow:
    """The bank of a button. Refused: to whoever is no trainer of anybody whom it reaches."""
    row = session.get(BankRow, event.word(0), populate_existing=True)
    if row is None or not owning.may_read(session, row.unit_id, event.person or 0, now):
        raise Refused("library.t_not_your_bank")
    return row


def outdated(session: Session, row: UploadRow, now: datetime) -> Message:
    """An upload that is too late: what was changed since its preview, by whom, with the words."""
    bank = session.get(BankRow, row.bank_id)
    language = bank.language if bank is not None else "en"
    found, more = versions.since(session, row.bank_id or "", row.base_version or 0, language)
    return outdated_message(row.id, told(session, found, now)[:MOST_BACK], more + max(len(found) - MOST_BACK, 0))


def told(session: Session, changes: Sequence[Change], now: datetime) -> list[dict[str, Any]]:
    """Changes as a text takes them."""
    names = {each.person: people.person(session, each.person, now) for each in changes if each.person}
    return [
        {
            "id": each.question, "did": each.did, "at": each.at.isoformat(), "lines": lines(each.told),
            "name": who.name if (who := names.get(each.person or 0)) else "",
        }
        for each in changes
    ]  # fmt: skip


def lines(changes: Sequence[tuple[str, str, str]]) -> list[Mapping[str, Any]]:
    """What is said otherwise: where, the words before, the words now."""
    return [
        {"where": where(path), "before": before[:MOST_WORDS], "after": after[:MOST_WORDS]}
        for path, before, after in changes[:MOST_TOLD]
    ]


def where(path: str) -> Text:
    """A path within a question or a lesson in words."""
    parts = path.split("/")
    if parts[0] == "lang":
        return text("library.where_language", language=LANGUAGES.get(parts[1], parts[1]))
    number = next((int(part) + 1 for part in parts if part.isdigit()), 0)
    kinds = {
        "payload": "belief" if parts[-1] == "misconception" else "option",
        "cards": "card",
        "shows": "picture",
        "picture_text": "picture",
    }
    what = parts[1] if parts[0] == "field" else kinds.get(parts[0], parts[0])
    return text("library.where", what=what, number=number)


ROUTES = (
    Route(on_versions, verb="lb.vers"),
    Route(on_back, verb="lb.back"),
    Route(on_back_confirmed, verb="lb.backyes"),
    Route(on_retired, verb="lb.gone"),
)
