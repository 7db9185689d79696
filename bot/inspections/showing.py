"""How checklists and inspections look in a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.inspections import rules, store
from bot.inspections.model import Answer, Inspection, Item, Kind, Outcome, Step, Words
from bot.inspections.walks import Walk
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text

SHORT = 36
MOST_FAILS = 6


def short(words: Words, most: int = SHORT) -> dict[str, str]:
    """Words that fit on a button."""
    return {lang: said if len(said) <= most else said[: most - 1].rstrip() + "…" for lang, said in words.items()}


def b_open(id: int) -> Button:
    """Looks at an inspection."""
    return button("inspections.b_number", f"in:open:{id}", number=id)


def line(session: Session, found: Inspection) -> dict[str, Any]:
    """An inspection as a line of a list."""
    kept = store.checklist(session, found.checklist)
    return {
        "number": found.id, "title": dict(kept.title) if kept else {"en": ""}, "state": found.state.value,
        "place": store.where(session, found.unit, found.place), "origin": found.origin.value,
        "until": found.answer_by.isoformat() if found.answer_by else "",
    }  # fmt: skip


def due(session: Session, found: Sequence[Inspection]) -> Message:
    """What somebody has to do now, a button each."""
    lines = [line(session, each) for each in found]
    keys = [
        button("inspections.b_begin", f"in:go:{each.id}", words=short(said["title"]), going=said["state"] == "running")
        for each, said in zip(found, lines, strict=True)
    ]
    return Message(text("inspections.due", lines=lines), rows(*keys, each=1))


def screen(session: Session, found: Walk) -> Message:
    """Where an inspection stands: an item, what is wanted besides, or its end."""
    if found.item is None:
        return _end(session, found)
    return _more(session, found, found.item) if found.on.step is Step.MORE else _item(session, found, found.item)


def _item(session: Session, found: Walk, item: Item) -> Message:
    on, total = found.on, len(found.list.items)
    said = found.answered
    words = text(
        "inspections.item", nth=on.at + 1, total=total, title=dict(found.list.title),
        section=dict(found.list.section_of(on.at).title), place=store.where(session, on.unit, on.place),
        words=dict(item.words), hint=dict(item.hint) if item.hint else {}, kind=item.kind.value, unit=item.unit,
        low="" if item.low is None else f"{item.low:g}", high="" if item.high is None else f"{item.high:g}",
        photo=item.photo.value, files=len(store.photos(session, on.id, item.code)), outcome=said.outcome.value if said else "",
    )  # fmt: skip
    return Message(words, (*_choices(on, item), tuple(_around(on))))


def _choices(on: Inspection, item: Item) -> tuple[tuple[Button, ...], ...]:
    def key(value: str) -> str:
        return f"in:a:{on.id}:{on.at}:{value}"

    na = (button("inspections.b_na", key(Outcome.NA.value)),) if item.optional else ()
    if item.kind is Kind.PASS:
        both = (button("inspections.b_pass", key("pass")), button("inspections.b_fail", key("fail")))
        return (both, na) if na else (both,)
    if item.kind is Kind.CHOICE:
        made = [button("inspections.b_words", key(str(at)), words=dict(c.words)) for at, c in enumerate(item.choices)]
        return rows(*made, *na, each=1)
    return (na,) if na else ()


def _around(on: Inspection) -> list[Button]:
    back = [button("inspections.b_back", f"in:b:{on.id}:{on.at}")] if on.at or on.step is Step.MORE else []
    return [*back, button("inspections.b_pause", f"in:p:{on.id}")]


def _more(session: Session, found: Walk, item: Item) -> Message:
    on, said = found.on, found.answered
    files = len(store.photos(session, on.id, item.code))
    outcome = said.outcome if said else Outcome.PASS
    owed = rules.photo_owed(item, outcome, files)
    words = text(
        "inspections.more", nth=on.at + 1, total=len(found.list.items), words=dict(item.words), failed=outcome is Outcome.FAIL,
        owed=owed, files=files, note=(said.note or "") if said else "",
    )  # fmt: skip
    on_key = (
        button("inspections.b_no_photo", f"in:x:{on.id}:{on.at}")
        if owed
        else button("inspections.b_next", f"in:n:{on.id}:{on.at}")
    )
    return Message(words, ((on_key,), tuple(_around(on))))


def counts(found: Walk) -> dict[str, int]:
    """How many items were found how."""
    said = [each.outcome for each in found.answers.values()]
    return {each.value: said.count(each) for each in Outcome}


def fails(found: Walk) -> list[dict[str, Any]]:
    """What was not in order, each with what became of it."""
    made = []
    for item in found.list.items:
        said = found.answers.get(item.code)
        if said is not None and said.outcome is Outcome.FAIL:
            made.append(
                {
                    "words": short(item.words, 150),
                    "value": value(item, said),
                    "note": (said.note or "")[:150],
                    "gone": said.gone,
                }
            )
    return made


def value(item: Item, said: Answer) -> Any:
    """What was answered, for a text: a number with its unit, or the words of a choice."""
    if item.choices and said.value is not None and said.value.isdigit():
        return dict(item.choices[int(said.value)].words)
    return f"{said.value} {item.unit}".strip() if said.value else ""


def _end(session: Session, found: Walk) -> Message:
    on = found.on
    words = text("inspections.end", **_summary(session, found))
    keys = rows(button("inspections.b_finish", f"in:f:{on.id}:{on.at}"), *_around(on), each=1)
    return Message(words, keys)


def _summary(session: Session, found: Walk) -> dict[str, Any]:
    listed = fails(found)
    return {
        "title": dict(found.list.title), "place": store.where(session, found.on.unit, found.on.place),
        "counts": counts(found), "fails": listed[:MOST_FAILS], "more": max(len(listed) - MOST_FAILS, 0),
    }  # fmt: skip


def done(session: Session, found: Walk) -> Message:
    """What came of an inspection, for whoever did it."""
    return Message(text("inspections.done", number=found.on.id, **_summary(session, found)))


def card(session: Session, found: Walk, name: str, signs: Sequence[Mapping[str, Any]]) -> Message:
    """An inspection, for whoever leads there: its result, and questions that its signs raise."""
    on = found.on
    words = text(
        "inspections.card", number=on.id, name=name, state=on.state.value, origin=on.origin.value,
        at=(on.done_at or on.started_at or on.due_at).isoformat(), late=on.missed_at is not None, signs=list(signs),
        **_summary(session, found),
    )  # fmt: skip
    return Message(words)


def spoken(words: Words) -> list[str]:
    """The languages that something is said in, in their usual order."""
    return [lang for lang in LANGUAGES if lang in words]
