"""One question as a form and back: its texts by language, which answers are right; and how a worker sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from bot.i18n.languages import LANGUAGES, RIGHT_TO_LEFT
from bot.i18n.say import say
from bot.kit.errors import Refused
from bot.kit.texts import Text
from bot.library import translations
from bot.library.checks import checked_bank
from bot.library.content import as_bank, as_question, question_content
from bot.library.editor.model import EDITED
from bot.library.formats.yaml_bank import write_yaml
from bot.library.history import where
from bot.library.kinds.registry import choices, grade, kind_of
from bot.library.model import LETTERS, Problem, Severity, text_in
from bot.library.shipped import known_content
from bot.library.showing import question_text

LONG = ("stem", "explanation")


def fields(content: Mapping[str, Any], base: str, languages: Sequence[str]) -> list[dict[str, Any]]:
    """A group a language, its own first; each with its controls: name, what it is, what stands there."""
    paths = _paths(content)
    order = [base, *(each for each in languages if each != base and each in LANGUAGES)]
    said = translations.texts_in
    aside = content.get(translations.ASIDE) or {}
    return [
        {
            "lang": lang, "name": LANGUAGES.get(lang, lang), "rtl": lang in RIGHT_TO_LEFT, "base": lang == base,
            "aside": lang in aside,
            "controls": [
                {"name": control(path, lang), "what": where(path), "long": path in LONG,
                 "words": said(content, lang).get(path) or (aside.get(lang, {}).get("texts", {}).get(path, ""))}
                for path in paths
            ],
        }
        for lang in order
    ]  # fmt: skip


def control(path: str, lang: str) -> str:
    """What a control is called."""
    return f"{lang}:{path}"


def _paths(content: Mapping[str, Any]) -> list[str]:
    """Every text that the form shows: those that are there in any language, and for options those that could be."""
    found = ["stem"]
    kind, payload = content["kind"], content["payload"]
    if kind in ("one", "several"):
        for at in range(len(LETTERS)):
            found += [f"payload/options/{at}/text", f"payload/options/{at}/misconception"]
    elif kind == "true_false":
        found.append("payload/misconception")
    else:
        languages = translations.languages(content)
        there = {path for lang in languages for path in translations.texts_in(content, lang)}
        found += sorted(path for path in there if path.startswith("payload/"))
    assert payload is not None
    return [*found, "explanation"]


def right(content: Mapping[str, Any]) -> list[int]:
    """Which options are right; true is 0, false is 1."""
    if content["kind"] == "true_false":
        return [0 if content["payload"]["answer"] else 1]
    return [at for at, each in enumerate(content["payload"].get("options", ())) if each["right"]]


def typed(content: Mapping[str, Any], base: str, languages: Sequence[str], form: Mapping[str, Any]) -> dict[str, Any]:
    """The content that a form says, made of the one that is live. What the form leaves out stays as it is."""
    new = deepcopy({name: value for name, value in content.items() if name != translations.ASIDE})
    kind = content["kind"]
    if kind in ("one", "several"):
        have = new["payload"]["options"]
        more = [{"text": {}, "right": False, "misconception": {}} for _ in range(len(LETTERS) - len(have))]
        new["payload"]["options"] = [*have, *more]
    for group in fields(content, base, languages):
        for each in group["controls"]:
            if each["name"] in form:
                _put(new, each["name"].partition(":")[2], group["lang"], _words(form[each["name"]]))
    if kind == "true_false" and form.get("right") in ("0", "1"):
        new["payload"]["answer"] = form["right"] == "0"
    if kind in ("one", "several"):
        chosen = {int(form["right"])} if str(form.get("right", "")).isdigit() else set()
        chosen |= {at for at in range(len(LETTERS)) if form.get(f"right_{at}") == "1"}
        for at, option in enumerate(new["payload"]["options"]):
            option["right"] = at in chosen
        new["payload"]["options"] = [each for each in new["payload"]["options"] if each["text"] or each["right"]]
    for name in ("topic",):
        if str(form.get(name, "")).strip():
            new[name] = str(form[name]).strip()
    for name in ("sources", "facts"):
        if name in form:
            parts = str(form[name]).replace("\r", "").split("\n" if name == "sources" else ",")
            new[name] = [part.strip() for part in parts if part.strip()]
    return new


def _words(value: Any) -> str:
    return "\n".join(line.strip() for line in str(value).replace("\r\n", "\n").strip().split("\n"))


def _put(content: dict[str, Any], path: str, lang: str, words: str) -> None:
    found: Any = content
    for part in path.split("/"):
        found = found[int(part)] if isinstance(found, list) else found.setdefault(part, {})
    if words:
        found[lang] = words
    else:
        found.pop(lang, None)


def checked(bank: Mapping[str, Any], id: str, content: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The content as the checker reads it, and its advice. Raises Refused with all that is wrong, beside the first field.

    It is written and read as a file would be: what is an error in a file is one here.
    """
    one = as_bank({**bank, "questions": {id: content}})
    found, problems = checked_bank("form.yaml", write_yaml(one), str(bank["language"]), known_content())
    wrong = [each for each in problems if each.severity is Severity.ERROR]
    if wrong or found is None or len(found.questions) != 1:
        lines = [Text(each.text_key, dict(each.params)) for each in wrong[:6]]
        raise Refused("library.editor.wrong", problems=lines).beside(_control(wrong, str(bank["language"])))
    made = question_content(found.questions[0])
    advice = [each for each in problems if each.code not in ("number_without_jurisdiction", "unknown_lesson")]
    return made, advice


def _control(wrong: Sequence[Problem], base: str) -> str:
    """The control of the first problem that names a field."""
    for each in wrong:
        name, _, lang = str(each.params.get("field", "")).partition(":")
        belief = name.endswith("!")
        letter = name.rstrip("!")
        if letter in tuple(LETTERS):
            path = f"payload/options/{LETTERS.index(letter)}/{'misconception' if belief else 'text'}"
            return control(path, lang or base)
        if name in LONG:
            return control(name, lang or base)
    return ""


def seen(id: str, content: Mapping[str, Any], languages: Sequence[str]) -> list[dict[str, Any]]:
    """The question as a worker sees it, in each language, and what they are told after it."""
    question = as_question(id, content)
    kind, found = kind_of(question), []
    answer = grade(question, ()).right_positions
    shown = choices(question)
    for lang in languages:
        text = question_text(question)
        found.append(
            {
                "lang": lang, "name": LANGUAGES.get(lang, lang), "rtl": lang in RIGHT_TO_LEFT,
                "words": say(text.key, lang, **text.params),
                "right": [
                    str(say(each.text_key, lang)) if each.text_key else text_in(each.text, lang)
                    for each in shown if each.position in answer
                ] if kind.optional or question.kind == "true_false" else [],
                "explanation": text_in(question.explanation, lang),
            }
        )  # fmt: skip
    return found


def may_set_right(content: Mapping[str, Any]) -> bool:
    """Whether the form can change which answers are right."""
    return content["kind"] in EDITED
