"""Pictures in the chat: a leader asks for one, it is counted beside what else happens, and comes with its words."""

from __future__ import annotations

from pathlib import Path

from tests.flows.hazards_company import photo
from tests.flows.incident_company import dock, opened
from tests.flows.risk_company import forge


async def test_a_leader_gets_the_picture_that_they_ask_for_with_the_same_in_words(
    database_url: str, tmp_path: Path
) -> None:
    """Reports by month, categories, places; harm only for whoever may see the register; a worker gets nothing."""
    async with dock(database_url, tmp_path) as s:
        await s.sends_photo("Ana", photo(), caption="Oil beside the press")
        await s.presses("Ana", "Send now")
        await opened(s)
        await s.says("Ana", "/charts")
        assert "for those who lead" in await s.sees("Ana")
        assert "for those who lead" in await forge(s, "Ana", "ai:pareto") + await s.sees("Ana")
        await s.says("Sam", "/charts")
        assert not any("Incidents" in each for each in await s.buttons("Sam"))
        await s.presses("Sam", "Dangers reported")
        shown = [m for m in await s.screen("Sam") if "photo" in m][-1]
        assert "November 2026: 2" in shown["caption"]
        assert "It is no goal" in shown["caption"]
        await s.says("Sam", "/charts")
        await s.presses("Sam", "What dangers are about")
        assert (
            "1. without a category: 2 · 100 % (2/2)"
            in [m for m in await s.screen("Sam") if "photo" in m][-1]["caption"]
        )
        await s.says("Sam", "/charts")
        await s.presses("Sam", "Where they are found")
        assert "Loading dock 1: 1" in [m for m in await s.screen("Sam") if "photo" in m][-1]["caption"]
        await s.says("Yusuf", "/charts")
        await s.presses("Yusuf", "Incidents")
        assert "November 2026: 1" in [m for m in await s.screen("Yusuf") if "photo" in m][-1]["caption"]
