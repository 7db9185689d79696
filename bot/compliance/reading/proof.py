"""The proof of who acknowledged what and when, as PDF and XLSX: looked up beside the writer, drawn outside transactions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from xlsxwriter.worksheet import Worksheet

from bot.compliance.reading import actions, rules, store
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import localized, say
from bot.kit.clock import local
from bot.kit.replies import Media, Message
from bot.kit.texts import text
from bot.library.formats.sheets import Lists, Sheets
from bot.media import drawing
from bot.media import store as media
from bot.people import company
from bot.people import store as people

WRITE = "compliance.reading.proof"
TEMPLATE = Path(__file__).parent / "proof.typ"
COLUMNS = ("name", "badge", "unit", "asked", "acknowledged")
WIDTHS = (30, 14, 30, 20, 20)


class Proof:
    """The job."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The words of the version and a line for each person, as of now."""
        found = store.notice(session, payload["notice"])
        assert found is not None
        lang, written = rules.spoken(found.said, payload["lang"])
        site = company.site_of(session, found.path) or people.unit(session, found.unit)
        lines = [
            {"name": each.name, "badge": each.badge, "unit": each.unit, "asked": _iso(each.told_at), "here": each.here,
             "acknowledged": _iso(each.at)}
            for each in store.lines(session, found, now)
        ]  # fmt: skip
        return payload | {
            "title": localized(actions.title_of(session, found), payload["lang"]), "number": found.number, "lines": lines,
            "words": written.words, "ask": written.ask, "right": written.right, "said_in": lang,
            "place": localized(site.label, payload["lang"]) if site and not isinstance(site.label, str)
            else (site.label if site else ""), "at": now.isoformat(), "began": found.began_at.isoformat(),
        }  # fmt: skip

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws the PDF and writes the workbook."""
        files = {"proof.pdf": pdf(payload), "proof.xlsx": workbook(payload)}
        return payload | {"files": {name: media.put(data, name) for name, data in files.items()}, "lines": []}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends both."""
        said = text("compliance.reading.proof", title=payload["title"])
        files = tuple(Media("document", ref, name) for name, ref in payload["files"].items())
        to = outbox.to_person(payload["person"])
        outbox.send(session, to, Message(said, media=files), Lane.REPLY, now, key=payload["key"])


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _when(at: str, payload: Mapping[str, Any]) -> str:
    return local(datetime.fromisoformat(at), payload["zone"]).strftime("%Y-%m-%d %H:%M") if at else ""


def cells(payload: Mapping[str, Any]) -> list[list[str]]:
    """The lines as they are shown: those who have not acknowledged first."""
    lang = payload["lang"]
    gone = str(say("compliance.reading.x_gone", lang))
    return [
        [f"{each['name']}{'' if each['here'] else f' ({gone})'}", each["badge"], each["unit"],
         _when(each["asked"], payload), _when(each["acknowledged"], payload)]
        for each in payload["lines"]
    ]  # fmt: skip


def head(payload: Mapping[str, Any]) -> list[str]:
    """What stands above the lines: version, counts, when this was written and in which zone the times are."""
    lines, lang = payload["lines"], payload["lang"]
    meant = sum(each["here"] for each in lines)
    done = sum(each["here"] and bool(each["acknowledged"]) for each in lines)
    began, at = _when(payload["began"], payload), _when(payload["at"], payload)
    return [
        str(say("compliance.reading.x_version", lang, number=payload["number"], began=began)),
        str(say("compliance.reading.x_counts", lang, done=done, meant=meant)),
        str(say("compliance.reading.x_written", lang, at=at, place=payload["zone"])),
    ]


def columns(lang: str) -> list[str]:
    """The heads of the columns."""
    return [str(say("compliance.reading.x_column", lang, name=name)) for name in COLUMNS]


def pdf(payload: Mapping[str, Any]) -> bytes:
    """The proof as a PDF in the language of whoever asked."""
    lang = payload["lang"]
    values = {
        "lang": lang, "rtl": lang in RIGHT_TO_LEFT, "heading": str(say("compliance.reading.x_heading", lang)),
        "title": payload["title"], "place": payload["place"], "head": head(payload), "words": payload["words"],
        "question": f"{payload['ask']} → {payload['right']}", "columns": columns(lang), "lines": cells(payload),
        "missing": str(say("compliance.reading.x_missing", lang)),
    }  # fmt: skip
    return drawing.draw(TEMPLATE.read_bytes(), values)


def workbook(payload: Mapping[str, Any]) -> bytes:
    """The same as a workbook; every cell is text, so that no name becomes a formula."""
    lang = payload["lang"]
    sheets = Sheets(lang, Lists())
    sheet: Worksheet = sheets.book.add_worksheet(str(say("compliance.reading.x_heading", lang))[:31])
    above = [payload["title"], payload["place"], *head(payload)]
    for row, words in enumerate(above):
        sheet.write_string(row, 0, words, sheets.formats["title" if row == 0 else "text"])
    top = len(above) + 1
    for column, name in enumerate(columns(lang)):
        sheet.set_column(column, column, WIDTHS[column])
        sheet.write_string(top, column, name, sheets.formats["header"])
    for row, line in enumerate(cells(payload), top + 1):
        for column, value in enumerate(line):
            sheet.write_string(row, column, value, sheets.formats["text" if line[4] else "warning"])
    sheet.freeze_panes(top + 1, 0)
    if lang in RIGHT_TO_LEFT:
        sheet.right_to_left()
    return sheets.close()
