"""`make bench`: prints the tables of docs/reference/performance.md. `python -m bench PART --help` for one part."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

PARTS = {
    "presses": "updates handled and answered",
    "broadcast": "the allowed rate, and alerts beside it",
    "sending": "messages sent",
    "planning": "the daily push and messages to everybody",
}


def main() -> None:
    """Runs a part, or all of them."""
    words = sys.argv[1:] or list(PARTS)
    for part in words[:1] if sys.argv[1:] else words:
        if part not in PARTS:
            sys.exit(f"the parts are: {', '.join(PARTS)}")
        module = import_module(f"bench.{part}")
        if hasattr(module, "options"):
            parser = argparse.ArgumentParser(prog=f"python -m bench {part}", description=module.__doc__)
            module.options(parser)
            lines = module.measure(parser.parse_args(sys.argv[2:]))
        else:
            lines = module.measure()
        print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
