"""The languages of the catalogue, by ISO 639 code, with the name each calls itself by."""

from __future__ import annotations

LANGUAGES: dict[str, str] = {"en": "English", "es": "Español", "zh": "中文", "ar": "العربية", "ru": "Русский"}
SOURCE = "en"
"""The language the templates are written in."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def closest(code: str | None, default: str = SOURCE) -> str:
    """The catalogue's language nearest to an IETF tag: `zh-hans` -> `zh`; `default` where there is none."""
    base = (code or "").replace("_", "-").split("-", 1)[0].lower()
    return base if base in LANGUAGES else default
