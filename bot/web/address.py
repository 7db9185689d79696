"""Where people reach the dashboard, put here once by whoever serves it."""

from __future__ import annotations

from urllib.parse import urlsplit

_address: list[str] = []
_app: list[bool] = [False]
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def use(address: str, api: str = "") -> None:
    """Sets the address, without a closing slash. `api` is where the Bot API is: a stand-in on this machine opens Mini Apps that
    lie on it as well, Telegram only those of the internet."""
    _address[:] = [address.rstrip("/")]
    hosts = {urlsplit(each).hostname for each in (address, api)}
    _app[:] = [address.startswith("https://") or hosts <= LOOPBACK]


def address() -> str | None:
    """The address; None in a process that serves no dashboard."""
    return _address[0] if _address else None


def mini_app() -> str | None:
    """The address that opens the dashboard inside Telegram; None where Telegram would refuse it."""
    return f"{_address[0]}/app" if _address and _app[0] else None


def stand_in(api: str) -> str:
    """The origin of a stand-in for Telegram on this machine, which may frame our pages; empty for Telegram."""
    parts = urlsplit(api)
    return f"{parts.scheme}://{parts.netloc}" if parts.hostname in LOOPBACK else ""
