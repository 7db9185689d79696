"""How fast people were accounted for, as a line for the page. Pure."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 640, 200
STEPS = 80


def line(seconds: Sequence[int], roster: int, minutes: float) -> str:
    """The points of a polyline in a box of WIDTH x HEIGHT: from the start to the end, up to all who were on the roster."""
    ordered, whole = sorted(seconds), max(minutes * 60, 1.0, *seconds) if seconds else max(minutes * 60, 1.0)
    points, at = [], 0
    for step in range(STEPS + 1):
        until = whole * step / STEPS
        while at < len(ordered) and ordered[at] <= until:
            at += 1
        points.append(f"{WIDTH * step / STEPS:.0f},{HEIGHT - HEIGHT * at / max(roster, 1):.0f}")
    return " ".join(points)
