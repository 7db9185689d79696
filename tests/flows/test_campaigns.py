"""A safety month from its plan to its verdict, in two languages; a contest from entry to prize list; a start that is drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.activities import statistics, store
from bot.activities.tables import CampaignRow, CampaignStartRow
from bot.delivery.tables import OutboxRow
from tests.flows.campaign_facts import facts
from tests.flows.hazards_company import photo
from tests.flows.house import Story
from tests.flows.risk_company import forge, site

ENGLISH = """Hands out of the press
This month we look at every guard, every day.
? When may a guard be opened?
+ When the machine is locked off
- When the supervisor is there
"""
SPANISH = """Manos fuera de la prensa
Este mes miramos cada resguardo, cada día.
? ¿Cuándo se puede abrir un resguardo?
+ Cuando la máquina está bloqueada
- Cuando está el supervisor
"""


async def plan(
    s: Story, *, words: str = ENGLISH, spanish: str = SPANISH, start: str = "In 8 days", kind: str = "Safety month"
) -> None:
    """Yusuf plans it for the site, up to the screen that says what planning it means."""
    await s.says("Yusuf", "/campaigns")
    await s.presses("Yusuf", "Plan a campaign")
    await s.presses("Yusuf", kind)
    await s.presses("Yusuf", "Harbour Works")
    await s.presses("Yusuf", start)
    await s.presses("Yusuf", "30 days" if kind == "Safety month" else "7 days")
    await s.says("Yusuf", words)
    if spanish:
        await s.presses("Yusuf", "Add it in Español")
        await s.says("Yusuf", spanish)


def left_out_told(session: Session) -> int:
    """How many are told that their entry is not shown: with the next day's messages, where this day is full."""
    payloads = session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "activities.yours"))
    return sum(each["text"]["$t"] == "activities.left_out" for each in payloads)


async def answer(s: Story, who: str, button: str, choice: str) -> None:
    """Somebody answers the one question."""
    await s.presses(who, button)
    await s.presses(who, choice)


async def test_a_safety_month_is_planned_in_two_languages_and_announced_on_its_day_within_the_budget(
    database_url: str, tmp_path: Path
) -> None:
    """What is missing is said before: a language, and that there is too little to tell anything; each reads their own."""
    async with site(database_url, tmp_path) as s:
        await plan(s, spanish="")
        ready = await s.sees("Yusuf")
        assert "Not there in Español, which 1 of them read" in ready
        assert "In the last 8 weeks: 0 confirmed reports, 0 dangers found by inspections" in ready
        assert "it takes 77 of a kind" in ready
        assert "it takes 42 people" in ready
        await s.presses("Yusuf", "Add it in Español")
        await s.says("Yusuf", SPANISH.replace("- Cuando está el supervisor", ""))
        assert "one to three wrong answers" in await s.sees("Yusuf")
        await s.says("Yusuf", SPANISH + "- Nunca")
        assert "questions differ" in await s.sees("Yusuf")
        await s.says("Yusuf", SPANISH)
        await s.presses("Yusuf", "A poster")
        await s.sends_photo("Yusuf", photo())
        assert "with a poster" in await s.sees("Yusuf")
        assert "Planned" in await s.presses("Yusuf", "Plan it")
        [(_, planned)] = await facts(s, "CampaignPlanned")
        assert (planned["languages"], planned["questions"], planned["staggered"]) == (["en", "es"], 1, False)
        for who in ("Ana", "Lucia"):
            await s.news(who)
        await s.forward(days=7, hours=6)
        assert not any("Hands out" in each and "goes on until" in each for each in await s.news("Lucia"))
        await s.forward(days=1)
        assert any("Hands out of the press" in each and "goes on until" in each for each in await s.news("Lucia"))
        assert any("Manos fuera de la prensa" in each for each in await s.news("Ana"))
        shown = [each for each in await s.screen("Ana") if "caption" in each and "Manos fuera" in each["caption"]]
        assert shown, "the poster comes with it"
        assert "photo" in shown[-1]
        assert [body["step"] for _, body in await facts(s, "CampaignBegun")] == [0]

        def counted(session: Session) -> set[bool]:
            kind = OutboxRow.kind == "activities.announced"
            return set(session.scalars(select(OutboxRow.unasked).where(kind)))

        assert await s.ask(counted) == {True}, "in everybody's budget"
        assert "Only whoever looks after safety" in await forge(s, "Sam", "ac:new")
        assert "Only whoever looks after safety" in await forge(s, "Lucia", "ac:result:1")
        assert "Only whoever looks after safety" in await forge(s, "Lucia", "ac:off:1:yes")
        assert not await s.violations()


async def test_the_same_question_is_asked_before_after_and_weeks_later_and_only_then_answered(
    database_url: str, tmp_path: Path
) -> None:
    """Whoever did not answer before is left in peace; of so few people nothing is shown; the facts hold no answers."""
    async with site(database_url, tmp_path) as s:
        await plan(s)
        await s.presses("Yusuf", "Plan it")
        await s.forward(days=2)
        await answer(s, "Lucia", "Answer one question", "supervisor is there")
        assert "then you are told what is right" in await s.sees("Lucia")
        await answer(s, "Ana", "Responder una pregunta", "bloqueada")
        assert "You have answered" in await forge(s, "Lucia", "ac:a:1:before:0:0")
        await s.forward(days=7)
        assert "time for these questions is over" in await forge(s, "Sam", "ac:quiz:1:before")
        await s.until(datetime(2026, 12, 25, 18, tzinfo=UTC))
        for who in ("Ana", "Lucia", "Pedro"):
            await s.news(who)
        await s.forward(days=2)
        assert any("They are the same as before" in each for each in await s.news("Lucia"))
        assert not any("same as before" in each for each in await s.news("Pedro")), "he did not answer the first time"
        await answer(s, "Lucia", "Answer one question", "locked off")
        await s.until(datetime(2027, 2, 9, 18, tzinfo=UTC))
        await answer(s, "Lucia", "Answer one question", "locked off")
        assert "This is right" in await s.sees("Lucia")
        asked = [body["wave"] for _, body in await facts(s, "CampaignAsked")]
        assert (asked.count("after"), asked.count("later")) == (2, 1)
        answered = await facts(s, "CampaignAnswered")
        assert [body for _, body in answered] == [
            {"campaign": 1, "wave": wave} for wave in ("before", "before", "after", "later")
        ]
        await s.until(datetime(2027, 2, 24, 18, tzinfo=UTC))
        said = "\n".join(await s.news("Yusuf"))
        assert "fewer than five have answered both times" in said
        assert "No verdict: 0 are too few. To see the rate halved it takes 77" in said
        [(_, measured)] = await facts(s, "CampaignMeasured")
        assert (measured["reading"], measured["reports"]) == ("few", "few")
        assert not await s.violations()


async def test_a_contest_goes_from_entries_that_the_jury_lets_in_to_votes_and_a_prize_list(
    database_url: str, tmp_path: Path
) -> None:
    """Two entries, one left out; votes without names, none for oneself; the jury's two yeses approve the prize."""
    async with site(database_url, tmp_path) as s:
        await plan(s, words="Best idea\nWhat makes your work safer?", spanish="", start="Tomorrow", kind="Contest")
        assert "it needs a jury" in await s.sees("Yusuf")
        assert "needs a jury of 2 to 5" in await s.presses("Yusuf", "Plan it")
        assert not await facts(s, "CampaignPlanned")
        await s.presses("Yusuf", "Name the jury")
        await s.says("Yusuf", "M-1 S-2 X-9")
        assert "X-9" in await s.sees("Yusuf")
        await s.says("Yusuf", "M-1, S-2")
        assert "Nora Lang and Grace Lindqvist" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Plan it")
        await s.forward(days=1)
        await s.presses("Lucia", "Take part")
        await s.says("Lucia", "A hook for the hose")
        assert "It is in" in await s.sees("Lucia")
        await s.presses("Pedro", "Take part")
        await s.sends_photo("Pedro", photo(), caption="A lid with a hinge")
        await s.presses("Ana", "Participar")
        await s.says("Ana", "Sin guantes se va más rápido")
        assert "does not take part" in await forge(s, "Grace", "ac:enter:1")
        assert "Only the jury" in await forge(s, "Sam", "ac:in:1")
        await s.says("Grace", "/campaigns")
        assert "3 entries wait for the jury" in await s.sees("Grace")
        await s.presses("Grace", "Look at the entries")
        assert "hook" in await s.sees("Grace")
        await s.presses("Grace", "It may be shown")
        assert "lid" in await s.sees("Grace")
        await s.presses("Grace", "It may be shown")
        await s.presses("Grace", "Leave it out")
        assert "No entry waits" in await s.sees("Grace")
        assert await s.ask(left_out_told) == 1
        assert "nothing to vote on" in await forge(s, "Sam", "ac:vote:1"), "not while entries come in"

        await s.forward(days=7)
        await s.presses("Sam", "See the entries and vote")
        assert "Lucia" not in await s.sees("Sam"), "nobody sees whose it is"
        await s.presses("Sam", "The next one")
        assert "lid" in await s.sees("Sam")
        assert "Your vote counts" in await s.presses("Sam", "My vote")
        assert "somebody else's" in await forge(s, "Pedro", "ac:vote:2")
        await forge(s, "Lucia", "ac:vote:2")
        await forge(s, "Pedro", "ac:vote:1")
        await forge(s, "Ana", "ac:vote:1")
        await forge(s, "Ana", "ac:vote:2")
        assert len(await facts(s, "ContestVoted")) == 4, "a vote that is moved is one vote"

        await s.forward(days=5)
        await s.says("Grace", "/campaigns")
        await s.presses("Grace", "Does it get the prize?")
        assert "This entry has the most votes: 3" in await s.sees("Grace")
        await s.presses("Grace", "✅ Yes")
        await s.says("Nora", "/today")
        await s.presses("Nora", "Does it get the prize?")
        assert "Approved: this entry has won" in await s.presses("Nora", "✅ Yes")
        assert sorted((b["place"], b["votes"]) for _, b in await facts(s, "ContestWon")) == [(1, 3), (2, 1)]
        await s.says("Yusuf", "/campaigns")
        await s.presses("Yusuf", "Best idea")
        prizes = await s.sees("Yusuf")
        assert "1. Pedro Quispe 🥇 approved by the jury · 3 votes" in prizes
        assert "2. Lucia Herrera · one vote" in prizes
        assert not await s.violations()


async def test_a_staggered_start_is_drawn_once_the_manager_agrees_and_cannot_be_changed_quietly(
    database_url: str, tmp_path: Path
) -> None:
    """The order is on record before the start, anybody can draw it again, and a row that was changed is not announced."""
    async with site(database_url, tmp_path) as s:
        await plan(s)
        await s.presses("Yusuf", "Teams begin one after another")
        assert "if the manager agrees" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Plan it")
        assert "has been asked" in await s.sees("Yusuf")
        assert "Only a manager" in await forge(s, "Yusuf", "ac:agree:1")
        await s.news("Yusuf")
        await s.presses("Grace", "I agree: draw the order")
        await s.settle()
        assert any("has agreed" in each for each in [*await s.news("Yusuf"), await s.sees("Yusuf")])
        [(_, drawn)] = await facts(s, "StaggerDrawn")
        assert list(statistics.drawn_order(drawn["seed"], sorted(drawn["order"]))) == drawn["order"]
        assert drawn["starts"] == ["2026-11-26", "2026-12-10"]
        assert "changed meanwhile" in await forge(s, "Grace", "ac:agree:1"), "drawn once"
        await s.forward(days=9)
        begun = [body["unit"] for _, body in await facts(s, "CampaignBegun")]
        assert begun == drawn["order"][:1]

        def sooner(session: Session) -> None:
            row = CampaignStartRow
            session.execute(update(row).where(row.step == 1).values(starts_on=date(2026, 11, 28)))

        await s.ask(sooner)
        await s.forward(days=2)
        assert len(await facts(s, "CampaignBegun")) == 1, "nothing begins that was not drawn"
        assert len(await facts(s, "StaggerChanged")) == 1
        await s.forward(days=1)
        assert "no longer the one that was drawn" in "".join([*await s.news("Grace"), *await s.news("Yusuf")])
        assert not await s.violations()


async def test_without_the_managers_answer_all_begin_together_and_calling_off_stays_on_record(
    database_url: str, tmp_path: Path
) -> None:
    """Nobody waits for ever; what was called off is not announced."""
    async with site(database_url, tmp_path) as s:
        await plan(s, start="In 3 days")
        await s.presses("Yusuf", "Teams begin one after another")
        await s.presses("Yusuf", "Plan it")
        await s.forward(days=4)
        assert [body["step"] for _, body in await facts(s, "CampaignBegun")] == [0]
        assert len(await facts(s, "StaggerDrawn")) == 0
        await s.says("Yusuf", "/campaigns")
        await s.presses("Yusuf", "Hands out")
        assert "All begin together" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Call it off")
        await s.presses("Yusuf", "Yes, call it off")
        assert [body["begun"] for _, body in await facts(s, "CampaignCalledOff")] == [1]
        state = await s.ask(lambda session: session.scalar(select(CampaignRow.state)))
        assert state == "called_off"
        assert await s.ask(store.live) == []
