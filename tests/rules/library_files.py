"""A small bank of every kind in every format, and what spoils files: for the tests of files that were changed on their way."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO

from bot.library.formats.read import read_bank
from bot.library.formats.template import header_of, question_row
from bot.library.formats.write import ENDINGS, export
from bot.library.model import Bank
from tests.rules.library_samples import workbook

YAML = """
bank: yard
language: en
title: {en: The yard, zh: 堆场}
questions:
- {id: y-1, kind: one, topic: LAD, jurisdictions: [any], sources: [rule], stem: {en: "Oil {here}?", zh: "油?"},
   options: [{text: Walk on, misconception: Someone else sees to it}, {text: {en: "Warn = stop", zh: 警告}, right: true}],
   explanation: It is slippery.}
- {id: y-2, kind: several, topic: LAD, jurisdictions: [US], stem: Which hold?, explanation: "Both: do.",
   options: [{text: A tie, right: true}, {text: A person, right: true}, {text: A word, misconception: Words hold}]}
- {id: y-3, kind: true_false, topic: STF, jurisdictions: [any], facts: [STF-12], stem: It is dry., answer: false,
   misconception: "50% is enough", explanation: No.}
- {id: y-4, kind: match, topic: STF, jurisdictions: [any], stem: What goes with what?, explanation: Signs.,
   pairs: [{left: Red, right: Stop}, {left: Green, right: Go}]}
- {id: y-5, kind: number, topic: STF, jurisdictions: [any], stem: How wide?, number: 0.8, tolerance: 0.05, unit: m,
   explanation: Measured.}
- {id: y-6, kind: short, topic: STF, jurisdictions: [any], stem: Who signs?, answer: the foreman, synonyms: [foreman],
   explanation: He knows.}
- {id: y-7, kind: order, topic: STF, jurisdictions: [any], stem: In which order?, steps: [Stop, Lock, Try],
   explanation: So.}
"""
NASTY = [
    b"\x00", b"\xff\xfe", b"&a;", b"&#0;", b"&#x110000;", b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>",
    b"<!DOCTYPE q [", b"<?",
    b"{", b"}", b"=", b"~", b"#", b"####", b"::", b"\\", b"//", b"$CATEGORY:", b"%50%", b"%-999%", b"->", b"..", b"1e999",
    b"ANSWER: ", b"Z) ", b"\n\n", b"\r", b'"', b",", b"[html]", b"<p><p><p>", b"// davy: {", b'// davy: {"v":1,"texts":[]}',
    b'fraction="x"', b"[id:", b"*a", b"- ", b"\xed\xa0\x80", "\u202e".encode(), "\U0001f9ba".encode(), b"NaN", b"Infinity",
    b"\xe2\x80",
]  # fmt: skip


def yard() -> Bank:
    """The bank."""
    bank, problems = read_bank("yard.yaml", YAML.encode())
    assert bank is not None
    assert not problems
    return bank


def files() -> dict[str, tuple[str, bytes]]:
    """Name and bytes by format."""
    bank = yard()
    return {each: ((made := export(bank, each)).name, made.data) for each in ENDINGS}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four pieces cut out, doubled, swapped or replaced by something nasty; now and then another encoding."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.randint(0, 60))
        piece = data[start:end]
        kind = chance.randrange(6)
        if kind == 0:
            piece = b""
        elif kind == 1:
            piece *= 3
        elif kind == 2:
            piece = chance.choice(NASTY)
        elif kind == 3:
            piece = chance.randbytes(chance.randint(1, 8))
        elif kind == 4:
            piece = chance.choice(NASTY) * chance.randint(1, 2000)
        else:
            other = chance.randint(0, len(data))
            piece = data[other : other + 40]
        data = data[:start] + piece + data[end:]
    return data


def zipped(entries: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def seen_to(name: str, data: bytes) -> bytes:
    """A file of another program as a workbook, with what a trainer then fills in."""
    bank = read_bank(name, data)[0]
    assert bank is not None
    rows = [question_row(question, ("en",), "en") for question in bank.questions]
    for cells in rows:
        cells |= {"topic": "LAD", "sources": "our ladder rule", "explanation": cells["explanation"] or "It must hold."}
        cells |= {f"{letter}!": "It looks safe" for letter in "abc" if letter in cells and letter not in cells["right"]}
    return workbook(rows, header=header_of(rows, ()))
