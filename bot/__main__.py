"""`python -m bot` is `davy`."""

from bot.cli import main

main()
