"""Hazards as messages: the supervisor's card, the assignee's task, the request to verify."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.hazards import store
from bot.hazards.lines import corrected, judged
from bot.hazards.model import Attached, Hazard, MediaRole, State, Urgency
from bot.hazards.rules import OPEN, UNFIXED, UNSEEN, first_words, told
from bot.kit.replies import Button, Media, Message, Rows, button, rows
from bot.kit.risk import Severity
from bot.kit.texts import Text, text

MOST_WORDS = 400
"""A caption holds 1024 characters in all, and a card must stay one message."""
MOST_LINE = 120
UNSHOWABLE = "unshowable"
"""Noted at a file that the channel would not show."""


def card(session: Session, hazard: Hazard, now: datetime, buttons: Rows | None = None) -> Message:
    """The card as it stands now; the same for everybody who has it, so that one edit by ref changes all."""
    files = store.files(session, hazard.id)
    media = shown(files, MediaRole.BEFORE)
    hidden = len(files) if len(files) > len(media) else 0
    words = card_text(session, hazard, hidden, now)
    shown_buttons = card_buttons(hazard, hidden) if buttons is None else buttons
    if buttons is None and store.is_stopped(session, hazard.id):
        shown_buttons = (*shown_buttons, release_buttons(hazard))
    return Message(words, shown_buttons, media, ref=hazard.ref)


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
    spots = [each.spot for each in store.files(session, hazard.id) if each.spot and "," in each.spot]
    found: list[Text] = [text("hazards.line_spot", at=at) for at in dict.fromkeys(spots)]
    if hazard.happened_at is not None:
        found.append(text("hazards.line_late", at=hazard.happened_at.isoformat()))
    if hazard.state is State.REOPENED:
        found.append(text("hazards.line_reopened"))
    if hazard.state in UNSEEN:
        found.append(text("hazards.line_unseen"))
        found += _called(session, hazard, now)
    elif hazard.acknowledged_by and hazard.acknowledged_at:
        name = store.name(session, hazard.acknowledged_by, now)
        found.append(text("hazards.line_acknowledged", name=name, at=hazard.acknowledged_at.isoformat()))
    if hazard.severity is not None:
        found.append(
            text(
                "hazards.line_rated", level=severity_name(hazard.severity), why=first_words(hazard.rated_why, MOST_LINE)
            )
        )
    found += judged(session, hazard) + corrected(session, hazard)
    return found + _work(session, hazard, now) + (_talk(session, hazard, now) if talk else [])


def _called(session: Session, hazard: Hazard, now: datetime) -> list[Text]:
    ladder = ladders.of(session, f"hazard:{hazard.id}")
    if ladder is None or ladder.rung == 0 or not ladder.climbing:
        return []
    return [text("hazards.line_called", names=[store.name(session, p, now) for p in ladder.called if p > 0][:6])]


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
        if one.role is role and one.kind in ("photo", "video") and _showable(one) and one.error != UNSHOWABLE:
            return tuple(media_of(one))
    return ()


def _showable(file: Attached) -> bool:
    """The channel has it; or it is a photo that came by the dashboard, of which our copy is the only one."""
    return bool(file.file_id or (file.kind == "photo" and file.media))


def media_of(file: Attached) -> list[Media]:
    """A file to show: the channel's own copy, which is there at once.

    A picture that came as a document still holds where and with what it was taken, so it is shown as our stripped copy,
    and not before there is one; so is a film that came without a name, whose `file_id` is empty.
    """
    if file.kind == "image" or not file.file_id:
        return [Media("video" if file.kind == "video" else "photo", file.media)] if file.media else []
    return [Media(file.kind, f"file:{file.file_id}")]  # type: ignore[arg-type]


def for_group(session: Session, hazard: Hazard) -> Message:
    """What a crew's group reads: where, and one button. Neither words nor pictures nor names: a group is many eyes."""
    words = text(
        "hazards.group_call",
        number=hazard.id,
        icon=text("hazards.kind_icon", kind=hazard.kind.value),
        kind=text("hazards.kind_name", kind=hazard.kind.value),
        place=store.where(session, hazard),
    )
    return Message(words, rows(button("hazards.b_acknowledge", f"hzg:{hazard.id}")), ref=group_ref(hazard))


def group_ref(hazard: Hazard) -> str:
    """The ref of what stands in a group."""
    return f"{hazard.ref}:group"


def card_buttons(hazard: Hazard, files: int = 0) -> Rows:
    """What can be done with a hazard in its state, and `files` to look at. Rights are checked when it is pressed."""
    acts = ["reopen"]
    if hazard.state in UNFIXED:
        acts = ["ask", "rate", "assign", "fixed"]
        acts = ["acknowledge", *acts] if hazard.state in UNSEEN else acts
        acts = [act for act in acts if act != "ask" or not hazard.by_machine]
        acts += ["judge"] if hazard.major is None and (hazard.severity or 0) >= Severity.HIGH else []
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
        found += [_act(hazard, act) for act in ("topic", "judge", "measure", "plan", "due", "budget")]
    if hazard.state in UNFIXED:
        found.append(_act(hazard, "reject"))
    return rows(*found, back(hazard))


def back(hazard: Hazard) -> Button:
    """From a choice to the card."""
    return button("hazards.b_back", f"hz:card:{hazard.id}")


def release_buttons(hazard: Hazard) -> tuple[Button, ...]:
    """May stopped work go on?"""
    return tuple(button("hazards.b_release", f"hzs:{word}:{hazard.id}", yes=word == "yes") for word in ("yes", "no"))


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
