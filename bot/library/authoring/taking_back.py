"""The versions of an own lesson, the way back to one, out of use, and withdrawn because it was wrong. Routes only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import owning, translations
from bot.library.authoring import correcting, desk, publishing, store
from bot.library.history import lines
from bot.library.showing import said
from bot.people import store as people

KIND = "library.instead"
AT_IT = timedelta(hours=1)
"""So long typed words belong to the lesson that was wrong; afterwards they are about something else."""
MOST_BACK = 6


def on_versions(session: Session, event: Pressed, now: datetime) -> Reply:
    """Its versions: when, by whom, and what the newest changed."""
    own = desk.mine(session, event, now)
    found = store.lesson_versions(session, own.lesson.id, MOST_BACK)
    listed: list[dict[str, Any]] = []
    for at, each in enumerate(found):
        who = people.person(session, each.person, now) if each.person else None
        before = found[at + 1].content if at + 1 < len(found) else None
        told = lines(translations.differences(before, each.content, own.lesson.language))[:3] if before else []
        listed.append(
            {"version": each.version, "at": each.at.isoformat(), "name": who.name if who else "", "lines": told}
        )
    buttons = []
    if owning.may_change(session, own.unit, event.person or 0, now):
        buttons = [
            button("library.back_to", f"ld.lback:{own.lesson.id}:{each.version}", version=each.version)
            for each in found
            if each.version != own.lesson.version or own.retired_at is not None
        ]
    words = text("library.authoring.versions", title=said(own.lesson.title), versions=listed)
    back = button("library.back", f"ld.les:{own.lesson.id}")
    return Reply(edit=Message(words, rows(*buttons, back, each=1)))


def on_back(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Back to version 2*: first what that would change."""
    own, to = desk.mine(session, event, now), event.number(1)
    content = store.lesson_content(session, own.lesson.id, to)
    if content is None:
        raise Refused("delivery.stale")
    told = lines(translations.differences(own.content, content, own.lesson.language))
    words = text(
        "library.authoring.way_back", title=said(own.lesson.title), to=to, next=own.lesson.version + 1, lines=told
    )  # fmt: skip
    data = f"{own.lesson.id}:{to}:{own.lesson.version}"
    ways = [button("library.back_yes", f"ld.lbackyes:{data}", to=to)]
    if correcting.is_another(own.content, content, own.lesson.language):
        ways.append(button("library.authoring.b_backtell", f"ld.lbackyes:{data}:tell", to=to))
    return Reply(edit=Message(words, rows(*ways, button("library.back", f"ld.lver:{own.lesson.id}"), each=1)))


def on_back_confirmed(session: Session, event: Pressed, now: datetime) -> Reply:
    """Back, as a new version, signed by whoever took it back."""
    own, to = desk.mine(session, event, now), event.number(1)
    tells = event.word(3) == "tell"
    publishing.roll_back(session, own.lesson.id, to, event.number(2), event.person or 0, now, tells)
    return Reply(edit=desk.lesson_screen(session, desk.mine(session, event, now), event.person or 0, now))


def on_retire(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Take it out of use*: asks once more."""
    own = desk.mine(session, event, now)
    id = own.lesson.id
    yes = button("library.authoring.b_retireyes", f"ld.retyes:{id}")
    wrong = button("library.authoring.b_waswrong", f"ld.wrong:{id}")
    words = text("library.authoring.retire", title=said(own.lesson.title))
    return Reply(edit=Message(words, rows(yes, wrong, button("library.back", f"ld.les:{id}"))))


def on_retired(session: Session, event: Pressed, now: datetime) -> Reply:
    """Out of use; *Back to version ...* brings it back."""
    publishing.retire(session, desk.mine(session, event, now).lesson.id, event.person or 0, now)
    return Reply(edit=desk.lesson_screen(session, desk.mine(session, event, now), event.person or 0, now))


def on_wrong(session: Session, event: Pressed, now: datetime) -> Reply:
    """*It was wrong*: asks what is right. Nothing has changed until that is said."""
    own = desk.mine(session, event, now)
    if own.retired_at is not None:
        raise Refused("library.decided")
    drafts.begin(session, event.person or 0, KIND, "words", {"lesson": own.lesson.id}, now)
    back = button("library.back", f"ld.les:{own.lesson.id}")
    return Reply(edit=Message(text("library.authoring.instead", title=said(own.lesson.title)), rows(back)))


def on_instead(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is right: the lesson is out of use, and whoever has read it is told. Anything but words is passed on."""
    talk = drafts.current(session, event.person or 0, KIND)
    if talk is None or not isinstance(event, Said) or not event.private or not event.text.strip():
        return None
    if now - talk.created_at > AT_IT:
        return None
    drafts.close(session, talk)
    lesson = str(talk.data["lesson"])
    publishing.retire(session, lesson, event.person or 0, now, event.text.strip())
    own = store.own_lesson(session, lesson)
    words = text("library.authoring.withdrawn", title=said(own.lesson.title) if own else "")
    return Reply((Message(words, rows(button("library.authoring.b_lesson", f"ld.les:{lesson}"))),))


ROUTES = (
    Route(on_versions, verb="ld.lver"),
    Route(on_back, verb="ld.lback"),
    Route(on_back_confirmed, verb="ld.lbackyes"),
    Route(on_retire, verb="ld.ret"),
    Route(on_retired, verb="ld.retyes"),
    Route(on_wrong, verb="ld.wrong"),
    Route(on_instead, draft=KIND),
)
