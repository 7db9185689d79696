"""Polls and quizzes: votes, closing by hand and by time, and the updates they cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.simulator.errors import Misuse
from bot.simulator.state import Bot, Chat, Json, Message, User

if TYPE_CHECKING:
    from bot.simulator.world import World


@dataclass(slots=True)
class Poll:
    """A poll: the shared Bot API object, and who voted what."""

    api: Json
    bot_id: int | None
    chat: Chat
    message: Message
    correct: list[int]
    until: float | None
    votes: dict[int, list[int]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The poll id."""
        return str(self.api["id"])


class Polls:
    """Every poll by id."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.items: dict[str, Poll] = {}

    def add(self, poll: Poll) -> None:
        """Remember a poll."""
        self.items[poll.id] = poll

    def vote(self, user: User, poll_id: str, options: list[int]) -> int | None:
        """A person votes (or takes the vote back with []); the id of the poll_answer update."""
        poll = self.items.get(poll_id)
        if poll is None:
            raise Misuse("no such poll", 404)
        api = poll.api
        self._world.close_due()
        if api["is_closed"]:
            raise Misuse("the poll is closed", 409)
        if poll.message.deleted:
            raise Misuse("the poll's message was deleted", 409)
        if poll.chat.user is not None and poll.chat.user.id != user.id:
            raise Misuse("this person does not see the poll", 403)
        if poll.chat.user is None and not poll.chat.has(user.id):
            raise Misuse("this person is not in the group", 403)
        self._check_options(poll, user, options)
        if options:
            poll.votes[user.id] = options
        else:
            poll.votes.pop(user.id, None)
        self._count(poll)
        self._world.events.send(
            "poll", chat=poll.chat.id, bot=poll.chat.bot_id, poll_id=poll.id, message_id=poll.message.id
        )
        return self._tell(poll, user, options)

    @staticmethod
    def _check_options(poll: Poll, user: User, options: list[int]) -> None:
        api = poll.api
        if len(set(options)) != len(options) or any(not 0 <= i < len(api["options"]) for i in options):
            raise Misuse("option_ids name options by their place, from 0, each once")
        if len(options) > 1 and not api["allows_multiple_answers"]:
            raise Misuse("this poll takes one answer")
        if user.id in poll.votes and not api["allows_revoting"]:
            raise Misuse("this vote is final", 409)

    @staticmethod
    def _count(poll: Poll) -> None:
        for place, option in enumerate(poll.api["options"]):
            option["voter_count"] = sum(place in chosen for chosen in poll.votes.values())
        poll.api["total_voter_count"] = len(poll.votes)

    def _tell(self, poll: Poll, user: User, options: list[int]) -> int | None:
        bot = self._world.bots.get(poll.bot_id or 0)
        if bot is None:
            return None
        answer_id = None
        if not poll.api["is_anonymous"]:
            answer: Json = {
                "poll_id": poll.id,
                "user": user.api(),
                "option_ids": options,
                "option_persistent_ids": [poll.api["options"][i]["persistent_id"] for i in options],
            }
            answer_id = bot.queue.push("poll_answer", answer, ("poll", poll.id))
        poll_update = self._push_state(bot, poll)
        return answer_id if answer_id is not None else poll_update

    @staticmethod
    def _push_state(bot: Bot, poll: Poll) -> int | None:
        return bot.queue.push("poll", poll.api, ("poll", poll.id))

    def close(self, poll: Poll) -> None:
        """Close a poll; the bot that sent it is told."""
        poll.api["is_closed"] = True
        poll.until = None
        world = self._world
        world.events.send("poll", chat=poll.chat.id, bot=poll.chat.bot_id, poll_id=poll.id, message_id=poll.message.id)
        bot = world.bots.get(poll.bot_id or 0)
        if bot is not None:
            self._push_state(bot, poll)

    def close_due(self, now: float) -> int:
        """Close every poll whose time has come; how many."""
        due = [p for p in self.items.values() if p.until is not None and p.until <= now]
        for poll in sorted(due, key=lambda p: p.until or 0):
            self.close(poll)
        return len(due)

    def seen(self, poll_api: Json, user_id: int | None) -> Json:
        """A poll as a person sees it: the right answers only after voting or closing, and what they chose."""
        out: dict[str, Any] = {**poll_api, "options": [dict(o) for o in poll_api["options"]]}
        poll = self.items.get(str(poll_api["id"]))
        if poll is None:
            return out
        voted = poll.votes.get(user_id or 0)
        if poll.correct and (voted is not None or out["is_closed"]):
            out["correct_option_ids"] = poll.correct
        else:
            out.pop("correct_option_ids", None)
            out.pop("explanation", None)
            out.pop("explanation_entities", None)
        out["chosen"] = voted or []
        return out
