"""Brings the catalogues up to date with the rooms' templates: `python scripts/texts.py [LANG ...] [--check]`.

Writes `bot/i18n/locales/<lang>/LC_MESSAGES/davy.po` for every language but the source, keeps what is translated, drops what
is no longer said, and says how much is left to do. `--check` writes nothing and exits 1 if there is anything to do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bot.i18n.compiled import LOCALES  # noqa: E402
from bot.i18n.languages import LANGUAGES, SOURCE  # noqa: E402
from bot.i18n.say import EXTENSIONS  # noqa: E402

OPTIONS = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true", "trim_blocks": "true",
           "lstrip_blocks": "true", "extensions": ",".join(EXTENSIONS)}  # fmt: skip
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
"""Plural forms that are pinned: Babel's own order of the Arabic ones is not the one that translators and gettext know."""
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def templates() -> Iterator[Path]:
    """Every template of every room."""
    yield from sorted((ROOT / "bot").glob("*/**/*.j2"))


def extracted() -> Catalog:
    """All messages that the templates say, with where."""
    catalog = Catalog(project="davy", copyright_holder="the Davy authors", charset="utf-8")
    for path in templates():
        place = path.relative_to(ROOT).as_posix()
        with path.open("rb") as file:
            for _, function, message, comments in babel_extract(file, list(KEYWORDS), ["translators:"], OPTIONS):
                if isinstance(message, tuple):
                    message = tuple(m for m in message if isinstance(m, str))
                    message = message if function == "ngettext" and len(message) == 2 else message[0]
                catalog.add(message, locations=[(place, 0)], auto_comments=comments)
    return catalog


def updated(lang: str, template: Catalog) -> Catalog:
    """A language's catalogue, brought up to date; nothing is guessed."""
    path = LOCALES / lang / "LC_MESSAGES" / "davy.po"
    catalog = Catalog(locale=lang, project="davy", charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=lang)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if lang in PLURALS:
        catalog.mime_headers = [("Plural-Forms", PLURALS[lang])]
    # the same texts give the same file: no dates, no tool's version
    catalog.header_comment = f"# Davy's texts in {LANGUAGES[lang]}."
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalog.msgid_bugs_address, catalog.language_team, catalog.version = "", "", "1"
    catalog.last_translator, catalog.fuzzy = "the Davy authors", False
    return catalog


def undone(catalog: Catalog) -> list[str]:
    """What has no translation yet."""
    missing = []
    for message in catalog:
        if message.id:
            strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
            if message.fuzzy or not all(strings):
                missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def main() -> int:
    """Writes or checks; answers the exit code."""
    check = "--check" in sys.argv
    template = extracted()
    todo = 0
    chosen = {word for word in sys.argv[1:] if not word.startswith("-")} or set(LANGUAGES) - {SOURCE}
    for lang in sorted(chosen):
        catalog = updated(lang, template)
        missing = undone(catalog)
        todo += len(missing)
        print(f"{lang}: {len(catalog) - len(missing)} of {len(catalog)} translated")
        for message in missing[: 20 if check else 0]:
            print(f"  missing: {message[:100]}")
        if not check:
            path = LOCALES / lang / "LC_MESSAGES" / "davy.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalog, width=120, include_lineno=False, sort_by_file=True, omit_header=False)
    return 1 if check and todo else 0


if __name__ == "__main__":
    sys.exit(main())
