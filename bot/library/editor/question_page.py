"""One question at the desk: its form, the checker's answers beside it, how a worker sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.clock import local
from bot.kit.errors import Refused
from bot.kit.room import Again
from bot.kit.texts import Text
from bot.library import moments, owning, translations, versions
from bot.library.editor import actions, listing
from bot.library.editor import question as form_of
from bot.library.model import LETTERS
from bot.library.showing import said
from bot.library.tables import BankRow, QuestionRow
from bot.people.model import Viewer

MOST_ADVICE = 6


def question(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The form of a question, and its preview: of what is live, or of what was typed."""
    row = listing.bank_row(session, viewer, str(query["bank"]), now)
    found = session.get(QuestionRow, str(query["question"]), populate_existing=True)
    if row is None or found is None or found.bank_id != row.id:
        return None
    content = versions.live_contents(session, [found.id])[found.id]
    languages = _languages(session, viewer, row, content, now)
    typed, advice = content, list[Any]()
    if query["typed"]:
        try:
            typed, advice = form_of.checked(
                _head(row), found.id, form_of.typed(content, row.language, languages, query["typed"])
            )
        except Refused:  # said on top by the refusal itself
            typed = content
    aside = translations.stale(translations.set_aside(content, typed, row.language)) if typed is not content else ()
    groups = form_of.fields(content, row.language, languages)
    return {
        "title": said(row.title), "bank": row.id, "id": found.id, "seen": found.version, "kind": found.kind,
        "mine": owning.may_change(session, row.unit_id, viewer.person, now), "retired": found.retired_at is not None,
        "groups": groups, "right": form_of.right(content), "may_right": form_of.may_set_right(content),
        "letters": LETTERS.upper(), "topic": content["topic"], "sources": "\n".join(content["sources"]),
        "facts": ", ".join(content["facts"]), "previewed": typed is not content,
        "views": form_of.seen(found.id, typed, languages), "clock": _zone(session, row, viewer, now),
        "soonest": f"{local(now, _zone(session, row, viewer, now)):%Y-%m-%dT%H:%M}",
        "advice": [Text(each.text_key, dict(each.params)) for each in advice[:MOST_ADVICE]],
        "set_aside": [each["name"] for each in groups if each["lang"] in aside and each["lang"] not in translations.stale(content)],
    }  # fmt: skip


def _languages(session: Session, viewer: Viewer, row: BankRow, content: Mapping[str, Any], now: datetime) -> list[str]:
    """The bank's own, those that its people read, those that it is said in."""
    read = listing.spoken(session, owning.units_of(session, viewer.person, now), now)
    there = sorted(translations.languages(content) | set(translations.stale(content)))
    return list(dict.fromkeys([row.language, *read, *there]))


def _zone(session: Session, row: BankRow, viewer: Viewer, now: datetime) -> str:
    whose = owning.unit_of(session, row.unit_id, viewer.person, now)
    return whose.zone if whose else "UTC"


def _head(row: BankRow) -> dict[str, Any]:
    return {"id": row.id, "language": row.language, "title": row.title}


def saved(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str | Again:
    """Looks at it, saves it now, or at a moment of the unit's clock. Raises Refused."""
    row = listing.bank_row(session, viewer, str(form["bank"]), now)
    found = session.get(QuestionRow, str(form["question"]), populate_existing=True)
    if row is None or found is None or found.bank_id != row.id:
        raise Refused("library.t_not_your_bank")
    content = versions.live_contents(session, [found.id])[found.id]
    languages: Sequence[str] = _languages(session, viewer, row, content, now)
    wished = form_of.typed(content, row.language, languages, form)
    made, _ = form_of.checked(_head(row), found.id, wished)
    if form.get("act") == "look":
        return Again()
    at = None
    if form.get("act") == "later":
        at = moments.read(str(form.get("at", "")).replace("T", " "), now, _zone(session, row, viewer, now))
        if at is None:
            raise Refused("library.t_not_a_moment").beside("at")
    seen = str(form.get("seen", ""))
    actions.save(session, viewer.person, row.id, found.id, made, int(seen) if seen.isdigit() else 0, now, at)
    return f"/desk/library/banks/{row.id}"
