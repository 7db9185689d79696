"""Putting visits and findings on record by taps and words: one open draft a person, one question a screen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.inspections import store as inspections
from bot.inspections.visits import actions, rules, showing, store
from bot.inspections.visits.actions import Entry
from bot.inspections.visits.model import Shown
from bot.kit.clock import instant, local_date
from bot.kit.errors import Refused
from bot.kit.events import FileRef
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.risk import Severity
from bot.kit.texts import text
from bot.people import store as people
from bot.people.company import leaders
from bot.people.model import Person, UnitKind

DRAFT = "in.visit"
TYPED = ("authority", "scope", "date", "words", "clause", "due", "note")
MOST_UNITS, MOST_PLACES, MOST_OWNERS, MOST_TOPICS = 12, 10, 7, 12
DUE_AT = time(17)


def begin_visit(session: Session, who: Person, now: datetime) -> Message:
    """A new visit: where? Refused: to whoever answers for safety nowhere."""
    if not store.paths(session, who.id, now):
        raise Refused("inspections.visits.only_safety")
    data = {"do": "visit", "key": f"visit:{secrets.token_hex(8)}"}
    return screen(session, drafts.begin(session, who.id, DRAFT, "unit", data, now), who, now)


def begin_finding(session: Session, who: Person, visit: int, now: datetime) -> Message:
    """A new finding: what was found?"""
    on = actions.mine(session, who.id, visit, now)
    data = {"do": "finding", "visit": visit, "unit": on.unit, "key": f"finding:{secrets.token_hex(8)}"}
    return screen(session, drafts.begin(session, who.id, DRAFT, "words", data, now), who, now)


def begin_note(session: Session, who: Person, id: int, does: str, now: datetime) -> Message:
    """Words to a finding: a correction, an objection, its outcome, or why it goes back."""
    actions.seen(session, who.id, id, now)
    data = {"do": does, "finding": id}
    return screen(session, drafts.begin(session, who.id, DRAFT, "note", data, now), who, now)


def begin_files(session: Session, who: Person, id: int, now: datetime) -> Message:
    """Photos and documents to a finding, one after another."""
    found, _ = actions.seen(session, who.id, id, now)
    objects = found.state == "objected"
    kind = Shown.OBJECTION if objects else Shown.CORRECTION if found.owner == who.id else Shown.FINDING
    data = {"do": "files", "finding": id, "kind": kind.value}
    return screen(session, drafts.begin(session, who.id, DRAFT, "files", data, now), who, now)


def pressed(session: Session, who: Person, act: str, draft_id: int, value: int, now: datetime) -> Reply:
    """A tap on a question. Refused where the draft is another by now."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.id != draft_id or act not in ("cancel", draft.step):
        raise Refused("inspections.visits.changed_meanwhile")
    data = dict(draft.data)
    if act == "cancel":
        drafts.close(session, draft)
        if data["do"] == "files":
            return Reply(edit=showing.card(session, *actions.seen(session, who.id, data["finding"], now), who.id, now))
        return Reply(edit=Message(text("inspections.visits.cancelled")))
    if act == "unit":
        here = people.unit(session, value)
        if here is None or not store.answers(session, who.id, here.path, now):
            raise Refused("inspections.visits.not_yours")
        return _ask(session, draft, who, "authority", data | {"unit": value}, now)
    if act == "date":
        today = local_date(now, inspections.zone(session, data["unit"]))
        return _opened(
            session, draft, who, data | {"on": (today - timedelta(days=min(max(value, 0), 30))).isoformat()}, now
        )
    if act == "clause":
        return _ask(session, draft, who, "place", data | {"clause": ""}, now)
    if act == "place":
        place = people.place(session, value) if value else None
        return _ask(session, draft, who, "topic", data | {"place": place.id if place else None}, now)
    if act == "topic":
        topics = _topics(session, data["unit"])
        topic = topics[value - 1][0] if 1 <= value <= len(topics) else None
        return _ask(session, draft, who, "severity", data | {"topic": topic}, now)
    if act == "severity" and value in tuple(Severity):
        return _ask(session, draft, who, "owner", data | {"severity": value}, now)
    if act == "owner":
        if value not in {each.id for each in _owners(session, data, who, now)}:
            raise Refused("inspections.visits.changed_meanwhile")
        return _ask(session, draft, who, "due", data | {"owner": value}, now)
    if act == "due" and value in rules.DAYS:
        zone = inspections.zone(session, data["unit"])
        on = local_date(now, zone) + timedelta(days=value)
        return _logged(session, draft, who, data | {"due": instant(on, DUE_AT, zone).isoformat()}, now)
    raise Refused("inspections.visits.changed_meanwhile")


def typed(session: Session, who: Person, words: str, now: datetime) -> Reply | None:
    """What was asked for is written; None where nothing is asked, so that it may be a report of danger."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step not in TYPED or draft.created_at < now - rules.PATIENCE:
        return None
    data, step = dict(draft.data), draft.step
    most = rules.MOST_LINE if step in ("authority", "clause") else rules.MOST_WORDS
    if len(words) > most:
        raise Refused("inspections.visits.too_long", most=most, length=len(words))
    if step == "note":
        return _noted(session, draft, who, words, now)
    if step in ("date", "due"):
        on = rules.day_of(words)
        if on is None:
            raise Refused("inspections.visits.no_date")
        if step == "date":
            return _opened(session, draft, who, data | {"on": on.isoformat()}, now)
        zone = inspections.zone(session, data["unit"])
        return _logged(session, draft, who, data | {"due": instant(on, DUE_AT, zone).isoformat()}, now)
    then = {"authority": "scope", "scope": "date", "words": "clause", "clause": "place"}[step]
    return _ask(session, draft, who, then, data | {step: words}, now, fresh=True)


def sent(session: Session, who: Person, file: FileRef, caption: str, now: datetime) -> Reply | None:
    """A file to a finding, or the photo that a new finding begins with; None where no file is asked for."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.created_at < now - rules.PATIENCE or file.kind not in ("photo", "document"):
        return None
    if draft.step == "files":
        data = draft.data
        count = actions.add_file(session, who.id, data["finding"], Shown(data["kind"]), file, now)
        drafts.advance(session, draft, "files", dict(data), now)
        key = button("inspections.visits.b_enough", f"invd:cancel:{draft.id}:0")
        return Reply((Message(text("inspections.visits.file_came", count=count), rows(key)),))
    if draft.step in ("words", "clause") and draft.data["do"] == "finding":
        photos = [*draft.data.get("photos", ()), {"id": file.file_id, "kind": file.kind, "name": file.name}]
        data = dict(draft.data) | {"photos": photos[:10]}
        if draft.step == "words" and caption:
            return _ask(session, draft, who, "clause", data | {"words": caption[: rules.MOST_WORDS]}, now, fresh=True)
        return _ask(session, draft, who, draft.step, data, now, fresh=True)
    return None


def _opened(session: Session, draft: Draft, who: Person, data: Mapping[str, Any], now: datetime) -> Reply:
    if not drafts.close(session, draft):
        raise Refused("inspections.visits.changed_meanwhile")
    on = rules.day_of(str(data["on"]))
    assert on is not None
    id = actions.open_visit(session, who.id, data["unit"], data["authority"], data["scope"], on, data["key"], now)
    return Reply((showing.visit(session, actions.mine(session, who.id, id, now)),))


def _logged(session: Session, draft: Draft, who: Person, data: Mapping[str, Any], now: datetime) -> Reply:
    if not drafts.close(session, draft):
        raise Refused("inspections.visits.changed_meanwhile")
    entry = Entry(
        data["key"], data["words"], data.get("clause", ""), data.get("place"), Severity(data["severity"]), data["owner"],
        datetime.fromisoformat(data["due"]), data.get("topic"),
    )  # fmt: skip
    found = actions.log(session, who.id, data["visit"], entry, now)
    for each in data.get("photos", ()):
        file = FileRef(each["kind"], each["id"], each["id"], name=each["name"])
        actions.add_file(session, who.id, found.id, Shown.FINDING, file, now)
    return Reply((showing.card(session, *actions.seen(session, who.id, found.id, now), who.id, now),))


def _noted(session: Session, draft: Draft, who: Person, words: str, now: datetime) -> Reply:
    if not drafts.close(session, draft):
        raise Refused("inspections.visits.changed_meanwhile")
    id, does = draft.data["finding"], draft.data["do"]
    if does == "correct":
        actions.correct(session, who.id, id, words, now)
    elif does == "object":
        actions.raise_objection(session, who.id, id, words, now)
    elif does == "return":
        actions.send_back(session, who.id, id, words, now)
    else:
        actions.settle(session, who.id, id, words, now, upheld=does == "upheld")
    return Reply((showing.card(session, *actions.seen(session, who.id, id, now), who.id, now),))


# --- screens ----------------------------------------------------------------------------------------------------------


def _ask(
    session: Session,
    draft: Draft,
    who: Person,
    step: str,
    data: Mapping[str, Any],
    now: datetime,
    *,
    fresh: bool = False,
) -> Reply:
    on = drafts.advance(session, draft, step, data, now)
    if on is None:
        raise Refused("inspections.visits.changed_meanwhile")
    shown = screen(session, on, who, now)
    return Reply((shown,)) if fresh else Reply(edit=shown)


def screen(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The question of a draft's present step."""

    def key(value: int) -> str:
        return f"invd:{draft.step}:{draft.id}:{value}"

    data, keys = draft.data, list[Button]()
    if draft.step == "unit":
        keys = [
            button("inspections.visits.b_words", key(unit.id), words=unit.label) for unit in _units(session, who, now)
        ]
    elif draft.step == "date":
        keys = [button("inspections.visits.b_day", key(days), days=days) for days in (0, 1)]
    elif draft.step == "clause":
        keys = [button("inspections.visits.b_skip", key(0))]
    elif draft.step == "place":
        near = people.places_near(session, _path(session, data["unit"]), MOST_PLACES)
        keys = [button("inspections.visits.b_words", key(place.id), words=place.label) for place in near]
        keys.append(button("inspections.visits.b_skip", key(0)))
    elif draft.step == "topic":
        keys = [
            button("inspections.visits.b_words", key(at), words=t)
            for at, (_, t) in enumerate(_topics(session, data["unit"]), 1)
        ]
        keys.append(button("inspections.visits.b_skip", key(0)))
    elif draft.step == "severity":
        keys = [
            button("inspections.visits.b_severity", key(int(each)), severity=int(each)) for each in reversed(Severity)
        ]
    elif draft.step == "owner":
        keys = [
            button("inspections.visits.b_name", key(each.id), name=each.name[:40])
            for each in _owners(session, data, who, now)
        ]
    elif draft.step == "due":
        keys = [button("inspections.visits.b_days", key(days), days=days) for days in rules.DAYS]
    end = "inspections.visits.b_enough" if draft.step == "files" else "inspections.visits.b_cancel"
    cancel = button(end, f"invd:cancel:{draft.id}:0")
    words = text("inspections.visits.ask", step=draft.step, does=data["do"], files=len(data.get("photos", ())))
    return Message(words, (*rows(*keys, each=2), (cancel,)))


def _path(session: Session, unit: int) -> str:
    here = people.unit(session, unit)
    return here.path if here else "/"


def _units(session: Session, who: Person, now: datetime) -> list[Any]:
    paths = store.paths(session, who.id, now)
    mine = [unit for unit in people.units(session) if unit.path.startswith(paths) and unit.kind is not UnitKind.COMPANY]
    return sorted(mine, key=lambda unit: unit.path.count("/"))[:MOST_UNITS]


def _topics(session: Session, unit: int) -> list[tuple[str, Any]]:
    """The topics of the checklists on the shelf, by what these are called."""
    found: dict[str, Any] = {}
    for each in inspections.shelf(session, _path(session, unit)):
        if each.topic:
            found.setdefault(each.topic, dict(each.title))
    return list(found.items())[:MOST_TOPICS]


def _owners(session: Session, data: Mapping[str, Any], who: Person, now: datetime) -> list[Person]:
    """Who can be made to answer for it: who leads the place, then who leads the unit, then oneself."""
    place = people.place(session, data["place"]) if data.get("place") else None
    paths = [_path(session, unit) for unit in ([place.unit] if place else []) + [data["unit"]]]
    there = [each for path in paths for each in leaders(session, path, now)]
    parts = [unit.path for unit in people.units(session) if unit.path.startswith(paths[-1])]
    there += [each for path in parts[:20] for each in leaders(session, path, now)]
    return list({each.id: each for each in (*there, who)}.values())[:MOST_OWNERS]
