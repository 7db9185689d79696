"""`python -m bot` is `davy`."""

from __future__ import annotations

import gc


def main() -> None:
    """The command. What is made while it starts stays: looking for garbage among it took a quarter of that time."""
    gc.set_threshold(100_000, 20, 50)
    from bot.cli import main as command

    command()


if __name__ == "__main__":
    main()
