"""Toolbox talks in a crew's group: who is here, three questions, the sign-off, and the lesson for whoever missed it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.tables import OutboxRow
from bot.learning.talks import store as talks
from bot.learning.talks.tables import TalkRow
from bot.library import store as library
from bot.library.kinds.registry import grade
from tests.flows.house import Story, words
from tests.flows.talk_crew import CREW, begin, dock, facts

KINDS = ("TalkHeld", "TalkOffered", "TalkAttended")


def the_talk(session: Session) -> Any:
    """The newest talk."""
    found = talks.talk(session, session.scalar(select(func.max(TalkRow.id))) or 0)
    assert found is not None
    return found


def right_place(session: Session) -> int:
    """Where the right choice of the open question stands on the screen."""
    talk = the_talk(session)
    asking = next(each for each in talks.askings(session, talk.id) if each.place == talk.asked)
    found = library.question(session, asking.question, asking.version)
    assert found is not None
    return asking.shown.index(grade(found.question, ()).right_positions[0])


async def tap(s: Story, who: str, group: int, data: str) -> str:
    """Somebody taps a button in the group, or one that it does not bear any more; answers their toast."""
    on = next(m for m in reversed(await s.screen(group)) if (m.get("from") or {}).get("is_bot"))
    press = {"from": s.chat(who), "chat": group, "message_id": on["message_id"], "data": data, "forge": True}
    answer = await s.post("/sim/presses", press)
    await s.settle()
    told = [
        c
        for c in await s.calls("answerCallbackQuery")
        if c["params"]["callback_query_id"] == answer["callback_query_id"]
    ]
    return str(told[-1]["params"].get("text", "")) if told else ""


async def in_group(s: Story, group: int) -> str:
    """All that stands in the group."""
    return "\n".join(words(m) for m in await s.screen(group) if (m.get("from") or {}).get("is_bot"))


async def test_a_crew_talks_taps_answers_and_whoever_missed_it_gets_the_lesson(
    database_url: str, tmp_path: Path
) -> None:
    """Six in a group, one on leave, one of another team, one stranger; nobody is shamed, and the ledger has the sign-off."""
    async with dock(database_url, tmp_path, phones=(*CREW, "P-1", "D-2")) as (s, group):
        title = await begin(s, group)
        assert "Here: 0 of 4" in await s.sees(group)
        assert "Not here yet: Ana, Kofi, Mia, Rosa" in await s.sees("Sam")

        assert "It is noted" in await s.presses("Ana", "I am here", chat=group)
        assert "noted as here already" in await s.presses("Ana", "I am here", chat=group)
        assert "Es bueno" in await s.presses("Rosa", "I am here", chat=group)
        await s.presses("Kofi", "I am here", chat=group)
        assert "guest" in await s.presses("Nia", "I am here", chat=group)
        assert "do not know you yet" in await s.presses("Zed", "I am here", chat=group)
        assert "You lead this talk" in await s.presses("Sam", "I am here", chat=group)
        edits = [c for c in await s.calls("editMessageText") if c["params"]["chat_id"] == group]
        assert len(edits) <= 3, "many taps, few edits"
        await s.forward(seconds=6)
        assert "Here: 3 of 4, and guests: 1" in await s.sees(group)
        assert "Not here yet: Mia" in await s.sees("Sam")
        assert "Mia" not in await in_group(s, group)

        await s.presses("Sam", "Ask the first question")
        assert "Question 1 of 3" in await s.sees(group)
        id, place = await s.ask(lambda session: the_talk(session).id), await s.ask(right_place)
        assert (await tap(s, "Ana", group, f"tk.a:{id}:1:{place}")).startswith("That is right.")
        assert "have answered this question" in await tap(s, "Ana", group, f"tk.a:{id}:1:{1 - min(place, 1)}")
        wrong = 0 if place else 1
        assert (await tap(s, "Kofi", group, f"tk.a:{id}:1:{wrong}")).startswith("Not quite. Right is:")
        assert "First tap" in await tap(s, "Mia", group, f"tk.a:{id}:1:{place}")
        assert "do not know you" in await tap(s, "Zed", group, f"tk.a:{id}:1:{place}")
        await s.forward(seconds=6)
        assert "Answered: 2" in await s.sees(group)

        await s.presses("Sam", "Ask the next question")
        said = await in_group(s, group)
        assert "Right:" in said
        assert "%" not in said, "two answers are too few to show a share"
        assert "ya terminó" in await tap(s, "Rosa", group, f"tk.a:{id}:1:{place}")
        await s.forward(minutes=7)
        await s.presses("Sam", "Close the talk")
        assert "The talk is over" in await in_group(s, group)
        assert "Here: 3 of 4, and guests: 1" in await in_group(s, group)
        assert "next days: Mia" in await s.sees("Sam")
        assert "This talk is over" in await tap(s, "Mia", group, f"tk.here:{id}")

        found = await facts(s, *KINDS)
        [held] = [body for kind, body in found if kind == "TalkHeld"]
        assert {k: held[k] for k in ("minutes", "expected", "present", "guests", "questions")} == {
            "minutes": 7, "expected": 4, "present": 3, "guests": 1, "questions": 2
        }  # fmt: skip
        assert [kind for kind, _ in found].count("TalkOffered") == 5
        came = [body for kind, body in found if kind == "TalkAttended"]
        assert sorted((b["guest"], b["answered"], b["minutes"]) for b in came) == [
            (False, 0, 7), (False, 1, 7), (False, 1, 7), (True, 0, 7)
        ]  # fmt: skip

        await s.news("Mia"), await s.news("Ana"), await s.news("Leo")
        await s.until(datetime(2026, 11, 19, 15, 30, tzinfo=UTC))
        [mine] = await s.news("Mia")
        assert title in mine
        assert "what happened where you work" in mine
        assert not [each for each in await s.news("Ana") if title in each]
        assert await s.news("Leo") == []
        await s.says("Sam", "/talks")
        assert title in await s.sees("Sam")
        assert "Here: 3 of 4, and guests: 1 · 7 min" in await s.sees("Sam")


async def test_only_whoever_leads_the_crew_ties_begins_asks_and_closes(database_url: str, tmp_path: Path) -> None:
    """A worker and the leader of another team are told so; two leaders' taps make one talk and one question."""
    async with dock(database_url, tmp_path, phones=("S-1", "S-2", "W-2")) as (s, group):
        await s.says("Kofi", "/talk", chat=group)
        assert "Only whoever leads" in await s.sees(group)
        await s.says("Sam", "/group", chat=group)
        assert "Only whoever leads" in await s.presses("Kofi", "Dock Team", chat=group)
        title = await begin(s, group)
        id = await s.ask(lambda session: the_talk(session).id)
        for forged in (f"tk.ask:{id}:1", f"tk.close:{id}", "tk.go:1:dry-floor", "tk.tie:1", "tk.unit:1"):
            assert "leads this crew" in await tap(s, "Lena", group, forged), forged
            assert "leads this crew" in await tap(s, "Kofi", group, forged), forged
        await s.says("Lena", "/talk", chat=group)
        assert "Only whoever leads" in await s.sees(group)
        await s.says("Lena", "/talks")
        assert title not in await s.sees("Lena")
        assert "running in this group" in await tap(s, "Sam", group, "tk.go:1:dry-floor")
        await tap(s, "Sam", group, f"tk.ask:{id}:1")
        assert "asked already" in await tap(s, "Sam", group, f"tk.ask:{id}:1")
        assert "asked already" in await tap(s, "Sam", group, f"tk.ask:{id}:3")
        assert (await in_group(s, group)).count("Question 1 of 3") == 1
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(TalkRow))) == 1


async def test_a_talk_left_open_closes_by_itself_and_one_that_nobody_came_to_does_not_count(
    database_url: str, tmp_path: Path
) -> None:
    """Forgotten, it lasted until the last tap; begun from the private chat, the group gets it as well."""
    async with dock(database_url, tmp_path, phones=("S-1", "W-2")) as (s, group):
        await begin(s, group)
        await s.presses("Sam", "Close the talk")
        assert "It does not count" in await in_group(s, group)
        assert "does not count as held" in await s.sees("Sam")
        assert await facts(s, *KINDS) == []
        assert await tap(s, "Kofi", group, "tk.here:1") == "This talk is over."

        await s.says("Sam", "/talk")
        await s.presses("Sam", (await s.buttons("Sam"))[2])
        assert "Here: 0 of 4" in await s.sees(group)
        await s.forward(minutes=12)
        await s.presses("Kofi", "I am here", chat=group)
        await s.forward(hours=3)
        assert await facts(s, *KINDS) == []
        await s.forward(hours=1)
        assert "The talk is over" in await in_group(s, group)
        [(_, held)] = await facts(s, "TalkHeld")
        assert (held["minutes"], held["present"], held["expected"]) == (12, 1, 4)
        waits = select(func.count()).where(OutboxRow.state.in_(("waiting", "started")), OutboxRow.method == "edit")
        assert await s.ask(lambda session: session.scalar(waits)) == 0


async def test_a_group_reads_its_own_language_also_when_it_changes_and_when_it_moves(
    database_url: str, tmp_path: Path
) -> None:
    """The line in Lingang: what is edited stays Chinese, although the leader reads English; a supergroup goes on."""
    async with dock(database_url, tmp_path, phones=("S-1", "D-1", "W-2", "L-1")) as (s, group):
        await s.db(_lead_lingang)
        await s.says("Sam", "/group", chat=group)
        await s.presses("Sam", "Line One", chat=group)
        await s.says("Sam", "/talk", chat=group)
        await s.presses("Sam", (await s.buttons(group))[0], chat=group)
        await s.presses("Chen", (await s.buttons(group))[0], chat=group)
        await s.presses("Ana", (await s.buttons(group))[0], chat=group)
        await s.forward(seconds=6)
        assert chinese(await s.sees(group))
        assert "Here: 1 of 1" in await s.sees("Sam")
        new = (await s.post("/sim/migrations", {"chat": group}))["id"]
        await s.settle()
        assert chinese(await s.sees(int(new)))
        await s.presses("Kofi", (await s.buttons(int(new)))[0], chat=int(new))
        await s.forward(seconds=6)
        assert "guests: 2" in await s.sees("Sam")
        await s.presses("Sam", "Close the talk")
        assert chinese(await s.sees(int(new)))


def _lead_lingang(session: Session) -> None:
    from bot.people import actions, store
    from bot.people.model import Role
    from bot.people.tables import UnitRow

    now = datetime(2026, 11, 18, tzinfo=UTC)
    sam = store.person_by_badge(session, "S-1", now)
    line = session.scalar(select(UnitRow.id).where(UnitRow.name == "Line One Team"))
    assert sam is not None
    actions.grant(session, sam.id, Role.SUPERVISOR, line or 0, now)


def chinese(said: str) -> bool:
    """Whether something is said in Chinese."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in said)
