"""What trainers send and press. Routes only."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Media, Message, Reply, answer, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import (
    doubtful,
    elsewhere,
    exporting,
    history,
    later,
    owning,
    paging,
    preview,
    signatures,
    store,
    uploads,
)
from bot.library.formats.template import template
from bot.library.model import MAX_BYTES
from bot.library.showing import said
from bot.library.tables import UploadRow
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Person

COURSES = (".course.yaml", ".course.yml")
REFUSED = Reply((Message(text("library.not_a_trainer")),))


def _who(session: Session, event: AnyEvent, now: datetime) -> Person:
    who = people.person(session, event.person or 0, now)
    assert who is not None, "routes are for people we know"
    return who


def _row(session: Session, event: Pressed, now: datetime) -> UploadRow:
    return uploads.mine(session, event.number(0), event.person or 0, now)


@cache
def _template(lang: str, also: tuple[str, ...]) -> bytes:
    """The template is the same for everybody of one language."""
    return template(lang, uploads.lists(), also)


def on_template(session: Session, event: Said, now: datetime) -> Reply:
    """`/template`: a workbook with drop-downs and examples; `/template zh es` adds columns for those languages."""
    if not uploads.is_trainer(session, event.person or 0, now):
        return REFUSED
    lang, name = _who(session, event, now).lang, "questions.xlsx"
    also = tuple(each for each in event.args.lower().split() if each in LANGUAGES and each != lang)
    file = Media("document", media.put(_template(lang, also), name), name)
    others = [each for each in LANGUAGES if each != lang]
    return answer("library.template", media=(file,), example=f"/template {' '.join(others)}")


def on_banks(session: Session, event: Said, now: datetime) -> Reply:
    """`/banks`: the live banks, each to be had as a workbook that can be changed and sent back."""
    if not uploads.is_trainer(session, event.person or 0, now):
        return REFUSED
    units = owning.units_of(session, event.person or 0, now)
    found = [line for line in store.banks(session) if owning.concerns(line, units)]
    buttons = [button("library.bank_button", f"lb.bank:{b.id}", title=said(b.title), count=b.count) for b in found]
    return answer("library.banks", buttons=rows(*buttons[:40], each=1), count=len(found))


def on_bank(session: Session, event: Pressed, now: datetime) -> Reply:
    """One bank as a workbook; under it are buttons for the other formats."""
    return _export_bank(session, event, "xlsx", now)


def on_bank_as(session: Session, event: Pressed, now: datetime) -> Reply:
    """One bank in another format."""
    return _export_bank(session, event, event.word(1), now)


def _export_bank(session: Session, event: Pressed, format: str, now: datetime) -> Reply:
    if not uploads.is_trainer(session, event.person or 0, now):
        return REFUSED
    if not exporting.ask_for_bank(session, _who(session, event, now), event.word(0), format, now):
        return toast("delivery.stale", alert=True)
    return toast("library.t_writing")


def on_file_as(session: Session, event: Pressed, now: datetime) -> Reply:
    """A file that was sent in, in another format: what could be read of it."""
    row, who = _row(session, event, now), _who(session, event, now)
    if not exporting.ask_for_upload(session, who, row, event.word(1), now):
        return toast("delivery.stale", alert=True)
    return toast("library.t_writing")


def on_document(session: Session, event: Sent, now: datetime) -> Reply | None:
    """A file: from a trainer it is a bank; anybody else gets a polite word. Courses are passed on to learning."""
    if (event.file.name or "").casefold().endswith(COURSES):
        return None
    if not uploads.is_trainer(session, event.person or 0, now):
        return answer("library.no_files")
    name = event.file.name or ""
    if not name.casefold().endswith(uploads.ENDINGS):
        return answer("library.which_files", name=name)
    if (event.file.size or 0) > MAX_BYTES:
        return answer("library.not_fetched", name=name, limit=MAX_BYTES // 1_000_000)
    row = uploads.receive(session, _who(session, event, now), event.file.file_id, name, now)
    return Reply((Message(text("library.checking", name=row.name), ref=uploads.ref(row.id)),))


def on_publish(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Publish*: new and changed questions go live; absent ones stay."""
    return _publish(session, event, now, retire_absent=False)


def on_replace(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Replace whole bank*: first says how many questions would retire."""
    row = _row(session, event, now)
    if row.state != "ready":
        return toast("library.decided", alert=True)
    return Reply(edit=preview.confirm_replacing(row.id, uploads.change_of(row)))


def on_replace_confirmed(session: Session, event: Pressed, now: datetime) -> Reply:
    """Yes, the absent ones retire."""
    return _publish(session, event, now, retire_absent=True)


def _publish(session: Session, event: Pressed, now: datetime, *, retire_absent: bool) -> Reply:
    row = _row(session, event, now)
    if row.state not in ("ready", "planned"):
        return toast("library.decided", alert=True)
    change = uploads.change_of(row)
    title = said((row.changes or {})["bank"]["title"])
    unit = event.number(1) if len(event.args) > 1 else 0
    version = uploads.publish_upload(session, row, now, retire_absent=retire_absent, unit=unit)
    if version is not None:
        return Reply(edit=preview.published(row.id, title, version, change, retire_absent))
    return Reply(edit=history.outdated(session, row, now))


def on_cancel(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Cancel*: nothing changes."""
    row = _row(session, event, now)
    if row.state in ("published", "rejected"):
        return toast("library.decided", alert=True)
    uploads.cancel(session, row, now)
    return Reply(edit=Message(text("library.cancelled", name=row.name)))


def on_check_again(session: Session, event: Pressed, now: datetime) -> Reply:
    """The same file against the bank as it is now."""
    row = _row(session, event, now)
    if not uploads.check_again(session, row, _who(session, event, now).lang, now):
        return NOTHING
    return Reply(edit=Message(text("library.checking", name=row.name), ref=uploads.ref(row.id)))


ROUTES = (
    Route(on_template, command="template", menu="library.menu_template", roles=("trainer", "admin")),
    Route(on_banks, command="banks", menu="library.menu_banks", roles=("trainer", "admin")),
    Route(on_document, file="document"),
    Route(on_publish, verb="lb.pub"),
    Route(on_replace, verb="lb.all"),
    Route(on_replace_confirmed, verb="lb.allyes"),
    Route(on_cancel, verb="lb.no"),
    Route(on_check_again, verb="lb.again"),
    Route(on_bank, verb="lb.bank"),
    Route(on_bank_as, verb="lb.as"),
    Route(on_file_as, verb="lb.file"),
    *elsewhere.ROUTES,
    *signatures.ROUTES,
    *doubtful.ROUTES,
    *later.ROUTES,
    *history.ROUTES,
    *paging.ROUTES,
)
