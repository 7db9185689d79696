"""A course as JSON for the database, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.learning.courses.model import Binding, Cause, Course, Exam, Pool


def course_content(course: Course) -> dict[str, Any]:
    """Everything of a course but its id and version."""
    return {
        "title": dict(course.title),
        "lessons": list(course.lessons),
        "exam": _exam_content(course.exam),
        "minutes": course.minutes,
        "months": course.months,
        "binds": [_plain(asdict(binding)) for binding in course.binds],
    }


def as_course(id: str, version: int, content: Mapping[str, Any]) -> Course:
    """The course back."""
    exam = content["exam"]
    return Course(
        id,
        version,
        content["title"],
        tuple(content["lessons"]),
        exam and Exam(tuple(_pool(each) for each in exam["pools"]), exam["passes"], exam["minutes"], exam["tries"]),
        content["minutes"],
        content["months"],
        tuple(_binding(each) for each in content["binds"]),
    )


def _exam_content(exam: Exam | None) -> dict[str, Any] | None:
    if exam is None:
        return None
    pools = [_plain(asdict(pool)) for pool in exam.pools]
    return {"pools": pools, "passes": exam.passes, "minutes": exam.minutes, "tries": exam.tries}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _pool(data: Mapping[str, Any]) -> Pool:
    return Pool(data["draw"], tuple(data["lessons"]), tuple(data["topics"]))


def _binding(data: Mapping[str, Any]) -> Binding:
    lists = {name: tuple(data[name]) for name in ("posts", "units", "topics")}
    return Binding(Cause(data["cause"]), data["days"], months=data["months"], **lists)
