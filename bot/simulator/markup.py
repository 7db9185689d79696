"""Keyboards: what Telegram refuses about them beyond their form."""

from __future__ import annotations

from typing import Any

from bot.simulator.complaints import UNALLOWED, Wrong
from bot.simulator.errors import bad
from bot.simulator.text import check_url

ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
REQUESTS = (
    "request_users",
    "request_chat",
    "request_managed_bot",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
)
MOST_BUTTONS = 100
MOST_IN_ROW = 8
STYLES = {"danger", "success", "primary"}


def check_markup(markup: dict[str, Any] | None, private: bool) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """(the inline keyboard that stays with the message, the keyboard that goes to the person); refuses bad ones."""
    if not markup:
        return None, None
    try:
        if "inline_keyboard" in markup:
            rows = [row for row in markup["inline_keyboard"] if row]
            for row in rows:
                for button in row:
                    _inline_button(button, private)
            _count(rows, MOST_IN_ROW)
            return ({"inline_keyboard": rows} if rows else None), None
        if "keyboard" in markup:
            rows = [row for row in markup["keyboard"] if row]
            for row in rows:
                for button in row:
                    _reply_button(button, private)
            _count(rows, 12)
            if not rows:
                raise bad("reply keyboard must be non-empty")
            return None, {**markup, "keyboard": rows}
    except Wrong as wrong:
        raise bad(str(wrong)) from None
    return None, markup


def _count(rows: list[list[Any]], most_in_row: int) -> None:
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    if any(len(row) > most_in_row for row in rows):
        raise bad("BUTTON_ROW_TOO_LONG")


def _inline_button(button: dict[str, Any], private: bool) -> None:
    actions = [name for name in ACTIONS if name in button]
    if not button["text"].strip():
        raise Wrong("can't parse inline keyboard button: Text must be non-empty")
    if not actions:
        raise Wrong(f"can't parse inline keyboard button: {UNALLOWED}")
    if len(actions) > 1:
        raise Wrong(f"can't parse inline keyboard button: exactly one of {', '.join(actions)} may be used")
    if "style" in button and button["style"] not in STYLES:
        raise Wrong("can't parse inline keyboard button: Invalid button style specified")
    if "url" in button:
        if not button["url"]:
            raise Wrong(f"can't parse inline keyboard button: {UNALLOWED}")
        check_url(button["url"], "inline keyboard button URL")
    elif "web_app" in button:
        check_url(button["web_app"]["url"], "inline keyboard button Web App URL", only_https=True)
        if not private:
            raise bad("BUTTON_TYPE_INVALID")
    elif "login_url" in button:
        raise bad("BOT_DOMAIN_INVALID")
    elif "pay" in button or "callback_game" in button:
        raise bad("BUTTON_TYPE_INVALID")


def _reply_button(button: dict[str, Any], private: bool) -> None:
    if not button["text"].strip():
        raise Wrong("can't parse keyboard button: Text must be non-empty")
    requests = [name for name in REQUESTS if button.get(name)]
    if len(requests) > 1:
        raise Wrong(f"can't parse keyboard button: only one of {', '.join(requests)} may be used")
    if requests and not private:
        raise bad("BUTTON_TYPE_INVALID")
    if "web_app" in button:
        check_url(button["web_app"]["url"], "keyboard button Web App URL", only_https=True)
    if "request_users" in button and not 1 <= button["request_users"].get("max_quantity", 1) <= 10:
        raise bad("BUTTON_QUANTITY_MAX_INVALID")
