"""What a browser says of itself, in a few words. Pure."""

from __future__ import annotations

SYSTEMS = (
    ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
PROGRAMS = (
    ("Telegram", "Telegram"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
"""The first that stands in the header: each calls itself by the names of the ones after it as well."""


def agent_of(header: str) -> str:
    """`Chrome, Android`; empty where nothing of it is known. Proper names, the same in every language."""
    known = (next((name for mark, name in names if mark in header[:400]), "") for names in (PROGRAMS, SYSTEMS))
    return ", ".join(name for name in known if name)
