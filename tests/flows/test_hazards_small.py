"""Reports that begin or end in another way: as practice, in words, from a label; closed by the reporter, contradicted."""

from __future__ import annotations

from tests.flows.hazards_company import photo
from tests.flows.house import Story, words
from tests.flows.test_hazards import reports, s

__all__ = ["s"]


async def test_the_first_report_may_be_a_practice_that_goes_to_nobody(s: Story) -> None:
    """It ends with praise; no supervisor hears of it; it is not offered again."""
    await s.sends_photo("Ana", photo())
    await s.presses("Ana", "Only practise")
    assert "this goes to nobody" in await s.sees("Ana")
    await s.presses("Ana", "Send now")
    assert "That is how it works" in await s.sees("Ana")
    assert await s.news("Sam") == []
    await s.sends_photo("Ana", photo(90))
    assert not any("practise" in label for label in await s.buttons("Ana"))


async def test_words_alone_are_a_report_and_a_small_danger_is_closed_by_its_reporter(s: Story) -> None:
    """Rated low and fixed with a word why there is no photo: *It is gone* closes it, and Sam's card says so."""
    await s.says("Ana", "/report A loose plate by the door")
    await s.presses("Ana", "Send now")
    assert "A loose plate by the door" in await s.sees("Sam")
    for tap in ("Acknowledge", "Rate", "low", "Assign", "Bao"):
        await s.presses("Sam", tap)
    for tap in ("Fixed", "No photo possible"):
        await s.presses("Bao", tap)
    await s.says("Bao", "Screwed down")
    assert "is it gone?" in await s.sees("Ana")
    assert await s.presses("Ana", "It is gone") == "Thank you."
    assert any("saw that it is gone" in words(m) for m in await s.screen("Sam"))


async def test_no_danger_is_said_with_a_reason_and_may_be_contradicted(s: Story) -> None:
    """The reporter reads why; one tap opens it again and rings."""
    await reports(s)
    for tap in ("More", "Not a danger"):
        await s.presses("Sam", tap)
    await s.says("Sam", "It is water from the cleaning")
    assert "It is water from the cleaning" in await s.sees("Ana")
    assert "Reporting was right all the same" in await s.sees("Ana")
    await s.news("Sam")
    await s.presses("Ana", "Still there")
    assert any("It is still there: open again" in said for said in await s.news("Sam"))


async def test_a_scanned_label_names_the_place_and_calls_those_who_lead_there(s: Story) -> None:
    """Ana stands at another team's racks: nobody has to be asked where that is."""
    await s.says("Ana", "/start pHW-RACK-A")
    assert "High racks" in await s.sees("Ana")
    await s.presses("Ana", "Report something here")
    await s.says("Ana", "A beam is bent")
    await s.presses("Ana", "Send now")
    assert "High racks, Storage Team" in await s.sees("Tomasz")
    assert await s.news("Sam") == []


async def test_a_few_words_out_of_the_blue_begin_a_report(s: Story) -> None:
    """Three words are enough; a greeting is not; and one tap says that it was none."""
    await s.says("Ana", "hello")
    assert "Send now" not in str(await s.buttons("Ana"))
    await s.says("Ana", "oil by the door again")
    assert "oil by the door again" in await s.sees("Ana")
    await s.presses("Ana", "Not a report")
    assert "Send now" not in str(await s.buttons("Ana"))


async def test_what_is_typed_is_answered_below_it_and_not_further_up(s: Story) -> None:
    """The screen that asked goes; the next one stands under the typed words, once."""
    await s.sends_photo("Ana", photo())
    for tap in ("Details", "Dangerous", "Somewhere else"):
        await s.presses("Ana", tap)
    await s.says("Ana", "behind the boiler")
    shown = await s.screen("Ana")
    assert words(shown[-2]) == "behind the boiler"
    assert "How bad" in words(shown[-1])
    assert sum("How bad" in words(m) or "Where is it" in words(m) for m in shown) == 1


async def test_what_is_added_at_any_step_is_counted_there(s: Story) -> None:
    """A second photo while the limits of a report without a name are read: it goes along, and that is seen."""
    await s.sends_photo("Ana", photo())
    await s.presses("Ana", "Without my name")
    assert "1 photo or recording" in await s.sees("Ana")
    await s.sends_photo("Ana", photo(90))
    assert "2 photos or recordings" in await s.sees("Ana")


async def test_a_photo_of_today_does_not_join_what_was_said_yesterday(s: Story) -> None:
    """Somebody hurt, never sent; the next day a wet floor: it is asked anew, and the old may be left out."""
    await s.sends_photo("Ana", photo())
    for tap in ("Details", "hurt"):
        await s.presses("Ana", tap)
    await s.forward(days=1)
    await s.sends_photo("Ana", photo(90))
    assert "was never sent" in await s.sees("Ana")
    assert "Someone is hurt" in await s.sees("Ana"), "nobody raises that alarm without seeing it"
    await s.presses("Ana", "Keep only the new part")
    await s.presses("Ana", "Send now")
    assert "🚑" not in await s.sees("Sam")
    assert await s.violations() == []
