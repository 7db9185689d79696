"""A course out of a YAML file: every problem with its place; nothing raises at the first."""

from __future__ import annotations

from collections.abc import Mapping

from bot.learning.courses.model import Binding, Cause, Course, Exam, Pool
from bot.library.formats.bank_map import TOPIC, read_id, read_language
from bot.library.formats.yaml_bank import yaml_nodes
from bot.library.model import Place, Problem, Severity
from bot.library.reading import Fields, Node, Reading, nearest

FIELDS = ("course", "language", "title", "lessons", "minutes", "valid", "exam", "binds")
EXAM = ("questions", "pass", "minutes", "tries")
POOL = ("draw", "lessons", "topics")
BINDS = ("who", "days", "posts", "units", "topics", "months")
WHO = [each.value for each in Cause if each not in (Cause.BY_HAND, Cause.PLANNED)]
NEEDS = {Cause.POST: "posts", Cause.UNIT: "units", Cause.TOPIC: "topics", Cause.RETURNED: "months"}
"""What a rule means nothing without."""
TOP = Place(1, 1)


def read_course(name: str, text: str, lessons: frozenset[str] | None = None) -> tuple[Course | None, list[Problem]]:
    """The course of a file, None where it cannot be used, and what is wrong with it. `lessons`: those there are."""
    reading = Reading(name)
    root = yaml_nodes(text, reading)
    if root is None or not isinstance(root.value, Mapping):
        if root is not None:
            reading.note("expected_map", TOP, field="course")
        elif not reading.problems:
            reading.note("empty_file", TOP)
        return None, reading.problems
    course = _course(root.value, reading, lessons)
    bad = any(problem.severity is Severity.ERROR for problem in reading.problems)
    return (None if bad else course), reading.problems


def _course(fields: Fields, reading: Reading, known: frozenset[str] | None) -> Course:
    reading.only(fields, FIELDS)
    reading.language = read_language(fields, reading)
    id = read_id(fields, "course", TOP, reading)
    title = reading.localized(fields, "title", TOP)
    lessons = reading.texts(fields, "lessons", required=True, owner=TOP)
    _known(lessons, fields["lessons"].place if "lessons" in fields else TOP, reading, known)
    months = _number(fields, "valid", TOP, reading, 1, 120, required=False)
    minutes = _number(fields, "minutes", TOP, reading, 1, 6000)
    binds = [_binding(value, place, reading) for value, place in _maps(fields, "binds", TOP, reading)]
    exam = _exam(fields, reading, lessons, known)
    return Course(id, 0, title, lessons, exam, minutes, months or None, tuple(binds))


def _exam(fields: Fields, reading: Reading, lessons: tuple[str, ...], known: frozenset[str] | None) -> Exam | None:
    node = fields.get("exam")
    if node is None or node.value is None:
        return None
    if not isinstance(node.value, Mapping):
        reading.note("expected_map", node.place, field="exam")
        return None
    inner = node.value
    reading.only(inner, EXAM)
    pools = []
    for value, place in _maps(inner, "questions", node.place, reading):
        reading.only(value, POOL)
        draw = _number(value, "draw", place, reading, 1, 50)
        topics = _topics(value, reading)
        own = reading.texts(value, "lessons")
        _known(own, place, reading, known)
        pools.append(Pool(draw, own if own or topics else lessons, topics))
    passes = _number(inner, "pass", node.place, reading, 1, 100)
    minutes = _number(inner, "minutes", node.place, reading, 1, 240)
    return Exam(tuple(pools), passes, minutes, _number(inner, "tries", node.place, reading, 1, 10))


def _binding(fields: Fields, place: Place, reading: Reading) -> Binding:
    reading.only(fields, BINDS)
    word = reading.text(fields, "who", place)
    if word and word not in WHO:
        reading.note("unknown_field", fields["who"].place, field=word, guess=nearest(word, WHO), known=", ".join(WHO))
    cause = Cause(word) if word in WHO else Cause.EVERYONE
    posts, units = reading.texts(fields, "posts"), reading.texts(fields, "units")
    topics = _topics(fields, reading)
    months = _number(fields, "months", place, reading, 1, 120, required=False)
    given = {"posts": posts, "units": units, "topics": topics, "months": months}
    if cause in NEEDS and not given[NEEDS[cause]]:
        reading.note("missing_field", place, field=NEEDS[cause])
    return Binding(cause, _number(fields, "days", place, reading, 0, 730), posts, units, topics, months)


def _topics(fields: Fields, reading: Reading) -> tuple[str, ...]:
    found = reading.texts(fields, "topics")
    for each in found:
        if not TOPIC.fullmatch(each):
            reading.note("bad_topic", fields["topics"].place, value=each[:80])
    return found


def _maps(fields: Fields, name: str, owner: Place, reading: Reading) -> list[tuple[Fields, Place]]:
    node = fields.get(name)
    if node is None or node.value is None or node.value == ():
        reading.note("missing_field", node.place if node else owner, field=name)
        return []
    items = node.value if isinstance(node.value, tuple) else (Node(node.value, node.place),)
    found = []
    for item in items:
        if isinstance(item.value, Mapping):
            found.append((item.value, item.place))
        else:
            reading.note("expected_map", item.place, field=name)
    return found


def _number(
    fields: Fields, name: str, owner: Place, reading: Reading, least: int, most: int, required: bool = True
) -> int:
    word = reading.text(fields, name, owner, required)
    if not word:
        return 0
    if word.isascii() and word.isdigit() and len(word) < 7 and least <= int(word) <= most:
        return int(word)
    reading.note("expected_number", fields[name].place, field=name)
    return 0


def _known(lessons: tuple[str, ...], place: Place, reading: Reading, known: frozenset[str] | None) -> None:
    """A course whose lesson is not there could never be done: an error here, where in a bank it is a warning."""
    for lesson in lessons:
        if known is not None and lesson not in known:
            reading.note("unknown_lesson", place, Severity.ERROR, lesson=lesson)
