"""A file with questions at the desk: sent, what the checker says at its lines, what publishing would change, decided."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.clock import local
from bot.kit.errors import Refused
from bot.kit.room import Made
from bot.kit.texts import Text
from bot.library import exporting, history, later, moments, owning, store, translations, uploads, versions
from bot.library.apart import READER, Stopped
from bot.library.checking import check
from bot.library.editor import actions, listing
from bot.library.editor import question as form_of
from bot.library.formats.write import ENDINGS
from bot.library.model import MAX_BYTES
from bot.library.showing import said
from bot.library.tables import BankRow, UploadRow
from bot.media import store as media
from bot.people.model import Viewer

SHOWN, PREVIEWED, TOLD = 60, 6, 20


class Sent:
    """The form's file: kept and checked before any transaction."""

    def prepare(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Reads and checks it apart."""
        data, name = form.get("file"), str(form.get("file_name", ""))
        if not isinstance(data, bytes) or not data:
            raise Refused("library.editor.no_file").beside("file")
        if not name.casefold().endswith(uploads.ENDINGS):
            raise Refused("library.editor.which_files", endings=" ".join(uploads.ENDINGS)).beside("file")
        if len(data) > MAX_BYTES:
            raise Refused("library.editor.no_file").beside("file")
        lang = str(form.get("lang", ""))
        ref = media.put(data, name)
        found = check({"name": name, "media": ref, "lang": lang if lang in LANGUAGES else "en"})
        return {**form, "file": None, "ref": ref, "checked": found}

    def __call__(self, session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
        """Keeps what was found; answers where it is looked at."""
        name = str(form.get("file_name", ""))
        return f"/desk/library/files/{actions.receive(session, viewer.person, name, form['ref'], form['checked'], now)}"


def file(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """A file of somebody's own."""
    row = store.upload(session, int(query["id"]))
    if row is None or row.person_id != viewer.person:
        return None
    problems = listing.problems_of(row)
    change = uploads.change_of(row)
    bank = session.get(BankRow, row.bank_id) if row.bank_id else None
    title = (row.changes or {}).get("bank", {}).get("title") or (bank.title if bank else {})
    units = listing.whose(session, row, now) if row.state in ("ready", "planned") else []
    zone = units[0].zone if units else "UTC"
    return {
        "id": row.id, "name": row.name, "state": row.state, "bank": row.bank_id or "", "known": bank is not None,
        "heading": said(title) if title else "",
        "problems": [_problem(each) for each in problems[:SHOWN]], "more": max(len(problems) - SHOWN, 0),
        "errors": sum(bool(each["error"]) for each in problems),
        "added": len(change.added), "changed": len(change.changed), "absent": list(change.absent[:TOLD]),
        "count_absent": len(change.absent), "told": _told(session, row, change.changed[:TOLD]),
        "units": [{"id": unit.id, "label": unit.label} for unit in units], "clock": zone,
        "soonest": f"{local(now, zone):%Y-%m-%dT%H:%M}",
        "when": moments.written(row.publish_at, zone) if row.publish_at and row.state == "planned" else "",
        "views": _views(session, viewer, row, [*change.added, *change.changed], now),
        "left": max(len(change.added) + len(change.changed) - PREVIEWED, 0),
        "meanwhile": _meanwhile(session, row, now) if row.state == "outdated" else [],
    }  # fmt: skip


def _problem(each: Mapping[str, Any]) -> dict[str, Any]:
    return {**each, "params": None, "what": Text(f"library.problem_{each['code']}", dict(each["params"]))}


def _told(session: Session, row: UploadRow, ids: Any) -> list[dict[str, Any]]:
    """What changed questions say otherwise: before, after."""
    bank = (row.changes or {}).get("bank")
    if not bank or not ids:
        return []
    before = versions.live_contents(session, ids)
    return [
        {
            "id": id,
            "lines": history.lines(translations.differences(before[id], bank["questions"][id], bank["language"])),
        }
        for id in ids
        if id in before
    ]


def _views(session: Session, viewer: Viewer, row: UploadRow, ids: list[str], now: datetime) -> list[dict[str, Any]]:
    """The first questions as workers will see them, in each language that the file has."""
    bank = (row.changes or {}).get("bank")
    if not bank or row.state not in ("ready", "planned"):
        return []
    read = listing.spoken(session, owning.units_of(session, viewer.person, now), now)
    found = []
    for id in ids[:PREVIEWED]:
        content = bank["questions"][id]
        there = translations.languages(content)
        order = [
            bank["language"],
            *(lang for lang in [*read, *sorted(there)] if lang != bank["language"] and lang in LANGUAGES),
        ]
        found.append({"id": id, "views": form_of.seen(id, content, list(dict.fromkeys(order)))})
    return found


def _meanwhile(session: Session, row: UploadRow, now: datetime) -> list[dict[str, Any]]:
    bank = session.get(BankRow, row.bank_id)
    found, _ = versions.since(session, row.bank_id or "", row.base_version or 0, bank.language if bank else "en")
    return history.told(session, found, now)[:TOLD]


def decided(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Publishes it, now or later, in part or in place of the whole bank; or gives it up. Raises Refused."""
    row = uploads.mine(session, int(form["id"]), viewer.person, now)
    do, unit = str(form.get("do", "")), _number(form.get("unit"))
    retire = form.get("whole") == "1"
    here = f"/desk/library/files/{row.id}"
    if do == "no":
        if not uploads.cancel(session, row, now):
            raise Refused("library.decided")
        return "/desk/library"
    if do == "again":
        uploads.check_again(session, row, str(form.get("lang", "en")), now)
        return here
    if row.state not in ("ready", "planned"):
        raise Refused("library.decided")
    if do == "later":
        zone = listing.whose(session, row, now)[0].zone
        at = moments.read(str(form.get("at", "")).replace("T", " "), now, zone)
        if at is None:
            raise Refused("library.t_not_a_moment").beside("at")
        later.plan(session, row, at, retire, unit, now)
        return here
    # where the bank changed meanwhile the upload is outdated from now on: that has to be kept, so it is no refusal
    uploads.publish_upload(session, row, now, retire_absent=retire, unit=unit)
    return here


def _number(value: Any) -> int:
    given = str(value or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def written(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Made | None:
    """A bank as a file of a format, written apart."""
    row = listing.bank_row(session, viewer, str(query["bank"]), now)
    format = str(query["format"])
    content = store.live_content(session, row.id) if row is not None else None
    if content is None or format not in ENDINGS or not content["questions"]:
        return None
    pictures = exporting.pictures_of(content) if format == "zip" else {}
    request = {"do": "write", "lang": content["language"], "format": format, "bank": content, "pictures": pictures}
    try:
        made = READER.ask(request)
    except Stopped:
        raise Refused("library.editor.not_written") from None
    if made["data"] is None:
        raise Refused("library.editor.not_written")
    return Made(str(made["name"]), base64.b64decode(made["data"]))
