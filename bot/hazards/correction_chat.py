"""The chat of triage and correction: the buttons behind *More*, what is typed after them, a leader's signature, a group's tap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.hazards import alike, cards, choices, correcting, major, repair, respond, walking
from bot.hazards.matrix import MATRIX
from bot.hazards.model import Control, Hazard
from bot.hazards.moves import handled
from bot.hazards.prompts import CORRECTING, draft_of, finish, type_next
from bot.hazards.reporting import MOST_SAID
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, toast
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Person

MEASURE, PLAN, BUDGET = CORRECTING


def asking(shown: Message, macro: str, **values: object) -> Message:
    """The card with a question under it."""
    return Message(Text(f"hazards.{macro}", {"card": shown.text, **values}), shown.buttons, shown.media, ref=shown.ref)


def told_no(refusal: Refused) -> Reply:
    """A refusal as a notice, where what was tried is kept."""
    return Reply(toast=refusal.text, alert=True)


# --- triage -------------------------------------------------------------------------------------------------------------


def press_topic(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """A page of the categories."""
    hazard, page = handled(session, id, who.id, now), max(event.number(2), 0)
    shown = cards.card(session, hazard, now, choices.topic_buttons(hazard, tuple(MATRIX), page))
    return Reply(edit=asking(shown, "choose_topic"))


def press_topiced(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """One of them."""
    if event.word(2) not in MATRIX:
        return toast("delivery.stale", alert=True)
    correcting.categorise(session, id, event.word(2), who.id, now)
    return toast("hazards.t_topic")


def press_judge(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """General or major?"""
    return Reply(edit=ask_judge(session, handled(session, id, who.id, now), now))


def ask_judge(session: Session, hazard: Hazard, now: datetime) -> Message:
    """The card with the question."""
    return asking(cards.card(session, hazard, now, choices.judge_buttons(hazard)), "judge")


def press_judged(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """Said."""
    if event.word(2) not in ("major", "general"):
        return toast("delivery.stale", alert=True)
    if event.word(2) == "general" and (refused := major.tried_to_lower(session, id, "general", who.id, now)):
        return told_no(refused)
    correcting.judge(session, id, event.word(2) == "major", who.id, now)
    return toast("hazards.t_judged", which=event.word(2), alert=event.word(2) == "major")


# --- measures, plan, money, time ------------------------------------------------------------------------------------------


def press_measure(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """Which kind of control?"""
    hazard, interim = correcting.may_correct(session, id, who.id, now), event.word(2) == "i"
    shown = cards.card(session, hazard, now, choices.measure_buttons(hazard, interim))
    return Reply(edit=asking(shown, "choose_control", interim=interim))


def press_control(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """And what exactly? It is typed."""
    if event.word(2) not in set(Control):
        return toast("delivery.stale", alert=True)
    correcting.may_correct(session, id, who.id, now)
    values = {"control": event.word(2), "interim": event.word(3) == "i"}
    control = text("hazards.control_name", control=event.word(2))
    words = text("hazards.ask_measure", number=id, control=control, interim=event.word(3) == "i")
    return type_next(session, who, MEASURE, words, id, now, nth=event.update_id, **values)


def on_measure(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is done about it."""
    draft = draft_of(session, event, MEASURE)
    if draft is None or not isinstance(event, Said):
        return None
    id, words = int(draft.data["hazard"]), event.text.strip()[:MOST_SAID]
    control, interim = Control(draft.data["control"]), bool(draft.data["interim"])

    def do() -> Hazard:
        return correcting.name_measure(session, id, control, words, draft.person, now, interim=interim)

    return finish(session, draft, do, text("hazards.noted", number=id), now)


def press_plan(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """What if it happens before it is gone? It is typed."""
    correcting.may_correct(session, id, who.id, now)
    return type_next(session, who, PLAN, text("hazards.ask_plan", number=id), id, now, nth=event.update_id)


def on_plan(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The contingency plan."""
    draft = draft_of(session, event, PLAN)
    if draft is None or not isinstance(event, Said):
        return None
    id, words = int(draft.data["hazard"]), event.text.strip()[:MOST_SAID]
    said = text("hazards.noted", number=id)
    return finish(session, draft, lambda: correcting.plan(session, id, words, draft.person, now), said, now)


def press_budget(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """What may it cost? It is typed."""
    handled(session, id, who.id, now)
    return type_next(session, who, BUDGET, text("hazards.ask_budget", number=id), id, now, nth=event.update_id)


def on_budget(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """An amount; anything else is asked for once more."""
    draft = draft_of(session, event, BUDGET)
    if draft is None or not isinstance(event, Said):
        return None
    id = int(draft.data["hazard"])
    amount = amount_of(event.text)
    if amount is None:
        return Reply((Message(text("hazards.ask_budget", number=id)),))
    said = text("hazards.noted", number=id)
    return finish(session, draft, lambda: correcting.set_budget(session, id, amount, draft.person, now), said, now)


def amount_of(said: str) -> int | None:
    """A whole amount as people type it: `1200`, `1,200`, `1 200`, `1.200`; None for anything else."""
    plain = "".join(said.split())
    for mark in (",", ".", "'", "，"):
        head, *groups = plain.split(mark)
        if groups and all(len(group) == 3 for group in groups):
            plain = head + "".join(groups)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 13 else None


def press_due(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """By when?"""
    hazard = handled(session, id, who.id, now)
    return Reply(edit=asking(cards.card(session, hazard, now, choices.due_buttons(hazard)), "choose_due"))


def press_dued(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """By then."""
    if event.number(2) not in choices.DUE_HOURS:
        return toast("delivery.stale", alert=True)
    correcting.set_due(session, id, now + timedelta(hours=event.number(2)), who.id, now)
    return toast("hazards.t_due")


def press_sign(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """A leader signs that a major danger is gone."""
    if refused := major.tried(session, id, "sign", who.id, now):
        return told_no(refused)
    repair.sign(session, id, who.id, now)
    return toast("hazards.t_verified")


# --- in a group -----------------------------------------------------------------------------------------------------------


def on_group_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzg:hazard`: somebody in a crew's group takes it on. Any who may handle it; the action checks."""
    who = people.person(session, event.person, now) if event.person is not None else None
    if who is None or event.number(0) < 0:
        return None
    respond.acknowledge(session, event.number(0), who.id, now)
    return toast("hazards.t_acknowledged")


def on_alike(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzj:yes:later:earlier`: whether two reports are of one danger."""
    if event.person is None or event.number(1) < 0 or event.number(2) < 0:
        return None
    alike.settle(session, event.number(1), event.number(2), event.word(0) == "yes", event.person, now)
    return toast("hazards.t_thanks")


def on_tap(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzt:tap`: the monthly test is answered."""
    if event.person is None or event.number(0) < 0:
        return None
    walking.tap(session, event.number(0), event.person, now)
    return Reply(edit=Message(text("hazards.tapped")), toast=text("hazards.t_thanks"))


PRESSES: dict[str, Callable[[Session, Pressed, int, Person, datetime], Reply]] = {
    "topic": press_topic,
    "topiced": press_topiced,
    "judge": press_judge,
    "judged": press_judged,
    "measure": press_measure,
    "control": press_control,
    "plan": press_plan,
    "budget": press_budget,
    "due": press_due,
    "dued": press_dued,
    "sign": press_sign,
}
