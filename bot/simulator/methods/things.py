"""Messages that are neither text nor files: polls, places, contacts, dice."""

from __future__ import annotations

import random

from bot.simulator.errors import bad
from bot.simulator.methods.registry import Call, plays
from bot.simulator.methods.sending import prepare, put, send
from bot.simulator.polls import Poll
from bot.simulator.state import Json
from bot.simulator.text import Text

DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
SHORTEST_POLL, LONGEST_POLL = 5, 2_628_000


@plays("sendPoll")
def send_poll(call: Call) -> Json:
    call.chat()
    api, correct = _poll_object(call)
    chat, replied, inline, keyboard = prepare(call)
    world = call.world
    until = None
    if "open_period" in api:
        until = world.clock.now().timestamp() + api["open_period"]
    elif "close_date" in api:
        until = float(api["close_date"])
    api["id"] = world.unique("5")
    message = put(call, chat, {"poll": api}, replied, inline, keyboard)
    world.polls.add(Poll(api, call.bot.id, chat, message, correct, None if api["is_closed"] else until))
    return message.snapshot()


def _poll_object(call: Call) -> tuple[Json, list[int]]:
    kind = call.get("type", "regular")
    if kind not in {"regular", "quiz"}:
        raise bad("unsupported poll type specified")
    options: list[Json] = call.args["options"]
    question: Text = call.args["question"]
    if not question.text:
        raise bad("text must be non-empty")
    texts = [option["text"] for option in options]
    if any(not text.text for text in texts):
        raise bad("poll options must be non-empty")
    if any("media" in option for option in options) or "media" in call.args or "explanation_media" in call.args:
        raise bad("the simulator does not play media in polls")
    correct = _correct(call, kind, len(options))
    api: Json = {
        "id": "",
        "question": question.text,
        "options": [_option(i, text) for i, text in enumerate(texts)],
        "total_voter_count": 0,
        "is_closed": bool(call.get("is_closed")),
        "is_anonymous": call.get("is_anonymous", True),
        "type": kind,
        "allows_multiple_answers": bool(call.get("allows_multiple_answers")),
        "allows_revoting": call.get("allows_revoting", kind == "regular"),
        "members_only": bool(call.get("members_only")),
    }
    if question.entities:
        api["question_entities"] = question.entities
    if correct:
        api["correct_option_ids"] = correct
    _explain(call, kind, api)
    _times(call, api)
    return api, correct


def _option(place: int, text: Text) -> Json:
    out: Json = {"persistent_id": str(place), "text": text.text, "voter_count": 0}
    if text.entities:
        out["text_entities"] = text.entities
    return out


def _correct(call: Call, kind: str, count: int) -> list[int]:
    given: list[int] = list(call.get("correct_option_ids") or [])
    if not given and "correct_option_id" in call.args:
        given = [call.args["correct_option_id"]]
    if kind == "regular":
        if given:
            raise bad("only quiz polls can have correct options")
        return []
    if not given:
        raise bad("quiz must have a correct option")
    if any(not 0 <= i < count for i in given) or len(set(given)) != len(given):
        raise bad("wrong correct option ID specified")
    if len(given) > 1 and not call.get("allows_multiple_answers"):
        raise bad("only one correct option can be specified for a poll with one answer")
    return sorted(given)


def _explain(call: Call, kind: str, api: Json) -> None:
    explanation: Text | None = call.get("explanation")
    if explanation is not None and explanation.text:
        if kind != "quiz":
            raise bad("only quiz polls can have an explanation")
        if explanation.text.count("\n") > 2:
            raise bad("explanation must have at most 2 line feeds")
        api["explanation"] = explanation.text
        api["explanation_entities"] = explanation.entities
    description: Text | None = call.get("description")
    if description is not None and description.text:
        api["description"] = description.text


def _times(call: Call, api: Json) -> None:
    if "open_period" in call.args and "close_date" in call.args:
        raise bad("open_period and close_date can't be used together")
    if "open_period" in call.args:
        api["open_period"] = call.args["open_period"]
    if "close_date" in call.args:
        ahead = call.args["close_date"] - call.world.clock.unix()
        if not SHORTEST_POLL <= ahead <= LONGEST_POLL:
            raise bad("POLL_CLOSE_DATE_INVALID")
        api["close_date"] = call.args["close_date"]


def _place(call: Call) -> Json:
    latitude, longitude = call.args["latitude"], call.args["longitude"]
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise bad("wrong location specified")
    return {"latitude": latitude, "longitude": longitude}


@plays("sendLocation")
def send_location(call: Call) -> Json:
    place = _place(call)
    live = call.get("live_period")
    if live is not None and not (60 <= live <= 86_400 or live == 0x7FFFFFFF):
        raise bad("invalid live_period specified")
    for name, low, high in (
        ("horizontal_accuracy", 0, 1500),
        ("heading", 1, 360),
        ("proximity_alert_radius", 1, 100_000),
    ):
        if name in call.args:
            if not low <= call.args[name] <= high:
                raise bad(f"{name} must be between {low} and {high}")
            place[name] = call.args[name]
    if live is not None:
        place["live_period"] = live
    return send(call, {"location": place})


@plays("sendVenue")
def send_venue(call: Call) -> Json:
    place = _place(call)
    venue: Json = {"location": place, "title": call.args["title"], "address": call.args["address"]}
    for name in ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type"):
        if name in call.args:
            venue[name] = call.args[name]
    return send(call, {"venue": venue, "location": place})


@plays("sendContact")
def send_contact(call: Call) -> Json:
    contact = {
        name: call.args[name] for name in ("phone_number", "first_name", "last_name", "vcard") if name in call.args
    }
    return send(call, {"contact": contact})


@plays("sendDice")
def send_dice(call: Call) -> Json:
    emoji = call.get("emoji", "🎲")
    if emoji not in DICE:
        raise bad("dice emoji must be one of 🎲, 🎯, 🏀, ⚽, 🎳 and 🎰")
    return send(call, {"dice": {"emoji": emoji, "value": random.randint(1, DICE[emoji])}})
