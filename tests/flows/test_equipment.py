"""Protective equipment: asked for, handed out, signed for by whoever got it, expiring, replaced; the store by size."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.resources.equipment.tables import EquipmentPieceRow, EquipmentStockRow
from tests.flows.house import Story
from tests.flows.resources_company import facts, forge, leave, ready


async def _stock(s: Story) -> dict[str, int]:
    rows = await s.ask(lambda session: session.execute(select(EquipmentStockRow.size, EquipmentStockRow.count)).all())
    return {row[0]: int(row[1]) for row in rows}


async def _asks(s: Story, who: str, item: str = "Helmet", size: str | None = "M") -> None:
    await s.says(who, "/ppe")
    await s.presses(who, "Ask for one")
    await s.presses(who, item)
    if size is not None:
        await s.presses(who, f"{size} (")


async def _gets(s: Story, who: str) -> None:
    await s.says("Pedro", "/ppe")
    await s.presses("Pedro", "To hand out: 1")
    await s.presses("Pedro", "Handed over")
    await s.presses(who, "I sign")


async def test_a_helmet_goes_from_the_request_to_the_signature_to_its_end_and_is_replaced(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia asks, Pedro hands over, Lucia signs; it is looked at, expires, another takes its place; each told once."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Lucia", size="L")
        assert "Do not do work for which you need it" in await s.sees("Lucia")
        await s.forward(minutes=6)
        assert any("Lucia Herrera needs protective equipment" in each for each in await s.news("Pedro"))
        assert "quien lleva este almacén" in await forge(s, "Ana", "pe:hand:1")
        await s.presses("Pedro", "Look at it")
        assert "Left in this size: 3" in await s.sees("Pedro")
        await s.presses("Pedro", "Handed over")
        assert await _stock(s) == {"M": 1, "L": 2, "-": 5}
        await s.forward(minutes=6)
        assert any("sign that you have it" in each for each in await s.news("Lucia"))
        assert "not yours" in await forge(s, "Sam", "pe:sign:1")
        assert await facts(s, "EquipmentIssued") == []
        await s.presses("Lucia", "I sign")
        assert "Signed for by Lucia Herrera" in await s.sees("Lucia")
        assert "changed meanwhile" in await forge(s, "Lucia", "pe:sign:1")

        await s.forward(days=24)
        await s.forward(days=1)
        assert len([each for each in await s.news("Lucia") if "is to be looked at by" in each]) == 1
        await s.presses("Lucia", "Looked at, in order")
        await s.forward(days=400 - 25 - 29)
        assert len([each for each in await s.news("Lucia") if "Ask for a new one in time" in each]) == 1
        await s.forward(days=1)
        assert [each for each in await s.news("Lucia") if "in time" in each] == []
        await s.says("Lucia", "/ppe")
        await s.presses("Lucia", "Helmet · L")
        await s.presses("Lucia", "Ask for a new one")
        await s.forward(minutes=6)
        await _gets(s, "Lucia")
        states = await s.ask(
            lambda session: list(session.scalars(select(EquipmentPieceRow.state).order_by(EquipmentPieceRow.id)))
        )
        assert states == ["replaced", "held"]
        assert [body["by"] for _, body in await facts(s, "EquipmentReplaced")] == [2]
        assert (await _stock(s))["L"] == 1
        assert not await s.violations()


async def test_a_damaged_piece_is_not_used_any_more_and_another_is_asked_for_by_one_tap(
    database_url: str, tmp_path: Path
) -> None:
    """The request says why; the old piece is over when the new one is signed for. Twice is once."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Lucia", size="L")
        await s.forward(minutes=6)
        await _gets(s, "Lucia")
        await s.says("Lucia", "/ppe")
        await s.presses("Lucia", "Helmet · L")
        await s.presses("Lucia", "Damaged")
        assert "Do not use it any more; a new one is asked for" in await s.sees("Lucia")
        assert "already" in await forge(s, "Lucia", "pe:damaged:1")
        await s.says("Lucia", "/ppe")
        assert "Damaged: do not use it" in await s.sees("Lucia")
        await s.says("Pedro", "/ppe")
        await s.presses("Pedro", "To hand out: 1")
        assert "the old one is damaged" in await s.sees("Pedro")
        await _gets(s, "Lucia")
        await s.says("Lucia", "/ppe")
        assert "Damaged" not in await s.sees("Lucia")


async def test_the_last_one_is_handed_out_once_and_new_ones_are_taken_in(database_url: str, tmp_path: Path) -> None:
    """One helmet of size M, two who ask: the second waits until Pedro has taken new ones in. He heard that few are left."""
    async with ready(database_url, tmp_path) as s:
        for who in ("Lucia", "Sam"):
            await _asks(s, who)
        await s.forward(minutes=6)
        await forge(s, "Pedro", "pe:hand:1")
        assert "None is left in size M" in await forge(s, "Pedro", "pe:hand:2")
        assert (await _stock(s))["M"] == 0
        await s.says("Pedro", "/ppe")
        await s.presses("Pedro", "Stock")
        await s.presses("Pedro", "Helmet")
        await s.presses("Pedro", "M (0)")
        await s.says("Pedro", "four")
        assert "whole number" in await s.sees("Pedro")
        await s.says("Pedro", "٤")
        assert "M: 4" in await s.sees("Pedro")
        await forge(s, "Pedro", "pe:hand:2")
        assert (await _stock(s))["M"] == 3
        await s.forward(minutes=6)
        await s.presses("Sam", "I did not get it")
        assert (await _stock(s))["M"] == 4
        await s.says("Pedro", "/ppe")
        assert "One request waits in your store" in await s.sees("Pedro")


async def test_few_left_is_told_when_a_size_gets_there(database_url: str, tmp_path: Path) -> None:
    """Three of size L, few means one: told at the second that is handed out, and not at the third."""
    async with ready(database_url, tmp_path) as s:
        for who in ("Lucia", "Sam", "Nora"):
            await _asks(s, who, size="L")
        for number, low in ((1, 0), (2, 1), (3, 1)):
            await forge(s, "Pedro", f"pe:hand:{number}")
            assert len(await facts(s, "EquipmentStockLow")) == low
        await s.says("Pedro", "/ppe")
        await s.presses("Pedro", "Stock")
        assert "⚠️ L: 0" in await s.sees("Pedro")


async def test_a_storekeeper_does_not_hand_out_to_themselves_and_a_no_has_a_reason(
    database_url: str, tmp_path: Path
) -> None:
    """Pedro's own request waits for somebody who leads there; Lucia reads why she gets none."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Pedro", "Gloves", None)
        assert "themselves" in await forge(s, "Pedro", "pe:hand:1")
        await forge(s, "Yusuf", "pe:hand:1")
        await s.forward(minutes=6)
        await s.presses("Pedro", "I sign")
        await _asks(s, "Lucia", "Gloves", None)
        await forge(s, "Pedro", "pe:refuse:2")
        await s.says("Pedro", "These are not for the chemicals you use, come and try others")
        assert any("come and try others" in each for each in await s.news("Lucia"))


async def test_what_nobody_hands_out_for_a_day_is_brought_up_and_whoever_leaves_gives_back(
    database_url: str, tmp_path: Path
) -> None:
    """Once more, once; when Lucia leaves, her helmet stands in the queue to be given back."""
    async with ready(database_url, tmp_path) as s:
        await _asks(s, "Lucia", size="L")
        await s.forward(hours=49)
        await s.forward(hours=24)
        assert len([each for each in await s.news("Pedro") if "Lucia Herrera needs" in each]) == 2
        await _gets(s, "Lucia")
        await _asks(s, "Lucia", "Gloves", None)
        await s.db(leave, "W-2", s.now)
        await s.forward(minutes=6)
        await s.says("Pedro", "/ppe")
        await s.presses("Pedro", "To hand out: 0")
        assert "has left and still holds this" in await s.sees("Pedro")
        await s.presses("Pedro", "Given back")
        states = await s.ask(lambda session: list(session.scalars(select(EquipmentPieceRow.state))))
        assert states == ["returned"]
