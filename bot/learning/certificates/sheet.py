"""The certificate as a page: its words in the holder's language, its QR, its drawing. Slow: only outside transactions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import localized, say
from bot.learning.certificates import rules
from bot.learning.certificates.actions import link_of, number_of
from bot.media import drawing
from bot.media import store as media

log = structlog.get_logger("davy.certificates")
TEMPLATE = Path(__file__).parent / "certificate.typ"


def values_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the template shows."""
    lang = payload["lang"]
    company = payload["company"]
    dates = {"issued": payload["issued_on"], "until": payload["expires_on"]}
    return {
        "lang": lang,
        "rtl": lang in RIGHT_TO_LEFT,
        "company": company if isinstance(company, str) else localized(company, lang),
        "heading": _say("sheet_heading", lang),
        "holds": _say("sheet_holds", lang),
        "name": payload["name"],
        "badge": _say("sheet_badge", lang, badge=payload["badge"]),
        "passed": _say("sheet_passed", lang),
        "title": localized(payload["title"], lang),
        "lines": [localized(line, lang) for line in payload["lines"]],
        "issued": _say("sheet_issued", lang, on=dates["issued"]),
        "until": _say("sheet_until", lang, on=dates["until"]) if dates["until"] else _say("sheet_no_end", lang),
        "check": _say("sheet_check", lang),
        "number": rules.grouped(number_of(payload["key"])),
        "qr": drawing.qr(link_of(payload["key"])),
    }


def _say(name: str, lang: str, **params: Any) -> str:
    return str(say(f"learning.certificates.{name}", lang, **params))


def draw(payload: Mapping[str, Any], form: str = "pdf", ppi: float = 144) -> bytes:
    """The certificate as a PDF, or as a picture."""
    return drawing.draw(TEMPLATE.read_bytes(), values_of(payload), form, ppi=ppi)  # type: ignore[arg-type]


class Drawn:
    """The job: drawn before its transaction, then sent."""

    def __init__(self, then: Any) -> None:
        self._then = then

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with the file. Letters for which this machine has no font are told to the operator."""
        began = time.perf_counter()
        file = media.put(draw(payload), "certificate.pdf")
        if lost := drawing.missing(payload["name"]):
            log.warning("a name has letters without a font: install fonts-noto-cjk", letters=len(lost))
        log.info("a certificate was drawn", ms=round(1000 * (time.perf_counter() - began)))
        return payload | {"file": file}

    def __call__(self, session: Any, payload: dict[str, Any], now: Any) -> None:
        """Sends it."""
        self._then(session, payload, now)
