"""Documents as people see them: a list, a card page by page, the questions of whoever publishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.documents import actions, rules
from bot.compliance.documents.model import Document, Kind
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import localized
from bot.kit.replies import Button, Media, Message, button, rows
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people.model import Person


def listing(
    found: Sequence[Document], *, words: str = "", keeper: bool = False, place: object = None, ref: str | None = None
) -> Message:
    """A list with a button for each; `words` is what was looked for, `place` where it was scanned."""
    keys = [button("compliance.documents.b_title", f"dc:open:{each.id}:0", title=dict(each.title)) for each in found]
    below = [button("compliance.documents.b_find", "dc:find")]
    if keeper:
        below.append(button("compliance.documents.b_add", "dc:add"))
    said = text("compliance.documents.list", count=len(found), words=words, place=place)
    return Message(said, (*rows(*keys, each=1), tuple(below)), ref=ref)


def card(session: Session, who: Person, found: Document, page: int, now: datetime) -> Message:
    """A document in the reader's language, one page of it, with its PDF on the first."""
    lang = who.lang if who.lang in found.languages else next(iter(sorted(found.words)), who.lang)
    parts = rules.screens(localized(found.words, lang)) if found.words else [""]
    page = min(max(page, 0), len(parts) - 1)
    file = found.files.get(who.lang) or next(iter(found.files.values()), None)
    said = text(
        "compliance.documents.card", title=dict(found.title), kind=found.kind.value, number=found.number, words=parts[page],
        at=found.changed_at.isoformat(), page=page + 1, pages=len(parts), other=bool(found.languages) and lang != who.lang,
        clauses=[f"{law} {clause}".strip() for law, clause in found.clauses] if page == 0 else [], code=found.code,
    )  # fmt: skip
    keys: list[Button] = []
    if page + 1 < len(parts):
        keys.append(button("compliance.documents.b_next", f"dc:open:{found.id}:{page + 1}"))
    if whom.holds(session, who.id, actions.KEEPER, found.path, now):
        keys += _keeping(found)
    media = (Media("document", file.ref, file.name),) if file is not None and page == 0 and not found.words else ()
    if file is not None and found.words and page == 0:
        keys.append(button("compliance.documents.b_pdf", f"dc:pdf:{found.id}"))
    return Message(said, rows(*keys, each=1), media=media)


def _keeping(found: Document) -> list[Button]:
    return [
        button("compliance.documents.b_read", f"rd:doc:{found.id}"),
        button("compliance.documents.b_version", f"dc:version:{found.id}"),
        button("compliance.documents.b_language", f"dc:language:{found.id}"),
        button("compliance.documents.b_clauses", f"dc:clauses:{found.id}"),
        button("compliance.documents.b_places", f"dc:places:{found.id}"),
        button("compliance.documents.b_retire", f"dc:retire:{found.id}"),
    ]


def kinds() -> Message:
    """What sort of document is it?"""
    keys = [button("compliance.documents.b_kind", f"dc:kind:{kind.value}", kind=kind.value) for kind in Kind]
    return Message(text("compliance.documents.ask_kind"), rows(*keys, cancel(), each=1))


def languages(found: Document) -> Message:
    """Which language is to be added?"""
    keys = [
        button("compliance.documents.b_lang", f"dc:lang:{found.id}:{lang}", name=name, there=lang in found.languages)
        for lang, name in LANGUAGES.items()
    ]
    return Message(text("compliance.documents.ask_language"), rows(*keys, cancel()))


def cancel() -> Button:
    """*Cancel*."""
    return button("compliance.cancel", "dc:cancel")
