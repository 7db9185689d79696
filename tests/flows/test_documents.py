"""Safety rules on a phone: what holds where one works, by place, by words in one's own writing; versions, languages, PDF."""

from __future__ import annotations

from pathlib import Path

from tests.flows.house import Story
from tests.flows.risk_company import facts, forge, site

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"


async def publish(s: Story, title: str, words: str, unit: str = "Harbour Works", kind: str = "Safety rule") -> None:
    """Yusuf publishes a rule for a unit."""
    await s.says("Yusuf", "/rules")
    await s.presses("Yusuf", "Add a document")
    await s.presses("Yusuf", kind)
    await s.presses("Yusuf", unit)
    await s.says("Yusuf", title)
    await s.says("Yusuf", words)


async def test_a_worker_finds_the_rule_by_list_by_place_and_by_words(database_url: str, tmp_path: Path) -> None:
    """Of their own place first; nothing of another team; Chinese is found by two of its characters."""
    async with site(database_url, tmp_path) as s:
        await publish(s, "Gate of the press", "Only with your own key. 只用自己的钥匙开门。")
        await publish(s, "Rules of the dock", "Wheel chocks first.", unit="Harbour Works")
        await s.says("Lucia", "/rules")
        assert [b for b in await s.buttons("Lucia") if "📘" in b] == ["📘 Gate of the press", "📘 Rules of the dock"]
        await s.presses("Lucia", "Gate of the press")
        assert "Only with your own key" in await s.sees("Lucia")
        assert "New version" not in " ".join(await s.buttons("Lucia"))
        for words in ("key", "KEYS", "钥匙", "press gate"):
            await s.says("Lucia", f"/rules {words}")
            seen = await s.sees("Lucia")
            assert f"Found for “{words}”" in seen
            found = [b for b in await s.buttons("Lucia") if "Gate of the press" in b] and "Nothing." not in seen
            assert bool(found) == (words != "KEYS"), "a word is found by its beginning, not by an ending of ours"
        await s.presses("Lucia", "Search")
        await s.says("Lucia", "chocks")
        assert "Rules of the dock" in " ".join(await s.buttons("Lucia"))

        await s.says("Lucia", "/start pHW-PRESS-3")
        await s.presses("Lucia", "The rules here")
        assert "hold at Press 3" in await s.sees("Lucia")
        assert not await s.violations()


async def test_a_place_shows_its_own_rule_first_and_another_language_is_read_by_its_readers(
    database_url: str, tmp_path: Path
) -> None:
    """Tied to press 3, it comes first there; Ana reads the Spanish words once they are there, and is told before."""
    async with site(database_url, tmp_path) as s:
        await publish(s, "Aisles stay free", "Nothing stands in an aisle.")
        await publish(s, "Gate of the press", "Only with your own key.")
        await s.presses("Yusuf", "At which places")
        await s.presses("Yusuf", "Press 3")
        assert "Press 3 ✓" in " ".join(await s.buttons("Yusuf"))
        await s.says("Lucia", "/start pHW-PRESS-3")
        await s.presses("Lucia", "The rules here")
        assert "Gate of the press" in (await s.buttons("Lucia"))[0]
        await s.says("Ana", "/rules")
        await s.presses("Ana", "Gate of the press")
        assert "Todavía no está en su idioma" in await s.sees("Ana")
        await s.says("Yusuf", "/rules")
        await s.presses("Yusuf", "Gate of the press")
        await s.presses("Yusuf", "Add a language")
        await s.presses("Yusuf", "Español")
        await s.says("Yusuf", "Solo con la propia llave.")
        await s.says("Ana", "/rules")
        await s.presses("Ana", "Gate of the press")
        assert "Solo con la propia llave" in await s.sees("Ana")


async def test_a_new_version_of_a_rule_reopens_what_was_acknowledged_of_it(database_url: str, tmp_path: Path) -> None:
    """Lucia had acknowledged; the second version is to be acknowledged anew, and it opens from there."""
    async with site(database_url, tmp_path) as s:
        await publish(s, "Gate of the press", "Only with your own key.")
        await s.presses("Yusuf", "Let people acknowledge it")
        await s.presses("Yusuf", "Harbour Works")
        await s.says("Yusuf", "Read the rule of the gate.\n? Whose key?\n+ My own\n- Any")
        await s.presses("Yusuf", "Send to")
        await s.forward(minutes=1)
        await s.presses("Lucia", "I have read it")
        await s.presses("Lucia", "My own")
        await s.says("Lucia", "/pending")
        assert "nothing to read" in await s.sees("Lucia")
        await s.says("Yusuf", "/rules")
        await s.presses("Yusuf", "Gate of the press")
        await s.presses("Yusuf", "New version")
        await s.says("Yusuf", "Only with your own key and only when the press stands.")
        await s.house.settle()
        await s.says("Lucia", "/pending")
        assert "1 thing to read" in await s.sees("Lucia")
        await s.presses("Lucia", "Gate of the press")
        assert "There is a new version" in await s.sees("Lucia")
        await s.presses("Lucia", "Open the document")
        assert "only when the press stands" in await s.sees("Lucia")
        versions = [body["version"] for _, body in await facts(s, "DocumentPublished")]
        assert versions == [1, 2]


async def test_only_a_pdf_is_kept_as_a_file_and_only_who_looks_after_safety_publishes(
    database_url: str, tmp_path: Path
) -> None:
    """A text that is called .pdf is refused; the right one can be opened; Sam, Nora and Lucia change nothing."""
    async with site(database_url, tmp_path) as s:
        await s.says("Yusuf", "/rules")
        await s.presses("Yusuf", "Add a document")
        await s.presses("Yusuf", "Safety rule")
        await s.presses("Yusuf", "Harbour Works")
        await s.says("Yusuf", "Gate of the press")
        await s.sends_file("Yusuf", "gate.pdf", b"not one")
        await s.house.settle()
        assert "no PDF" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Open")
        await s.presses("Yusuf", "New version")
        await s.sends_file("Yusuf", "gate.pdf", PDF)
        await s.house.settle()
        assert "is kept with: Gate of the press" in await s.sees("Yusuf")
        await s.says("Lucia", "/rules")
        await s.presses("Lucia", "Gate of the press")
        assert (await s.screen("Lucia"))[-1]["document"]["file_name"] == "gate.pdf"
        for who in ("Sam", "Nora", "Lucia"):
            for forged in ("dc:version:1", "dc:clauses:1", "dc:retired:1", "dc:language:1", "dc:add"):
                assert "looks after safety" in await forge(s, who, forged), (who, forged)
        await s.says("Yusuf", "/rules")
        await s.presses("Yusuf", "Gate of the press")
        await s.presses("Yusuf", "It holds no more")
        await s.presses("Yusuf", "Yes, take it away")
        assert "no more there" in await forge(s, "Lucia", "dc:open:1:0")
