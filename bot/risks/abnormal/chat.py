"""`/abnormal` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role
from bot.risks.abnormal import actions, rules, store
from bot.risks.abnormal.model import Abnormal
from bot.risks.company import company

DRAFT = "ab.words"
MOST_UNITS = 8


def on_abnormal(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/abnormal`: what is in force or asked for; whoever leads can ask for one."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    viewer = people.viewer(session, who.id, now)
    led = viewer.paths(Role.SUPERVISOR) if viewer else ()
    found = store.live_under(session, led) if led else store.concerning(session, who.path)
    lines = [_line(session, each) for each in found]
    keys = [button("risks.abnormal.b_open", f"ab:open:{each.id}", number=each.id) for each in found] if led else []
    if led:
        kinds = company().abnormal
        keys += [
            button("risks.abnormal.b_kind", f"ab:kind:{each.code}", name=actions.name(each.code)) for each in kinds
        ]
    return Reply((Message(text("risks.abnormal.list", lines=lines, leads=bool(led)), rows(*keys, each=1)),))


def _line(session: Session, found: Abnormal) -> dict[str, object]:
    unit = people.unit(session, found.unit)
    at = found.ends_at or found.decide_by
    return {
        "kind": actions.name(found.kind), "unit": unit.label if unit else "", "state": found.state.value, "at": at.isoformat()
    }  # fmt: skip


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`ab:what:number`."""
    who, act = speaking.person(session, event, now), event.word(0)
    if who is None:
        return None
    if act in ("yes", "no"):
        return actions.answer(session, who, event.number(1), act == "yes", now)
    if act == "seen":
        return actions.seen(session, who, event.number(1), now)
    if act == "end":
        return actions.end(session, who, event.number(1), now)
    if act == "open":
        return _open(session, who, event.number(1), now)
    if act == "kind":
        return _where(session, who, event.word(1), max(event.number(2), 0), now)
    if act == "unit":
        return _why(session, who, event.word(1), event.number(2), now)
    if act == "cancel":
        draft = drafts.current(session, who.id, DRAFT)
        if draft is not None:
            drafts.close(session, draft)
        return Reply(edit=Message(text("risks.abnormal.cancelled")))
    return None


def _open(session: Session, who: Person, id: int, now: datetime) -> Reply:
    found, viewer = store.abnormal(session, id), people.viewer(session, who.id, now)
    if found is None or viewer is None:
        raise Refused("risks.abnormal.gone")
    if not (
        viewer.holds(Role.SUPERVISOR, found.path) or rules.counts(found, store.voices(session, viewer, who, found.path))
    ):
        raise Refused("risks.abnormal.only_leaders")
    return Reply((actions.card(session, found, now),))


def _where(session: Session, who: Person, kind: str, page: int, now: datetime) -> Reply:
    known, viewer = company().kind(kind), people.viewer(session, who.id, now)
    units = [u for u in people.units(session) if viewer is not None and viewer.holds(Role.SUPERVISOR, u.path)]
    if known is None or not units:
        raise Refused("risks.abnormal.only_leaders")
    units.sort(key=lambda unit: (not who.path.startswith(unit.path), unit.path.count("/"), unit.path))
    some = units[page * MOST_UNITS : (page + 1) * MOST_UNITS]
    keys = [button("risks.abnormal.b_unit", f"ab:unit:{kind}:{u.id}", unit=u.label) for u in some]
    if units[(page + 1) * MOST_UNITS :]:
        keys.append(button("risks.b_more", f"ab:kind:{kind}:{page + 1}"))
    gate = {"needed": known.needed, "each": [actions.voice(session, each) for each in known.each]}
    hours = known.lasts.total_seconds() / 3600
    said = text("risks.abnormal.ask_where", kind=actions.name(kind), gate=gate, hours=hours)
    asked = Message(said, rows(*keys, button("risks.abnormal.b_cancel", "ab:cancel")))
    return Reply(edit=asked) if page else Reply((asked,))


def _why(session: Session, who: Person, kind: str, unit: int, now: datetime) -> Reply:
    if company().kind(kind) is None:
        raise Refused("risks.abnormal.gone")
    drafts.begin(session, who.id, DRAFT, "words", {"kind": kind, "unit": unit}, now)
    said = text("risks.abnormal.ask_why", kind=actions.name(kind))
    return Reply(edit=Message(said, rows(button("risks.abnormal.b_cancel", "ab:cancel"))))


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Why, and what is different: with these words it is asked for. All else is passed on."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    if who is None or draft is None or not isinstance(event, Said):
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    words = event.text.strip()
    if len(words) > rules.MOST_WORDS:
        raise Refused("risks.too_long", most=rules.MOST_WORDS, length=len(words))
    drafts.close(session, draft)
    key = f"abnormal:{draft.id}:{draft.created_at.isoformat()}"
    return actions.ask(session, who, draft.data["unit"], draft.data["kind"], words, key, now)


ROUTES = (
    Route(
        on_abnormal,
        command="abnormal",
        menu="risks.abnormal.menu",
        roles=("supervisor", "safety_officer", "manager", "admin"),
    ),
    Route(on_press, verb="ab"),
    Route(on_words, draft=DRAFT),
)
