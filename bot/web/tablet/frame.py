"""The frame of pages without the dashboard's head: a tablet, a place that was scanned, the form without a name."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import show
from bot.kit.texts import Html
from bot.web.shell import version

LAYOUT = "web/tablet/layout.html.j2"


def page(lang: str, title: str, body: Html, status: int = 200, *, idle: int = 0) -> HTMLResponse:
    """A whole page. `idle`: somebody is signed in, and after so many seconds without a touch they are not."""
    made = show(
        LAYOUT,
        "screen",
        lang,
        language=lang,
        direction="rtl" if lang in RIGHT_TO_LEFT else "ltr",
        title=title,
        body=body,
        idle=idle,
        files={name: version(name) for name in ("style.css", "lamp.svg", "tablet.js")},
    )
    return HTMLResponse(made, status)
