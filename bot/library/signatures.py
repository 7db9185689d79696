"""Routes of `/sign`: topics that wait for a signature, what is in them, and the name under them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.library import renewed, shipped, signing
from bot.library.history import lines
from bot.library.model import Lesson
from bot.library.showing import said
from bot.library.signing import Paper
from bot.people import store as people
from bot.people.model import Unit

MOST, A_PAGE, MOST_RENEWED = 60, 10, 2
WORDING, MEANING = "w", "m"


def on_sign(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/sign`: for which unit, where somebody answers for several; else its topics."""
    if not event.private:
        return answer("library.sign_in_private")
    units = signing.units_of(session, event.person or 0, now)
    if not units:
        return answer("library.sign_not_for_you")
    if len(units) == 1:
        return Reply((_topics(session, units[0]),))
    buttons = [Button(text("delivery.just", text=unit.label), f"lb.desk:{unit.id}") for unit in units[:MOST]]
    return answer("library.sign_where", buttons=rows(*buttons, each=1))


def on_topics(session: Session, event: Pressed, now: datetime) -> Reply:
    """A unit's topics: those that wait, or those that are signed."""
    done, skip = (event.number(1) == 1, event.number(2)) if len(event.args) > 2 else (False, 0)
    return Reply(edit=_topics(session, _unit(session, event, now), done, skip))


def on_topic(session: Session, event: Pressed, now: datetime) -> Reply:
    """One topic: its lesson, or its lessons to read one by one."""
    return Reply(edit=_topic(session, event, _unit(session, event, now), event.word(1), now))


def on_read(session: Session, event: Pressed, now: datetime) -> Reply:
    """One of several lessons of a topic."""
    unit, topic = _unit(session, event, now), event.word(1)
    found = signing.papers(session, unit, topic).get(topic, [])
    paper = next((each for each in found if each.lesson.id == event.word(2)), None)
    back = button("library.back", f"lb.topic:{unit.id}:{topic}")
    if paper is None:
        return Reply(edit=_topics(session, unit))
    return Reply(edit=Message(_words(session, paper, now), rows(back)))


def on_signed(session: Session, event: Pressed, now: datetime) -> Reply:
    """Signed; the next topic that waits follows at once. What is worded anew: first what that changes for its readers."""
    unit, topic, read, answer = _unit(session, event, now), event.word(1), event.word(2), event.word(3)
    if answer not in (WORDING, MEANING) and (asked := _asked(session, event, unit, now)):
        return Reply(edit=asked)
    count = signing.sign(session, unit, topic, read, event.person or 0, now, tells=answer == MEANING)
    found = signing.papers(session, unit)
    waits = [each for each, papers in found.items() if _drafts(papers)]
    after = next((each for each in waits if list(found).index(each) > list(found).index(topic)), None)
    following = after or next(iter(waits), None)
    edit = _topic(session, event, unit, following, now) if following else _topics(session, unit)
    return Reply(edit=edit, toast=text("library.t_signed", count=count, left=sum(_drafts(p) for p in found.values())))


def _asked(session: Session, event: Pressed, unit: Unit, now: datetime) -> Message | None:
    """Did only the wording change, or the meaning? None where nothing is worded anew."""
    topic, read = event.word(1), event.word(2)
    who = people.person(session, event.person or 0, now)
    fresh = signing.to_sign(session, unit, topic, read)
    found = renewed.renewed(session, unit, fresh, who.lang if who else "en")
    if not found:
        return None
    shown = [{"title": said(each.lesson.title), "lines": lines(each.told)} for each in found[:MOST_RENEWED]]
    buttons = (
        button("library.sign_wording", f"lb.sign:{unit.id}:{topic}:{read}:{WORDING}"),
        button("library.sign_meaning", f"lb.sign:{unit.id}:{topic}:{read}:{MEANING}"),
        button("library.back", f"lb.topic:{unit.id}:{topic}"),
    )
    words = text("library.sign_renewed", lessons=shown, more=len(found) - len(shown))
    return Message(words, rows(*buttons, each=1))


def on_take_back(session: Session, event: Pressed, now: datetime) -> Reply:
    """A draft again."""
    unit, topic = _unit(session, event, now), event.word(1)
    gone = signing.take_back(session, unit, topic, event.person or 0, now)
    toast = text("library.t_unsigned" if gone else "library.t_signed_above")
    return Reply(edit=_topic(session, event, unit, topic, now), toast=toast)


def _unit(session: Session, event: Pressed, now: datetime) -> Unit:
    return signing.unit_for(session, event.number(0), event.person or 0, now)


def _drafts(papers: list[Paper]) -> int:
    return sum(paper.signed is None for paper in papers)


def _topics(session: Session, unit: Unit, done: bool = False, skip: int = 0) -> Message:
    """A page of the topics that wait, or of those that are signed."""
    found = signing.papers(session, unit)
    chosen = [(topic, papers) for topic, papers in found.items() if done == (not _drafts(papers))]
    buttons = [
        button(
            "library.sign_topic", f"lb.topic:{unit.id}:{topic}",
            title=said(papers[0].lesson.title), more=len(papers) - 1, done=done,
        )
        for topic, papers in chosen[skip : skip + A_PAGE]
    ]  # fmt: skip
    if len(chosen) > skip + A_PAGE:
        buttons.append(button("library.sign_more", f"lb.desk:{unit.id}:{int(done)}:{skip + A_PAGE}"))
    if not done and (signed := len(found) - len(chosen)):
        buttons.append(button("library.sign_signed", f"lb.desk:{unit.id}:1:0", count=signed))
    elif done:
        buttons.append(button("library.back", f"lb.desk:{unit.id}"))
    left, all_ = sum(_drafts(papers) for papers in found.values()), sum(map(len, found.values()))
    return Message(text("library.sign_topics", unit=unit.label, left=left, all=all_), rows(*buttons, each=1))


def _topic(session: Session, event: AnyEvent, unit: Unit, topic: str, now: datetime) -> Message:
    found = signing.papers(session, unit, topic).get(topic, [])
    if not found:
        return _topics(session, unit)
    if len(found) == 1:
        words, reading = _words(session, found[0], now), []
    else:
        words = text("library.sign_several", titles=[said(each.lesson.title) for each in found], drafts=_drafts(found))
        reading = [
            button("library.sign_read", f"lb.read:{unit.id}:{topic}:{each.lesson.id}", title=said(each.lesson.title))
            for each in found
        ]
    buttons: list[Button] = []
    if _drafts(found):
        questions = signing.questions(session, topic)
        stamp = f"lb.sign:{unit.id}:{topic}:{signing.stamp(found)}"
        buttons.append(button("library.sign", stamp, lessons=_drafts(found), questions=questions))
    elif any(each.signed and each.signed.here for each in found):
        buttons.append(button("library.unsign", f"lb.unsign:{unit.id}:{topic}"))
    return Message(words, rows(*reading, *buttons, button("library.back", f"lb.desk:{unit.id}"), each=1))


def _words(session: Session, paper: Paper, now: datetime) -> Text:
    lesson, signed = paper.lesson, paper.signed
    who = people.person(session, signed.person, now) if signed and signed.person else None
    return text(
        "library.sign_one", title=said(lesson.title), places=", ".join(lesson.jurisdictions),
        sources=list(lesson.sources), check=_to_check(lesson), version=lesson.version,
        card=said({language: "\n\n".join(cards) for language, cards in lesson.cards.items()}),
        signed=signed is not None, by=who.name if who else "", at=(signed.at if signed else now).isoformat(),
    )  # fmt: skip


def _to_check(lesson: Lesson) -> list[str]:
    """The facts of a lesson for which no official text was seen, each with the rule to look it up in."""
    doubtful = shipped.doubtful()
    return [f"{fact} ({doubtful[fact]})" if doubtful[fact] else fact for fact in lesson.facts if fact in doubtful]


ROUTES = (
    Route(on_sign, command="sign", menu="library.menu_sign", roles=("manager", "safety_officer", "trainer")),
    Route(on_sign, verb="lb.signs"),
    Route(on_topics, verb="lb.desk"),
    Route(on_topic, verb="lb.topic"),
    Route(on_read, verb="lb.read"),
    Route(on_signed, verb="lb.sign"),
    Route(on_take_back, verb="lb.unsign"),
)
