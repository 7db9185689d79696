"""A lesson as a card: its words in the reader's language, its picture, its sign. Slow (some 50 ms): only outside transactions."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from PIL import Image, ImageOps

from bot.i18n.languages import RIGHT_TO_LEFT, SOURCE
from bot.i18n.say import say
from bot.library.cards import rules, signs
from bot.library.model import ANY, Lesson, text_in
from bot.library.shipped import pictures_path
from bot.media import drawing
from bot.media import store as media
from bot.media.pictures import BadPicture

TEMPLATE = Path(__file__).parent / "card.typ"
LAMP = Path(__file__).parent / "lamp.svg"
LETTERS = ("Noto Sans", "Droid Sans Fallback", "Noto Sans Arabic")
SIDE, SHOWN = 960, 540
"""The card's width and height, and how much of the height is the picture, in pixels."""
COLOURS = 256
PENNED = frozenset({"zh", "ja"})
"""Languages whose font has no bold."""
PAPER = "#F4F1EA"


def language_of(lesson: Lesson, lang: str) -> str:
    """In which of the lesson's languages its card is for a reader."""
    for wanted in (lang, lang.split("-")[0], SOURCE):
        if lesson.title.get(wanted):
            return wanted
    return next(iter(lesson.title), SOURCE)


def values_of(lesson: Lesson, lang: str) -> dict[str, Any]:
    """What the template shows. Raises OSError or BadPicture where the lesson's picture cannot be had."""
    lang = language_of(lesson, lang)
    key = rules.key_of(lesson.cards.get(lang) or ())
    sign = signs.beside(lesson.topic, lesson.jurisdictions)
    beside = signs.drawing(sign.id) if sign is not None else None
    large = signs.drawing(sign.id if sign is not None else "warning") if lesson.picture is None else None
    return {
        "lang": lang,
        "rtl": lang in RIGHT_TO_LEFT,
        "penned": lang in PENNED,
        "title": rules.for_lines(text_in(lesson.title, lang)),
        "key": [{"words": rules.for_lines(part.words), "strong": part.strong} for part in key],
        "place": _place(lesson.jurisdictions, lang),
        "sign": None if large else beside,
        "mark": _lamp(),
        "picture": _picture(lesson.picture) if lesson.picture else poster(large or ""),
    }


def draw(lesson: Lesson, lang: str) -> tuple[bytes, str]:
    """The card, and the ending of its name. Raises typst.TypstError, OSError or BadPicture."""
    made = drawing.draw(TEMPLATE.read_bytes(), values_of(lesson, lang), "png", ppi=72, letters=LETTERS)
    out, drawn = BytesIO(), lesson.picture is None or drawing_of(lesson.picture) is not None
    with Image.open(BytesIO(made)) as image:
        if drawn:  # of few colours: with a palette it is half as heavy
            few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
            few.save(out, "PNG")
        else:
            image.convert("RGB").save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue(), ".png" if drawn else ".jpg"


def _place(jurisdictions: Sequence[str], lang: str) -> str:
    if ANY in jurisdictions or not jurisdictions:
        return ""
    names = Locale.parse(lang).territories
    codes = [each.split("-")[0] for each in jurisdictions]
    places = [names.get({"UK": "GB"}.get(code, code), code) for code in codes]
    return str(say("library.cards.holds", lang, places=", ".join(dict.fromkeys(places))))


def drawing_of(picture: str) -> Path | None:
    """Where the drawing of a shipped picture lies; None for a photo."""
    drawn = pictures_path() / f"{Path(picture).stem}.svg"
    return drawn if not picture.startswith(media.PREFIX) and drawn.is_file() else None


def _picture(name: str) -> str:
    """A lesson's picture as SVG: the drawing itself where there is one, else the photo in the middle of its card."""
    if (drawn := drawing_of(name)) is not None:
        return drawn.read_text("utf-8")
    return _framed(media.open_ref(name) if name.startswith(media.PREFIX) else (pictures_path() / name).read_bytes())


def _framed(data: bytes) -> str:
    """The whole photo, on a ground of its own blurred colours where its shape is another: nothing of it is cut away."""
    try:
        with Image.open(BytesIO(data)) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except Exception as error:  # decoders fail in ways of their own
        raise BadPicture("broken") from error
    whole = ImageOps.contain(image, (SIDE, SHOWN))
    ground = ImageOps.fit(image.resize((12, 8), Image.Resampling.BOX), (12, 8)).resize(
        (SIDE, SHOWN), Image.Resampling.BICUBIC
    )
    ground.paste(whole, ((SIDE - whole.width) // 2, (SHOWN - whole.height) // 2))
    out = BytesIO()
    ground.save(out, "JPEG", quality=90)
    href = f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    return _svg(f'<image width="{SIDE}" height="{SHOWN}" href="{href}"/>')


def poster(sign: str) -> str:
    """A lesson without a picture shows its sign, large."""
    side = 400
    placed = sign.replace("<svg ", f'<svg x="{(SIDE - side) / 2}" y="{(SHOWN - side) / 2}" ', 1)
    placed = placed.replace('width="200" height="200"', f'width="{side}" height="{side}"', 1)
    return _svg(f'<rect width="{SIDE}" height="{SHOWN}" fill="{PAPER}"/>{placed}')


def _svg(inner: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SHOWN}" width="{SIDE}" height="{SHOWN}">{inner}</svg>'


@cache
def _lamp() -> str:
    return LAMP.read_text("utf-8")


def look(lesson: Lesson) -> str:
    """What else a card is made of than the lesson's words, as a short hash: another drawing is another card."""
    return _look(lesson.picture or "", lesson.topic, lesson.jurisdictions)


@lru_cache(maxsize=2000)
def _look(picture: str, topic: str, jurisdictions: tuple[str, ...]) -> str:
    sign, drawn = signs.beside(topic, jurisdictions), drawing_of(picture) if picture else None
    parts: list[bytes] = [TEMPLATE.read_bytes(), LAMP.read_bytes(), picture.encode(), repr((LETTERS, COLOURS)).encode()]
    parts += [drawn.read_bytes()] if drawn is not None else []
    parts += [signs.drawing(sign.id).encode()] if sign is not None else []
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:10]
