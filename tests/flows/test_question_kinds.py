"""Questions of every kind on the phone: steps in order, pairs, numbers, a word, a picture; and whether they are sure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.learning import actions, store
from bot.learning.tables import AnswerRow, MemoryRow
from bot.library.kinds.registry import KINDS, kind_of
from bot.people.store import person_by_badge
from tests.flows.house import Story, story
from tests.flows.learning_company import company

ROOMS = (_room("library"), _room("learning"))
PLAYED = ("fir-101", "haz-101", "lad-101", "lad-102", "nmr-101", "stf-101")


def practice(session: Session, now: datetime, badge: str, ids: Sequence[str]) -> None:
    """A practice of these questions waits for somebody."""
    who = person_by_badge(session, badge, now)
    assert who is not None
    given = actions.practise(session, who, now)
    for place, id in enumerate(ids, 1):
        actions.add_attempt(session, given.id, who.id, id, place)


async def waits_for(s: Story, badge: str, *ids: str) -> None:
    """The employee gets a phone, and these questions wait under /learn."""
    await s.employee(badge)
    await s.db(practice, s.now, badge, ids)
    await s.says(badge_name(badge), "/learn")


def badge_name(badge: str) -> str:
    """Under what name the story knows them."""
    return {"D-1": "Ana", "L-1": "Chen"}[badge]


def letters(session: Session, id: str) -> list[str]:
    """What is pressed under the question that lies open by somebody who knows the answer."""
    row = session.scalars(select(AnswerRow).where(AnswerRow.question_id == id)).one()
    found = actions.published(session, store.as_attempt(row))
    kind = kind_of(found)
    return [kind.mark(row.shown.index(at)) for at in kind.right_positions(found.payload)]


async def test_a_worker_plays_every_kind_by_taps_and_a_few_words(database_url: str, tmp_path: Path) -> None:
    """Six questions, six kinds of thumb work; every verdict is there at once, and everything is right."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await waits_for(s, "D-1", *PLAYED)

        assert "Tap what comes first" in await s.sees("Ana")
        for letter in await s.ask(partial(letters, id="fir-101")):
            await s.presses("Ana", letter)
        assert "4. Sweep from side to side" in await s.sees("Ana")
        await s.presses("Ana", "Done")
        assert "That is right." in await s.sees("Ana")
        await s.presses("Ana", "Next question")

        for letter, asked in zip(
            await s.ask(partial(letters, id="haz-101")), ("Skull", "Drops", "Gas cylinder", "Flame"), strict=True
        ):
            assert f"→ {asked}" in await s.sees("Ana")
            await s.presses("Ana", letter)
        assert "Gas cylinder → Gas under pressure" in await s.sees("Ana")
        assert "That is right." in await s.sees("Ana")
        await s.presses("Ana", "Next question")

        assert await s.buttons("Ana") == ["1 ft", "2 ft", "4 ft", "8 ft", "I do not know"]
        await s.presses("Ana", "4 ft")
        assert "Are you sure?" in await s.sees("Ana")
        assert await s.buttons("Ana") == ["1 ft", "2 ft", "☑ 4 ft", "8 ft", "I am sure", "Not sure"]
        await s.presses("Ana", "Not sure")
        assert "You know more than you think." in await s.sees("Ana")
        await s.presses("Ana", "Next question")

        await s.says("Ana", "3 elephants")
        assert "Write it in ft" in await s.sees("Ana")
        await s.says("Ana", "0,9 m")
        assert "That is right." in await s.sees("Ana")
        await s.presses("Ana", "Next question")

        await s.says("Ana", "near mis")
        assert "It is written: a near miss" in await s.sees("Ana")
        await s.presses("Ana", "Next question")

        message = (await s.screen("Ana"))[-1]
        assert "photo" in message, "the question is about a picture"
        for number in ("1", "2", "2", "3", "4"):
            await s.presses("Ana", number)
        assert (await s.buttons("Ana"))[:5] == ["☑ 1", "2", "☑ 3", "☑ 4", "5"]
        await s.presses("Ana", "Done")
        assert "A ladder that stands on a box ← your answer" in await s.sees("Ana")
        await s.presses("Ana", "Finish")
        assert "All 6 right" in await s.sees("Ana")

        kept = await s.ask(lambda session: dict(session.execute(select(AnswerRow.question_id, AnswerRow.sure)).all()))
        assert kept == dict.fromkeys(PLAYED) | {"lad-101": False}
        assert len(await s.ask(lambda session: session.scalars(select(MemoryRow.question_id)).all())) == len(PLAYED)
        assert [(c["method"], c.get("description"), c["params"]) for c in await s.violations()] == []


async def test_the_marks_are_in_the_picture_that_arrives(database_url: str, tmp_path: Path) -> None:
    """What is sent is the picture with rings and numbers, drawn once and known by its id afterwards."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await waits_for(s, "D-1", "stf-101")
        [photo] = [call for call in await s.calls() if call["method"] in ("sendPhoto", "editMessageMedia")]
        assert photo["ok"]
        sizes = (await s.screen("Ana"))[-1]["photo"]
        data = s.simulator.world.files.get(sizes[-1]["file_id"]).data
        drawn = Image.open(BytesIO(data)).convert("RGB")
        plain = Image.open("content/pictures/spot-store-room.png").convert("RGB")
        assert drawn.size == plain.size
        x, y = round(0.33 * drawn.width - 0.085 * drawn.height), round(0.58 * drawn.height)
        assert drawn.getpixel((x + 3, y)) != plain.getpixel((x + 3, y))


async def test_wrong_but_sure_is_told_kindly_with_the_belief_and_typed_answers_work_everywhere(
    database_url: str, tmp_path: Path
) -> None:
    """In Chinese, by typing alone: letters in an order, then sure; the belief behind it is named."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await waits_for(s, "L-1", "loto-101", "haz-101", "stf-101", "nmr-101")
        right = "".join(await s.ask(partial(letters, id="loto-101")))
        await s.says("Chen", right[3] + right[:3] + right[4:])
        assert "1. 挂上自己的锁" in await s.sees("Chen")
        await s.presses("Chen", "有把握")
        told = await s.sees("Chen")
        assert "你刚才很有把握" in told
        assert "锁一挂上就算完事" in told
        assert "❌ 1. 弄清它有哪些能量 ← 你选的：挂上自己的锁" in told
        assert await s.ask(
            lambda session: session.scalars(select(AnswerRow.sure).where(AnswerRow.right.is_(False))).all()
        ) == [True]
        await s.presses("Chen", "下一题")
        await s.says("Chen", " ".join(await s.ask(partial(letters, id="haz-101"))))
        assert "答对了" in await s.sees("Chen")
        await s.presses("Chen", "下一题")
        await s.says("Chen", "1 3 4")
        assert "答对了" in await s.sees("Chen")
        await s.presses("Chen", "下一题")
        await s.says("Chen", "事故")
        assert "只要出了问题就是事故" in await s.sees("Chen")
        assert [(c["method"], c.get("description"), c["params"]) for c in await s.violations()] == []


async def test_nobody_has_to_type_and_a_wrong_tap_is_taken_back(database_url: str, tmp_path: Path) -> None:
    """*I do not know* shows the answer; a pair is undone one step; a finished answer by *wrong button*."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await waits_for(s, "D-1", "nmr-101", "haz-101")
        await s.presses("Ana", "I do not know")
        assert "a near miss" in await s.sees("Ana")
        await s.presses("Ana", "Next question")
        right = await s.ask(partial(letters, id="haz-101"))
        await s.presses("Ana", next(each for each in "ABCDE" if each != right[0]))
        await s.presses("Ana", "One step back")
        for letter in right[:3]:
            await s.presses("Ana", letter)
        await s.presses("Ana", next(each for each in "ABCDE" if each != right[3]))
        assert "❌ Flame → It can catch fire ← yours:" in await s.sees("Ana")
        await s.presses("Ana", "wrong button")
        for letter in right:
            await s.presses("Ana", letter)
        assert "That is right." in await s.sees("Ana")
        assert [(c["method"], c.get("description"), c["params"]) for c in await s.violations()] == []


def test_every_kind_but_the_old_three_is_played_here() -> None:
    """A new kind needs a story of its own."""
    assert set(KINDS) - {"one", "several", "true_false"} == {"order", "match", "number", "short", "spot"}


async def test_a_trainer_sees_a_picture_question_as_workers_will_and_publishes_it(
    database_url: str, tmp_path: Path
) -> None:
    """The first question of the handbook's bank is put under its picture in the preview; it goes live like any other."""
    text = Path("docs/howto/write-questions.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    head, spot = text.partition("  - id: own-001")[0], "  - id: own-008" + text.partition("  - id: own-008")[2]
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "our-own.yaml", (head + spot.replace("spot-store-room.png", "gate.png")).encode())
        assert "There is no picture gate.png" in await s.sees("Tess")
        await s.sends_file("Tess", "our-own.yaml", (head + spot).encode())
        preview = (await s.screen("Tess"))[-1]
        assert "photo" in preview
        assert "Tap each number that shows something dangerous" in await s.sees("Tess")
        await s.presses("Tess", "Publish")
        assert "Version 1 is live. New: 1" in await s.sees("Tess")
        assert [(c["method"], c.get("description"), c["params"]) for c in await s.violations()] == []
