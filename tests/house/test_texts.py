"""Every sentence stands in a template, is translated, and fits (long because each rule stands beside what breaks it)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from bot.i18n.languages import LANGUAGES, RIGHT_TO_LEFT, SOURCE
from tests.house.source import BOT, plant
from tests.house.wording import (
    PLACEHOLDER,
    TAG,
    catalogue,
    longest,
    macros,
    sentences,
    spoken,
    strings_of,
)

TRANSLATED = sorted(set(LANGUAGES) - {SOURCE})
KEY = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")
SENTENCE = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")
SAME = frozenset(
    {
        "Davy",
        "OK",
        "SOS",
        "PDF",
        "LEC",
        "CSV",
        "Excel",
        "QR",
        "PIN",
        "No",
        "Error",
        "Total",
        "Normal",
        "General",
        "Manual",
    }
)
"""Words that a translation may leave as they are (any case)."""
NATIVE = {"ar": "ARABIC", "ru": "CYRILLIC", "zh": "CJK UNIFIED IDEOGRAPH"}
"""Languages that can be told by their script; at least this share of their letters is in it."""
NATIVE_SHARE = 0.6

COUNTED = frozenset({"count", "n", "num"})
"""Values that a plural form may say in a word ("one", in Arabic also "two"), if that is the only number it stands for."""

OPENS, CLOSES = "\u2068", "\u2069"
LOOSE = re.compile(r"(?<![\w\u2068<])/[a-z]")
"""A command that begins anywhere but where its own direction does."""

BUTTON, TOAST, CAPTION, MESSAGE = 64, 200, 1024, 4096
LONG_MESSAGES: frozenset[str] = frozenset()
"""Messages that are never a caption and may use a message's full length."""


def sentences_in_python(package: Path) -> list[str]:
    """Text given where a key or a value belongs."""
    found = []
    for place in spoken(package):
        if place.key is not None and not KEY.match(place.key):
            found.append(f"{place.where} {place.speaker}({place.key!r})")
        found += [f"{place.where} {place.speaker}(… {text!r})" for text in place.literals if SENTENCE.search(text)]
    return found


def keys_without_a_text(package: Path) -> list[str]:
    """Keys named in Python that no template has."""
    known = macros(package)
    return [f"{p.where} {p.key}" for p in spoken(package) if p.key and KEY.match(p.key) and p.key not in known]


def values_that_do_not_fit(package: Path) -> list[str]:
    """Sentences that are given a value they do not take, or not given one they need."""
    known = macros(package)
    found = []
    for place in spoken(package):
        macro = known.get(place.key or "")
        if macro is None or place.values is None:
            continue
        for name in sorted(place.values - macro.arguments):
            found.append(f"{place.where} {macro.key} takes no {name}")
        for name in sorted(macro.needed - place.values):
            found.append(f"{place.where} {macro.key} needs {name}")
    return found


def untranslated(texts: dict[str, set[str]], known: Catalog) -> list[str]:
    """Sentences that a catalogue lacks, leaves empty, marks as unsure, or repeats in the source language."""
    found = []
    for text, where in texts.items():
        message = known.get(text)
        if message is None or not all(strings_of(message)):
            found.append(f"{sorted(where)[0]}: not translated: {text!r}")
        elif message.fuzzy:
            found.append(f"{sorted(where)[0]}: marked as unsure (fuzzy): {text!r}")
        elif text in strings_of(message) and _has_words(text):
            found.append(f"{sorted(where)[0]}: the same as in English: {text!r}")
    return found


def _has_words(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", TAG.sub("", PLACEHOLDER.sub("", text)))
    return any(word.casefold() not in {same.casefold() for same in SAME} for word in words)


def values_or_tags_lost(known: Catalog) -> list[str]:
    """Translations whose placeholders or markup differ from the sentence's."""
    found = []
    alone = forms_of_one_number(known)
    for message in known:
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        values = [frozenset(PLACEHOLDER.findall(one)) for one in ids]
        for form, text in enumerate(strings_of(message)):
            said = frozenset(PLACEHOLDER.findall(text))
            if len(ids) > 1 and form in alone:
                fits = any(said <= each and each - said <= COUNTED for each in values)
            else:
                fits = said == values[-1]
            if text and not fits:
                found.append(f"placeholders differ: {ids[0]!r} -> {text!r}")
            if text and sorted(TAG.findall(text)) not in [sorted(TAG.findall(one)) for one in ids]:
                found.append(f"tags differ: {ids[0]!r} -> {text!r}")
    return found


def forms_of_one_number(known: Catalog) -> frozenset[int]:
    """The plural forms of a language that stand for one number only: Spanish one, Arabic none, one and two."""
    numbers = Counter(c2py(known.plural_expr)(n) for n in range(1000))
    return frozenset(form for form, count in numbers.items() if count == 1)


def loose_isolates(known: Catalog) -> list[str]:
    """Translations that open a place of its own direction and do not close it, or let a command stand without one."""
    found = []
    for message in known:
        for text in strings_of(message) if message.id else ():
            lines = text.split("\n")
            if any(line.count(OPENS) != line.count(CLOSES) for line in lines):
                found.append(f"not closed: {text!r}")
            elif known.locale_identifier in RIGHT_TO_LEFT and LOOSE.search(text):
                found.append(f"a command without a direction of its own: {text!r}")
    return found


def native_share(known: Catalog, script: str) -> float:
    """The share of letters of a catalogue that are in its own script, without placeholders and tags."""
    letters = native = 0
    for message in known:
        if message.id:
            for text in strings_of(message):
                for character in TAG.sub("", PLACEHOLDER.sub("", text)):
                    if character.isalpha():
                        letters += 1
                        native += unicodedata.name(character, "").startswith(script)
    return native / letters if letters else 0.0


def too_long(package: Path, known: Catalog | None) -> list[str]:
    """Buttons, toasts and messages whose own words are over Telegram's limit."""
    roles: dict[str, set[str]] = {}
    for place in spoken(package):
        if place.key:
            roles.setdefault(place.key, set()).add(place.speaker)
    found = []
    for macro in macros(package).values():
        role = roles.get(macro.key, set())
        limit = CAPTION if macro.key not in LONG_MESSAGES else MESSAGE
        limit = TOAST if "toast" in role else limit
        limit = BUTTON if "button" in role else limit
        length = longest(macro, known)
        if length > limit:
            found.append(f"{macro.key}: {length} characters, at most {limit}")
    return found


def test_python_holds_no_sentence_that_a_person_reads() -> None:
    """A room names a text; it does not write one."""
    found = sentences_in_python(BOT)
    assert not found, "\n".join(found)


def test_every_text_that_is_named_exists() -> None:
    """A wrong key would be found by a person on a phone."""
    found = keys_without_a_text(BOT)
    assert not found, "\n".join(found)


def test_every_text_gets_the_values_it_needs_and_no_others() -> None:
    """A missing value raises when the message is rendered, which is after its transaction."""
    found = values_that_do_not_fit(BOT)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_sentence_is_translated(lang: str) -> None:
    """Also into something else than English."""
    found = untranslated(sentences(BOT), catalogue(lang))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_translations_keep_their_values_and_markup(lang: str) -> None:
    """A lost placeholder is a lost number; a lost tag breaks the message."""
    found = values_or_tags_lost(catalogue(lang))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("lang", "script"), NATIVE.items())
def test_a_catalogue_is_written_in_its_own_script(lang: str, script: str) -> None:
    """Names and abbreviations may stay Latin, sentences may not."""
    assert native_share(catalogue(lang), script) >= NATIVE_SHARE


@pytest.mark.parametrize("lang", TRANSLATED)
def test_what_is_set_apart_in_a_line_ends_in_it_and_commands_are(lang: str) -> None:
    """Commands keep their slash in front, and nothing after them is turned round."""
    assert loose_isolates(catalogue(lang)) == []


def test_a_command_and_an_isolate_that_stand_loose_are_caught() -> None:
    """In Arabic alone; a path of units is no command."""
    known = Catalog(locale="ar")
    known.add("Write /menu", "اكتب /menu")
    known.add("Write /today", "اكتب \u2068/today")
    known.add("Site/Team", "موقع/فريق")
    known.add("Write /ask", "اكتب \u2068/ask\u2069")
    assert len(loose_isolates(known)) == 2
    known = Catalog(locale="es")
    known.add("Write /menu", "Escriba /menu")
    assert loose_isolates(known) == []


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_every_text_fits_where_it_is_shown(lang: str) -> None:
    """Buttons 64, toasts 200, messages 1024 (so that a picture can go with them), counted after parsing."""
    found = too_long(BOT, None if lang == SOURCE else catalogue(lang))
    assert not found, "\n".join(found)


TEMPLATE = (
    "{% macro thanks(number, name='') %}{% trans %}Thanks, {{ name }}. Number {{ number }}.{% endtrans %}{% endmacro %}"
)


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        ('answer("Thank you very much")', sentences_in_python),
        ('answer("hazards.thanks", number=1, name="my good friend")', sentences_in_python),
        ('answer("hazards.thank", number=1)', keys_without_a_text),
        ('answer("hazards.thanks")', values_that_do_not_fit),
        ('answer("hazards.thanks", number=1, place="x")', values_that_do_not_fit),
        ('answer("hazards.thanks", number=1, buttons=())', None),
        ('answer("hazards.thanks", **params)', None),
    ],
)
def test_a_sentence_in_python_a_wrong_key_and_a_wrong_value_are_caught(tmp_path: Path, call: str, rule: object) -> None:
    """Each breach by its own rule only; what is right by none."""
    code = f"from bot.kit.replies import answer\nanswer_ = {call}\n"
    tree = plant(tmp_path, {"hazards/chat.py": code, "hazards/texts.html.j2": TEMPLATE})
    for each in (sentences_in_python, keys_without_a_text, values_that_do_not_fit):
        assert bool(each(tree)) == (each is rule)


def test_a_sentence_without_a_translation_is_caught(tmp_path: Path) -> None:
    """Missing, empty, unsure, the same as in English; a word of the allow-list may stay."""
    body = "".join(
        "{% trans %}" + text + "{% endtrans %}" for text in ("Missing", "Empty", "Unsure", "Same words", "SOS", "Done")
    )
    texts = sentences(plant(tmp_path, {"hazards/texts.txt.j2": "{% macro all() %}" + body + "{% endmacro %}"}))
    known = Catalog(locale="es")
    known.add("Empty", "")
    known.add("Unsure", "Inseguro", flags=["fuzzy"])
    known.add("Same words", "Same words")
    known.add("SOS", "SOS")
    known.add("Done", "Hecho")
    assert sorted(line.rpartition(" ")[2] for line in untranslated(texts, known)) == [
        "'Empty'",
        "'Missing'",
        "'Unsure'",
        "words'",
    ]


def test_a_translation_that_loses_a_value_or_a_tag_is_caught() -> None:
    """A plural form may leave the number out, as the source does."""
    known = Catalog(locale="es")
    known.add("%(n)s of <b>%(all)s</b>", "%(n)s de todos")
    known.add(("one report", "%(num)s reports"), ("un aviso", "%(num)s avisos"))
    assert len(values_or_tags_lost(known)) == 2


@pytest.mark.parametrize(
    ("lang", "forms", "lost"),
    [
        ("es", ["un día", "%(n)s días"], 0),
        ("es", ["un día", "unos días"], 1),
        ("zh", ["%(n)s 天"], 0),
        ("zh", ["一天"], 1),
        ("ru", ["%(n)s день", "%(n)s дня", "%(n)s дней"], 0),
        ("ru", ["один день", "%(n)s дня", "%(n)s дней"], 1),  # it would be said of 21 days as well
    ],
)
def test_a_plural_form_leaves_its_number_out_only_where_it_stands_for_no_other(
    lang: str, forms: list[str], lost: int
) -> None:
    """In a language with one form for 1, 21 and 31 a "one day" would be wrong."""
    known = Catalog(locale=lang)
    known.add(("one day", "%(n)s days"), tuple(forms))
    assert len(values_or_tags_lost(known)) == lost


def test_a_catalogue_in_another_script_is_caught() -> None:
    """Chinese or Russian that is mostly Latin; placeholders do not count."""
    known = Catalog(locale="zh")
    known.add("Close the valve", "Close the 阀门")
    assert native_share(known, NATIVE["zh"]) < NATIVE_SHARE
    known = Catalog(locale="zh")
    known.add("Close the valve", "关闭阀门 %(valve)s")
    assert native_share(known, NATIVE["zh"]) == 1
    known = Catalog(locale="ru")
    known.add("Close the valve", "Закройте valve and pump")
    assert native_share(known, NATIVE["ru"]) < NATIVE_SHARE
    known = Catalog(locale="ar")
    known.add("Close the valve", "Close the صمام")
    assert native_share(known, NATIVE["ar"]) < NATIVE_SHARE


def test_a_text_that_does_not_fit_is_caught(tmp_path: Path) -> None:
    """A button of 70 characters, of two branches the longer one; only the translation may be too long, too."""
    template = (
        "{% macro send() %}{% if x %}{% trans %}Send{% endtrans %}{% else %}" + "y" * 70 + "{% endif %}{% endmacro %}"
        "{% macro stop() %}{% trans %}Stop{% endtrans %}{% endmacro %}"
        "{% macro note() %}" + "z" * 70 + "{% endmacro %}"
    )
    code = 'from bot.kit.replies import answer, button\nbutton("hazards.send", "s")'
    code += '\nbutton("hazards.stop", "s")\nanswer("hazards.note")'
    tree = plant(tmp_path, {"hazards/texts.html.j2": template, "hazards/chat.py": code})
    assert too_long(tree, None) == ["hazards.send: 70 characters, at most 64"]
    known = Catalog(locale="es")
    known.add("Stop", "P" * 65)
    assert "hazards.stop: 65 characters, at most 64" in too_long(tree, known)
