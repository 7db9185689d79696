"""What may be done to a lesson in the making, what it lacks, and what it deserves to be told. Pure, over its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.library import translations
from bot.library.authoring.model import MOST_CARD, MOST_CARDS, MOST_TITLE, MOST_TWIN
from bot.library.model import ANY, Lesson, Shown
from bot.library.wording import han_characters, numbers, words

Content = Mapping[str, Any]
FEW_WORDS, FEW_CHARACTERS, FEW_CARDS = 80, 160, 3
"""What is read in a minute, standing, by somebody who reads slowly."""


def begun(language: str, title: str = "", topic: str = "") -> dict[str, Any]:
    """An empty lesson."""
    return {
        "language": language, "topic": topic, "jurisdictions": [ANY], "title": {language: title} if title else {},
        "cards": [], "voices": {},
    }  # fmt: skip


def with_card(content: Content, words: str, file: int | None = None) -> dict[str, Any]:
    """One card more at the end."""
    text = {content["language"]: words} if words else {}
    return {**content, "cards": [*content["cards"], {"text": text, "file": file, "shows": None, "twin": {}}]}


def replaced(content: Content, at: int, words: str | None, file: int | None) -> dict[str, Any]:
    """A card said anew: its words, its picture, or both. Translations stay until publishing sets them aside."""
    cards = [dict(each) for each in content["cards"]]
    card = cards[at]
    if words:
        card["text"] = {**card["text"], content["language"]: words}
    if file is not None:  # words that were written before there was a picture are about the one that is awaited
        card |= {"file": file, "shows": None, "twin": {} if shows(card) else card["twin"]}
    return {**content, "cards": cards}


def moved_up(content: Content, at: int) -> dict[str, Any]:
    """A card one place further to the front; the first one stays."""
    cards = list(content["cards"])
    if 0 < at < len(cards):
        cards[at - 1], cards[at] = cards[at], cards[at - 1]
    return {**content, "cards": cards}


def removed(content: Content, at: int) -> dict[str, Any]:
    """Without a card, in all languages."""
    return {**content, "cards": [card for number, card in enumerate(content["cards"]) if number != at]}


def without_picture(content: Content, at: int) -> dict[str, Any]:
    """A card without what it shows."""
    cards = [dict(each) for each in content["cards"]]
    cards[at] |= {"file": None, "shows": None, "twin": {}}
    return {**content, "cards": cards}


def shows(card: Mapping[str, Any]) -> bool:
    """Whether a card has a picture or a film."""
    return card["file"] is not None or card["shows"] is not None


def parts(content: Content) -> list[tuple[str, str]]:
    """All that has to be said in a language, (part, words in the base language), in the order of reading."""
    base = content["language"]
    found = [("title", content["title"].get(base, ""))]
    for at, card in enumerate(content["cards"]):
        found.append((f"card:{at}", card["text"].get(base, "")))
        if shows(card):
            found.append((f"twin:{at}", card["twin"].get(base, "")))
    return found


def words_of(content: Content, part: str, language: str) -> str:
    """A part in a language; empty where it is not said."""
    return _texts(content, part).get(language, "")


def _texts(content: Content, part: str) -> Mapping[str, str]:
    name, _, at = part.partition(":")
    found: Mapping[str, str] = (
        content["title"] if name == "title" else content["cards"][int(at)]["text" if name == "card" else "twin"]
    )
    return found


def said(content: Content, part: str, language: str, words: str) -> dict[str, Any]:
    """A part in a language."""
    texts = {**_texts(content, part), language: words}
    name, _, at = part.partition(":")
    if name == "title":
        return {**content, "title": texts}
    cards = [dict(each) for each in content["cards"]]
    cards[int(at)]["text" if name == "card" else "twin"] = texts
    return {**content, "cards": cards}


def without_language(content: Content, language: str) -> dict[str, Any]:
    """Without the words of a language."""
    cards = [
        {**card, **{name: {k: v for k, v in card[name].items() if k != language} for name in ("text", "twin")}}
        for card in content["cards"]
    ]
    title = {k: v for k, v in content["title"].items() if k != language}
    voices = {k: v for k, v in content["voices"].items() if k != language}
    return {**content, "title": title, "cards": cards, "voices": voices}


def languages(content: Content) -> list[str]:
    """The languages that anything is said in, the base language first."""
    found = set(content["title"])
    for card in content["cards"]:
        found |= {*card["text"], *card["twin"]}
    return [content["language"], *sorted(found - {content["language"]})]


def next_part(content: Content, language: str) -> str | None:
    """The first part that is not said in a language; None where all is."""
    return next((part for part, base in parts(content) if base and not words_of(content, part, language)), None)


def lacking(content: Content) -> list[str]:
    """What keeps a lesson from being published: `title`, `topic`, `cards`, `words:<card>`, `twin:<card>`, `part:<lang>`."""
    base, found = content["language"], []
    if not content["title"].get(base):
        found.append("title")
    if not content["topic"]:
        found.append("topic")
    if not content["cards"]:
        found.append("cards")
    for at, card in enumerate(content["cards"]):
        if not card["text"].get(base):
            found.append(f"words:{at}")
        if shows(card) and not card["twin"].get(base):
            found.append(f"twin:{at}")
    # half a translation would jump between two languages from card to card
    return found + [f"part:{each}" for each in languages(content)[1:] if next_part(content, each)]


def too_long(part: str, said: str) -> int:
    """The limit that words for a part exceed; 0 where they fit."""
    limit = {"title": MOST_TITLE, "card": MOST_CARD, "twin": MOST_TWIN}[part.partition(":")[0]]
    return limit if len(said) > limit else 0


def advice(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """What would make it better, as (macro, values); it keeps nothing back."""
    base = content["language"]
    found: list[tuple[str, dict[str, Any]]] = []
    told = [card["text"].get(base, "") for card in content["cards"]]
    whole = "\n".join(told)
    if len(told) > FEW_CARDS:
        found.append(("many_cards", {"n": len(told), "limit": FEW_CARDS}))
    if base == "zh" and han_characters(whole) > FEW_CHARACTERS:
        found.append(("many_characters", {"n": han_characters(whole), "limit": FEW_CHARACTERS}))
    elif base != "zh" and words(whole) > FEW_WORDS:
        found.append(("many_words", {"n": words(whole), "limit": FEW_WORDS}))
    for number in dict.fromkeys(each for text in told for each in numbers(text)):
        found.append(("a_number", {"number": number}))
        break
    return found


def full(content: Content) -> bool:
    """Whether no more cards fit."""
    return len(content["cards"]) >= MOST_CARDS


def seconds(content: Content) -> int:
    """How long reading takes, at two words a second and some time to look."""
    base = content["language"]
    whole = "\n".join(card["text"].get(base, "") for card in content["cards"])
    count = han_characters(whole) / 2 if base == "zh" else words(whole)
    return max(15, round(count / 2 + 5 * len(content["cards"])))


def as_lesson(content: Content, id: str, version: int, files: Mapping[int, tuple[str, str]]) -> Lesson:
    """The lesson that a draft comes to; `files`: what has come for it, by number: (kind, ref)."""
    spoken = languages(content)
    cards = content["cards"]
    shown = tuple(_shown(card, files) for card in cards)
    first = next((each for each in shown if each is not None and each.kind == "photo"), None)
    return Lesson(
        id=id,
        topic=content["topic"],
        jurisdictions=tuple(content["jurisdictions"]),
        facts=tuple(content.get("facts", ())),
        sources=tuple(content.get("sources", ())),
        seconds=seconds(content),
        version=version,
        title=dict(content["title"]),
        cards={
            each: tuple(card["text"].get(each, "") for card in cards)
            for each in spoken
            if all(card["text"].get(each) for card in cards) or each == content["language"]
        },
        picture=first.ref if first else None,
        language=content["language"],
        shows=shown if any(shown) else (),
    )


def _shown(card: Mapping[str, Any], files: Mapping[int, tuple[str, str]]) -> Shown | None:
    if card["file"] is not None:
        kind, ref = files.get(card["file"], ("", ""))
        return Shown("video" if kind == "video" else "photo", ref, dict(card["twin"])) if ref else None
    held = card["shows"]
    return Shown(held["kind"], held["ref"], dict(card["twin"])) if held else None


def from_lesson(content: Content, base: str) -> dict[str, Any]:
    """A published lesson's JSON as a draft, with what was set aside left out."""
    count = max((len(each) for each in content["cards"].values()), default=0)
    shown = list(content.get("shows") or [])
    cards = []
    for at in range(count):
        own = shown[at] if at < len(shown) else None
        cards.append(
            {
                "text": {lang: each[at] for lang, each in content["cards"].items() if len(each) > at},
                "file": None,
                "shows": {"kind": own["kind"], "ref": own["ref"]} if own else None,
                "twin": dict(own["text"]) if own else {},
            }
        )
    return {
        "language": base, "topic": content["topic"], "jurisdictions": list(content["jurisdictions"]),
        "title": dict(content["title"]), "cards": cards, "voices": {}, "facts": list(content["facts"]),
        "sources": list(content["sources"]),
    }  # fmt: skip


def with_pictures_of(before: Content, after: Content) -> dict[str, Any]:
    """A lesson that came as a workbook, with the pictures that its cards had: by their words, else by their places."""
    base, cards = after["language"], []
    same = len(before["cards"]) == len(after["cards"])
    for at, card in enumerate(after["cards"]):
        words = card["text"].get(base)
        had = next((each for each in before["cards"] if each["text"].get(base) == words), None)
        had = had or (before["cards"][at] if same else None)
        held = {"shows": had["shows"], "twin": card["twin"] or had["twin"]} if had and had["shows"] else {}
        cards.append({**card, **held})
    return {**after, "cards": cards, "facts": before.get("facts", []), "sources": before.get("sources", [])}


def aside(before: Content | None, after: Content) -> dict[str, Any]:
    """A lesson's JSON to publish: translations of words that have changed are set aside."""
    return translations.set_aside(before, after, str(after.get("language", "en")))
