"""Where people reach the dashboard, put here once by whoever serves it."""

from __future__ import annotations

_address: list[str] = []


def use(address: str) -> None:
    """Sets the address, without a closing slash."""
    _address[:] = [address.rstrip("/")]


def address() -> str | None:
    """The address; None in a process that serves no dashboard."""
    return _address[0] if _address else None
