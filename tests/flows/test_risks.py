"""The risk register in the chat: entered by taps, held small, looked at every day, and red when nobody does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from bot.risks.tables import RiskCheckRow, RiskRow
from tests.flows.hazards_company import photo
from tests.flows.risk_company import add_control, enter_press_risk, facts, forge, site

NEXT_MORNING = datetime(2026, 11, 19, 14, 1, tzinfo=UTC)
"""08:01 in Chicago: looks are due at eight."""


async def test_a_risk_is_entered_by_six_taps_held_small_and_closed_only_after_its_effect_was_rated(
    database_url: str, tmp_path: Path
) -> None:
    """Likelihood, exposure and consequence in plain words; what is missing before it counts as held small is said each time."""
    async with site(database_url, tmp_path) as s:
        await enter_press_risk(s)
        card = await s.sees("Sam")
        assert "Major (red), 540" in card
        assert "hands in the press when it closes" in card
        assert "Changing the tool" in card
        assert "> 320" in card, "a colour never stands without the company's rule"
        await add_control(s)
        card = await s.sees("Sam")
        assert "Light curtain works" in card
        assert "Pedro Quispe" in card
        assert "First rate what is left" in await s.presses("Sam", "It is held small")

        await s.presses("Sam", "Rate what is left")
        await s.presses("Sam", "It is bound to happen")
        await s.presses("Sam", "Every working day")
        assert "cannot be more than" in await s.sees("Sam") or "cannot be more" in await s.presses("Sam", "One death")
        await s.presses("Sam", "Rate what is left")
        await s.presses("Sam", "Very unlikely")
        await s.presses("Sam", "Every working day")
        await s.presses("Sam", "One death")
        card = await s.sees("Sam")
        assert "General (yellow), 45" in card, "45 would be blue, but what kills is never blue"
        assert "goes on being looked at" in await s.presses("Sam", "It is held small")
        assert "held small" in await s.sees("Sam")

        kinds = [
            kind
            for kind, _ in await facts(
                s, "RiskIdentified", "RiskRated", "ControlAdded", "ControlPlaced", "RiskControlled"
            )
        ]
        assert kinds == ["RiskIdentified", "RiskRated", "ControlAdded", "ControlPlaced", "RiskRated", "RiskControlled"]
        [(_, rated), (_, again)] = await facts(s, "RiskRated")
        assert (rated["factors"], rated["colour"], rated["residual"]) == ("6x6x15", "red", False)
        assert (again["factors"], again["colour"], again["residual"]) == ("0.5x6x15", "yellow", True)
        assert not await s.violations()


async def test_a_worker_sees_what_can_hurt_them_in_plain_words_and_the_register_is_for_who_leads(
    database_url: str, tmp_path: Path
) -> None:
    """No figures for Ana, who reads Spanish; Nora of another team neither sees the risk nor may touch it."""
    async with site(database_url, tmp_path) as s:
        await enter_press_risk(s)
        await add_control(s)
        await s.says("Lucia", "/risks")
        seen = await s.sees("Lucia")
        assert "hands in the press when it closes" in seen
        assert "Light curtain works" in seen
        assert "540" not in seen
        assert "Major (red)" in seen, "the colour has its word"
        await s.says("Ana", "/risks")
        assert "hands in the press" in await s.sees("Ana"), "what nobody translated is shown as it was written"

        await s.says("Nora", "/risks")
        assert "hands in the press" not in await s.sees("Nora")
        for forged in (
            "rk:open:1",
            "rk:rate:1",
            "rk:close:1",
            "rk:control:1",
            "rk:retire:1",
            "rk:retired:1",
            "rkc:open:1",
        ):
            assert "leads there" in await forge(s, "Nora", forged), forged
            assert "leads there" in await forge(s, "Lucia", forged), forged
        assert (await s.ask(lambda session: session.scalar(select(RiskRow.standing)))) == "open"


async def test_whoever_scans_a_place_can_see_its_risks_and_a_report_without_a_name_forgets_that(
    database_url: str, tmp_path: Path
) -> None:
    """The button stands only where there is something to show; what it showed is gone with the scan."""
    async with site(database_url, tmp_path) as s:
        await s.says("Lucia", "/start pHW-DOCK-1")
        assert [b for b in await s.buttons("Lucia") if "What can hurt" in b] == []
        await enter_press_risk(s)
        await s.says("Lucia", "/start pHW-PRESS-3")
        await s.presses("Lucia", "What can hurt me here?")
        assert "hands in the press" in await s.sees("Lucia")
        await s.presses("Lucia", "Report something")
        await s.says("Lucia", "The light curtain is taped over again today")
        await s.presses("Lucia", "Without my name")
        await s.presses("Lucia", "Send without my name")

        def traces(session):  # type: ignore[no-untyped-def]
            from bot.delivery.tables import OutboxRow, SentMessageRow
            from bot.people.store import person_by_badge

            lucia = person_by_badge(session, "W-2", s.now)
            rows = session.scalars(select(OutboxRow).where(OutboxRow.person_id == lucia.id)).all()
            edits = session.scalars(select(OutboxRow).where(OutboxRow.chat_id == s.chat("Lucia"))).all()
            refs = session.scalars(select(SentMessageRow.ref).where(SentMessageRow.person_id == lucia.id)).all()
            return [r.payload for r in (*rows, *edits) if "press when it closes" in str(r.payload)], [
                r for r in refs if r
            ]

        payloads, refs = await s.ask(traces)
        assert payloads == []
        assert not [ref for ref in refs if ref.startswith("here:")]


async def test_controls_are_looked_at_by_taps_and_one_that_is_missing_is_a_fact_a_red_risk_and_a_call(
    database_url: str, tmp_path: Path
) -> None:
    """Asked at eight; not in place, with a photo: Sam is called at once; once it is back, everybody called sees so."""
    async with site(database_url, tmp_path) as s:
        await enter_press_risk(s)
        await add_control(s)
        await s.news("Pedro"), await s.news("Sam")
        await s.until(NEXT_MORNING)
        [asked] = await s.news("Pedro")
        assert "Light curtain works" in asked
        await s.presses("Pedro", "Light curtain works")
        assert "hands in the press" in await s.sees("Pedro")
        assert "Noted" in await s.presses("Pedro", "Not in place")
        await s.sends_photo("Pedro", photo(), "cable cut")
        assert "Kept with the check" in await s.sees("Pedro")
        [called] = await s.news("Sam")
        assert "counts as red now" in called
        assert "not in place since" in called
        [(_, missing)] = await facts(s, "ControlNotInPlace")
        assert {k: missing[k] for k in ("colour", "rank", "risk", "control")} == {
            "colour": "red", "rank": 3, "risk": 1, "control": 1
        }  # fmt: skip
        kept = await s.ask(lambda session: session.scalars(select(RiskCheckRow)).one().note)
        assert kept == "cable cut"

        assert "nobody else is called" in await s.presses("Sam", "I take care of it")
        assert "Sam Okafor takes care" in await s.sees("Sam")
        await s.forward(hours=2)
        assert await s.news("Yusuf") == [], "who took it on stopped the calls"
        await s.presses("Pedro", "Light curtain works")
        await s.presses("Pedro", "In place")
        assert "confirmed again, by Pedro Quispe" in await s.sees("Sam")
        kinds = [k for k, _ in await facts(s, "RiskAlarmed", "RiskAcknowledged", "RiskCalmed", "ControlChecked")]
        assert kinds == ["ControlChecked", "RiskAlarmed", "RiskAcknowledged", "ControlChecked", "RiskCalmed"]


async def test_a_control_that_nobody_confirms_turns_the_risk_red_and_climbs_until_somebody_takes_it(
    database_url: str, tmp_path: Path
) -> None:
    """Four hours for a major risk, half an hour a rung; nobody is called after it; a day later it is called about anew."""
    async with site(database_url, tmp_path) as s:
        await enter_press_risk(s)
        await add_control(s)
        await s.until(NEXT_MORNING)
        for who in ("Sam", "Grace", "Yusuf", "Pedro"):
            await s.news(who)
        await s.forward(hours=3, minutes=50)
        assert await s.news("Sam") == []
        await s.forward(minutes=15)
        [called] = await s.news("Sam")
        assert "not confirmed since" in called
        assert await s.news("Grace") == []
        await s.forward(minutes=31)
        assert len(await s.news("Grace")) == 1
        await s.forward(minutes=31)
        assert len(await s.news("Yusuf")) == 1
        await s.presses("Yusuf", "I take care of it")
        await s.forward(hours=5)
        assert await s.news("Sam") == []
        [(_, late)] = await facts(s, "ControlUnchecked")
        assert late["risk"] == 1
        assert (await s.ask(lambda session: session.scalar(select(RiskRow.alarmed_at)))) is not None
        await s.says("Sam", "/risks")
        assert "Not confirmed, so they count as red: 1" in await s.sees("Sam")
        await s.news("Sam")
        await s.forward(hours=20)
        assert len([each for each in await s.news("Sam") if "counts as red now" in each]) == 1, (
            "it is called about anew"
        )
        assert not await s.violations()


async def test_a_supervisor_who_blocked_davy_is_passed_over_at_once(database_url: str, tmp_path: Path) -> None:
    """The call about an unconfirmed control goes to the manager in the same moment."""
    async with site(database_url, tmp_path) as s:
        await enter_press_risk(s)
        await add_control(s)
        await s.blocks("Sam")
        await s.until(NEXT_MORNING)
        await s.news("Grace")
        await s.presses("Pedro", "Light curtain works")
        await s.presses("Pedro", "Not in place")
        assert len([each for each in await s.news("Grace") if "counts as red now" in each]) == 1


async def test_a_low_risk_is_told_when_it_suits_and_calls_nobody(database_url: str, tmp_path: Path) -> None:
    """First aid, a few times a year: blue. Missing, its leader reads of it once; nothing turns red."""
    async with site(database_url, tmp_path) as s:
        await s.says("Sam", "/risks")
        await s.presses("Sam", "New risk")
        await s.presses("Sam", "Press 3")
        await s.says("Sam", "Sweeping")
        await s.says("Sam", "dust in the eyes")
        for tap in ("It can happen, though not often", "A few times a year", "First aid is enough"):
            await s.presses("Sam", tap)
        assert "Low (blue), 3" in await s.sees("Sam")
        await add_control(s, "Goggles at the broom", "Protective equipment")
        await s.news("Sam"), await s.news("Pedro")
        await s.until(NEXT_MORNING)
        assert await s.news("Pedro") == [], "a low risk is looked at every thirty days"
        await s.until(datetime(2026, 12, 18, 14, 1, tzinfo=UTC))
        await s.presses("Pedro", "Goggles")
        await s.presses("Pedro", "Not in place")
        told = [each for each in await s.news("Sam") if "found not in place" in each]
        assert len(told) == 1
        assert (await s.ask(lambda session: session.scalar(select(RiskRow.alarmed_at)))) is None
