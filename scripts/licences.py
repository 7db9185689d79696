"""Write docs/reference/licences.md from the installed packages that Davy runs on: `make licences`.

A licence that is not on the list below fails, here and in the house tests: somebody has to read it first. With --check nothing is
written.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "licences.md"
MADE = "<!-- Made by `make licences` from the installed packages: change requirements/run.txt, not this page. -->"
ALLOWED = {
    "0BSD": "permissive",
    "Apache-2.0": "permissive, with a grant of patents",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "BSD": "permissive",
    "CC0-1.0": "public domain",
    "HPND": "permissive",
    "ISC": "permissive",
    "LGPL-3.0-only": "a library used as it comes, in a file of its own that anybody may exchange",
    "LGPL-3.0-or-later": "a library used as it comes, in a file of its own that anybody may exchange",
    "MIT": "permissive",
    "MIT-CMU": "permissive",
    "MIT-0": "permissive",
    "MPL-2.0": "a library used as it comes; its own files stay under it",
    "PSF-2.0": "permissive",
    "Unlicense": "public domain",
    "Zlib": "permissive",
}
"""SPDX identifiers, and why each is fine for a program under Apache-2.0 that is given away and run."""
SAID = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What older packages write instead of an identifier."""
READ = {"pyromark": "MIT"}
"""Packages that say it in their licence file alone, which somebody has read."""
Package = tuple[str, str, str, str]


def pinned(name: str = "run") -> dict[str, set[str]]:
    """Names and versions of a locked set; a package may have another version for another Python."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for each in re.finditer(r"^([\w.-]+)==([^\s;]+)", text, re.M):
        found.setdefault(normal(each[1]), set()).add(each[2])
    return found


def identifier(said: str) -> str:
    """A licence as SPDX writes it; several with AND or OR between."""
    return " AND ".join(SAID.get(each.strip(), each.strip()) for each in said.split(";"))


def forbidden(expression: str) -> list[str]:
    """The licences of an expression that are not on the list; of those with OR between, one is enough."""
    wrong: list[str] = []
    for part in re.split(r"\s+AND\s+", re.sub(r"[()]", "", expression)):
        choices = re.split(r"\s+OR\s+", part)
        if not any(choice.split(" WITH ")[0].strip() in ALLOWED for choice in choices):
            wrong.append(part.strip())
    return wrong


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(names: set[str]) -> list[Package]:
    """Name, version, licence and home of the packages that are installed here, of those named."""
    command = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--with-urls", "--with-system"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [
        (e["Name"], e["Version"], READ.get(normal(e["Name"])) or identifier(e["License"]), e["URL"])
        for e in json.loads(done.stdout)
    ]
    return sorted((each for each in found if normal(each[0]) in names), key=lambda each: normal(each[0]))


def written(packages: list[Package], missing: list[str]) -> str:
    """The page."""
    count = len(packages) + len(missing)
    lines = [
        "# Licences",
        "",
        MADE,
        "",
        f"Davy is under Apache-2.0. It runs on {count} packages, each pinned with its hash in `requirements/run.txt`. "
        "`make sbom` writes the same as a CycloneDX file. What may be used is a list in `scripts/licences.py`; "
        "a package under another licence fails the tests.",
        "",
        "| package | version | licence |",
        "|---|---|---|",
        *(f"| [{name}]({url}) | {version} | {licence} |" for name, version, licence, url in packages),
    ]
    if missing:
        lines += ["", f"Only on other systems or versions of Python, and not looked at here: {', '.join(missing)}."]
    allowed = (f"| {name} | {why} |" for name, why in ALLOWED.items())
    return "\n".join([*lines, "", "## What may be used", "", "| licence | why |", "|---|---|", *allowed]) + "\n"


def main(arguments: list[str]) -> int:
    """Writes or checks the page; 1 where a licence is not allowed or the page is another."""
    names = pinned()
    packages = installed(set(names))
    there = {normal(name) for name, *_ in packages}
    page = written(packages, sorted(set(names) - there))
    wrong = [f"{name} {version}: {w}" for name, version, licence, _ in packages for w in forbidden(licence)]
    wrong += [f"{n} {v} is not what is pinned" for n, v, *_ in packages if v not in names[normal(n)]]
    for line in wrong:
        print(f"not allowed: {line}", file=sys.stderr)
    if "--check" in arguments:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page
        return 0 if same and not wrong else 1
    PAGE.write_text(page, encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
