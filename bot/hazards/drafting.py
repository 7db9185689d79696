"""A report in the making: what is known so far, and the one message that asks for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery.drafts import Draft
from bot.hazards import company, store
from bot.hazards.cards import MOST_WORDS, urgency_name
from bot.hazards.model import Kind, Report, Urgency, report_ref
from bot.hazards.rules import SMALL_TEAM, first_words
from bot.kit.replies import Button, Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.people import oncall
from bot.people import store as people
from bot.people.company import emergency
from bot.people.model import Person, Place, Role

KIND = "hazards.report"
PLACES_SHOWN = 8
PEOPLE_SHOWN = 8


@dataclass(frozen=True)
class Where:
    """Where a report belongs: a place, or words and one's own team."""

    unit: int
    path: str
    name: Mapping[str, str] | str
    own_team: bool


def ref_of(draft: Draft) -> str:
    """The ref under which the draft's message, and later the report's status, is found again."""
    return report_ref(draft.data["key"])


def where(session: Session, who: Person, data: Mapping[str, Any]) -> Where:
    """The place scanned or chosen, else one's own team."""
    place = people.place(session, data["place"]) if data.get("place") else None
    unit = people.unit(session, place.unit if place else who.unit)
    if unit is None:
        return Where(who.unit, who.path, data.get("place_words") or "", True)
    name = place.label if place else (data.get("place_words") or unit.label)
    return Where(unit.id, unit.path, name, place is None and not data.get("place_words"))


def report_of(session: Session, who: Person, data: Mapping[str, Any]) -> Report:
    """What a draft comes to."""
    at = where(session, who, data)
    return Report(
        key=data["key"],
        unit=at.unit,
        path=at.path,
        kind=Kind(data.get("kind") or Kind.DANGEROUS),
        urgency=Urgency(data["urgency"]) if data.get("urgency") else None,
        place=data.get("place"),
        place_words=data.get("place_words"),
        words="\n".join(data["words"]) or None,
        files=tuple((kind, file_id) for kind, file_id in data["files"]),
        album=data.get("album"),
        happened_at=datetime.fromisoformat(data["sent_at"]) if data.get("sent_at") else None,
        hidden_from=tuple(data.get("hidden", ())),
    )


def screen(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The draft's message at its present step."""
    words, buttons = SCREENS[draft.step](session, draft, who, now)
    files = len(draft.data["files"])
    if files and draft.step not in COUNTING:
        words = text("hazards.with_files", said=words, files=files)  # or who adds one would see no sign of it
    if draft.data.get("hidden") and draft.step in COUNTING:
        names = [store.name(session, id, now) for id in draft.data["hidden"]]
        words = text("hazards.goes_round", said=words, names=names)
    return Message(words, buttons, ref=ref_of(draft))


def reminder(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The same once more, with a word that it was not sent. It rings."""
    shown = screen(session, draft, who, now)
    return Message(text("hazards.reminded", said=shown.text), shown.buttons, ref=shown.ref)


Screen = tuple[Text, Rows]


def _menu(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    data, at = draft.data, where(session, who, draft.data)
    words = text(
        "hazards.draft",
        files=len(data["files"]),
        words=said(data),
        place=at.name,
        own_team=at.own_team,
        practice=data["practice"],
        old_at=data.get("old_at") or "",
        hurt=data.get("kind") == Kind.HURT.value,
    )
    buttons = [
        *_sending(draft),
        *_hurt_now(data, draft),
        _b(draft, "details"),
        _b(draft, "discard"),
        _b(draft, "around"),
    ]
    if data.get("may_practise") and not data["practice"]:
        buttons.append(_b(draft, "practice"))
    if data.get("new_from"):
        buttons.append(_b(draft, "only_new"))
    return words, rows(*buttons)


def _wait_words(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    return text("hazards.ask_report"), rows(*_hurt_now(draft.data, draft), _b(draft, "discard"))


def _ask_kind(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    kinds = (Button(text("hazards.b_kind", kind=k.value), f"hzd:kind:{draft.id}:{k.value}") for k in Kind)
    return text("hazards.ask_kind"), rows(*kinds, _b(draft, "back"), each=1)


def _hurt(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    at = where(session, who, draft.data)
    number = emergency(session, at.path).number
    words = text("hazards.hurt", place=at.name, own_team=at.own_team, number=number or "")
    place = button("hazards.b_elsewhere", f"hzd:where:{draft.id}")
    return words, (*rows(*_sending(draft), place, _b(draft, "back")), *_aid(session, at.path))


def _aid(session: Session, path: str) -> Rows:
    """What other rooms offer to whoever is with somebody hurt, before anything is sent."""
    return tuple(row for show in company.when_hurt for row in show(session, path).buttons)


def _ask_place(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    scanned = people.place(session, draft.data["place"]) if draft.data.get("place") else None
    near = people.places_near(session, who.path, PLACES_SHOWN)
    if scanned is not None:
        near = [scanned, *(p for p in near if p.id != scanned.id)][:PLACES_SHOWN]
    own = people.unit(session, who.unit)
    found = [_place_button(draft, p) for p in near]
    if own is not None:
        found.append(Button(text("delivery.just", text=own.label), f"hzd:place:{draft.id}:0"))
    words = text("hazards.ask_place", place=scanned.label if scanned else "")
    return words, (*rows(*found), (_b(draft, "elsewhere"), _b(draft, "back")))


def _place_button(draft: Draft, place: Place) -> Button:
    return Button(text("delivery.just", text=place.label), f"hzd:place:{draft.id}:{place.id}")


def _ask_place_words(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    return text("hazards.ask_place_words"), rows(_b(draft, "back"))


def _ask_urgency(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    worst_first = reversed(Urgency)
    found = (
        Button(text("hazards.b_urgency", urgency=u.value), f"hzd:urgency:{draft.id}:{u.value}") for u in worst_first
    )
    return text("hazards.ask_urgency"), rows(*found, _b(draft, "back"), each=1)


def _ask_words(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    return text("hazards.ask_words"), rows(_b(draft, "back"), _b(draft, "skip"))


def _summary(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    data = draft.data
    words = text(
        "hazards.summary",
        kind=text("hazards.kind_name", kind=data.get("kind") or Kind.DANGEROUS.value),
        urgency=urgency_name(Urgency(data["urgency"])) if data.get("urgency") else "",
        place=where(session, who, data).name,
        words=said(data),
        files=len(data["files"]),
        practice=data["practice"],
    )
    return words, rows(*_sending(draft), _b(draft, "details"), _b(draft, "discard"), _b(draft, "around"))


def _sealed(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    at, hurt = where(session, who, draft.data), draft.data.get("kind") == Kind.HURT.value
    there = store.team_size(session, at.path, now)
    number = (emergency(session, at.path).number or "") if hurt else ""
    words = text("hazards.seal_limits", there=there, small=there <= SMALL_TEAM, hurt=hurt, number=number)
    return words, (*rows(_b(draft, "sealed_yes"), _b(draft, "back"), each=1), *(_aid(session, at.path) if hurt else ()))


def _around(session: Session, draft: Draft, who: Person, now: datetime) -> Screen:
    """Whom it goes round: those who lead there stand first, then the team; a tap adds one, another takes them off."""
    there, hidden = where(session, who, draft.data), list(draft.data.get("hidden", ()))
    leaders = [person for person, _ in oncall.holders(session, [Role.SUPERVISOR], there.path, now)[Role.SUPERVISOR]]
    team = people.everyone(session, now, (there.path,))
    first = {person.id: person for person in (*leaders, *people.persons(session, hidden, now).values(), *team)}
    shown = [person for person in first.values() if person.id != who.id][:PEOPLE_SHOWN]
    names = [store.name(session, id, now) for id in hidden]
    found = (button("hazards.b_hide", f"hzd:hide:{draft.id}:{p.id}", name=p.name, hidden=p.id in hidden) for p in shown)
    return text("hazards.around", names=names), rows(*found, _b(draft, "back"), each=1)


SCREENS = {
    "around": _around,
    "menu": _menu,
    "wait": _wait_words,
    "kind": _ask_kind,
    "hurt": _hurt,
    "place": _ask_place,
    "place_words": _ask_place_words,
    "urgency": _ask_urgency,
    "words": _ask_words,
    "summary": _summary,
    "sealed": _sealed,
}
COUNTING = {"menu", "summary"}
"""The steps that say themselves how many files there are."""
BACK = {
    "kind": "menu",
    "hurt": "kind",
    "place": "kind",
    "place_words": "place",
    "urgency": "place",
    "words": "urgency",
    "sealed": "menu",
    "around": "menu",
}
"""Where Back leads."""


def said(data: Mapping[str, Any]) -> str:
    """The words so far, short enough to be shown."""
    return first_words(" · ".join(data["words"]), MOST_WORDS)


def _sending(draft: Draft) -> list[Button]:
    return [_b(draft, "send"), _b(draft, "sealed")]


def _hurt_now(data: Mapping[str, Any], draft: Draft) -> list[Button]:
    """Somebody is hurt: one tap calls for help. Not where it is said already, nor where it goes to nobody."""
    said = data.get("kind") == Kind.HURT.value or data.get("practice") or data.get("old_at")
    return [] if said else [_b(draft, "hurt")]


def _b(draft: Draft, act: str) -> Button:
    return Button(Text(f"hazards.b_{act}"), f"hzd:{act}:{draft.id}")
