"""A bank sent back as a file: asked for in a transaction, written apart from it, sent by the job."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery import outbox
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message
from bot.library import owning, preview, store
from bot.library.apart import READER, Stopped
from bot.library.formats.write import ENDINGS
from bot.library.shipped import pictures_path
from bot.library.tables import UploadRow
from bot.media import store as media
from bot.people.model import Person

JOB = "library.exported"


def ask_for_bank(session: Session, who: Person, bank: str, format: str, now: datetime) -> bool:
    """A live bank in a format, soon. False where there is no such bank or format; Refused: it is of another site."""
    live = store.live_bank(session, bank)
    if live is None or format not in ENDINGS:
        return False
    if not owning.may_read(session, live.unit, who.id, now):
        raise Refused("library.t_not_your_bank")
    mine = owning.may_change(session, live.unit, who.id, now)
    content = store.live_content(session, bank)
    _ask(session, who, format, now, {"bank": content, "mine": mine, "again": f"lb.as:{bank}"})
    return True


def ask_for_upload(session: Session, who: Person, row: UploadRow, format: str, now: datetime) -> bool:
    """A file that somebody sent in, as another format."""
    if row.media is None or format not in ENDINGS:
        return False
    _ask(session, who, format, now, {"media": row.media, "name": row.name, "mine": True, "again": f"lb.file:{row.id}"})
    return True


def _ask(session: Session, who: Person, format: str, now: datetime, more: dict[str, Any]) -> None:
    payload = {"person": who.id, "lang": who.lang, "format": format, **more}
    jobs.enqueue(session, JOB, payload, key=f"export:{who.id}:{more['again']}:{format}:{now.isoformat()}", now=now)


class Exported:
    """The job: the file is written before its transaction."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with what was made, and the ref of its file; without it where nothing could be."""
        request = {"do": "write", "lang": payload["lang"], "format": payload["format"]}
        if "bank" in payload:
            pictures = pictures_of(payload["bank"]) if payload["format"] == "zip" else {}
            request |= {"bank": payload["bank"], "pictures": pictures}
        else:
            sent = base64.b64encode(media.open_ref(payload["media"])).decode()
            request |= {"name": payload["name"], "data": sent}
        try:
            made = READER.ask(request)
        except Stopped:
            made = {"data": None}
        kept = {name: value for name, value in payload.items() if name not in ("bank", "media")}
        if made["data"] is None:
            return kept | {"made": None, "none_fits": made.get("none_fits", False)}
        data = base64.b64decode(made.pop("data"))
        return kept | {"made": made | {"ref": media.put(data, made["name"])}}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends the file, and says what is not in it."""
        to = outbox.to_person(payload["person"])
        made = payload["made"]
        if made is None:
            outbox.send(
                session, to, preview.not_written(payload["format"], payload["none_fits"]), outbox.Lane.REPLY, now
            )
            return
        file = Media("document", made["ref"], made["name"])
        message: Message = preview.written(made, payload["format"], payload["mine"], payload["again"], file)
        outbox.send(session, to, message, outbox.Lane.REPLY, now)


def pictures_of(bank: Mapping[str, Any]) -> dict[str, str]:
    """The bytes of the pictures that the bank's questions show, by what they call them; missing ones are left out."""
    names = {each["payload"].get("picture") for each in bank["questions"].values()} - {None}
    found = {name: picture(str(name)) for name in names}
    return {str(name): base64.b64encode(data).decode() for name, data in found.items() if data}


def picture(name: str) -> bytes | None:
    """The bytes of a question's picture: one that was sent in, or one that is shipped; None where it is not there."""
    if name.startswith(media.PREFIX):
        try:
            return media.open_ref(name)
        except media.NoSuchFile:
            return None
    path = pictures_path() / name
    return path.read_bytes() if "/" not in name and path.is_file() else None


JOBS = {JOB: Exported()}
