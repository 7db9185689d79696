"""What the content of a bank deserves to be told. Problems come with their places; no check stops at the first.

`read_bank` has said what is wrong with the form; here it is about limits, right answers that give themselves away,
translations, sources and duplicates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from bot.library.formats.bank_map import TOPIC
from bot.library.formats.read import read_bank
from bot.library.kinds.kind import Written
from bot.library.kinds.registry import kind_of
from bot.library.model import (
    ANY,
    EXPLANATION_LIMIT,
    EXPLANATION_LINE_FEEDS,
    LETTERS,
    SHIPPED_LANGUAGES,
    STEM_LIMIT,
    Bank,
    Place,
    Problem,
    Question,
    Severity,
    telegram_length,
)
from bot.library.problems import PROBLEMS, SHIPPED_ERRORS
from bot.library.similar import near_duplicates
from bot.library.tells import check_tells
from bot.library.wording import is_catch_all, numbers, seems_untranslated


@dataclass(frozen=True, slots=True)
class Known:
    """What the content may refer to; None means that it is not known and not checked.

    `facts` maps a fact's id to the jurisdictions it holds in (empty: everywhere).
    """

    facts: Mapping[str, frozenset[str]] | None = None
    lessons: Collection[str] | None = None
    pictures: Collection[str] | None = None
    """Names of pictures that questions may show, beside those that come with the questions."""
    topics: frozenset[str] = field(init=False, default=frozenset())
    """The topics that facts are about; gathered once, for each question asks."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "topics", frozenset(fact.partition("-")[0] for fact in self.facts or ()))


@dataclass(slots=True)
class Findings:
    """Problems being collected about one file. `shipped` content is held to more than a trainer's."""

    file: str
    shipped: bool = False
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, place: Place | None = None, **params: str | int) -> None:
        """Remember a problem with its severity."""
        severity = Severity.ERROR if self.shipped and code in SHIPPED_ERRORS else PROBLEMS[code]
        self.problems.append(Problem(code, self.file, *(place or Place()), params=params, severity=severity))


def checked_bank(
    name: str, data: bytes, language: str = "en", known: Known = Known(), shipped: bool = False
) -> tuple[Bank | None, list[Problem]]:
    """Read a bank and check it: all its problems in the file's order. For a trainer's upload and `davy check` alike."""
    bank, problems = read_bank(name, data, language)
    if bank is not None:
        problems = problems + check_bank(bank, known, shipped)
    return bank, sorted(problems, key=in_file_order)


def in_file_order(problem: Problem) -> tuple[str, str, int, int, int, str]:
    """A key to sort problems by: file, line and column, or sheet and cell by row."""
    sheet, _, cell = (problem.cell or "").partition("!")
    letters = cell.rstrip("0123456789")
    row = int(cell[len(letters) :] or 0)
    return (problem.file, sheet, problem.line or row, problem.column or 0, len(letters), letters)


def check_bank(bank: Bank, known: Known = Known(), shipped: bool = False) -> list[Problem]:
    """All problems of one bank's content."""
    findings = Findings(bank.file, shipped)
    languages = _languages(bank, shipped)
    _check_title(bank, languages, findings)
    for question in bank.questions:
        _check_question(question, bank.language, languages, known, findings)
    _check_ids(bank.questions, findings)
    _check_duplicates(bank, findings)
    check_tells(bank.questions, languages, findings.add)
    return findings.problems


def check_banks(banks: Sequence[Bank]) -> list[Problem]:
    """What only shows when several banks are seen together: ids and stems used again in another one."""
    problems: list[Problem] = []
    ids: dict[str, str] = {}
    for bank in banks:
        for question in bank.questions:
            first = ids.setdefault(question.id, bank.file)
            if first != bank.file:
                findings = Findings(bank.file)
                findings.add("duplicate_id", question.places.get("id"), id=question.id, first=first)
                problems += findings.problems
    together = [(bank, question) for bank in banks for question in bank.questions]
    stems = [question.stem.get("en") or question.stem.get(bank.language, "") for bank, question in together]
    for later, earlier in near_duplicates(stems):
        (bank, question), (other, twin) = together[later], together[earlier]
        if bank is not other:
            problems.append(_near(Findings(bank.file), question, twin))
    return problems


def _near(findings: Findings, question: Question, twin: Question) -> Problem:
    findings.add("near_duplicate", question.places.get("stem"), id=question.id, other=twin.id)
    return findings.problems[-1]


def _languages(bank: Bank, shipped: bool) -> tuple[str, ...]:
    """The languages the bank wants to be complete in: those it uses, its own first."""
    used = {language for question in bank.questions for language in question.stem} | set(bank.title)
    used |= set(SHIPPED_LANGUAGES) if shipped else set()
    return (bank.language, *sorted(used - {bank.language}))


def _check_title(bank: Bank, languages: Sequence[str], findings: Findings) -> None:
    missing = [language for language in languages if bank.title and language not in bank.title]
    if missing and findings.shipped:
        findings.add("missing_translation", Place(1, 1), id=bank.id, languages=", ".join(missing), fields="title")


def _written(question: Question) -> Iterator[Written]:
    yield Written("stem", question.stem, STEM_LIMIT)
    yield from kind_of(question).texts(question.payload)
    yield Written("explanation", question.explanation, EXPLANATION_LIMIT)


def place_of(question: Question, name: str, language: str = "") -> Place | None:
    """The place of a question's field, in that language if it has one of its own."""
    places = question.places
    return places.get(f"{name}:{language}") or places.get(name) or places.get("id")


def _check_question(question: Question, base: str, languages: Sequence[str], known: Known, findings: Findings) -> None:
    written = list(_written(question))
    for each in written:
        _check_text(question, each, base, findings)
    _check_translations(question, written, base, languages, findings)
    if not question.explanation:
        findings.add("no_explanation", place_of(question, "explanation"), id=question.id)
    _check_options(question, findings)
    _check_origin(question, known, findings)
    _check_numbers(question, written, base, findings)


def _check_text(question: Question, each: Written, base: str, findings: Findings) -> None:
    for language, text in each.texts.items():
        length = telegram_length(text)
        where = each.field if language == base else f"{each.field}:{language}"
        if length > each.limit:
            place = place_of(question, each.field, language)
            findings.add("too_long", place, field=where, length=length, limit=each.limit)
        if each.field == "explanation" and text.count("\n") > EXPLANATION_LINE_FEEDS:
            place = place_of(question, each.field, language)
            findings.add("too_many_line_feeds", place, field=where, n=text.count("\n"), limit=EXPLANATION_LINE_FEEDS)
        if seems_untranslated(each.texts, language, base):
            findings.add("untranslated", place_of(question, each.field, language), field=where, language=language)


def _check_translations(
    question: Question, written: Iterable[Written], base: str, languages: Sequence[str], findings: Findings
) -> None:
    """One problem a question: the languages the bank uses in which some of its texts are missing."""
    gaps: dict[str, None] = {}
    lacking: dict[str, None] = {}
    for each in written:
        for language in languages:
            if language != base and each.texts and language not in each.texts:
                gaps[each.field] = lacking[language] = None
    if gaps:
        place = place_of(question, next(iter(gaps)))
        listed = {"languages": ", ".join(lacking), "fields": ", ".join(gaps)}
        findings.add("missing_translation", place, id=question.id, **listed)


def _check_options(question: Question, findings: Findings) -> None:
    kind = kind_of(question)
    right = kind.right_positions(question.payload)
    seen: dict[tuple[str, str], str] = {}
    for each in kind.texts(question.payload):
        option, belief, _ = each.field.partition("!")
        if belief and kind.optional and LETTERS.find(option) in right:
            findings.add("misconception_on_right", place_of(question, each.field), field=each.field, option=option)
        for language, text in each.texts.items() if not belief and option in tuple(LETTERS) else ():
            first = seen.setdefault((language, text.casefold()), option)
            if first != option:
                findings.add("duplicate_option", place_of(question, option, language), field=option, other=first)
            if is_catch_all(text):
                findings.add("all_of_the_above", place_of(question, option, language), field=option)
    for name in kind.without_belief(question.payload) if right or kind.typed else ():
        findings.add("missing_misconception", place_of(question, name), field=name)


def _check_origin(question: Question, known: Known, findings: Findings) -> None:
    if not question.facts and not question.sources:
        findings.add("no_source", place_of(question, "id"), id=question.id)
    check_facts(question.facts, question.jurisdictions, known, place_of(question, "facts"), findings)
    if known.facts is not None and TOPIC.fullmatch(question.topic) and question.topic not in known.topics:
        findings.add("unknown_topic", place_of(question, "topic"), topic=question.topic)
    if question.lesson and known.lessons is not None and question.lesson not in known.lessons:
        findings.add("unknown_lesson", place_of(question, "lesson"), lesson=question.lesson)
    shown = kind_of(question).picture(question.payload)
    name = shown.partition("#")[0].rpartition("/")[2] if shown and shown.startswith("content:") else None
    if name and known.pictures is not None and name not in known.pictures:
        findings.add("unknown_picture", place_of(question, "picture"), picture=name)


def check_facts(
    facts: Iterable[str], jurisdictions: Collection[str], known: Known, place: Place | None, findings: Findings
) -> None:
    """Facts that do not exist, or hold only where this content is not meant for."""
    for fact in facts if known.facts is not None else ():
        holds_in = (known.facts or {}).get(fact)
        if holds_in is None:
            findings.add("unknown_fact", place, fact=fact)
        elif holds_in and ANY not in jurisdictions and not holds_in & set(jurisdictions):
            findings.add("fact_of_another_place", place, fact=fact, places=", ".join(sorted(holds_in)))


def _check_numbers(question: Question, written: Iterable[Written], base: str, findings: Findings) -> None:
    """A number is a rule of some place: with `any` it is probably missing its jurisdiction."""
    if tuple(question.jurisdictions) != (ANY,):
        return
    for each in written:
        if each.field in ("stem", "explanation") and (found := numbers(each.texts.get(base, ""))):
            findings.add("number_without_jurisdiction", place_of(question, each.field), number=found[0])


def _check_ids(questions: Sequence[Question], findings: Findings) -> None:
    first: dict[str, Place | None] = {}
    for question in questions:
        place = question.places.get("id")
        if question.id in first:
            earlier = first[question.id]
            where = (earlier.cell or f"{PurePath(findings.file).name}:{earlier.line}") if earlier else ""
            findings.add("duplicate_id", place, id=question.id, first=where)
        else:
            first[question.id] = place


def _check_duplicates(bank: Bank, findings: Findings) -> None:
    questions = bank.questions
    whole: dict[object, str] = {}
    same: set[int] = set()
    for at, question in enumerate(questions):
        kind = kind_of(question)
        answers = tuple(each.texts.get(bank.language, "") for each in kind.texts(question.payload))
        key = (question.stem.get(bank.language, ""), answers, kind.right_answer(question.payload))
        if (first := whole.setdefault(key, question.id)) != question.id:
            same.add(at)
            findings.add("duplicate_question", place_of(question, "stem"), id=question.id, other=first)
    stems = [question.stem.get(bank.language, "") for question in questions]
    for later, earlier in near_duplicates(stems):
        if later not in same and questions[later].id != questions[earlier].id:
            _near(findings, questions[later], questions[earlier])
