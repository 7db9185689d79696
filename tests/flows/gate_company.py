"""The sample company with a gate at Harbour Works, and a way to put somebody on its payroll."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.learning import store as learning
from bot.learning.actions import published
from bot.learning.tables import AnswerRow
from bot.library import signing
from bot.library.kinds.registry import grade
from bot.library.loading import load_shipped
from bot.library.shipped import content_path
from bot.onboarding.importing import import_people
from bot.onboarding.joining import make_invite
from bot.onboarding.sample import load_sample
from bot.people import store as people
from bot.people.importing.apply import apply_company
from bot.people.importing.company import company_of
from bot.people.importing.problems import Problems
from tests.flows.house import Story

GATE = """
    induction:
      since: 2026-11-17
      within_days: 14
      levels:
        company: {hours: 2, topics: [TRN, EVA, SWA, AID], questions: 4, pass: 75, confirmed_by: safety_officer}
        workshop: {hours: 1}
        team: {}
      on_new_post: [workshop, team]
      after_absence: {days: 180, levels: [team]}
      certificate_months: 12
"""
SAMPLE = content_path() / "sample"


def company_file(gate: str = GATE, site: str = "    jurisdiction: US\n") -> str:
    """The sample's file with a gate at one site."""
    text = (SAMPLE / "company.yaml").read_text(encoding="utf-8")
    assert text.count(site) == 1
    contractor = (
        "  - {code: contractor, name: Contractor, names: {zh: 承包商人员, es: Contratista}, topics: [TRN, EVA]}\n"
    )
    return text.replace(site, site + gate.strip("\n") + "\n").replace("\nposts:\n", "\nposts:\n" + contractor)


def gated(session: Session, now: datetime) -> None:
    """Everybody of the sample, the shipped lessons and questions, and then the gate."""
    load_sample(session, now)
    load_shipped(session, now)
    signing.sign_all(session, None, now)
    problems = Problems("company.yaml")
    company = company_of("company.yaml", company_file(), problems)
    apply_company(session, company, now.date(), problems)
    assert not problems.found


async def employs(s: Story, folder: Path, *lines: str) -> None:
    """The personnel file of the day: the sample's people and these. Its facts are followed up at once."""
    file = folder / "people.csv"
    known = (SAMPLE / "people.csv").read_text(encoding="utf-8").rstrip("\n")
    gone = {line.split(",")[0] for line in lines}
    kept = [line for line in known.split("\n") if line.split(",")[0] not in gone]
    file.write_text("\n".join([*kept, *lines, ""]), encoding="utf-8")
    await s.db(lambda session: import_people(session, file, s.now))
    await s.settle()


async def joins(s: Story, badge: str, first: str, language: str = "en") -> None:
    """Somebody opens their link and chooses their language."""
    await s.stranger(first, language)

    def link(session: Session) -> str:
        who = people.person_by_badge(session, badge, s.now)
        assert who is not None
        return make_invite(session, who.id, s.now, by=None)

    await s.says(first, f"/start {await s.ask(link)}")


async def answers(s: Story, who: str, right: bool = True) -> None:
    """Answers the question that lies open before anybody, as its author would, or as nobody should; then goes on."""

    def look(session: Session) -> tuple[int, list[int]]:
        asked = learning.attempt(session, session.scalars(select(AnswerRow.id).where(AnswerRow.state == "open")).one())
        assert asked is not None
        good = [asked.shown.index(at) for at in grade(published(session, asked), ()).right_positions]
        return asked.id, good if right else [at for at in range(len(asked.shown)) if at not in good][:1]

    asked, places = await s.ask(look)
    for place in places:
        await press(s, who, f"ln.a:{asked}:{place}")
    if any(key.endswith(f"ln.done:{asked}") for key in await keys(s, who)):
        await press(s, who, f"ln.done:{asked}")
    await press(s, who, f"ln.next:{asked}")


async def keys(s: Story, who: str) -> list[str]:
    """The data of all buttons on somebody's phone."""
    rows = [row for m in await s.screen(who) for row in (m.get("reply_markup") or {}).get("inline_keyboard") or []]
    return [key.get("callback_data") or "" for row in rows for key in row]


async def press(s: Story, who: str, data: str) -> None:
    """Presses the newest button with this data."""
    for message in reversed(await s.screen(who)):
        held = [key for row in (message.get("reply_markup") or {}).get("inline_keyboard") or [] for key in row]
        if any(key.get("callback_data") == data for key in held):
            where = {"from": s.chat(who), "chat": s.chat(who), "message_id": message["message_id"], "data": data}
            await s.post("/sim/presses", where)
            await s.settle()
            return
    raise AssertionError(f"no button with {data}")
