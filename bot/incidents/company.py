"""What the company set for incidents, put here once by the composition root: clocks of the law, first aid, whom it goes around."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES, SOURCE
from bot.incidents.model import Card, Outcome, Rule, Term
from bot.incidents.rules import INVESTIGATED_FROM
from bot.library.shipped import content_path, marks
from bot.people.importing.nodes import Node, read_yaml
from bot.people.importing.problems import Place, Problems, meant
from bot.settings import BadSettings

CLOCKS, CARDS, TERMS = "clocks.yaml", "first-aid.yaml", "terms.yaml"
MOST_HOURS = 24 * 366


class BadClocks(BadSettings):
    """A file of the company's holds mistakes; a line for each, with its place. Shown to the operator as it is."""


@dataclass(frozen=True)
class Company:
    """What the files say."""

    rules: tuple[Rule, ...] = ()
    cards: tuple[Card, ...] = ()
    terms: tuple[Term, ...] = ()
    investigated_from: Outcome = INVESTIGATED_FROM

    def rule(self, code: str) -> Rule | None:
        """A duty to report by its code; None where the company has taken it out."""
        return next((each for each in self.rules if each.code == code), None)

    def card(self, code: str) -> Card | None:
        """A first-aid card by its code."""
        return next((each for each in self.cards if each.code == code), None)


_company: list[Company] = []
_hidden: list[Callable[[Session, int], Iterable[int]]] = []


def configure(folder: Path | None, hidden: Callable[[Session, int], Iterable[int]] | None = None) -> None:
    """Sets this process's files, and who tells from whom a report is hidden. Raises BadClocks."""
    _company[:] = [load(folder)]
    if hidden is not None:
        _hidden[:] = [hidden]


def company() -> Company:
    """The settings in force."""
    if not _company:
        configure(None)
    return _company[0]


def hidden_from(session: Session, hazard: int) -> frozenset[int]:
    """Whom the report of a danger goes around: its incident goes around them as well."""
    return frozenset(id for each in _hidden for id in each(session, hazard))


# --- reading ----------------------------------------------------------------------------------------------------------


def load(folder: Path | None) -> Company:
    """The files of a folder, the shipped one where it has none of that name. Raises BadClocks with all mistakes."""
    roots: dict[str, Node] = {}
    lines: list[str] = []
    every: list[Problems] = []
    for name in (CLOCKS, CARDS, TERMS):
        own = folder / name if folder is not None else None
        path = own if own is not None and own.exists() else content_path() / "incidents" / name
        problems = Problems(str(path))
        every.append(problems)
        root = read_yaml(_text(path, problems), problems)
        if root is not None:
            roots[name] = root
    found = None
    if len(roots) == 3:
        clocks = roots[CLOCKS]
        clocks.only("investigate_from", "rules")
        since = _outcomes(clocks, (clocks.text("investigate_from", INVESTIGATED_FROM.value),))
        rules = tuple(_rule(item) for item in clocks.items("rules"))
        cards = tuple(_card(item) for item in roots[CARDS].items("cards"))
        terms = tuple(_term(item) for item in roots[TERMS].items("terms"))
        found = Company(rules, cards, terms, next(iter(since), INVESTIGATED_FROM))
        codes = [rule.code for rule in rules]
        for code in sorted({each for each in codes if codes.count(each) > 1}):
            clocks.at("rules").note(f"{code!r} stands there twice")
    lines = [str(each) for problems in every for each in problems.found]
    if lines or found is None:
        raise BadClocks("\n".join(lines) or "an incidents file is empty")
    return found


def _text(path: Path, problems: Problems) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        problems.note(Place(), "the file cannot be read as UTF-8 text")
        return ""


def _rule(item: Node) -> Rule:
    item.only("code", "jurisdiction", "outcomes", "hours", "what", "fact", "source", "checked")
    fact, source = _fact(item), item.text("source", "")
    known = marks().get(fact) if fact else None
    if fact is None and not source:
        item.note("'source' is missing: where does this duty come from?")
    seen = item.text("checked", "false").lower() == "true" or (known is not None and "P:" in known.mark)
    code = item.text("code")
    if len(code) > 40 or " " in code or ":" in code:
        item.at("code").note("a code has at most 40 letters, no spaces and no colons")
    outcomes = _outcomes(item, item.words("outcomes"))
    if not outcomes:
        item.note("'outcomes' is missing: when does this duty begin?")
    words = item.text("hours", "")
    return Rule(
        code, item.text("jurisdiction"), frozenset(outcomes), _hours(item, words) if words else None,
        _words(item, "what"), source or (known.citation if known else "") or (fact or ""), fact, seen,
    )  # fmt: skip


def _hours(item: Node, words: str) -> float | None:
    try:
        hours = float(words)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= MOST_HOURS:
        item.at("hours").note(f"{words!r} must be a number of hours, at most {MOST_HOURS}")
        return None
    return hours


def _card(item: Node) -> Card:
    item.only("code", "name", "steps", "facts")
    facts = item.words("facts")
    for fact in facts:
        if fact not in marks():
            item.at("facts").note(f"{fact!r} is no fact of content/facts.csv")
    if not facts:
        item.note("'facts' is missing: what says so?")
    steps = tuple(
        {lang: each.text(lang, "") for lang in LANGUAGES if each.text(lang, "")} for each in item.items("steps")
    )
    return Card(item.text("code"), _words(item, "name"), steps, facts)


def _term(item: Node) -> Term:
    item.only("outcome", "jurisdiction", "fact", "source")
    outcome = next(iter(_outcomes(item, (item.text("outcome"),))), Outcome.NEAR_MISS)
    return Term(outcome, item.text("jurisdiction"), _fact(item), item.text("source", ""))


def _fact(item: Node) -> str | None:
    fact = item.text("fact", "")
    if fact and fact not in marks():
        item.at("fact").note(f"{fact!r} is no fact of content/facts.csv")
    return fact or None


def _words(item: Node, key: str) -> dict[str, str]:
    words = {lang: said for lang, said in item.texts(key).items() if lang in LANGUAGES and said}
    if not words:
        item.at(key).note(f"{key!r} needs words in a language that Davy speaks, like {{{SOURCE}: ...}}")
    return words


def _outcomes(item: Node, given: Iterable[str]) -> list[Outcome]:
    known = {each.value: each for each in Outcome}
    found = []
    for word in given:
        if word in known:
            found.append(known[word])
        else:
            item.at("outcomes").note(f"{word!r} is no outcome{meant(word, tuple(known))}")
    return found
