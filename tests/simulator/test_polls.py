"""Polls and quizzes: votes, closing by hand and by the clock, what the bot hears and what the person sees."""

from __future__ import annotations

from typing import Any

from tests.simulator.conftest import Api


def quiz(api: Api, person: int, **more: Any) -> dict[str, Any]:
    """A quiz with two options, the second right."""
    given = {"type": "quiz", "correct_option_ids": [1], "is_anonymous": False, **more}
    poll: dict[str, Any] = api.ok(
        "sendPoll", chat_id=person, question="2+2?", options=[{"text": "5"}, {"text": "4"}], **given
    )["poll"]
    return poll


def test_a_vote_is_told_and_counted(api: Api) -> None:
    """poll_answer with who and what; the poll's new state after it."""
    person = api.person()
    poll = quiz(api, person, explanation="Count.")
    assert poll["correct_option_ids"] == [1]
    api.post("votes", {"from": person, "poll_id": poll["id"], "option_ids": [1]})
    answer, state = api.updates()
    assert answer["poll_answer"]["option_ids"] == [1]
    assert answer["poll_answer"]["user"]["id"] == person
    assert [o["voter_count"] for o in state["poll"]["options"]] == [0, 1]


def test_a_quiz_hides_the_right_answer_until_one_has_voted(api: Api) -> None:
    """And its vote is final."""
    person = api.person()
    poll = quiz(api, person)
    assert "correct_option_ids" not in api.seen(person)[-1]["poll"]
    api.post("votes", {"from": person, "poll_id": poll["id"], "option_ids": [0]})
    seen = api.seen(person)[-1]["poll"]
    assert (seen["correct_option_ids"], seen["chosen"]) == ([1], [0])
    assert api.misuse("votes", {"from": person, "poll_id": poll["id"], "option_ids": []})[0] == 409


def test_a_regular_vote_can_be_taken_back(api: Api) -> None:
    """poll_answer with no options."""
    person = api.person()
    poll = quiz(api, person, type="regular", correct_option_ids=None)
    for chosen in ([0], []):
        api.post("votes", {"from": person, "poll_id": poll["id"], "option_ids": chosen})
    assert [u["poll_answer"]["option_ids"] for u in api.updates() if "poll_answer" in u] == [[0], []]
    assert (
        api.misuse("votes", {"from": person, "poll_id": poll["id"], "option_ids": [0, 1]})[1]
        == "this poll takes one answer"
    )


def test_an_anonymous_poll_does_not_say_who(api: Api) -> None:
    """Only its state changes."""
    person = api.person()
    poll = quiz(api, person, is_anonymous=True)
    api.post("votes", {"from": person, "poll_id": poll["id"], "option_ids": [1]})
    assert [next(k for k in u if k != "update_id") for u in api.updates()] == ["poll"]


def test_the_clock_closes_a_poll(api: Api) -> None:
    """open_period runs by the simulator's clock; afterwards nobody votes."""
    person = api.person()
    poll = quiz(api, person, open_period=600)
    api.post("clock", advance=599)
    assert api.updates() == []
    api.post("clock", advance=2)
    assert api.updates()[0]["poll"]["is_closed"] is True
    assert api.misuse("votes", {"from": person, "poll_id": poll["id"], "option_ids": [1]}) == (
        409,
        "the poll is closed",
    )


def test_stop_poll_closes_it_once(api: Api) -> None:
    """The second time it has already been closed."""
    person = api.person()
    sent = api.ok("sendPoll", chat_id=person, question="q", options=["a", "b"])
    where = {"chat_id": person, "message_id": sent["message_id"]}
    assert api.ok("stopPoll", **where)["is_closed"] is True
    assert api.refused("stopPoll", **where) == "Bad Request: poll has already been closed"
    assert api.refused("stopPoll", chat_id=person, message_id=1).startswith("Bad Request: message can't be edited")


def test_what_makes_no_poll_is_refused(api: Api) -> None:
    """Lengths, options, answers, times."""
    person = api.person()

    def refused(**changed: Any) -> str:
        given = {"chat_id": person, "question": "q", "options": ["a", "b"], **changed}
        return api.refused("sendPoll", **given).removeprefix("Bad Request: ")

    assert refused(question="q" * 301) == "poll question length must not exceed 300"
    assert refused(options=["a"] * 13) == "poll can't have more than 12 options"
    assert refused(options=[]) == "poll must have at least one answer option"
    assert refused(options=None) == "can't parse options JSON object"
    assert refused(question=None) == "text must be non-empty"
    assert refused(options=["a", "b" * 101]) == "poll options length must not exceed 100"
    assert refused(options=["a", " "]) == "text must be non-empty"
    assert refused(type="quiz") == "quiz must have a correct option"
    assert refused(type="quiz", correct_option_ids=[2]) == "wrong correct option ID specified"
    assert refused(type="quiz", correct_option_ids=[0], explanation="x" * 201) == "MESSAGE_TOO_LONG"
    assert refused(type="quiz", correct_option_ids=[0], explanation="a\nb\nc\nd").startswith(
        "explanation must have at most 2"
    )
    assert refused(open_period=4).startswith("open_period must have at least 5")
    assert refused(open_period=60, close_date=1) == "open_period and close_date can't be used together"
    assert refused(close_date=1) == "POLL_CLOSE_DATE_INVALID"


def test_several_right_answers_need_several_choices(api: Api) -> None:
    """A quiz with two right options allows several answers."""
    person = api.person()
    poll = quiz(api, person, correct_option_ids=[0, 1], allows_multiple_answers=True)
    api.post("votes", {"from": person, "poll_id": poll["id"], "option_ids": [0, 1]})
    assert api.updates()[0]["poll_answer"]["option_ids"] == [0, 1]


def test_a_poll_closes_on_time_while_nobody_asks(api: Api) -> None:
    """The simulator looks twice a second; a waiting poller hears of it."""
    person = api.person()
    quiz(api, person, open_period=60)
    api.simulator.clock.advance(61)
    assert api.ok("getUpdates", timeout=5)[0]["poll"]["is_closed"] is True
