"""The register of what is kept: data, purpose, who sees it, for how long, and what erasing does. Made from the code."""

from __future__ import annotations

from collections.abc import Mapping

from bot.kit.privacy import MEANS, Kind
from bot.privacy.declared import held

HEADS = ("data", "for what", "who sees it", "kept", "when somebody is erased")


def rows(days: Mapping[Kind, int | None]) -> list[tuple[str, ...]]:
    """A row for each table with personal data, by kind and name."""
    found: list[tuple[str, ...]] = []
    for each in sorted(held().values(), key=lambda each: (list(Kind).index(each.kind), each.table)):
        if each.columns:
            data = f"{each.table}: {', '.join(dict.fromkeys(each.columns))}"
            found.append((data, each.why, each.sees, kept(each.kind, days, bool(each.since)), each.erase.value))
    return found


def kept(kind: Kind, days: Mapping[Kind, int | None], dated: bool) -> str:
    """For how long, in words."""
    number = days[kind]
    if kind is Kind.EMPLOYMENT:
        return f"{kind}: until {number} days after leaving" if number else f"{kind}: until erased"
    return f"{kind}: {number} days" if number and dated else f"{kind}: until erased"


def schedule(days: Mapping[Kind, int | None]) -> list[tuple[str, str, str]]:
    """The retention schedule: kind, what it is, for how long."""
    return [(kind.value, MEANS[kind], f"{days[kind]} days" if days[kind] else "until erased") for kind in Kind]
