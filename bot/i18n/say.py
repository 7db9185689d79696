"""`say(key, lang, **params)`: the one way from a text key to a sentence.

A key is `room.macro`; the macro stands in the room's `texts.html.j2` (escaped Telegram HTML) or `texts.txt.j2` (plain).
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jinja2
from babel.dates import format_date, format_datetime, format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bot.i18n.compiled import compiled, translations
from bot.i18n.languages import LANGUAGES, RIGHT_TO_LEFT, SOURCE
from bot.kit.clock import local
from bot.kit.money import shown
from bot.kit.texts import Html, Plain, Text

ROOT = Path(__file__).parent.parent
EXTENSIONS = ["jinja2.ext.i18n", "jinja2.ext.do"]
KINDS = {"html": Html, "txt": Plain}
_TURNED = str.maketrans("←→⬅➡◀▶↩↪", "→←➡⬅▶◀↪↩")
_GAP = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_FULL_WIDTH = re.compile(r"(?<=[。！？；：，]) (?=\S)")
"""Sentences stand beside one another with a space; Chinese marks bring theirs along."""
_OPENS = {**dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"), **dict.fromkeys("\u2066\u2067\u2068", "\u2069")}
_TURNS = re.compile(f"[{''.join(_OPENS)}]")
_DAYS = {"ru": "dd.MM.y", "ar": "long"}
"""How a date is written where the locale's own way ends in a full stop, which a sentence doubles (30 нояб. 2026 г.), or reads as

another month to whoever learned to write dates elsewhere (03/04/2027 in Arabic).
"""
_MOMENTS = {"zh": "M月d日 HH:mm"}
_MONTHS = {"zh": "y年M月"}
_HOURS = {"es": "{} h"}
"""Where the locale's data is wrong: it says “1 horas”."""


class UnknownText(KeyError):
    """No room has a text of that name: a fault of the program."""


@cache
def environment(lang: str, kind: str) -> jinja2.Environment:
    """One environment a language and kind: a macro called from Python takes its escaping from the environment."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT),
        extensions=EXTENSIONS,
        autoescape=kind == "html",
        undefined=jinja2.StrictUndefined,
        bytecode_cache=compiled(kind),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_translations(translations(lang), newstyle=True)  # type: ignore[attr-defined]
    env.filters |= {"day": _day, "moment": _moment, "clock": _clock, "number": _number, "share": _share, "span": _span}
    env.filters |= {"before": _before, "turned": _turned, "month": _month, "money": _money}
    env.filters |= {"weekday": _weekday, "weekdays": _weekdays, "listed": _listed, "oneline": _oneline}
    return env


def say(key: str, lang: str, /, zone: str = "UTC", **params: Any) -> Html | Plain:
    """The sentence of a key in a language. `zone` is the reader's, for times. Unknown keys and missing values raise."""
    lang = lang if lang in LANGUAGES else SOURCE
    macro, kind = _macro(key, lang)
    values = {name: _value(value, lang, zone) for name, value in params.items()}
    _reader.lang, _reader.zone = lang, zone
    # an optional line that is left out leaves its empty lines behind
    words = _GAP.sub("\n\n", str(macro(**values)).strip())
    said: Html | Plain = KINDS[kind](_FULL_WIDTH.sub("", words) if lang == "zh" else words)
    return said


def render(text: Text, lang: str, zone: str = "UTC") -> Html | Plain:
    """A Text, said."""
    return say(text.key, lang, zone, **text.params)


def show(template: str, macro: str, lang: str, /, zone: str = "UTC", **params: Any) -> Html:
    """A macro of an HTML template below `bot/` (`hazards/pages.html.j2`), said to a reader: the pages of the dashboard.

    Raises UnknownText where there is no such macro.
    """
    lang = lang if lang in LANGUAGES else SOURCE
    found = getattr(environment(lang, "html").get_template(template).module, macro, None)
    if found is None:
        raise UnknownText(f"{template}: {macro}")
    values = {name: _value(value, lang, zone) for name, value in params.items()}
    _reader.lang, _reader.zone = lang, zone
    return Html(str(found(**values)).strip())


def localized(values: Mapping[str, str], lang: str, default: str = SOURCE) -> str:
    """From a {language: text} map the reader's language, else the default, else the first there is."""
    return values.get(lang) or values.get(default) or next(iter(values.values()), "")


def has(key: str) -> bool:
    """Whether some room has a text of that name."""
    try:
        _macro(key, SOURCE)
    except UnknownText:
        return False
    return True


@cache
def _macro(key: str, lang: str) -> tuple[Any, str]:
    room, _, name = key.rpartition(".")
    for kind in KINDS:
        try:
            module = environment(lang, kind).get_template(f"{room.replace('.', '/')}/texts.{kind}.j2").module
        except jinja2.TemplateNotFound:
            continue
        macro = getattr(module, name, None)
        if macro is not None and not name.startswith("_"):
            return macro, kind
    raise UnknownText(key)


def _value(value: Any, lang: str, zone: str) -> Any:
    if type(value) is str:  # what a person wrote; a sentence of ours is Html or Plain
        return _closed(value) if _TURNS.search(value) else value
    if isinstance(value, Text):
        return render(value, lang, zone)
    if isinstance(value, list | tuple):
        return [_value(v, lang, zone) for v in value]
    if isinstance(value, dict):
        if value and set(value) <= set(LANGUAGES):
            return localized(value, lang)
        return {k: _value(v, lang, zone) for k, v in value.items()}
    return value


def _closed(words: str) -> str:
    """What turns the direction of writing ends where the person's words end: the sentence around them stays as it is."""
    left = []
    for each in words:
        if each in _OPENS:
            left.append(_OPENS[each])
        elif left and each == left[-1]:
            left.pop()
    return words + "".join(reversed(left))


class _Reader(threading.local):
    """Who is being spoken to while a macro runs: what the date filters need. One a thread."""

    lang: str = SOURCE
    zone: str = "UTC"


_reader = _Reader()


def _day(value: str | date) -> str:
    on = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return format_date(on, _DAYS.get(_reader.lang, "medium"), locale=_reader.lang)


def _month(value: str | date) -> str:
    """A month by its first day: its name and year."""
    on = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return format_date(on, _MONTHS.get(_reader.lang, "LLLL y"), locale=_reader.lang)


def _moment(value: str | datetime) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    pattern = _MOMENTS.get(_reader.lang, "d MMM HH:mm")
    return format_datetime(local(at, _reader.zone), pattern, locale=_reader.lang)


def _clock(value: str | datetime) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return format_time(local(at, _reader.zone), "HH:mm", locale=_reader.lang)


def _weekday(day: str, width: Literal["abbreviated", "wide"] = "abbreviated") -> str:
    """The name of a weekday by its number: 1 is Monday."""
    return str(get_day_names(width, "stand-alone", _reader.lang)[int(day) - 1])


def _weekdays(days: str) -> str:
    """`135` as the names of these weekdays, in words."""
    return str(format_list([_weekday(day, "wide") for day in days], locale=_reader.lang))


def _oneline(value: object) -> Markup:
    """What may have several lines as a part of one, for lists: escaped where it is not yet."""
    lines = (line.strip() for line in str(escape(value)).split("\n"))
    return Markup(" · ".join(line for line in lines if line))


def _listed(words: Sequence[str]) -> Markup:
    """Words one after another, with an *and* before the last. For messages: they are escaped."""
    return Markup(format_list([str(escape(each)) for each in words], locale=_reader.lang))


def _number(value: float) -> str:
    return format_decimal(value, locale=_reader.lang)


def _money(amount: Sequence[Any]) -> str:
    """Minor units and their currency: [125000, "USD"]."""
    return shown(int(amount[0]), str(amount[1]), _reader.lang)


def _span(minutes: float) -> str:
    """How long something has lasted, in its largest unit: minutes, from one hour on hours, from two days on days."""
    for unit, size, least in (("day", 1440, 2880), ("hour", 60, 60)):
        if minutes >= least:
            return _lasting(int(minutes // size), unit)
    return _lasting(int(minutes), "minute")


def _lasting(count: int, unit: str) -> str:
    if unit == "hour" and _reader.lang in _HOURS:
        return _HOURS[_reader.lang].format(count)
    if _reader.lang != "ar":
        return str(format_unit(count, f"duration-{unit}", "short", locale=_reader.lang))
    # one letter for an hour is read by nobody; and "two hours" is said here behind a word that bends its ending
    words = str(format_unit(count, f"duration-{unit}", "short" if unit == "day" else "long", locale="ar"))
    return f"{words.removesuffix('ان')}ين" if count == 2 else words


def _share(part: float, whole: float) -> str:
    """A percentage with its n, because a share without n means nothing."""
    return f"{round(100 * part / whole)} % ({part:g}/{whole:g})" if whole else "–"


def _before(value: Any, words: object) -> Any:
    """A letter, a name or a command in front of words: a line runs as its first word does, and shall run as the words do."""
    first = next((kind for kind in map(unicodedata.bidirectional, str(words)) if kind in ("L", "R", "AL")), "L")
    if first == "L":
        return value
    kind = type(value) if isinstance(value, str) else str
    return kind(f"\u200f\u2068{value}\u2069")


@jinja2.pass_context  # or it would be worked out once, when the template is compiled, for all languages
def _turned(_: Context, arrows: str) -> str:
    """Arrows point the way in which is read."""
    return arrows.translate(_TURNED) if _reader.lang in RIGHT_TO_LEFT else arrows
