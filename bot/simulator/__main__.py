"""`python -m bot.simulator`: run the simulator alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.simulator.app import serve
from bot.simulator.flood import Rates


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(
        prog="davy simulator", description="A local Telegram Bot API with a phone-like page."
    )
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--any-token", action="store_true", help="let an unknown token make its bot")
    parser.add_argument("--log", type=Path, help="append every call to this file as JSON lines")
    parser.add_argument("--no-flood-control", action="store_true", help="answer no 429")
    options = parser.parse_args()
    serve(
        options.port,
        options.any_token,
        options.host,
        options.log,
        Rates.unlimited() if options.no_flood_control else None,
    )


if __name__ == "__main__":
    main()
