"""What the gate shows, as messages: one line that says yes or no, and what is missing of what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import Text, text
from bot.learning.induction.model import Clearance, Done, Induction, Level, Missing, Reason, Standing, Step
from bot.people.model import Person


@cache
def _asked() -> frozenset[str]:
    every = (str(say("learning.induction.asked_as", lang)) for lang in LANGUAGES)
    return frozenset(words.strip().casefold() for said in every for words in said.split("|"))


def asks_for_oneself(words: str) -> bool:
    """Whether somebody typed *am I cleared to work?* in any of our languages; exactly that, so that no report is taken for it."""
    return words.strip(" \n¿?？؟!！.。").casefold() in _asked()


def lack(each: Missing) -> Text:
    """What one level lacks."""
    return text(
        "learning.induction.lack", level=level_text(each.level), exam=each.exam,
        hours=_hours(each.minutes), confirmation=each.confirmation,
    )  # fmt: skip


def _hours(minutes: int) -> float | int:
    return minutes // 60 if minutes % 60 == 0 else round(minutes / 60, 1)


def level_text(level: Level) -> Text:
    """What a level is called."""
    return text(f"learning.induction.level_{level.value}")


def line(found: Clearance) -> Text:
    """Yes or no, what is missing, and by when: one line."""
    return text(
        "learning.induction.line", standing=found.standing.value, missing=[lack(each) for each in found.missing],
        due=found.due_on.isoformat() if found.due_on else None, until=_iso(found.until),
    )  # fmt: skip


def begun(found: Clearance) -> Message:
    """To the newcomer: not yet, and why."""
    because = found.because.value if found.because else "new"
    return Message(text("learning.induction.begun", because=because, line=line(found)), own_buttons(found))


def progress(found: Clearance) -> Message:
    """To the newcomer: what is left."""
    return Message(text("learning.induction.progress", line=line(found)), own_buttons(found))


def own(found: Clearance) -> Message:
    """To whoever asks for themselves."""
    return Message(
        text("learning.induction.own", line=line(found), known=found.standing is not Standing.NOT_ASKED),
        own_buttons(found),
    )


def own_buttons(found: Clearance) -> tuple[tuple[Button, ...], ...]:
    """The exams that can be begun."""
    exams = [each.level for each in found.missing if each.exam]
    return rows(
        *(button("learning.induction.b_exam", f"in.exam:{each.value}", level=level_text(each)) for each in exams),
        each=1,
    )


def you_are_cleared() -> Text:
    """To whoever is through."""
    return text("learning.induction.you_are_cleared")


def to_lead(who: Person, found: Clearance) -> Message:
    """To who leads somebody."""
    said = text("learning.induction.to_lead", name=who.name, badge=who.badge, line=line(found))
    return Message(said, rows(button("learning.induction.b_open", f"in.card:{who.id}")))


def card(
    who: Person,
    found: Clearance,
    post: Any,
    unit: Any,
    names: dict[int, str],
    steps: Sequence[Step],
    buttons: Sequence[Button],
) -> Message:
    """Somebody, to who may ask: first of all yes or no."""
    needs = found.induction.needs if found.induction else ()
    open_ = {each.level: each for each in found.missing}
    levels = [
        {
            "level": level_text(need.level),
            "done": need.level not in open_,
            "lack": lack(open_[need.level]) if need.level in open_ else None,
            "steps": [
                {"exam": s.what is Done.EXAM, "share": s.share, "hours": _hours(s.minutes), "by": names.get(s.by or 0, ""),
                 "at": s.at.isoformat()}
                for s in steps if s.level is need.level
            ],
        }
        for need in needs
    ]  # fmt: skip
    exempt = found.exception
    said = text(
        "learning.induction.card", name=who.name, badge=who.badge, post=post, unit=unit, standing=found.standing.value,
        levels=levels, due=found.due_on.isoformat() if found.due_on else None, since=_iso(found.since),
        until=_iso(found.until), because=found.because.value if found.because else "",
        reason=reason_text(exempt.reason) if exempt else None, words=exempt.words if exempt else "",
        by=names.get(exempt.by, "") if exempt else "",
    )  # fmt: skip
    return Message(said, rows(*buttons, each=1))


def reason_text(reason: Reason) -> Text:
    """Why an exception was made."""
    return text(f"learning.induction.reason_{reason.value}")


def exempted(reason: Reason, ends: datetime, by: str) -> Message:
    """To whoever may work without it for some days."""
    return Message(text("learning.induction.exempted", reason=reason_text(reason), until=ends.isoformat(), by=by))


def exempted_lead(who: Person, reason: Reason, words: str, ends: datetime, by: str) -> Message:
    """To who leads them."""
    return Message(
        text(
            "learning.induction.exempted_lead", name=who.name, reason=reason_text(reason), words=words,
            until=ends.isoformat(), by=by,
        )
    )  # fmt: skip


def exemption_ended(found: Clearance) -> Message:
    """To whoever may not any more."""
    return Message(text("learning.induction.exemption_ended", line=line(found)), own_buttons(found))


def exam_ended(level: Level, right: int, of: int, passed: bool, share: int) -> Message:
    """After the last question of an exam."""
    said = text(
        "learning.induction.exam_ended", level=level_text(level), right=right, of=of, passed=passed, share=share
    )
    again = button("learning.induction.b_again", f"in.exam:{level.value}")
    return Message(said, () if passed else rows(again))


def certificate_title() -> dict[str, str]:
    """What the certificate is for, in all languages."""
    return {lang: str(say("learning.induction.certificate_title", lang)) for lang in LANGUAGES}


def certificate_lines(induction: Induction, steps: Sequence[Step]) -> tuple[dict[str, str], ...]:
    """A line a level, in all languages: its hours, and how the exam went."""
    lines = []
    for need in induction.needs:
        mine = [step for step in steps if step.level is need.level]
        hours = _hours(sum(step.minutes for step in mine))
        share = max((step.share for step in mine if step.what is Done.EXAM), default=0)
        lines.append({lang: _certificate_line(need.level, hours, share, lang) for lang in LANGUAGES})
    return tuple(lines)


def _certificate_line(level: Level, hours: float, share: int, lang: str) -> str:
    named = say(f"learning.induction.level_{level.value}", lang)
    return str(say("learning.induction.certificate_line", lang, level=named, hours=hours, share=share))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def standing_text(standing: Standing) -> Text:
    """A standing in a word or two."""
    return text(f"learning.induction.standing_{standing.value}")
