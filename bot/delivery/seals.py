"""The installation's seal, set once at the composition root; rooms seal with it, only the sender opens recipients."""

from __future__ import annotations

from bot.kit.seal import Seal

_seal: list[Seal] = []


def use(seal: Seal) -> None:
    """Sets the seal of this process."""
    _seal[:] = [seal]


def seal() -> Seal:
    """The seal. Raises RuntimeError before it was set."""
    if not _seal:
        raise RuntimeError("no seal: call delivery.seals.use() first")
    return _seal[0]
