"""A notice as people see it: asked, its question, how it stands for whoever leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.documents import store as documents
from bot.compliance.reading import rules, store
from bot.compliance.reading.model import Notice, Written
from bot.i18n.languages import LANGUAGES
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person

SHOWN = 30


def first_line(written: Written) -> str:
    """The beginning of a notice, by which it is known."""
    line = written.words.splitlines()[0]
    return line if len(line) <= 80 else f"{line[:79]}…"


def ask(session: Session, found: Notice, who: Person, now: datetime) -> Message:
    """What somebody is to read, in their language where it is there."""
    lang, written = rules.spoken(found.said, who.lang)
    said = text(
        "compliance.reading.ask", words=written.words, again=found.number > 1, other=lang != who.lang,
        title=document_title(session, found),
    )  # fmt: skip
    keys: list[Button] = []
    if found.document is not None:
        keys.append(button("compliance.reading.b_document", f"dc:open:{found.document}:0"))
    keys.append(button("compliance.reading.b_have_read", f"rd:read:{found.id}:{found.number}"))
    return Message(said, rows(*keys, each=1), ref=ref(found, who.id))


def ref(found: Notice, person: int) -> str:
    """The messages in which somebody is asked: what of them has not gone out is taken back once it is acknowledged."""
    return f"{found.subject}:{person}"


def document_title(session: Session, found: Notice) -> Mapping[str, str]:
    """What the document is called that a notice is about; empty where it is about none."""
    return documents.titles(session, [found.document]).get(found.document, {}) if found.document else {}


def question(found: Notice, who: Person) -> Message:
    """The one question, its answers in an order of their own."""
    _, written = rules.spoken(found.said, who.lang)
    offered = rules.answers(written, found.id, found.number, who.id)
    keys = [
        button("compliance.reading.b_answer", f"rd:a:{found.id}:{found.number}:{at}", words=words)
        for at, (words, _) in enumerate(offered)
    ]
    return Message(text("compliance.reading.question", ask=written.ask), rows(*keys, each=1))


def preview(
    session: Session, who: Person, unit: int, said: Mapping[str, Written], draft: int, now: datetime
) -> Message:
    """What sending it would mean: for how many, and which languages are missing."""
    where = people.unit(session, unit)
    read = store.languages(session, where.path if where else "/", (), now)
    missing = {lang: count for lang, count in sorted(read.items()) if lang not in said}
    _, written = rules.spoken(said, who.lang)
    body = text(
        "compliance.reading.ready", unit=where.label if where else "", people=sum(read.values()), words=written.words,
        ask=written.ask, right=written.right, wrong=list(written.wrong),
        missing=[{"name": LANGUAGES.get(lang, lang), "count": count} for lang, count in missing.items()],
    )  # fmt: skip
    keys = [
        button("compliance.reading.b_add_language", f"rd:lang:{draft}:{lang}", name=LANGUAGES[lang])
        for lang in missing
        if lang in LANGUAGES
    ]
    keys.append(button("compliance.reading.b_send", f"rd:send:{draft}", count=sum(read.values())))
    return Message(body, rows(*keys, button("compliance.cancel", "rd:cancel"), each=1))


def standing(session: Session, found: Notice, title: Mapping[str, str], now: datetime) -> Message:
    """How it stands, for whoever leads there: who has not acknowledged, by name."""
    meant, done = store.counts(session, found, now)
    late = store.pending(session, found, now, SHOWN)
    away = people.deputies(session, [each.id for each in late], now)
    unit = people.unit(session, found.unit)
    said = text(
        "compliance.reading.standing", title=title, unit=unit.label if unit else "", number=found.number,
        at=found.began_at.isoformat(), meant=meant, done=done, more=max(meant - done - SHOWN, 0),
        late=[{"name": each.name, "away": each.id in away, "reached": each.unreachable_at is None} for each in late],
    )  # fmt: skip
    keys = []
    if meant > done:
        keys.append(button("compliance.reading.b_chase", f"rd:chase:{found.id}"))
    keys += [
        button("compliance.reading.b_proof", f"rd:proof:{found.id}"),
        button("compliance.reading.b_version", f"rd:version:{found.id}"),
        button("compliance.reading.b_end", f"rd:end:{found.id}"),
    ]
    return Message(said, rows(*keys))
