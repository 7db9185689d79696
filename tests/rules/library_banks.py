"""Banks of every kind of question, made up by hypothesis: what people could write, with the signs that formats stumble over."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from bot.library.kinds.registry import KINDS
from bot.library.model import Bank, Question

NASTY = [
    "~", "=", "#", "####", "{", "}", ":", "::", "\\", "\\n", "\\\\", "%50%", "->", "//", "[html]", "[plain]", "<b>", "</text>",
    "&amp;", "&", "]]>", "<!--", "--", "-->", '"', "'", ",", ";", "\n", "$CATEGORY: x", "TRUE", "T", "*", "ANSWER: A",
    "A) x", "- x", ": ", "# ", "!!str", "&a", "*a", "no", "~", "null", "1.10", "@", "`", "|", ">", "?", "davy: {}",
    "[id:x]", "²", "梯子", "é", "🦺", "ß", "٣", "\u200f", "x" * 40,
]  # fmt: skip
words = st.one_of(
    st.sampled_from(NASTY),
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=8),
    st.text("abcdé梯子опасно😀.,!?()/%", min_size=1, max_size=8),
)
texts = (
    st.lists(words, min_size=1, max_size=4)
    .map(lambda parts: " ".join(parts))
    .map(lambda text: "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip()))
    .filter(lambda text: bool(text) and any(sign.isalnum() for sign in text))
)
"""Texts as a reader keeps them: no spaces around them, no empty lines."""
ids = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=20)
decimals = st.decimals(-9999, 9999, places=3, allow_nan=False, allow_infinity=False)


def localized(must: bool = True) -> st.SearchStrategy[dict[str, str]]:
    """A text in English and perhaps in other languages; or, where it may be, none at all."""
    there = st.builds(
        lambda base, others: {"en": base, **others}, texts, st.dictionaries(st.sampled_from(["zh", "es"]), texts)
    )
    return there if must else st.one_of(st.just({}), there)


def unlike(n: int) -> st.SearchStrategy[list[dict[str, str]]]:
    """So many texts of which no two are the same in any language."""
    return st.lists(localized(), min_size=n, max_size=n).filter(
        lambda found: all(
            len({each.get(language, str(at)).casefold() for at, each in enumerate(found)}) == len(found)
            for language in ("en", "zh", "es")
        )
    )


@st.composite
def options(draw: st.DrawFn, several: bool) -> list[dict[str, Any]]:
    """Two to five options."""
    n = draw(st.integers(2, 5))
    right = draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=n - 1 if several else 1))
    beliefs = draw(unlike(n))
    return [
        {"text": text, "right": at in right, "misconception": {} if at in right or draw(st.booleans()) else beliefs[at]}
        for at, text in enumerate(draw(unlike(n)))
    ]


@st.composite
def payloads(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A payload as its kind keeps it in JSON."""
    if kind in ("one", "several"):
        return {"v": 1, "options": draw(options(kind == "several"))}
    if kind == "true_false":
        return {"v": 1, "answer": draw(st.booleans()), "misconception": draw(localized(must=False))}
    if kind == "order":
        n = draw(st.integers(2, 5))
        return {"v": 1, "steps": [{"text": text, "misconception": draw(localized(False))} for text in draw(unlike(n))]}
    if kind == "match":
        left, right = draw(unlike(3)), draw(unlike(4))
        pairs = [
            {"left": one, "right": other, "misconception": draw(localized(False))}
            for one, other in zip(left, right, strict=False)
        ]
        return {"v": 1, "pairs": pairs, "others": right[3:]}
    if kind == "number":
        number = draw(decimals)
        wrong = [{"number": str(number + 7), "misconception": draw(localized(False))}] if draw(st.booleans()) else []
        units = {"cm": "0.01"} if draw(st.booleans()) else {}
        return {
            "v": 1, "number": str(number), "tolerance": str(draw(st.sampled_from(["0", "0.5", "2"]))),
            "unit": draw(st.sampled_from([{}, {"en": "m"}, {"en": "m", "zh": "米"}])), "units": units, "wrong": wrong,
        }  # fmt: skip
    if kind == "short":
        answer, first, wrong_one = draw(unlike(3))
        wrong = [{"text": wrong_one, "misconception": draw(localized(False))}] if draw(st.booleans()) else []
        return {
            "v": 1,
            "answer": answer,
            "synonyms": {"en": [first["en"]]} if draw(st.booleans()) else {},
            "wrong": wrong,
        }
    marks = draw(options(several=True))
    return {
        "v": 1,
        "picture": "gate.png",
        "marks": [{"at": [10.0 * at, 50.5], **each} for at, each in enumerate(marks)],
    }


@st.composite
def questions(draw: st.DrawFn, id: str) -> Question:
    """A question of any kind."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    return Question(
        id=id,
        kind=kind,
        topic=draw(st.sampled_from(["LAD", "STF", "OWN2"])),
        stem=draw(localized()),
        payload=KINDS[kind].from_json(draw(payloads(kind))),
        explanation=draw(localized(must=False)),
        lesson=draw(st.sampled_from([None, "dry-floor"])),
        jurisdictions=draw(st.sampled_from([("any",), ("US", "US-CA"), ("CN",)])),
        facts=draw(st.sampled_from([(), ("LAD-01",), ("LAD-01", "STF-02")])),
        sources=draw(st.sampled_from([(), ("our own rule",), ("rule 1", "29 CFR 1910.23(b)(5)")])),
        confidence=draw(st.booleans()),
    )


@st.composite
def banks(draw: st.DrawFn) -> Bank:
    """A bank of one to four questions."""
    found = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    title = draw(localized().map(lambda each: {name: " ".join(text.split()) for name, text in each.items()}))
    return Bank("made-up", "en", title, tuple(draw(questions(each)) for each in found))
