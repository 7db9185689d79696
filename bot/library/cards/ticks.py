"""Drawing a card, as a job: read, drawn outside any transaction, and kept; or told to the operator where that fails."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot.delivery import drawings
from bot.delivery.drawings import Drawing
from bot.library import store
from bot.library.cards import sheet
from bot.library.cards.showing import JOB
from bot.library.content import as_lesson, lesson_content
from bot.library.model import Lesson
from bot.media import drawing
from bot.media import store as media

log = structlog.get_logger("davy.cards")


def shown(lesson: Lesson | None) -> dict[str, Any]:
    """What the job carries of a lesson; nothing where there is none."""
    if lesson is None:
        return {}
    return {"id": lesson.id, "version": lesson.version, "content": lesson_content(lesson)}


class Drawn:
    """The job. Its payload is the drawing: `job`, `name` (`<lesson>/<version>/<look>`), `lang`."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The lesson in that version."""
        id, version, _ = payload["name"].split("/")
        return payload | shown(store.lesson(session, id, int(version)))

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with the file, or with what went wrong: drawing it again would end the same."""
        if "content" not in payload:
            return payload | {"error": "no such lesson"}
        lesson, lang = as_lesson(payload["id"], payload["version"], payload["content"]), payload["lang"]
        began = time.perf_counter()
        try:
            made, ending = sheet.draw(lesson, lang)
            file = media.put(made, f"card{ending}")
        except Exception as error:  # whatever it is, the lesson goes out with its plain picture
            log.error(
                "a card cannot be drawn; the plain picture goes out",
                card=payload["name"],
                lang=lang,
                error=repr(error)[:300],
            )
            return payload | {"error": f"{type(error).__name__}: {error}"}
        if lost := drawing.missing("".join((lesson.title.get(lang, ""), *lesson.cards.get(lang, ())))):
            log.warning("a card has letters without a font: install fonts-noto-core, fonts-noto-cjk", letters=len(lost))
        log.info("a card was drawn", ms=round(1000 * (time.perf_counter() - began)), bytes=len(made))
        return {name: payload[name] for name in ("job", "name", "lang")} | {"file": file}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Notes it; the sender takes it from there."""
        which = Drawing(payload["job"], payload["name"], payload["lang"])
        if "file" in payload:
            drawings.drawn(session, which, payload["file"], now)
        else:
            drawings.failed(session, which, payload["error"])


JOBS = {JOB: Drawn()}
