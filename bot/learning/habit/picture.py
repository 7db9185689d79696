"""Badges as a picture: drawn here, without letters of any language in them; the names below come from the texts."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from pathlib import Path

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import render
from bot.learning.habit.model import Badge
from bot.learning.habit.showing import name_of
from bot.media import drawing

TEMPLATE = Path(__file__).parent / "badges.typ"
LAMP, PAPER, GLOW = "#8a4b08", "#fff8ec", "#f2b84b"
_LINE = f'fill="none" stroke="{LAMP}" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"'
_ROUND = "M62 66h76a10 10 0 0 1 10 10v40a10 10 0 0 1-10 10h-44l-20 18v-18h-12a10 10 0 0 1-10-10V76a10 10 0 0 1 10-10z"
_BUBBLE = f'<path d="{_ROUND}" {_LINE}/>'


def _head(x: int, y: int, size: int) -> str:
    """Somebody: a head and shoulders."""
    return (
        f'<circle cx="{x}" cy="{y}" r="{size}" fill="{LAMP}"/>'
        f'<path d="M{x - 2 * size} {y + 3.4 * size}a{2 * size} {2 * size} 0 0 1 {4 * size} 0z" fill="{LAMP}"/>'
    )


def _ring(count: int) -> str:
    """So many lights in a ring."""
    places = [(100 + 42 * sin(2 * pi * at / count), 100 - 42 * cos(2 * pi * at / count)) for at in range(count)]
    lights = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{GLOW}" stroke="{LAMP}" stroke-width="4"/>' for x, y in places
    )
    return lights + f'<path d="M82 100l12 13 24-27" {_LINE}/>'


SHAPES = {
    Badge.FIRST_REPORT: f'{_BUBBLE}<path d="M100 80v20" {_LINE}/><circle cx="100" cy="113" r="4.5" fill="{LAMP}"/>',
    Badge.VERIFIED_FIX: f'<path d="M100 54l40 14v30c0 25-17 40-40 50-23-10-40-25-40-50V68z" {_LINE}/>'
    f'<path d="M82 100l13 14 25-29" {_LINE}/>',
    Badge.ASKED: f'{_BUBBLE}<path d="M89 86a11 11 0 1 1 15 10q-4 2-4 7" {_LINE}/><circle cx="100" cy="115" r="4" fill="{LAMP}"/>',
    Badge.TALK_HELD: _head(70, 100, 10)
    + _head(130, 100, 10)
    + _head(100, 108, 12)
    + f'<path d="M84 60h32M92 74h16" {_LINE}/>',
    Badge.KEPT: f'<path d="M100 76c-14-10-30-11-44-8v64c14-3 30-2 44 8 14-10 30-11 44-8V68c-14-3-30-2-44 8zM100 76v64" {_LINE}/>'
    f'<path d="M114 98l7 8 13-15" {_LINE}/><path d="M68 88h18M68 104h18" {_LINE}/>',
    Badge.TEN_TOPICS: _ring(10),
    Badge.CAME_BACK: f'<path d="M136 132a46 46 0 1 0-72-2" {_LINE}/><path d="M46 124l18 7 6-19" {_LINE}/>'
    f'<path d="M84 104l16-16 16 16v20H84z" {_LINE}/>',
}
"""What stands in the middle of each, on a field of 200 by 200."""


def shape(badge: Badge) -> str:
    """One badge as SVG."""
    field = f'<circle cx="100" cy="100" r="92" fill="{PAPER}" stroke="{LAMP}" stroke-width="6"/>'
    glow = f'<circle cx="100" cy="100" r="80" fill="none" stroke="{GLOW}" stroke-width="5"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">{field}{glow}{SHAPES[badge]}</svg>'


def drawn(badges: Sequence[Badge], lang: str) -> bytes:
    """A PNG of some badges with their names in a language, three a row. Takes a while: outside transactions only."""
    values = {
        "lang": lang,
        "rtl": lang in RIGHT_TO_LEFT,
        "badges": [{"svg": shape(badge), "name": str(render(name_of(badge), lang))} for badge in badges],
    }
    return drawing.draw(TEMPLATE.read_bytes(), values, "png", ppi=200)
