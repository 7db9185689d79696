"""`make bench`: everything in about twelve minutes. `make bench ARGS=presses` for a part, `ARGS="presses --help"` for its options.

With `--write` the tables go into docs/reference/performance.md as well, each part into its own section.
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module

from bench import report

PARTS = {
    "presses": "updates handled and answered",
    "broadcast": "the allowed rate, and alerts beside it",
    "sending": "messages sent",
    "planning": "the daily push and messages to everybody",
    "replicas": "one, two and three on one PostgreSQL",
    "starting": "start-up time and memory",
    "retention": "what simulated learners know after a year",
    "growth": "a thousand to a million people",
    "cards": "lesson cards drawn",
    "risks": "early warning and the map over a million hazards",
    "boards": "a thousand open boards while people answer",
    "pages": "the first byte of every page, and its weight",
    "muster": "everybody called, and 1,000 answers a second",
    "losing": "what a crash with its disk costs, by way of backing up",
    "assessment": "a year's assessment of a unit and of a large company",
}
EVERYTHING = (
    "sending",
    "presses --rounds 2 --seconds 2",
    "presses --rounds 2 --seconds 2 --updates webhook --delay 50 --only davy,ptb,ptb-aiohttp",
    "broadcast --seconds 12",
    "planning",
    "replicas --seconds 2 --rounds 2",
    "starting --rounds 2",
    "retention --learners 8 --seeds 5",
    "growth --people 1000,10000,100000",
    "cards",
    "risks --hazards 100000",
    "muster --people 2000 --seconds 5",
    "assessment --people 1000",
    "boards --boards 300 --people 1000 --seconds 8",
    "pages --people 2000",
    "losing",
)
"""What runs without a part's name: bounded, so that it is over in about twelve minutes on two cores."""


def main() -> None:
    """Runs a part, or all of them."""
    words = [word for word in sys.argv[1:] if word != "--write"]
    write = "--write" in sys.argv[1:]
    if words and words[0] in ("-h", "--help"):
        print(__doc__, *(f"  {part:10} {what}" for part, what in PARTS.items()), sep="\n")
        return
    for line in [" ".join(words)] if words else EVERYTHING:
        part, *options = line.split()
        if part not in PARTS:
            sys.exit(f"no such part: {part}; the parts are {', '.join(PARTS)}")
        module = import_module(f"bench.{part}")
        parser = argparse.ArgumentParser(prog=f"python -m bench {part}", description=module.__doc__)
        module.options(parser)
        begun = time.monotonic()
        table = "\n".join(module.measure(parser.parse_args(options))).strip()
        print(f"\n{table}\n", flush=True)
        print(f"  {line}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        if write:
            report.put(report.section_of(part, options), line, table)


if __name__ == "__main__":
    main()
