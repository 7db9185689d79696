"""What is said to the example bots of aiogram, pyTelegramBotAPI and grammY; one function a story, named in examples.txt."""

from __future__ import annotations

from tests.simulator.examples.stories import photo
from tests.simulator.examples.talk import Talk

# ---- aiogram ------------------------------------------------------------------------------------------------------


def aiogram_echo(talk: Talk) -> None:
    talk.say("/start")
    assert talk.hears("Hello, Ada!")["entities"][0]["type"] == "bold"
    talk.say("same again")
    talk.hears("same again")
    talk.say(photo=photo(), caption="me")
    assert talk.hears("me")["photo"][-1]["width"] == 320


def form(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("What's your name?")
    talk.say("<Ada>")
    talk.hears("Nice to meet you, <Ada>!")
    talk.say("maybe")
    assert talk.hears("I don't understand you")["reply_to_message"]["text"] == "maybe"
    talk.say("Yes")
    talk.hears("What programming language")
    talk.say("Python")
    talk.hears("makes my circuits light up")
    talk.hears("you like to write bots with Python.")


def ages(talk: Talk) -> None:
    talk.say("/age")
    talk.hears("Error caught: InvalidAge(")
    talk.say("/age 41")
    talk.hears("Your age is 41")
    talk.say("/name")
    talk.say("/name Ada")
    talk.hears("Your name is Ada")


def quiz_scene(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("This is a quiz bot")
    talk.say("/quiz")
    talk.hears("Welcome to the quiz!")
    capitals = {"France": "Paris", "Spain": "Madrid", "Germany": "Berlin", "England": "London", "Italy": "Berlin"}
    for country, answer in capitals.items():
        talk.hears(country)
        talk.say(answer)
    summary = talk.hears("Your answers:")
    assert "Correct: 4" in summary["text"]
    assert "Incorrect: 1" in summary["text"]
    assert summary["entities"][0]["type"] == "bold"


def scene(talk: Talk) -> None:
    talk.say("hello")
    talk.hears("Start demo?")
    talk.say("Demo")  # its inline button answers one press twice, which is refused here
    talk.hears("What's your name?")
    talk.say("Ada")
    talk.hears("Nice to meet you, Ada!")
    talk.hears("Did you like to write bots?")
    talk.say("Yes")
    talk.hears("Cool! I'm too!")
    talk.hears("What language do you prefer?")
    talk.say("Python")
    talk.hears("makes my circuits light up")
    talk.hears("you like to write bots with Python.")


def every_kind_of_update(talk: Talk) -> None:
    talk.say("/start")
    message = talk.hears("Hello, Ada!")
    assert talk.answered(talk.presses(message, "Tap me, bro"))["text"] == "Yeah good, now I'm fine"
    said = talk.messages()[0]["message_id"]
    talk.post("edits", **{"from": talk.person}, message_id=said, text="/start again")
    talk.hears("Message was edited, Big Brother watches you")
    group = talk.post("groups", title="Crew", members=[talk.person, talk.bot])["id"]
    talk.post("members", chat=group, bot=talk.bot, status="administrator", by=talk.person)
    other = talk.new_person("Bea")
    talk.post("members", chat=group, user=other, status="member", by=talk.person)
    talk.until(
        lambda: any("was changed from left to member" in m.get("text", "") for m in talk.messages(group)), "the change"
    )


def one_message(talk: Talk) -> None:
    talk.hears("Hello, World!")


# ---- pyTelegramBotAPI ---------------------------------------------------------------------------------------------


def telebot_echo(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("I am EchoBot")
    talk.say("kind words")
    assert talk.hears("kind words")["reply_to_message"]["text"] == "kind words"


def telebot_deep_link(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("Please visit me via a provided URL")
    talk.say("/start abc-123")
    talk.hears("Hello ABC, how are you?")


def telebot_buttons(talk: Talk) -> None:
    talk.say("well?")
    press = talk.presses(talk.hears("Yes/no?"), "No")
    assert talk.answered(press)["text"] == "Answer is No"


def telebot_steps(talk: Talk) -> None:
    talk.say("/start")
    talk.hears("What's your name?")
    talk.say("Ada")
    talk.hears("How old are you?")
    talk.say("old")
    talk.hears("Age should be a number")
    talk.say("41")
    assert talk.hears("What is your gender")["reply_markup"]["keyboard"][0][1]["text"] == "Female"
    talk.say("Female")
    talk.hears("Nice to meet you Ada")


def telebot_poll(talk: Talk) -> None:
    talk.say("/poll")
    talk.hears("English Article Test")
    poll = talk.hears("We are going to")["poll"]
    talk.post("votes", **{"from": talk.person}, poll_id=poll["id"], option_ids=[2])
    assert talk.messages()[-1]["poll"]["correct_option_ids"] == [2]


# ---- grammY -------------------------------------------------------------------------------------------------------


def grammy_echo(talk: Talk) -> None:
    talk.say("hello")
    talk.hears("Echo: hello")


def grammy_tour(talk: Talk) -> None:
    talk.say("/start abc-1")
    message = talk.hears("Payload: abc-1")
    assert talk.answered(talk.presses(message, "Count"))["text"] == "Counted 1"
    talk.becomes(message["message_id"], "Count 1")
    talk.presses(message, "Count")
    assert talk.becomes(message["message_id"], "Count 2")["entities"][0]["type"] == "bold"
    talk.say("/photo")
    assert talk.hears("A dot")["photo"][-1]["width"] == 8
    talk.say("/album")
    assert talk.hears("Dot 1")["media_group_id"] == talk.hears("Dot 2")["media_group_id"]
    talk.say("/where")
    assert talk.hears("Where?")["reply_markup"]["keyboard"][0][0]["request_location"] is True
    talk.say(location={"latitude": 48.25, "longitude": 16.4})
    talk.hears("At 48.25")
    talk.say("/quiz")
    quiz = talk.hears("2+2?")["poll"]
    talk.post("votes", **{"from": talk.person}, poll_id=quiz["id"], option_ids=[1])
    talk.hears("Chose 1")
