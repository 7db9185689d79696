"""The bank editor at the desk. Routes only: what they show is in `listing` and `question`, what they do in `actions`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.room import Made, Page
from bot.library import owning, versions
from bot.library.editor import actions, files_page, listing, question_page
from bot.library.formats.template import template
from bot.library.formats.write import NAMES
from bot.library.showing import said
from bot.library.uploads import ENDINGS, lists
from bot.people import store as people
from bot.people.model import Viewer


def desk(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The banks, and files in hand."""
    who = people.person(session, viewer.person, now)
    return {
        "banks": listing.banks(session, viewer, now), "files": listing.files(session, viewer),
        "endings": ",".join(ENDINGS), "lang": who.lang if who else "en",
        "others": [{"lang": lang, "name": name} for lang, name in LANGUAGES.items() if who is None or lang != who.lang],
        "units": [unit.label for unit in owning.units_of(session, viewer.person, now)],
    }  # fmt: skip


def bank(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One bank; None where it reaches nobody of theirs."""
    row = listing.bank_row(session, viewer, str(query["bank"]), now)
    if row is None:
        return None
    words = str(query.get("q", ""))[:60].strip()
    whose = owning.unit_of(session, row.unit_id, viewer.person, now)
    return {
        "title": said(row.title), "id": row.id, "version": row.version, "unit": whose.label if whose else "",
        "mine": owning.may_change(session, row.unit_id, viewer.person, now), "words": words,
        "questions": listing.questions(session, row.id, words), "gaps": listing.gaps(session, viewer, row, now),
        "versions": listing.history(session, row, now), "retired": listing.retired(session, row),
        "formats": [{"format": each, "name": NAMES[each]} for each in NAMES], "base": LANGUAGES.get(row.language, row.language),
        "back": _back(session, row.id, query),
    }  # fmt: skip


def _back(session: Session, bank: str, query: Mapping[str, Any]) -> dict[str, Any] | None:
    """What going back to a version would do, once somebody has asked."""
    wished = str(query.get("back", ""))
    if not (wished.isascii() and wished.isdigit() and len(wished) < 7):
        return None
    known = {each.version for each in versions.versions(session, bank, 1000) if each.kept}
    if int(wished) not in known:
        return None
    found = versions.way_back(session, bank, int(wished))
    return {
        "to": int(wished), "changed": len(found.change.changed), "absent": len(found.change.absent),
        "kept": list(found.kept[:10]), "nothing": found.change.nothing,
    }  # fmt: skip


def decided(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Goes back to a version, takes questions out of use and brings them back, lets a translation hold. Raises Refused."""
    bank, do, by = str(form["bank"]), str(form.get("do", "")), viewer.person
    id = str(form.get("question", ""))
    if do == "back":
        versions.roll_back(session, bank, _number(form.get("to")), _number(form.get("seen")), by, now)
    elif do == "retire":
        actions.retire(session, by, bank, [id], now)
    elif do == "restore":
        actions.restore(session, by, bank, id, now)
    elif do == "retire_all":
        actions.retire_all(session, by, bank, str(form.get("sure", "")), now)
    elif do == "holds":
        actions.still_holds(session, by, bank, id, str(form.get("lang", "")), _number(form.get("version")), now)
    return f"/desk/library/banks/{bank}"


def _number(value: Any) -> int:
    given = str(value or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def empty_table(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Made:
    """A workbook with drop-downs and examples, in the reader's language; `?also=zh` adds columns."""
    who = people.person(session, viewer.person, now)
    lang = who.lang if who else "en"
    also = tuple(each for each in str(query.get("also", "")).split(",") if each in LANGUAGES and each != lang)
    return Made("questions.xlsx", template(lang, lists(), also))


PAGES = (
    Page("/desk/library", desk, "desk", "title_desk", role="trainer", post=files_page.Sent()),
    Page("/desk/library/template.xlsx", empty_table, "", "", role="trainer", nav=False),
    Page("/desk/library/files/{id:int}", files_page.file, "file", "title_desk", role="trainer", nav=False, post=files_page.decided),
    Page("/desk/library/banks/{bank}", bank, "bank", "title_bank", role="trainer", nav=False, post=decided),
    Page("/desk/library/banks/{bank}/file/{format}", files_page.written, "", "", role="trainer", nav=False),
    Page(
        "/desk/library/banks/{bank}/questions/{question}", question_page.question, "question", "title_bank", role="trainer",
        nav=False, post=question_page.saved,
    ),
)  # fmt: skip
