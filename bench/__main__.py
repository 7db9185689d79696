"""`make bench`: prints the tables of docs/reference/performance.md."""

from __future__ import annotations

from bench import sending


def main() -> None:
    """Runs every measurement."""
    print("\n".join(sending.measure()))


if __name__ == "__main__":
    main()
