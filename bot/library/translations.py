"""Which translations of a question or a lesson still say what its own language says. Pure; works on content as JSON.

When words of the base language change and their translation does not, the translation is set aside: it is kept with the
words that it was made of, and nobody is shown it until somebody who answers for it says that it still holds. Until then
its readers get the base language. Words that are hard to read make people ask; a rule that no longer holds, in one's own
language, gets followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

Texts = Mapping[str, str]
"""A text's path (joined by `/`) -> its words in one language."""

ASIDE = "stale"
"""The key of content under which translations lie that were set aside: `{lang: {"of": Texts, "texts": Texts}}`."""
_UNSPOKEN = frozenset({"unit", "units", "synonyms"})
"""Parts of a payload that are no sentences."""


def _localized(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every text with its path: of a question by its fields, of a lesson with its cards one by one."""
    for name in ("title", "stem", "explanation", "picture_text"):
        if content.get(name):
            yield name, content[name]
    for at in range(_cards(content)):
        yield f"cards/{at}", {lang: cards[at] for lang, cards in content["cards"].items() if len(cards) > at}
    for at, shown in enumerate(content.get("shows") or ()):
        if shown and shown.get("text"):
            yield f"shows/{at}/text", shown["text"]
    yield from _within(content.get("payload") or {}, "payload")


def _cards(content: Mapping[str, Any]) -> int:
    return max((len(cards) for cards in (content.get("cards") or {}).values()), default=0)


def _within(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(value, Mapping):
        if path != "payload" and value and all(isinstance(each, str) for each in value.values()):
            yield path, value
            return
        for name, each in value.items():
            if name not in _UNSPOKEN:
                yield from _within(each, f"{path}/{name}")
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            yield from _within(each, f"{path}/{at}")


def texts_in(content: Mapping[str, Any], lang: str) -> dict[str, str]:
    """All texts of a content in a language, by path."""
    return {path: words[lang] for path, words in _localized(content) if words.get(lang)}


def languages(content: Mapping[str, Any]) -> frozenset[str]:
    """The languages that any of its texts is shown in."""
    return frozenset(lang for _, words in _localized(content) for lang, said in words.items() if said)


def set_aside(before: Mapping[str, Any] | None, after: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The content to publish: `after` without the translations that `before` had for words that have changed.

    What was set aside before and is not given anew stays so; one whose words fit the base again comes back.
    """
    new = {name: value for name, value in after.items() if name != ASIDE}
    if before is None:
        return new
    origin, told, aside = texts_in(before, base), texts_in(new, base), dict(before.get(ASIDE) or {})
    kept: dict[str, Any] = {}
    for lang in sorted((languages(new) | set(aside)) - {base}):
        had = aside.get(lang) or {"of": origin, "texts": texts_in(before, lang)}
        given = texts_in(new, lang)
        if not given:
            if lang in aside:
                kept[lang] = aside[lang]
            continue
        if is_older(had["of"], had["texts"], told, given):
            kept[lang] = {"of": dict(had["of"]), "texts": given}
            new = without(new, lang)
    return new | ({ASIDE: kept} if kept else {})


def is_older(of: Texts, had: Texts, told: Texts, given: Texts) -> bool:
    """Whether a translation has words that were made of other ones than those that they stand for now.

    Wherever they stand: a card that was changed and moved at once must not bring its old translation along.
    """
    made_of: dict[str, set[str | None]] = {}
    for path, words in had.items():
        made_of.setdefault(words, set()).add(of.get(path))
    return any(words in made_of and told.get(path) not in made_of[words] for path, words in given.items())


def without(content: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The same content without a language."""
    new = deepcopy(dict(content))
    for path, words in list(_localized(new)):
        if lang in words:
            _drop(new, path, lang)
    if "cards" in new:
        new["cards"].pop(lang, None)
    return new


def _drop(content: dict[str, Any], path: str, lang: str) -> None:
    if not path.startswith("cards/"):
        _at(content, path).pop(lang, None)


def _at(content: dict[str, Any], path: str) -> dict[str, str]:
    found: Any = content
    for part in path.split("/"):
        found = found[int(part)] if isinstance(found, list | tuple) else found[part]
    return found  # type: ignore[no-any-return]


def stale(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages that were set aside."""
    return tuple(sorted(content.get(ASIDE) or ()))


def missing(content: Mapping[str, Any], base: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the wanted languages in which something is not said, and which were not set aside either."""
    needed, aside = set(texts_in(content, base)), content.get(ASIDE) or {}
    return tuple(
        each for each in wanted if each != base and each not in aside and needed - set(texts_in(content, each))
    )


def may_come_back(content: Mapping[str, Any], base: str, lang: str) -> bool:
    """Whether what was set aside has words for all that is said now; otherwise it must be written anew."""
    aside = (content.get(ASIDE) or {}).get(lang)
    return aside is not None and not set(texts_in(content, base)) - set(aside["texts"])


def restored(content: Mapping[str, Any], base: str, lang: str) -> dict[str, Any]:
    """The content with a language shown again that was set aside. Raises KeyError where it has not words for all."""
    if not may_come_back(content, base, lang):
        raise KeyError(lang)
    new = deepcopy(dict(content))
    aside = new.pop(ASIDE)
    texts = aside.pop(lang)["texts"]
    for path in texts_in(content, base):
        if not path.startswith("cards/"):
            _at(new, path)[lang] = texts[path]
    if count := _cards(content):
        new["cards"][lang] = [texts[f"cards/{at}"] for at in range(count)]
    return new | ({ASIDE: aside} if aside else {})


def differences(before: Mapping[str, Any], after: Mapping[str, Any], base: str) -> list[tuple[str, str, str]]:
    """What a change says otherwise, in the base language: (path, before, after); then what else differs, by name alone."""
    old, new = texts_in(before, base), texts_in(after, base)
    told = [(path, old.get(path, ""), new.get(path, "")) for path in {**old, **new} if old.get(path) != new.get(path)]
    for lang in sorted((languages(before) | languages(after)) - {base}):
        if texts_in(before, lang) != texts_in(after, lang):
            told.append((f"lang/{lang}", "", ""))
    plain = ("kind", "topic", "lesson", "jurisdictions", "facts", "sources", "confidence", "picture")
    told += [(f"field/{name}", _word(before, name), _word(after, name)) for name in plain
             if before.get(name) != after.get(name)]  # fmt: skip
    if _right(before) != _right(after):
        told.append(("field/right", "", ""))
    return told


def _word(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _right(content: Mapping[str, Any]) -> Any:
    """What of a payload is no text: which options are right, numbers, places."""
    return _bare(content.get("payload") or {}, "payload")


def _bare(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        if path != "payload" and value and all(isinstance(each, str) for each in value.values()):
            return None
        return {name: _bare(each, name) for name, each in value.items()}
    return [_bare(each, path) for each in value] if isinstance(value, list | tuple) else value
