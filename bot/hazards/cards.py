"""Hazards as messages: the supervisor's card, the assignee's task, the request to verify."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.hazards import store
from bot.hazards.model import Attached, Hazard, MediaRole, State, Urgency
from bot.hazards.rules import OPEN, UNFIXED, UNSEEN, first_words, told
from bot.kit.replies import Button, Media, Message, Rows, button, rows
from bot.kit.risk import Severity
from bot.kit.texts import Text, text

MOST_WORDS = 400
"""A caption holds 1024 characters in all, and a card must stay one message."""
MOST_LINE = 120
PER_PAGE = 8
UNSHOWABLE = "unshowable"
"""Noted at a file that the channel would not show."""


def card(session: Session, hazard: Hazard, now: datetime, buttons: Rows | None = None) -> Message:
    """The card as it stands now; the same for everybody who has it, so that one edit by ref changes all."""
    files = store.files(session, hazard.id)
    media = shown(files, MediaRole.BEFORE)
    hidden = len(files) if len(files) > len(media) else 0
    words = card_text(session, hazard, hidden, now)
    return Message(words, card_buttons(hazard, hidden) if buttons is None else buttons, media, ref=hazard.ref)


def card_text(session: Session, hazard: Hazard, files: int, now: datetime) -> Text:
    """The words of a card. `files` is how many there are, where the card does not show them all."""
    return text(
        "hazards.card",
        number=hazard.id,
        icon=text("hazards.kind_icon", kind=hazard.kind.value),
        kind=text("hazards.kind_name", kind=hazard.kind.value),
        urgency=urgency_name(hazard.urgency) if hazard.urgency and hazard.severity is None else "",
        place=store.where(session, hazard),
        words=told(hazard, MOST_WORDS),
        reporter=store.name(session, hazard.reporter, now),
        machine=hazard.by_machine,
        at=hazard.created_at.isoformat(),
        files=files,
        lines=lines(session, hazard, now),
    )


def lines(session: Session, hazard: Hazard, now: datetime, talk: bool = True) -> list[Text]:
    """What happened to a hazard, a line each."""
    found: list[Text] = []
    if hazard.state is State.REOPENED:
        found.append(text("hazards.line_reopened"))
    if hazard.state in UNSEEN:
        found.append(text("hazards.line_unseen"))
        found += _called(session, hazard, now)
    elif hazard.acknowledged_by and hazard.acknowledged_at:
        name = store.name(session, hazard.acknowledged_by, now)
        found.append(text("hazards.line_acknowledged", name=name, at=hazard.acknowledged_at.isoformat()))
    if hazard.severity is not None:
        found.append(text("hazards.line_rated", level=severity_name(hazard.severity)))
    if hazard.topic:
        found.append(text("hazards.line_topic", topic=text("hazards.topic_name", code=hazard.topic)))
    return found + _work(session, hazard, now) + (_talk(session, hazard, now) if talk else [])


def _called(session: Session, hazard: Hazard, now: datetime) -> list[Text]:
    ladder = ladders.of(session, f"hazard:{hazard.id}")
    if ladder is None or ladder.rung == 0 or not ladder.climbing:
        return []
    return [text("hazards.line_called", names=[store.name(session, p, now) for p in ladder.called[:6]])]


def _work(session: Session, hazard: Hazard, now: datetime) -> list[Text]:
    found = []
    if hazard.state is State.ASSIGNED and hazard.due_at:
        name = store.name(session, hazard.assigned_to, now)
        found.append(text("hazards.line_assigned", name=name, due=hazard.due_at.isoformat()))
        if hazard.due_at <= now:
            found.append(text("hazards.line_overdue"))
    if hazard.state in (State.FIXED, State.VERIFIED) and hazard.fixed_at:
        name, said = store.name(session, hazard.fixed_by, now), first_words(hazard.fix_words, MOST_LINE)
        found.append(text("hazards.line_fixed", name=name, at=hazard.fixed_at.isoformat(), words=said))
    if hazard.state is State.VERIFIED and hazard.verified_at:
        name = store.name(session, hazard.verified_by, now)
        found.append(text("hazards.line_verified", name=name, at=hazard.verified_at.isoformat()))
    if hazard.state is State.REJECTED:
        name, said = store.name(session, hazard.rejected_by, now), first_words(hazard.reason, MOST_LINE)
        found.append(text("hazards.line_rejected", name=name, reason=said))
    return found


def _talk(session: Session, hazard: Hazard, now: datetime) -> list[Text]:
    """The last question and, if it came, its answer."""
    found: list[Text] = []
    for note in store.notes(session, hazard.id):
        said = first_words(note.words, MOST_LINE)
        if note.question:
            found = [text("hazards.line_question", name=store.name(session, note.person, now), words=said)]
        else:
            found = [*found[:1], text("hazards.line_answer", words=said)]
    return found


def shown(files: Sequence[Attached], role: MediaRole) -> tuple[Media, ...]:
    """The one picture of a card: the first photo or video of a role. More are a tap away: an album bears no buttons."""
    for one in files:
        if one.role is role and one.kind in ("photo", "video") and one.file_id and one.error != UNSHOWABLE:
            return tuple(media_of(one))
    return ()


def media_of(file: Attached) -> list[Media]:
    """A file to show: the channel's own copy, which is there at once.

    A picture that came as a document still holds where and with what it was taken, so it is shown as our stripped copy,
    and not before there is one; so is a film that came without a name, whose `file_id` is empty.
    """
    if file.kind == "image" or not file.file_id:
        return [Media("photo" if file.kind == "image" else "video", file.media)] if file.media else []
    return [Media(file.kind, f"file:{file.file_id}")]  # type: ignore[arg-type]


def card_buttons(hazard: Hazard, files: int = 0) -> Rows:
    """What can be done with a hazard in its state, and `files` to look at. Rights are checked when it is pressed."""
    acts = ["reopen"]
    if hazard.state in UNFIXED:
        acts = ["ask", "rate", "assign", "fixed"]
        acts = ["acknowledge", *acts] if hazard.state in UNSEEN else acts
        acts = [act for act in acts if act != "ask" or not hazard.by_machine]
    elif hazard.state is State.FIXED:
        acts = ["verify", "still"]
    found = [_act(hazard, act) for act in [*acts, "more"]]
    return rows(*found, *((button("hazards.b_files", f"hz:files:{hazard.id}", count=files),) if files else ()))


def more_buttons(hazard: Hazard, files: int) -> Rows:
    """The second page of a card's buttons."""
    found = []
    if files:
        found.append(button("hazards.b_files", f"hz:files:{hazard.id}", count=files))
    if hazard.state in OPEN:
        found.append(_act(hazard, "topic"))
    if hazard.state in UNFIXED:
        found.append(_act(hazard, "reject"))
    return rows(*found, _back(hazard))


def rate_buttons(hazard: Hazard) -> Rows:
    """The four ratings, the worst last, as they are explained above them."""
    levels = (button("hazards.b_severity", f"hz:rated:{hazard.id}:{int(s)}", level=int(s)) for s in Severity)
    return (*rows(*levels), (_back(hazard),))


def topic_buttons(hazard: Hazard, codes: Sequence[str], page: int) -> Rows:
    """A page of topics."""
    chosen = codes[page * PER_PAGE : (page + 1) * PER_PAGE]
    found = [Button(text("hazards.topic_name", code=c), f"hz:topiced:{hazard.id}:{c}") for c in chosen]
    return (*rows(*found), _paging(f"hz:topic:{hazard.id}", page, len(codes), hazard))


def assign_buttons(
    hazard: Hazard, people: Sequence[tuple[int, str]], me: int, level: int, page: int, top: bool
) -> Rows:
    """A page of people (id, name) of a unit `level` steps above the hazard's own, with a way to a wider one."""
    others = [(id, name) for id, name in people if id != me]
    chosen = others[page * PER_PAGE : (page + 1) * PER_PAGE]
    found = [Button(text("delivery.just", text=name), f"hz:assigned:{hazard.id}:{id}") for id, name in chosen]
    mine = (button("hazards.b_me", f"hz:assigned:{hazard.id}:{me}"),)
    wider = () if top else ((button("hazards.b_wider", f"hz:assign:{hazard.id}:{level + 1}:0"),),)
    return (mine, *rows(*found), *wider, _paging(f"hz:assign:{hazard.id}:{level}", page, len(others), hazard))


def _paging(stem: str, page: int, count: int, hazard: Hazard) -> tuple[Button, ...]:
    if (page + 1) * PER_PAGE < count:
        return (_back(hazard), button("hazards.b_more_pages", f"{stem}:{page + 1}"))
    return (_back(hazard),)


def _back(hazard: Hazard) -> Button:
    return button("hazards.b_back", f"hz:card:{hazard.id}")


def _act(hazard: Hazard, act: str) -> Button:
    return Button(Text(f"hazards.b_{act}"), f"hz:{act}:{hazard.id}")


def task(session: Session, hazard: Hazard, now: datetime) -> Message:
    """What the assignee gets."""
    said = text(
        "hazards.task",
        number=hazard.id,
        place=store.where(session, hazard),
        words=told(hazard, MOST_WORDS),
        due=(hazard.due_at or now).isoformat(),
        level=severity_name(hazard.severity or Severity.MEDIUM),
    )
    files = store.files(session, hazard.id)
    buttons = rows(_act(hazard, "fixed"), *_files_button(hazard, len(files)))
    return Message(said, buttons, shown(files, MediaRole.BEFORE), ref=task_ref(hazard))


def task_over(session: Session, hazard: Hazard, said: Text) -> Message:
    """A task that is no longer one."""
    return Message(said, (), shown(store.files(session, hazard.id), MediaRole.BEFORE), ref=task_ref(hazard))


def task_ref(hazard: Hazard) -> str:
    """The ref of one assignee's task."""
    return f"task:{hazard.id}:{hazard.assigned_to}"


def verify(session: Session, hazard: Hazard, now: datetime) -> Message:
    """Asks somebody who did not fix it to look for themselves, with the photo after the fix."""
    name = store.name(session, hazard.fixed_by, now)
    said = text(
        "hazards.verify",
        number=hazard.id,
        place=store.where(session, hazard),
        name=name,
        words=first_words(hazard.fix_words, MOST_WORDS),
    )
    files = store.files(session, hazard.id)
    buttons = rows(_act(hazard, "verify"), _act(hazard, "still"), *_files_button(hazard, len(files)))
    return Message(said, buttons, after_photo(files), ref=f"verify:{hazard.id}")


def after_photo(files: Sequence[Attached]) -> tuple[Media, ...]:
    """The newest photo of how it looks now."""
    return shown(list(reversed(files)), MediaRole.AFTER)


def _files_button(hazard: Hazard, count: int) -> tuple[Button, ...]:
    return (button("hazards.b_files", f"hz:files:{hazard.id}", count=count),) if count > 1 else ()


def severity_name(severity: Severity) -> Text:
    """low, medium, high, critical."""
    return text("hazards.severity_name", level=int(severity))


def urgency_name(urgency: Urgency) -> Text:
    """can wait, soon, danger now."""
    return text("hazards.urgency_name", urgency=urgency.value)


def state_name(state: State) -> Text:
    """Where it stands, in plain words."""
    return text("hazards.state_name", state=state.value)
