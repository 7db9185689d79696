"""What is said to the example bots of python-telegram-bot; one function a story, named in examples.txt."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image

from tests.simulator.examples.talk import Talk


def photo() -> dict[str, str]:
    """A small real picture."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(out, "JPEG")
    return {"name": "me.jpg", "data": base64.b64encode(out.getvalue()).decode()}


# ---- python-telegram-bot ------------------------------------------------------------------------------------------


def echo(talk: Talk) -> None:
    talk.say("/start")
    mention = talk.hears("Hi Ada!")["entities"][0]
    assert mention["user"]["id"] == talk.person
    talk.say("héllo 😀")
    talk.hears("héllo 😀")
    talk.say("/help")
    talk.hears("Help!")


def raw_echo(talk: Talk) -> None:
    talk.say("one")
    talk.hears("one")
    talk.say("two")
    talk.hears("two")


def deep_links(talk: Talk) -> None:
    talk.say("/start")
    assert f"https://t.me/sim{talk.bot}_bot?startgroup=check-this-out" in talk.hears("Feel free to tell")["text"]
    talk.say("/start check-this-out")
    button = talk.hears("Awesome, you just accessed")["reply_markup"]["inline_keyboard"][0][0]
    assert button["url"].endswith("?start=so-cool")
    talk.say("/start so-cool")
    link = next(e for e in talk.hears("mask the deep-linked URLs")["entities"] if e["type"] == "text_link")
    assert link["url"].endswith("?start=using-entities-here")
    talk.say("/start using-entities-here")
    press = talk.presses(talk.hears("It is also possible"), "Like this!")
    assert talk.answered(press)["url"].endswith("?start=using-keyboard-here")
    talk.say("/start using-keyboard-here")
    talk.hears("The payload was: ['using-keyboard-here']")


def inline_keyboard(talk: Talk) -> None:
    talk.say("/start")
    message = talk.hears("Please choose:")
    talk.answered(talk.presses(message, "Option 2"))
    assert "reply_markup" not in talk.becomes(message["message_id"], "Selected option: 2")
    talk.say("/help")
    talk.hears("Use /start to test this bot.")


def inline_keyboard_routes(talk: Talk) -> None:
    talk.say("/start")
    message = talk.hears("Choose a route")
    talk.answered(talk.presses(message, "1"))
    talk.becomes(message["message_id"], "First CallbackQueryHandler")
    talk.presses(message, "3")
    talk.becomes(message["message_id"], "Third CallbackQueryHandler")
    talk.presses(message, "Nah, I've had enough ...")
    talk.becomes(message["message_id"], "See you next time!")


def arbitrary_callback_data(talk: Talk) -> None:
    talk.say("/start")
    message = talk.hears("Please choose:")
    talk.answered(talk.presses(message, "3"))
    talk.becomes(message["message_id"], "So far you've selected [3].")
    talk.say("/clear")
    talk.hears("All clear!")
    talk.answered(talk.presses(message, "4"))
    talk.becomes(message["message_id"], "Sorry, I could not process this button click")


def polls(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("Please select /poll")
    talk.say("/poll")
    poll = talk.hears("How are you?")["poll"]
    talk.post("votes", **{"from": talk.person}, poll_id=poll["id"], option_ids=[0, 2])
    talk.hears("Ada feels Good and Fantastic!")
    for _ in range(2):
        talk.post("votes", **{"from": talk.person}, poll_id=poll["id"], option_ids=[1])
        talk.hears("Ada feels Really good!")
    talk.until(lambda: any(m.get("poll", {}).get("is_closed") for m in talk.messages()), "the poll to be stopped")
    talk.say("/quiz")
    quiz = talk.hears("How many eggs")["poll"]
    assert quiz["type"] == "quiz"
    assert "correct_option_ids" not in quiz
    talk.say("/preview")
    assert talk.hears("Press the button")["reply_markup"]["keyboard"][0][0]["request_poll"] == {}
    talk.say(poll={"question": "Mine?", "options": ["a", "b"]})
    assert talk.hears("Mine?")["poll"]["is_closed"] is True


def conversation(talk: Talk) -> None:
    talk.say("/start")
    keyboard = talk.hears("Are you a boy or a girl?")["reply_markup"]
    assert keyboard["keyboard"][0][2]["text"] == "Other"
    talk.say("Other")
    talk.hears("Please send me a photo")
    talk.say(photo=photo())
    talk.hears("Gorgeous!")
    talk.say(location={"latitude": 48.2, "longitude": 16.4})
    talk.hears("Maybe I can visit you")
    talk.say("I weld.")
    talk.hears("Thank you!")
    assert any(call["method"] == "getFile" for call in talk.calls())
    talk.say("/start")
    talk.hears("Professor Bot")
    talk.say("/cancel")
    talk.hears("Bye!")


def favourites(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("Doctor Botter")
    talk.say("Favourite colour")
    talk.hears("favourite colour")
    talk.say("orange")
    talk.hears("Neat!")
    talk.say("Done")
    talk.hears("orange")


def nested_conversation(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("Family Bot")
    menu = talk.hears("You may choose to add a family member")
    talk.answered(talk.presses(menu, "Add yourself"))
    talk.becomes(menu["message_id"], "Okay, please tell me about yourself.")
    talk.say("/stop")
    talk.hears("Okay, bye.")


def timer(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("Use /set <seconds>")
    talk.say("/set 1")
    talk.hears("Timer successfully set!")
    talk.hears("Beep! 1.0 seconds are over!")
    talk.say("/set")
    talk.hears("Usage: /set <seconds>")


def clicks(talk: Talk) -> None:
    talk.say("/start")
    message = talk.hears("This button was clicked <i>0</i> times.".replace("<i>0</i>", "0"))
    talk.answered(talk.presses(message, "Click me!"))
    talk.becomes(message["message_id"], "This button was clicked 1 times.")
    talk.say("/print_users")
    talk.hears(str(talk.person))


def errors(talk: Talk) -> None:
    developer = talk.new_person("Developer", id=123456789)
    talk.post("messages", **{"from": developer}, text="/start")
    talk.hears("Use /bad_command", chat=developer)
    talk.say("/bad_command")
    report = talk.hears("An exception was raised", chat=developer)
    assert "wrong_method_name" in report["text"]
    assert {e["type"] for e in report["entities"]} >= {"pre"}


def members(talk: Talk) -> None:
    talk.say("hello")
    talk.hears("Welcome Ada")
    other = talk.new_person("Bea")
    group = talk.post("groups", title="Crew", members=[talk.person, talk.bot])["id"]
    talk.post("members", chat=group, bot=talk.bot, status="administrator", by=talk.person)
    talk.post("members", chat=group, user=other, status="member", by=talk.person)
    talk.hears("Bea was added by Ada. Welcome!", chat=group)
    talk.say("/show_chats")
    talk.hears(f"groups with IDs {group}")


def inline_query(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("Hi!")
    asked = talk.post("inline_queries", **{"from": talk.person}, query="gas alarm")["inline_query_id"]
    shown = talk.until(lambda: _results(talk, asked), "results")
    assert [r["title"] for r in shown] == ["Caps", "Bold", "Italic"]
    assert shown[1]["input_message_content"]["message_text"]["entities"][0]["type"] == "bold"


def _results(talk: Talk, asked: str) -> Any:
    return talk.http.get(f"/sim/inline_queries/{asked}").json()["results"]


def web_app(talk: Talk) -> None:
    talk.say("/start")
    button = talk.hears("Please press the button below")["reply_markup"]["keyboard"][0][0]
    assert button["web_app"]["url"].startswith("https://")
    data = '{"hex": "#ff0000", "rgb": {"r": 255, "g": 0, "b": 0}}'
    talk.say(web_app_data={"data": data, "button_text": button["text"]})
    talk.hears("HEX value #ff0000")
