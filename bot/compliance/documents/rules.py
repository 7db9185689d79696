"""Finding a document by words, in any of our languages; cutting it into screens. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

MOST_WORDS, MOST_TITLE = 12_000, 120
SCREEN = 2500
"""Letters of a document on one message: 4096 fit, some are the frame's and the markup's."""
PATIENCE = timedelta(minutes=30)
"""So long what is typed counts as the words that were asked for: later it is a new matter, perhaps a danger."""
MOST_TOKENS = 12
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_CLAUSE = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,39})(?:[\s:：,，]+(.{1,60}))?\s*$")


def tokens(words: str) -> list[str]:
    """What a text is found by: its words without case and width; of Chinese, which has no spaces, each pair of characters."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    found: list[str] = []
    for word in _WORD.findall(plain):
        at = 0
        for run in _HAN.finditer(word):
            found += [word[at : run.start()]] if run.start() > at else []
            found += _pairs(run.group())
            at = run.end()
        found += [word[at:]] if at < len(word) else []
    return list(dict.fromkeys(found))


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


def searched(texts: Iterable[str]) -> str:
    """What is kept to search in: the tokens with a space before and behind each."""
    return f" {' '.join(dict.fromkeys(token for text in texts for token in tokens(text)))} "


def needles(words: str) -> list[str]:
    """What has to stand in `searched`, all of it: a word by its beginning, Chinese as it is."""
    lone = [token for token in tokens(words) if len(token) == 1 and _HAN.fullmatch(token)]
    return [token if token in lone else f" {token}" for token in tokens(words)][:MOST_TOKENS]


def rank(words: str, title: str) -> int:
    """How much of what was looked for stands in the title: such documents come first."""
    there = searched((title,))
    return sum(1 for token in tokens(words) if f" {token}" in there)


def screens(words: str) -> list[str]:
    """A text in parts that fit on a message each, parted between lines where that can be."""
    parts: list[str] = []
    for line in words.splitlines() or [""]:
        for piece in [line[at : at + SCREEN] for at in range(0, len(line), SCREEN)] or [""]:
            if parts and len(parts[-1]) + len(piece) + 1 <= SCREEN:
                parts[-1] += f"\n{piece}"
            else:
                parts.append(piece)
    return parts


def clauses(words: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Lines like `CN-AQSCF Art. 43` as (law, clause); and the lines that are none."""
    found, wrong = [], []
    for line in words.splitlines():
        if line.strip():
            match = _CLAUSE.match(line)
            if match is None:
                wrong.append(line.strip()[:60])
            else:
                found.append((match.group(1), (match.group(2) or "").strip()))
    return list(dict.fromkeys(found)), wrong


def is_pdf(data: bytes) -> bool:
    """Whether bytes begin as a PDF does."""
    return data[:1024].lstrip().startswith(b"%PDF-")
