"""What mkdocs calls while it builds the documentation (`make site`).

Folders in the nav become lists of their pages. Links to files of the checkout that are no pages become the name of the file, since
the site stands for itself. A link to a file that is not there fails the build.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LISTED = ("howto", "reference", "adr")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)(#[^)\s]*)?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.M | re.S)


class BrokenLink(Exception):
    """A page names a file that is not there."""


def on_config(config: Any) -> Any:
    """Puts the pages of a folder where the nav names the folder."""
    config["nav"] = [_listed(each) for each in config["nav"]]
    return config


def _listed(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    ((title, what),) = item.items()
    if isinstance(what, list):
        return {title: [_listed(each) for each in what]}
    return {title: pages_of(what) if what in LISTED else what}


def pages_of(folder: str) -> list[Any]:
    """The pages of a folder: its README first, the others by their titles; decisions by their numbers."""
    found = sorted((DOCS / folder).glob("*.md"))
    titled = [(title_of(path), f"{folder}/{path.name}") for path in found if path.name != "README.md"]
    if folder != "adr":
        titled.sort()
    first = [f"{folder}/README.md"] if (DOCS / folder / "README.md").exists() else []
    return [*first, *({title: name} for title, name in titled)]


def title_of(path: Path) -> str:
    """A page's first heading."""
    found = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)
    return found[1] if found else path.stem


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links that leave docs/ become words."""
    return without_links_outside(markdown, page.file.src_uri)


def without_links_outside(markdown: str, name: str) -> str:
    """A page with its links to other files of the checkout as words. Raises BrokenLink at one that is not there."""
    spans = [found.span() for found in CODE.finditer(markdown)]

    def words(found: re.Match[str]) -> str:
        where = posixpath.normpath(posixpath.join("docs", posixpath.dirname(name), found[2]))
        quoted = any(begin < found.start() < end for begin, end in spans)
        if quoted or "://" in found[2] or where.startswith("docs/") or found[2].startswith(("/", "mailto:")):
            return found[0]
        if not (ROOT / where).exists():
            raise BrokenLink(f"docs/{name} names {where}, which is not there")
        return f"{found[1]} (`{where}`)" if where not in found[1] else found[1]

    return LINK.sub(words, markdown)
