"""What answers say about questions, at the desk: by the rules of the chat's analysis, with the number behind each share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.analysis import reading, rules, showing
from bot.analysis.model import LEAST_COMPARED, LEAST_JUDGED, LEAST_SHOWN, Item
from bot.kit.room import Page
from bot.library.kinds.registry import choices, grade
from bot.library.model import LETTERS
from bot.library.showing import choice_words, said
from bot.people.model import Viewer

MOST = 200


def banks(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The banks whose answers somebody may see."""
    found = reading.banks(session, viewer.person, now)
    return {"rows": [{"id": line.id, "name": said(line.title), "count": line.count} for line in found]}


def bank(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One bank, question by question; None for whoever may not see it."""
    made = reading.analysis(session, viewer.person, str(query["bank"]), now)
    if made is None:
        return None
    live = [item for item in made.items if item.live]
    missed = {item.figures.question for item in rules.missed(made.items)}
    ordered = sorted(live, key=lambda item: (item.figures.question not in missed, not item.reasons))
    return {
        "title": said(made.title), "id": made.bank, "places": list(made.places), "count": len(live),
        "rows": [_row(item, item.figures.question in missed) for item in ordered[:MOST]],
        "more": max(len(live) - MOST, 0), "shown": LEAST_SHOWN, "judged": LEAST_JUDGED, "compared": LEAST_COMPARED,
        "waiting": sum(item.figures.count < LEAST_JUDGED for item in live),
    }  # fmt: skip


def _row(item: Item, missed: bool) -> dict[str, Any]:
    found = item.figures
    shown = found.count >= LEAST_SHOWN
    right = grade(item.content, ()).right_positions
    taken = [
        {"letter": LETTERS[each.position].upper(), "words": choice_words(each), "count": found.taken.get(each.position, 0),
         "right": each.position in right, "idle": each.position in item.idle}
        for each in choices(item.content)
        if each.position < len(LETTERS)
    ]  # fmt: skip
    return {
        "id": item.content.id, "stem": said(item.content.stem), "count": found.count, "right": found.right,
        "share": round(100 * found.facility) if shown else 0, "shown": shown, "missed": missed,
        "apart": showing.signed(found) or "" if shown else "",
        "seconds": round(found.seconds or 0) if shown and found.seconds else 0,
        "why": [showing.why(item, each) for each in item.reasons],
        "taken": taken if shown and found.taken else [],
    }  # fmt: skip


PAGES = (
    Page("/desk/analysis", banks, "banks", "title_banks", role="trainer", nav=False),
    Page("/desk/analysis/{bank}", bank, "bank", "title_bank", role="trainer", nav=False),
)
