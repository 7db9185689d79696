"""`/cleared`: may I work, may they? And what follows: exams, confirming hours, exceptions. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Media, Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning import quiz
from bot.learning.induction import actions, badges, exams, rules, showing, store
from bot.learning.induction.model import Clearance, Level, Reason, Standing
from bot.media import store as media
from bot.people import company
from bot.people import store as people
from bot.people.model import Person, Viewer

WHY = "in.why"
LEADERS = ("supervisor", "trainer")


def on_cleared(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """/cleared: oneself. /cleared NAME or BADGE: somebody of one's people."""
    me = _viewer(session, event, now)
    words = event.args.strip() if isinstance(event, Said) else ""
    if not event.private:
        return answer("learning.induction.in_private")
    return _of_words(session, me, words, now) if words else Reply((_own(session, me, now),))


def _own(session: Session, me: Viewer, now: datetime) -> Message:
    return showing.own(store.clearance(session, me.person, now))


def _of_words(session: Session, me: Viewer, words: str, now: datetime) -> Reply:
    found = store.found(session, me, words, now)
    if not found:
        key = "nobody_found" if actions.holds_any(me) else "only_yourself"
        return answer(f"learning.induction.{key}", words=words[:40])
    if len(found) == 1:
        return Reply((_card(session, me, found[0], now),))
    some = found[: store.MOST_NAMES]
    return Reply((_names(some, len(found) - len(some), "which"),))


def _names(some: list[Person], more: int, macro: str) -> Message:
    buttons = [
        Button(text("learning.induction.b_name", name=who.name[:40], badge=who.badge[:16]), data=f"in.card:{who.id}")
        for who in some
    ]
    return Message(text(f"learning.induction.{macro}", more=more, some=bool(some)), rows(*buttons, each=1))


def on_plain_words(session: Session, event: Said, now: datetime) -> Reply | None:
    """*Am I cleared to work?*, typed as one would say it; anything else is for others."""
    if event.person is None or not event.private or not showing.asks_for_oneself(event.text):
        return None
    return Reply((_own(session, _viewer(session, event, now), now),))


def on_badge(session: Session, event: Said, now: datetime) -> Reply:
    """/start w...: the code on somebody's badge was scanned."""
    me = _viewer(session, event, now)
    badge = badges.read(event.args.split()[0])
    who = people.person_by_badge(session, badge, now) if badge else None
    if who is not None and who.id == me.person:
        return Reply((_own(session, me, now),))
    if who is None or who.left_on is not None or not rules.may_ask(me, who.id, who.path):
        key = "nobody_found" if actions.holds_any(me) else "only_yourself"
        return answer(f"learning.induction.{key}", words=badge[:40])
    return Reply((_card(session, me, who, now),))


def on_print_badge(session: Session, event: Said, now: datetime) -> Reply:
    """/badge BADGE: the code to print on it."""
    me, badge = _viewer(session, event, now), event.args.strip()
    who = people.person_by_badge(session, badge, now) if badge else people.person(session, me.person, now)
    if who is None or who.left_on is not None or not rules.may_ask(me, who.id, who.path):
        return answer("learning.induction.nobody_found", words=badge[:40])
    picture = media.put(badges.picture(who.badge), "badge.png")
    file = Media("document", picture, f"badge-{who.id}.png")
    return answer("learning.induction.badge", media=(file,), name=who.name, badge=who.badge)


def on_card(session: Session, event: Pressed, now: datetime) -> Reply:
    """A name was pressed."""
    me, who = _viewer(session, event, now), people.person(session, event.number(0), now)
    if who is None or who.left_on is not None or not rules.may_ask(me, who.id, who.path):
        raise Refused("learning.induction.not_yours")
    return Reply((_card(session, me, who, now),))


def on_list(session: Session, event: Pressed, now: datetime) -> Reply:
    """Who of one's people is not cleared yet."""
    return Reply((_names(store.waiting(session, _viewer(session, event, now), now), 0, "who_waits"),))


def _card(session: Session, me: Viewer, who: Person, now: datetime) -> Message:
    found = store.clearance(session, who.id, now)
    steps = store.steps_of(session, found.induction.id) if found.induction else []
    named = {step.by for step in steps if step.by} | ({found.exception.by} if found.exception else set())
    names = {id: person.name for id, person in people.persons(session, sorted(named), now).items()}
    unit = people.unit(session, who.unit)
    buttons = _buttons(me, who, found)
    return showing.card(
        who, found, company.post_label(session, who.post), unit.label if unit else "", names, steps, buttons
    )


def _buttons(me: Viewer, who: Person, found: Clearance) -> list[Button]:
    buttons = []
    for each in found.missing:
        need = rules.need_of(found.induction, each.level) if found.induction else None
        if need is not None and (each.minutes or each.confirmation) and rules.may_confirm(me, who.id, who.path, need):
            level = showing.level_text(each.level)
            buttons.append(button("learning.induction.b_confirm", f"in.hours:{who.id}:{each.level.value}", level=level))
    if rules.may_exempt(me, who.id, who.path):
        if found.standing is Standing.NOT_CLEARED:
            buttons.append(button("learning.induction.b_except", f"in.except:{who.id}"))
        elif found.exception is not None:
            buttons.append(button("learning.induction.b_end", f"in.end:{found.exception.id}"))
    return buttons


# --- exams and hours -----------------------------------------------------------------------------------------------


def on_exam(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Exam*: its first question that is not answered."""
    who = people.person(session, _viewer(session, event, now).person, now)
    if who is None or event.word(0) not in set(Level):
        raise Refused("delivery.stale")
    given = exams.begin(session, who, Level(event.word(0)), now)
    reply = quiz.next_question(session, event, given, who, now)
    # the message that says what is missing stays: the questions come under it
    return Reply((reply.edit,)) if reply.edit is not None else reply


def on_hours(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Confirm*: how many hours were given."""
    me, who = _viewer(session, event, now), people.person(session, event.number(0), now)
    found = store.clearance(session, who.id, now) if who else None
    lack = next((each for each in found.missing if each.level.value == event.word(1)), None) if found else None
    need = rules.need_of(found.induction, lack.level) if found and found.induction and lack else None
    if who is None or need is None or not rules.may_confirm(me, who.id, who.path, need):
        raise Refused("learning.induction.not_yours_to_confirm")
    if lack is None or not (lack.minutes or lack.confirmation):
        raise Refused("learning.induction.confirmed_already")
    here = f"in.add:{who.id}:{need.level.value}"
    choices = [hours for hours in rules.CHOICES_H if hours * 60 < lack.minutes]
    buttons = [button("learning.induction.b_hours", f"{here}:{hours * 60}", hours=hours) for hours in choices]
    whole = lack.minutes / 60
    key = "learning.induction.b_all_hours" if lack.minutes else "learning.induction.b_shown"
    last = Button(text(key, hours=f"{whole:g}") if lack.minutes else text(key), data=f"{here}:{lack.minutes}")
    asked = text(
        "learning.induction.how_many", name=who.name, level=showing.level_text(need.level), hours=f"{whole:g}",
    )  # fmt: skip
    return Reply((Message(asked, rows(*buttons, last)),))


def on_add(session: Session, event: Pressed, now: datetime) -> Reply:
    """So many hours were given: confirmed, with one's name."""
    me = _viewer(session, event, now)
    if event.word(1) not in set(Level):
        raise Refused("delivery.stale")
    level, minutes = Level(event.word(1)), event.number(2)
    # one message confirms once: a second press of it, by whomever, counts nothing
    found = actions.confirm(session, me, event.number(0), level, minutes, now, f"{event.chat}:{event.message}")
    who = people.person(session, event.number(0), now)
    said = text(
        "learning.induction.confirmed", name=who.name if who else "", level=showing.level_text(level),
        hours=f"{minutes / 60:g}", line=showing.line(found),
    )  # fmt: skip
    return Reply(edit=Message(said), toast=text("learning.induction.t_confirmed"))


# --- exceptions ----------------------------------------------------------------------------------------------------


def on_except(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Exception*: why?"""
    me, who = _viewer(session, event, now), people.person(session, event.number(0), now)
    if who is None or not rules.may_exempt(me, who.id, who.path):
        raise Refused("learning.induction.not_yours_to_except")
    buttons = [
        button("learning.induction.b_reason", f"in.code:{who.id}:{reason.value}", words=showing.reason_text(reason))
        for reason in Reason
    ]
    return Reply((Message(text("learning.induction.why_except", name=who.name), rows(*buttons, each=1)),))


def on_code(session: Session, event: Pressed, now: datetime) -> Reply:
    """The reason was chosen: now in words."""
    me, who = _viewer(session, event, now), people.person(session, event.number(0), now)
    if who is None or event.word(1) not in set(Reason) or not rules.may_exempt(me, who.id, who.path):
        raise Refused("learning.induction.not_yours_to_except")
    drafts.begin(session, me.person, WHY, "words", {"person": who.id, "reason": event.word(1)}, now)
    reason = showing.reason_text(Reason(event.word(1)))
    return Reply(edit=Message(text("learning.induction.say_why", name=who.name, reason=reason)))


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The reason in words; now until when. Typing once more changes the words."""
    draft = drafts.current(session, event.person or 0, WHY)
    if draft is None or not isinstance(event, Said) or not event.private:
        return None
    words = " ".join(event.text.split())
    if len(words) < 3 or len(words) > actions.MOST_WORDS:
        return answer("learning.induction.words_length", most=actions.MOST_WORDS)
    drafts.begin(session, draft.person, WHY, "days", {**draft.data, "words": words}, now)
    buttons = [button("learning.induction.b_days", f"in.days:{days}", days=days) for days in rules.EXEMPT_DAYS]
    return Reply((Message(text("learning.induction.how_long", words=words), rows(*buttons, each=3)),))


def on_days(session: Session, event: Pressed, now: datetime) -> Reply:
    """Until when: the exception is made."""
    me, draft = _viewer(session, event, now), drafts.current(session, event.person or 0, WHY)
    if draft is None or draft.step != "days":
        raise Refused("delivery.stale")
    person, reason = int(draft.data["person"]), Reason(draft.data["reason"])
    actions.exempt(session, me, person, reason, draft.data["words"], event.number(0), now)
    drafts.close(session, draft)
    who = people.person(session, person, now)
    until = store.clearance(session, person, now).until
    said = text(
        "learning.induction.done_except", name=who.name if who else "", until=until.isoformat() if until else ""
    )
    return Reply(edit=Message(said))


def on_end(session: Session, event: Pressed, now: datetime) -> Reply:
    """*End the exception*."""
    me = _viewer(session, event, now)
    person = actions.end_exemption(session, me, event.number(0), now)
    who = people.person(session, person, now)
    assert who is not None
    return Reply(edit=_card(session, me, who, now), toast=text("learning.induction.t_ended"))


def _viewer(session: Session, event: AnyEvent, now: datetime) -> Viewer:
    found = people.viewer(session, event.person, now) if event.person is not None else None
    if found is None:
        raise Refused("delivery.stale")
    return found


ROUTES = (
    Route(on_cleared, command="cleared", menu="learning.induction.menu"),
    Route(on_print_badge, command="badge", menu="learning.induction.menu_badge", roles=LEADERS),
    Route(on_badge, start="w"),
    Route(on_plain_words, event="Said"),
    Route(on_cleared, verb="in.own"),
    Route(on_card, verb="in.card"),
    Route(on_list, verb="in.list"),
    Route(on_exam, verb="in.exam"),
    Route(on_hours, verb="in.hours"),
    Route(on_add, verb="in.add"),
    Route(on_except, verb="in.except"),
    Route(on_code, verb="in.code"),
    Route(on_words, draft=WHY),
    Route(on_days, verb="in.days"),
    Route(on_end, verb="in.end"),
)
