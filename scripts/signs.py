"""The page of the project's signs, and its picture: `make reference` writes the page, `python scripts/signs.py` the picture.

The picture is `docs/pictures/signs.png`: all signs on one sheet, each with its meaning, for looking at them side by side.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

SHEET = ROOT / "docs" / "pictures" / "signs.png"
DOES = {
    "forbids": "Red ring with a bar: forbids",
    "warns": "Yellow triangle: warns",
    "demands": "Blue disc: must be done",
    "shows": "Green square: a way out, or help",
    "fights_fire": "Red square: fights fire, or raises the alarm",
    "stops": "Red button on yellow: stops a machine",
    "keeps_off": "Lock and tag: keeps it off",
    "names_substance": "Red diamond: names what a substance does",
    "says_what_burns": "Letters on extinguishers: for what burns (United States only)",
}
INTRO = (
    "The signs and pictograms that lesson cards and questions use. They are the project's own drawings in the shapes and "
    "colours that the facts describe, not copies of a standard's artwork: for a sign on a real wall buy one that your law "
    "asks for. Shape and symbol say the same as the colour, so that nobody needs to see colours. A fact whose mark begins with "
    "*known* was not seen in a source yet; look it up first.\n\n![All signs on one sheet](../pictures/signs.png)"
)
LEFT_OUT = (
    "## Not drawn\n\nHand signals for lifting (VIS-19 to VIS-21) are left out on purpose: they differ between countries, and "
    "no source for them was seen. So are the codes of ISO 7010, which the facts say have to be verified."
)
TEMPLATE = b"""
#let said = json(bytes(sys.inputs.values))
#set page(width: 1200pt, height: auto, margin: 24pt, fill: rgb("#F4F1EA"))
#set text(font: json(bytes(sys.inputs.fonts)), size: 15pt, fill: rgb("#1E2A32"))
#grid(columns: 8, column-gutter: 14pt, row-gutter: 18pt, ..said.signs.map(each => align(center, {
  image(bytes(each.drawing), format: "svg", width: 112pt)
  v(4pt, weak: true)
  each.means
})))
"""


def page_of_signs(page: Callable[..., str], table: Callable[[list[str], list[list[object]]], str]) -> str:
    """All signs, what they mean in each language, and what that rests on."""
    from bot.library.cards.signs import signs
    from bot.library.shipped import marks

    parts = []
    for does, group in groupby(signs().values(), key=lambda sign: sign.does):
        rows: list[list[object]] = [
            [
                f'<img src="../../content/signs/{sign.id}.svg" width="64" alt="{sign.means["en"]}">',
                f"`{sign.id}`",
                "<br>".join(sign.means.values()),
                ", ".join(sign.jurisdictions),
                "<br>".join(f"{fact}: {marks()[fact].mark}" for fact in sign.facts),
                ", ".join(sign.topics),
            ]
            for sign in group
        ]
        heads = ["sign", "id", "means", "where", "facts and their marks", "on the cards of"]
        parts.append(f"## {DOES[does.value]}\n\n{table(heads, rows)}")
    return page("Signs and pictograms", INTRO, *parts, LEFT_OUT)


def main() -> int:
    from PIL import Image

    from bot.library.cards import sheet, signs
    from bot.media import drawing

    with tempfile.TemporaryDirectory() as folder:
        drawing.use(Path(folder))
        values = {
            "signs": [{"drawing": signs.drawing(each.id), "means": each.means["en"]} for each in signs.signs().values()]
        }
        made = drawing.draw(TEMPLATE, values, "png", ppi=72, letters=sheet.LETTERS)
    with Image.open(BytesIO(made)) as image:
        few = image.convert("RGB").quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(SHEET, "PNG", optimize=True)
    print(f"wrote {SHEET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
