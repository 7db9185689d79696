"""Facts as tests of scores make them: by kind and number, chosen or by chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.assessment.model import Period
from bot.assessment.scores import policy as policies
from bot.assessment.scores.model import KINDS, Evidence, Measure, Policy, Score, Weight
from bot.assessment.scores.rules import score
from bot.library.shipped import content_path

PERIOD = Period(date(2026, 10, 1), date(2026, 12, 31))
DAY = date(2026, 11, 10)
SHIPPED = policies.read((content_path() / "scoring" / "policy.yaml").read_text(encoding="utf-8"))
KEYS = {
    "LessonAssigned": "assigned:{}", "LessonRead": "read:{}", "LearningNotDelivered": "undelivered:{}",
    "QuestionOffered": "offered:{}", "QuestionAnswered": "answered:{}", "QuestionNotDelivered": "unseen:{}",
    "ExamAnswerStruck": "struck:{}", "TalkOffered": "talk-offered:{}", "TalkAttended": "talk-attended:{}",
    "CourseAssigned": "course-given:{}", "CourseCompleted": "course-done:{}", "CourseWithdrawn": "course-withdrawn:{}",
    "NoticeAsked": "notice:{}:1:5", "NoticeAcknowledged": "notice:{}:1:5:acknowledged",
    "DutyListGiven": "duty:{}:5:given", "DutyListAcknowledged": "duty-given:{}:acknowledged",
    "DutyListWithdrawn": "duty-given:{}:withdrawn", "SafetyReportAsked": "safety-report:2026-{}:5",
    "SafetyReportSent": "safety-report:{}:sent",
}  # fmt: skip


def fact(kind: str, number: int, on: date = DAY, **body: Any) -> Evidence:
    """A fact about opportunity `number`."""
    usual = (
        {"list": number, "version": 1} if kind.startswith("Duty") else {"report": number} if "Report" in kind else {}
    )
    return Evidence(KEYS.get(kind, "{}").format(number), kind, on, usual | body)


def lessons(read: int, left: int, on: date = DAY, first: int = 1) -> list[Evidence]:
    """So many lessons read, so many not."""
    offered = [fact("LessonAssigned", first + n, on) for n in range(read + left)]
    return offered + [fact("LessonRead", first + n, on) for n in range(read)]


def of(
    facts: list[Evidence], policy: Policy = SHIPPED, post: str = "worker", excused: frozenset[date] = frozenset()
) -> Score:
    """The score."""
    return score(PERIOD, facts, excused, policy, post)


numbers = st.integers(1, 6)
days = st.dates(PERIOD.starts - timedelta(days=5), PERIOD.ends + timedelta(days=5))


def _of_chance(kind: str, number: int, on: date, mode: str, right: bool, days: int) -> Evidence:
    body: dict[str, Any] = {"mode": mode} if kind.startswith(("QuestionA", "QuestionO")) else {}
    body |= {"right": right} if kind == "QuestionAnswered" else {"days": days} if kind == "CourseAssigned" else {}
    return fact(kind, number, on, **body)


facts_ = st.builds(
    _of_chance, st.sampled_from(sorted(KINDS)), numbers, days, st.sampled_from(["practice", "exam"]), st.booleans(),
    st.integers(0, 60),
)  # fmt: skip
EAGER = replace(SHIPPED, usual={each: Weight(10, 90, 5, 1) for each in Measure}, posts={}, least=1)
