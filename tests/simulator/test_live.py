"""The same calls to Telegram and to the simulator, compared. Opt-in: where the two differ, the simulator is wrong.

Needs DAVY_LIVE_TOKEN (a bot made for this) and DAVY_LIVE_CHAT (a person who has started it, and gets the messages).
"""

from __future__ import annotations

import os
import time
from typing import Any

import httpx
import pytest

from bot.simulator.schema import method_fields
from tests.simulator.conftest import TOKEN, Api
from tests.simulator.test_entities import BAD, HTML, V1, V2
from tests.simulator.test_refusals import RECORDED, RECORDED_OTHERS, RECORDED_WITHOUT_CHAT

TELEGRAM = "https://api.telegram.org"
PACE_SECONDS = 1.1
OWN_ID = {"message_id", "date", "chat", "from", "file_id", "file_unique_id", "id", "edit_date"}
CASES: list[tuple[str, dict[str, Any]]] = [
    *(("sendMessage", params) for params, _ in RECORDED),
    *(("sendMessage", {"text": source, "parse_mode": mode}) for mode, source, _ in BAD),
    *(
        ("sendMessage", {"text": case[0], "parse_mode": mode})
        for mode, table in (("HTML", HTML), ("MarkdownV2", V2), ("Markdown", V1))
        for case in table
        if "tg://user" not in case[0]
    ),
    *((method, params) for method, params, _ in [*RECORDED_OTHERS, *RECORDED_WITHOUT_CHAT]),
    ("sendPhoto", {"photo": "nonsense"}),
    ("sendPoll", {"question": "q", "options": ["a"] * 13}),
    ("sendPoll", {"question": "q" * 301, "options": ["a", "b"]}),
    ("sendPoll", {"question": "q", "options": ["a", "b"], "type": "quiz"}),
    ("sendPoll", {"question": "q", "options": ["a", "b"], "type": "quiz", "correct_option_ids": [5]}),
    ("sendDice", {"emoji": "🧊"}),
    ("setMyCommands", {"commands": [{"command": "UPPER", "description": "x"}]}),
]


def shape(value: Any) -> Any:
    """An answer without what belongs to one account: texts and entities stay."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in sorted(value.items()) if key not in OWN_ID}
    return [shape(item) for item in value] if isinstance(value, list) else value


@pytest.mark.live
def test_telegram_and_the_simulator_answer_alike(api: Api) -> None:
    """Error codes, descriptions, parsed entities."""
    token, chat = os.environ.get("DAVY_LIVE_TOKEN"), os.environ.get("DAVY_LIVE_CHAT")
    if not token or not chat:
        pytest.skip("set DAVY_LIVE_TOKEN and DAVY_LIVE_CHAT to compare with Telegram")
    person = api.person()
    differences = []
    with httpx.Client(timeout=60) as telegram:
        for method, params in CASES:
            takes_chat = "chat_id" in method_fields(method)
            theirs = telegram.post(
                f"{TELEGRAM}/bot{token}/{method}", json=addressed(params, int(chat), takes_chat)
            ).json()
            ours = api.call(method, token=TOKEN, **addressed(params, person, takes_chat))
            if shape(theirs) != shape(ours):
                differences.append((method, params, shape(theirs), shape(ours)))
            time.sleep(PACE_SECONDS)
    assert differences == []


def addressed(params: dict[str, Any], chat: int, takes_chat: bool) -> dict[str, Any]:
    """The parameters, with the chat of the one asked where the method takes one and the case does not name its own."""
    return {"chat_id": chat, **params} if takes_chat else params
