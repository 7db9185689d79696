"""Ask the advisory service about every pinned package: `make audit`.

pip-audit says "no known vulnerabilities" also where the service knew nothing of a package or could not be asked. Here that is no
answer: the exit code is 0 only if every package was answered for, 1 where one is vulnerable, 3 where some were not answered for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SETS = ("run", "dev", "uv")
CLEAN, VULNERABLE, NOT_ANSWERED = 0, 1, 3


@dataclass(frozen=True)
class Audit:
    """What the service said: packages asked about, those it said nothing of, and what is known against others."""

    asked: int
    unanswered: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    error: str = ""

    @property
    def code(self) -> int:
        """The exit code; a vulnerability weighs more than silence, and nothing asked is no answer."""
        if self.against:
            return VULNERABLE
        return NOT_ANSWERED if self.unanswered or self.error or not self.asked else CLEAN

    def __str__(self) -> str:
        answered = self.asked - len(self.unanswered)
        lines = [f"{answered} of {self.asked} packages were answered for."] if self.asked else []
        if self.error:
            lines.append(f"The advisory service could not be asked: {self.error}")
        if self.unanswered:
            lines.append(f"NOT audited, the service says nothing of them: {', '.join(self.unanswered)}")
        lines += [f"VULNERABLE: {each}" for each in self.against]
        return "\n".join(lines)


def judged(report: dict[str, Any]) -> Audit:
    """What pip-audit's JSON means."""
    packages: Iterable[dict[str, Any]] = report.get("dependencies", [])
    asked, unanswered, against = 0, [], []
    for each in packages:
        asked += 1
        if "skip_reason" in each:
            unanswered.append(each["name"])
        for found in each.get("vulns", []):
            fixed = ", ".join(found.get("fix_versions", [])) or "no version yet"
            against.append(f"{each['name']} {each['version']}: {found['id']}, mended in {fixed}")
    return Audit(asked, tuple(unanswered), tuple(against))


def asked_about(requirements: Path, service: str) -> Audit:
    """Runs pip-audit over a locked file; installs nothing."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(requirements), "--require-hashes", "--disable-pip"]
    command += ["-s", service, "-f", "json", "--progress-spinner", "off", "--timeout", "15"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return judged(json.loads(done.stdout))
    except json.JSONDecodeError:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Audit(0, error=last[:300])


def main(arguments: list[str]) -> int:
    """Audits each set; `osv` asks the other service that pip-audit knows."""
    service = "osv" if "osv" in arguments else "pypi"
    codes = []
    for name in SETS:
        found = asked_about(ROOT / "requirements" / f"{name}.txt", service)
        print(f"requirements/{name}.txt: {found}")
        codes.append(found.code)
    return VULNERABLE if VULNERABLE in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
