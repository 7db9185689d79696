"""A person in front of an example bot: says, presses, votes, and waits for what the bot answers."""

from __future__ import annotations

import time
from typing import Any

from tests import loopback

PATIENCE = 15.0


class Talk:
    """One example bot and people who talk to it, through the control side alone."""

    def __init__(self, base: str, bot: int) -> None:
        self.base, self.bot = base, bot
        self.http = loopback.Client(base_url=base, timeout=10, trust_env=False, verify=False)
        self.person = self.new_person("Ada")
        self.read: dict[int, int] = {}  # chat -> last message of the bot that was read

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST /sim/...; must succeed."""
        response = self.http.post(f"/sim/{path}", json={"bot": self.bot, **body})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def new_person(self, name: str, **more: Any) -> int:
        """Another person."""
        response = self.http.post("/sim/users", json={"first_name": name, **more})
        assert response.status_code == 200, response.text
        user: int = response.json()["id"]
        return user

    def messages(self, chat: int | None = None) -> list[dict[str, Any]]:
        """The chat as the person sees it."""
        chat = self.person if chat is None else chat
        response = self.http.get(f"/sim/chats/{chat}/messages", params={"bot": self.bot})
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    def say(self, text: str | None = None, **more: Any) -> int:
        """The person says something; the message id."""
        body = {"from": self.person, **({"text": text} if text is not None else {}), **more}
        message: int = self.post("messages", **body)["message_id"]
        return message

    def hears(self, words: str, chat: int | None = None) -> dict[str, Any]:
        """The next message of the bot, which holds these words."""
        chat = self.person if chat is None else chat

        def next_one() -> dict[str, Any] | None:
            after = self.read.get(chat, 0)
            return next(
                (m for m in self.messages(chat) if m["message_id"] > after and m["from"]["id"] == self.bot), None
            )

        message = self.until(next_one, f"the bot to say {words!r}")
        self.read[chat] = message["message_id"]
        said = message.get("text") or message.get("caption") or message.get("poll", {}).get("question", "")
        assert words in said, f"expected {words!r}, got {said!r}"
        return message

    def becomes(self, message_id: int, words: str) -> dict[str, Any]:
        """A message that the bot edits until it holds these words."""

        def edited() -> dict[str, Any] | None:
            return next(
                (m for m in self.messages() if m["message_id"] == message_id and words in m.get("text", "")), None
            )

        return self.until(edited, f"message {message_id} to become {words!r}")

    def presses(self, message: dict[str, Any], label: str) -> str:
        """Press the button with this label, as the message is now; the callback id."""
        now = next(m for m in self.messages(message["chat"]["id"]) if m["message_id"] == message["message_id"])
        buttons = [b for row in now["reply_markup"]["inline_keyboard"] for b in row]
        data = next(b["callback_data"] for b in buttons if b["text"] == label)
        given = self.post(
            "presses",
            **{"from": self.person, "chat": message["chat"]["id"]},
            message_id=message["message_id"],
            data=data,
        )
        press: str = given["callback_query_id"]
        return press

    def answered(self, press: str) -> dict[str, Any]:
        """What the bot answered to a press."""

        def answer() -> dict[str, Any] | None:
            given: dict[str, Any] = self.http.get(f"/sim/callbacks/{press}").json()
            return given if given["answered"] else None

        return self.until(answer, "an answer to the press")

    def until(self, look: Any, what: str, patience: float = PATIENCE) -> Any:
        """Look again and again until there is something."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"waited in vain for {what}; the bot's last calls: {self.calls()[-4:]}")

    def calls(self) -> list[dict[str, Any]]:
        """The bot's calls so far."""
        items = self.http.get("/sim/calls").json()["items"]
        return [call for call in items if call["bot"] == self.bot]
