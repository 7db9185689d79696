"""What supervisors, trainers and auditors ask: one person's training on a day, who is behind, the table. Routes only."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Media, Message, Reply, answer, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.courses import actions, matrix, rules, store
from bot.learning.courses.matrix import Line, Matrix
from bot.learning.courses.model import Given
from bot.learning.courses.training_file import file_of
from bot.learning.courses.workbook import matrix_workbook
from bot.learning.lists import who_is
from bot.library.showing import said
from bot.media import store as media
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person, Role, Viewer

DRAFT = "course.note"
LEADERS = ("supervisor", "trainer", "hr")
SHOWN = 12
HOURS = re.compile(
    r"(\d{1,2}(?:[.,:٫]\d{1,2})?)\s*(?:h|hours?|horas?|小时|ساعة|ساعات|ساعتان|ساعتين)?\s*[-:,،]?\s+(.{3,})", re.DOTALL
)
PERCENT = re.compile(r"(\d{1,3})\s*[%٪]?\s*[-:,،]?\s*(.*)", re.DOTALL)
MOST_PERCENT = 200


def asker(session: Session, event: AnyEvent, now: datetime) -> tuple[Person, Viewer, tuple[str, ...]]:
    """Who asks, their rights, and the units whose people's training they may see."""
    who = who_is(session, event, now)
    viewer = people.viewer(session, who.id, now)
    if viewer is None:
        raise Refused("delivery.stale")
    return who, viewer, matrix.paths(viewer)


def on_training(session: Session, event: Said, now: datetime) -> Reply:
    """`/training NAME [DATE]`: somebody's training on a day; without a name one's own."""
    who, viewer, under = asker(session, event, now)
    words, on = rules.split_date(event.args, people.today_of(who, now))
    day = matrix.now_or(on, who, now)
    if not words:
        return Reply(messages=(_file(session, who.id, viewer, day, now),))
    if not under:
        raise Refused("learning.courses.own_only")
    found = matrix.search(session, under, words, day)
    if not found:
        return answer("learning.courses.nobody", words=words[:60], on=day.isoformat())
    if len(found) == 1:
        return Reply(messages=(_file(session, found[0].id, viewer, day, now),))
    buttons = [
        button("learning.courses.person", f"co.who:{each.id}:{day}", name=each.name[:40], badge=each.badge)
        for each in found
    ]
    return answer("learning.courses.which", buttons=rows(*buttons, each=1))


def on_who(session: Session, event: Pressed, now: datetime) -> Reply:
    """One of several of that name."""
    _, viewer, _ = asker(session, event, now)
    return Reply(edit=_file(session, event.number(0), viewer, _day(event.word(1)), now))


def _file(session: Session, person: int, viewer: Viewer, on: date, now: datetime) -> Message:
    """The file of somebody who worked that day where the viewer may see it (or is it themselves). Raises Refused."""
    under = ("/",) if person == viewer.person else matrix.paths(viewer)
    [*found] = matrix.people_under(session, under, on, person)
    if not found:
        raise Refused("learning.courses.not_your_people")
    today = people.person(session, person, now)
    leads = person != viewer.person and today is not None and viewer.holds(Role.SUPERVISOR, today.path)
    return file_of(session, found[0], on, now, leads=leads and today is not None and today.left_on is None)


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise Refused("delivery.stale") from None


# --- who is behind ---------------------------------------------------------------------------------------------------


def on_matrix(session: Session, event: Said, now: datetime) -> Reply:
    """`/matrix [DATE]`: post x training of one's units: who needs what, who has it, who is behind."""
    who, viewer, under = asker(session, event, now)
    if not under:
        raise Refused("learning.courses.leaders_only")
    _, on = rules.split_date(event.args, people.today_of(who, now))
    if on is None and event.args.strip():
        return answer("learning.courses.date_unclear")
    day = matrix.now_or(on, who, now)
    found = matrix.matrix(session, under, day)
    titles = {course.id: said(course.title) for course in found.courses}
    sums = [
        {
            "post": post_label(session, each.post), "title": titles[each.course], "needed": each.needed,
            "trained": each.trained, "due": each.due, "behind": each.behind,
        }
        for each in matrix.sums(found)
    ]  # fmt: skip
    today = day == people.today_of(who, now)
    chased = [(line, given) for line, given in matrix.behind(found) if viewer.holds(Role.SUPERVISOR, line.who.path)]
    listed = [_late(session, line, given, found) for line, given in matrix.behind(found)[:SHOWN]]
    buttons: list[Button] = []
    if today and chased:
        buttons.append(button("learning.courses.chase_all", "co.chase", count=len(chased)))
    buttons.append(button("learning.courses.as_table", f"co.xlsx:{day}"))
    words = text(
        "learning.courses.matrix", on=day.isoformat(), sums=sums, open=listed,
        more=max(0, len(matrix.behind(found)) - SHOWN), people=len(found.lines),
    )  # fmt: skip
    return Reply(messages=(Message(words, rows(*buttons, each=1)),))


def _late(session: Session, line: Line, given: Given, of: Matrix) -> dict[str, object]:
    course = store.course(session, given.course, given.version)
    title = said(course.title) if course is not None else given.course
    return {"name": line.who.name, "title": title, "due": given.due_on.isoformat(), "overdue": given.due_on < of.on}


def on_chase(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Remind them all*: whoever has something open hears of it, once a day."""
    who, viewer, _ = asker(session, event, now)
    found = matrix.matrix(session, viewer.paths(Role.SUPERVISOR), people.today_of(who, now))
    told = actions.chase(session, viewer, [given.id for _, given in matrix.behind(found)], now)
    return toast("learning.courses.chased_toast", count=told, alert=True)


def on_table(session: Session, event: Pressed, now: datetime) -> Reply:
    """The matrix, the files, the licences and the hours as a workbook."""
    who, _, under = asker(session, event, now)
    if not under:
        raise Refused("learning.courses.leaders_only")
    day = _day(event.word(0))
    name = f"training-{day}.xlsx"
    file = Media("document", media.put(matrix_workbook(session, under, day, who.lang), name), name)
    return answer("learning.courses.table", media=(file,), on=day.isoformat())


# --- what they enter -------------------------------------------------------------------------------------------------


def on_enter(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Enter hours*, *More time in exams*, *One more try*: asks for the figure and the reason."""
    _, viewer, _ = asker(session, event, now)
    step, number = event.verb.partition(".")[2], event.number(0)
    given = store.given(session, number) if step == "try" else None
    if step == "try" and given is None:
        raise Refused("delivery.stale")
    actions.led(session, viewer, given.person if given is not None else number, now)
    drafts.begin(session, viewer.person, DRAFT, step, {"about": number}, now)
    asks = {"hours": "ask_hours", "time": "ask_time", "try": "ask_try"}[step]
    return Reply(
        messages=(Message(text(f"learning.courses.{asks}"), rows(button("learning.courses.never_mind", "co.no"))),)
    )


def on_note(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for. What cannot be understood is asked again; nothing is lost."""
    draft = drafts.current(session, event.person or 0, DRAFT)
    if draft is None or not isinstance(event, Said):
        return None
    who, viewer, _ = asker(session, event, now)
    about, words = int(draft.data["about"]), event.text.strip()
    if draft.step == "hours":
        rest, on = rules.split_date(words, people.today_of(who, now))
        found = HOURS.fullmatch(rest)
        if found is None:
            return answer("learning.courses.hours_unclear")
        key = f"{viewer.person}:{event.update_id}"
        minutes = _minutes(found[1])
        actions.enter_hours(session, viewer, about, matrix.now_or(on, who, now), minutes, found[2], key, now)
        said_ = answer("learning.courses.hours_entered", minutes=minutes, reason=found[2].strip())
    elif draft.step == "time":
        found = PERCENT.fullmatch(words)
        if found is None or int(found[1]) > MOST_PERCENT or (int(found[1]) and len(found[2].strip()) < 3):
            return answer("learning.courses.time_unclear")
        actions.grant_time(session, viewer, about, int(found[1]), found[2], now)
        said_ = answer("learning.courses.time_granted", percent=int(found[1]))
    else:
        if len(words) < 3:
            return answer("learning.courses.ask_try")
        actions.grant_try(session, viewer, about, words, now)
        said_ = answer("learning.courses.try_given")
    drafts.close(session, draft)
    return said_


def _minutes(word: str) -> int:
    """`1.5` and `1:30` are ninety minutes."""
    typed = western(word)
    whole, colon, rest = typed.partition(":")
    return int(whole) * 60 + int(rest) if colon else round(float(typed.replace(",", ".")) * 60)


def on_never_mind(session: Session, event: Pressed, now: datetime) -> Reply:
    """Nothing is entered."""
    for kind in (DRAFT, "licence", "course.file"):
        draft = drafts.current(session, event.person or 0, kind)
        if draft is not None:
            drafts.close(session, draft)
    return Reply(edit=Message(text("learning.courses.left")))


ROUTES = (
    Route(on_training, command="training", menu="learning.courses.menu_training", roles=LEADERS),
    Route(on_matrix, command="matrix", menu="learning.courses.menu_matrix", roles=LEADERS),
    Route(on_who, verb="co.who"),
    Route(on_chase, verb="co.chase"),
    Route(on_table, verb="co.xlsx", guarded=True),
    Route(on_enter, verb="co.hours"),
    Route(on_enter, verb="co.time"),
    Route(on_enter, verb="co.try"),
    Route(on_note, draft=DRAFT),
    Route(on_never_mind, verb="co.no"),
)
