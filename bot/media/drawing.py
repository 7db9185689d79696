"""A template drawn to a PDF or a picture by Typst, with fonts for every language. Takes a while: never in a transaction."""

from __future__ import annotations

import json
import lzma
import os
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import segno
import typst

PACKED = Path(__file__).parent / "fonts"
LETTERS = ("Libertinus Serif", "Droid Sans Fallback", "Noto Naskh Arabic")
"""Which font is asked first for a letter; then those of the machine."""
NO_LETTER = "\uffff"
"""A code point that no font has: drawn as the empty box that stands for a letter that is missing."""
SURE = 0x0530
"""Below it lie Latin, Greek and Cyrillic, which the fonts that Typst carries hold."""
_folder: list[Path] = []
_turn = threading.Lock()


def use(folder: Path) -> None:
    """Sets where the fonts are unpacked. Nothing is unpacked before it is needed."""
    _folder[:] = [folder.resolve()]


def draw(
    template: bytes,
    values: Mapping[str, Any],
    form: Literal["pdf", "png"] = "pdf",
    *,
    ppi: float = 144,
    letters: Sequence[str] = LETTERS,
) -> bytes:
    """The one page of a template, which reads `json(bytes(sys.inputs.values))`. `letters`: which fonts are asked in turn.

    Raises typst.TypstError where the template has a mistake. Nothing is fetched: a template names no packages.
    """
    drawn: Any = typst.compile(
        template, font_paths=_fonts(str(_where())), sys_inputs=_inputs(values, letters), format=form, ppi=ppi
    )
    return bytes(drawn if isinstance(drawn, bytes) else drawn[0])


def told(template: bytes, values: Mapping[str, Any], label: str, *, letters: Sequence[str] = LETTERS) -> list[Any]:
    """What a template says of itself under a label (`#metadata(...) <label>`), one value each time it says it."""
    inputs = _inputs(values, letters)
    found = typst.query(template, f"<{label}>", field="value", font_paths=_fonts(str(_where())), sys_inputs=inputs)
    return list(json.loads(found))


def _inputs(values: Mapping[str, Any], letters: Sequence[str]) -> dict[str, str]:
    return {"values": json.dumps(dict(values), ensure_ascii=False), "fonts": json.dumps(list(letters))}


def missing(words: str) -> str:
    """The letters of some words for which there is no font, neither ours nor one of the machine's; mostly none."""
    letters = sorted({each for each in words if ord(each) >= SURE and not each.isspace()})
    return "".join(each for each in letters if _is_missing(each, str(_where())))


def qr(address: str) -> str:
    """A QR code as SVG, for a template."""
    return str(segno.make(address, error="m", micro=False).svg_inline(scale=4, border=0))


@cache
def _is_missing(letter: str, where: str) -> bool:
    return _picture_of(letter, where) == _picture_of(NO_LETTER, where)


@cache
def _picture_of(letter: str, where: str) -> bytes:
    # the box is told from a letter by drawing both: a box of a font of ours is the same for all that it lacks
    page = (
        b"#set page(width: 40pt, height: 40pt, margin: 4pt)\n#set text(size: 24pt, font: json(bytes(sys.inputs.fonts)))"
        b"\n#json(bytes(sys.inputs.values)).letter"
    )
    return draw(page, {"letter": letter}, "png", ppi=72)


@cache
def _fonts(where: str) -> typst.Fonts:
    with _turn:
        unpack(Path(where))
        return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[where])


def unpack(folder: Path) -> None:
    """Puts our fonts into a folder, each once; another process may do the same."""
    folder.mkdir(parents=True, exist_ok=True)
    for packed in sorted(PACKED.glob("*.ttf.xz")):
        target = folder / packed.stem
        if not target.exists():
            unfinished = folder / f"{uuid4().hex}.part"
            unfinished.write_bytes(lzma.decompress(packed.read_bytes()))
            os.replace(unfinished, target)


def _where() -> Path:
    if not _folder:
        raise RuntimeError("no folder for fonts: call media.drawing.use() first")
    return _folder[0]
