"""The documentation builds strictly, shows pictures that are small and there, and fetches nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from scripts import documentation
from tests.house.source import ROOT

PICTURES = ROOT / "docs" / "pictures" / "tutorials"
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
ROLES = ("worker", "supervisor", "trainer", "safety-manager", "operator")


class Page(HTMLParser):
    """What a page fetches by itself, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes it."""
        given = dict(attrs)
        if tag in FETCHED and given.get(FETCHED[tag]) and given.get("rel") not in ("canonical", "next", "prev"):
            self.fetched.append(str(given[FETCHED[tag]]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if given.get("id"):
            self.anchors.add(str(given["id"]))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make site` builds it. (With --quiet mkdocs counts no warnings, so that nothing is strict.)"""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_the_site_builds_strictly_and_leads_nowhere_that_is_not_there(built: Path) -> None:
    """Every page of docs/ is in it; every link of every page ends at a file and an anchor."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")}
    made = {path.relative_to(built).with_suffix("").as_posix() for path in pages}
    sources = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert {name.removesuffix("README") + ("index" if name.endswith("README") else "") for name in sources} <= made
    broken = []
    for path, page in pages.items():
        for link in page.links if path.name != "404.html" else []:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = there / "index.html" if there.is_dir() else there
            if not there.exists() or (parts.fragment and there in pages and _lacks(pages[there], parts.fragment)):
                broken.append(f"{path.relative_to(built)}: {link}")
    assert broken == []


def _lacks(page: Page, fragment: str) -> bool:
    return unquote(fragment) not in page.anchors and fragment not in page.anchors


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_the_site_fetches_nothing_from_elsewhere(built: Path) -> None:
    """No font, script or picture of another host, in pages or style sheets: it can be read where there is no internet."""
    found = []
    for path in built.rglob("*.html"):
        away = [each for each in Page(path.read_text(encoding="utf-8")).fetched if urlsplit(each).netloc]
        found += [f"{path.relative_to(built)}: {each}" for each in away]
    for path in built.rglob("*.css"):
        found += [f"{path.name}: {each}" for each in re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]*", path.read_text())]
    assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_tutorial_with_pictures_from_the_demo(role: str) -> None:
    """Each picture says what it shows, is there, and weighs at most 100 kB."""
    text = (ROOT / "docs" / "tutorials" / f"{role}.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]+)\]\((\S+?)\)", text)
    assert shown
    for says, name in shown:
        path = (ROOT / "docs" / "tutorials" / name).resolve()
        assert says
        assert path.parent == PICTURES
        assert path.stat().st_size <= 100_000, name


def test_no_picture_is_kept_that_nobody_shows() -> None:
    """What `scripts/pictures.py` takes is what the tutorials show."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "tutorials").glob("*.md"))
    assert [path.name for path in PICTURES.iterdir() if path.name not in text] == []


def test_links_that_leave_the_pages_become_words_or_fail() -> None:
    """The site stands without the checkout; a file that is gone fails the build; code stays as it is."""
    assert documentation.without_links_outside("see [the sample](../../content/facts.csv)", "howto/a.md") == (
        "see the sample (`content/facts.csv`)"
    )
    inside = "see [b](b.md#x), [c](../reference/facts.md), `[d](../../nowhere.md)`, ![e](../../nowhere.png)"
    assert documentation.without_links_outside(inside, "howto/a.md") == inside
    with pytest.raises(documentation.BrokenLink, match="nowhere"):
        documentation.without_links_outside("[d](../../nowhere.md)", "howto/a.md")


def test_every_page_has_its_place_in_the_nav() -> None:
    """Lists are made from folders; what stands in the file by hand is there."""
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = yaml.safe_dump(documentation.on_config({"nav": nav["nav"]})["nav"])
    missing = [
        path.relative_to(ROOT / "docs").as_posix()
        for path in (ROOT / "docs").rglob("*.md")
        if path.relative_to(ROOT / "docs").as_posix() not in listed
    ]
    assert missing == []


def test_what_davy_is_not_is_said() -> None:
    """The three sentences that nobody may miss."""
    text = (ROOT / "docs" / "explanation" / "honest-limits.md").read_text(encoding="utf-8")
    for words in ("not an emergency channel", "Exactly once is impossible", "Anonymous means confidential"):
        assert words in text


def test_the_readme_begins_with_one_machine() -> None:
    """What only large companies need stands below its first screens."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first = text[: text.index("## What it promises")]
    assert "one machine with SQLite, which is enough for 5,000 people" in first
    assert re.findall(r"PostgreSQL|Kubernetes|HAProxy|replica|standby", first) == []
