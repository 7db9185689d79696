"""What there is to see of the habit, as messages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.kit.replies import Media, Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.learning.habit import rules
from bot.learning.habit.model import Badge, Board, Earned, Mode, Streak
from bot.people.model import Unit

BOARD_UNITS = 8


def name_of(badge: Badge) -> Text:
    """A badge's name."""
    return text(f"learning.habit.name_{badge.value}")


def end(found: Streak, fresh: Sequence[Badge], back: bool) -> Text | None:
    """The line at the end of a day's learning; None where there is nothing to say."""
    if found.days < 2 and not found.bridged and not fresh and not back:
        return None
    names = [name_of(badge) for badge in fresh]
    return text(
        "learning.habit.end", days=found.days, bridged=found.bridged, left=found.left, badges=names, back=back
    )  # fmt: skip


def status_line(found: Streak) -> Text | None:
    """The line under /mystatus; None before the second day: nothing is said of what is not there."""
    return text("learning.habit.status", days=found.days, left=found.left) if found.days > 1 else None


def own(mode: Mode, found: Streak | None, team: Streak | None, earned: Sequence[Earned], buttons: Rows) -> Message:
    """`/habit`: one's own days, those of the team, one's badges. `team`: None where it is too small to be spoken of."""
    words = text(
        "learning.habit.own",
        mode=mode.value,
        days=found.days if found else 0,
        longest=found.longest if found else 0,
        left=found.left if found else 0,
        pauses=rules.PAUSES,
        team=team.days if team else None,
        share=round(100 * rules.TEAM_SHARE),
        badges=[name_of(each.badge) for each in earned] if found else [],
    )
    return Message(words, buttons)


def own_buttons(*, missed: bool, badges: bool, board: Unit | None, joined: bool, leads: bool, manages: bool) -> Rows:
    """What can be done under `/habit`."""
    keys = [button("learning.habit.b_away", "hb.away")] if missed else []
    if badges:
        keys.append(button("learning.habit.b_picture", "hb.pic"))
    if board is not None and joined:
        keys += [
            button("learning.habit.b_board", f"hb.board:{board.id}"),
            button("learning.habit.b_leave", "hb.leave"),
        ]
    elif board is not None:
        keys.append(button("learning.habit.b_join", "hb.about"))
    if leads:
        keys.append(button("learning.habit.b_boards", "hb.boards"))
    if manages:
        keys.append(button("learning.habit.b_modes", "hb.modes"))
    return rows(*keys, each=1)


def about(board: Unit) -> Message:
    """What joining means, before somebody joins."""
    words = text("learning.habit.about_board", unit=board.label, least=rules.LEAST)
    keys = (button("learning.habit.b_join_now", "hb.join"), button("learning.habit.b_not_now", "hb.own"))
    return Message(words, rows(*keys, each=1))


def board(unit: Unit, found: Board, *, joined: bool) -> Message:
    """The board: teams and nobody in them."""
    lines = [{"team": each.unit.label, "percent": each.percent, "n": each.persons} for each in found.lines]
    words = text("learning.habit.board", unit=unit.label, lines=lines, hidden=found.hidden, least=rules.LEAST)
    return Message(words, rows(button("learning.habit.b_leave", "hb.leave")) if joined else ())


def boards(units: Sequence[tuple[Unit, bool]]) -> Message:
    """The units that somebody leads which have teams, each with whether its board is on."""
    keys = []
    for unit, on in units[:BOARD_UNITS]:
        if on:
            keys.append(button("learning.habit.b_board_of", f"hb.board:{unit.id}", unit=unit.label))
            keys.append(button("learning.habit.b_close", f"hb.close:{unit.id}", unit=unit.label))
        else:
            keys.append(button("learning.habit.b_open", f"hb.open:{unit.id}", unit=unit.label))
    keys.append(button("learning.habit.b_own", "hb.own"))
    words = text("learning.habit.boards", count=len(units), least=rules.LEAST)
    return Message(words, rows(*keys, each=1))


def modes(unit: Unit, mode: Mode, parts: Sequence[Unit], above: bool) -> Message:
    """What is counted in a unit, what it could be, and the way into its parts."""
    keys = [
        button("learning.habit.b_mode", f"hb.set:{unit.id}:{each.value}", words=mode_name(each), chosen=each is mode)
        for each in Mode
    ]
    ways = [button("delivery.just", f"hb.modes:{each.id}", text=each.label) for each in parts]
    back = [button("learning.habit.b_above", f"hb.modes:{unit.parent}")] if above else []
    back.append(button("learning.habit.b_own", "hb.own"))
    words = text("learning.habit.modes", unit=unit.label, mode=mode_name(mode))
    return Message(words, (*rows(*keys, each=1), *rows(*ways), *rows(*back)))


def mode_name(mode: Mode) -> Text:
    """What a mode is called."""
    return text(f"learning.habit.mode_{mode.value}")


def picture(earned: Sequence[Earned], ref: str) -> Message:
    """One's badges as a picture, with the same in words."""
    listed = [{"name": name_of(each.badge), "why": why_of(each.badge), "on": each.on.isoformat()} for each in earned]
    return Message(text("learning.habit.badges", listed=listed), media=(Media("photo", ref),))


def why_of(badge: Badge) -> Text:
    """What a badge is for."""
    return text(f"learning.habit.why_{badge.value}")
