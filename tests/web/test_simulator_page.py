"""The page in Chromium, on the real simulator: what bots send, what people do (long because one page is one story)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from init_data_py import validate_by_hash

from bot.simulator.app import build
from bot.simulator.flood import Rates
from bot.simulator.running import threaded
from tests.simulator.conftest import TOKEN, Api

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

ROLES = {"Nadia": ("worker", "en"), "Igor": ("supervisor", "en"), "Salma": ("trainer", "ar"), "Ruth": ("manager", "es")}
MINI_APP = "https://mini.example/"  # never reached: the test answers for it
DESK = {"width": 1440, "height": 900}
POCKET = {"width": 390, "height": 844}


@pytest.fixture
def api() -> Iterator[Api]:
    """A simulator with a bot and four people who have started it."""
    simulator = build(rates=Rates.unlimited())
    with threaded(simulator) as base:
        api = Api(simulator, base)
        api.post("bots", token=TOKEN, username="lamp_test_bot", first_name="Lamp")
        for name, (label, language) in ROLES.items():
            api.person(name, label=label, language_code=language)
        yield api
        api.http.close()


@pytest.fixture
def open_page(api: Api, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page; at the end nothing may have gone wrong in it, and nothing may have asked another host."""
    contexts, troubles = [], []

    def start(viewport: dict[str, int] = DESK) -> Page:
        context = chromium.new_context(viewport=viewport)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith((api.base, "blob:", MINI_APP)) or troubles.append(request.url),
        )
        page.goto(api.base)
        page.locator(".phone").nth(len(ROLES) - 1).wait_for(state="attached")
        for phone in page.locator(".phone").all():
            phone.locator(".message").first.wait_for(state="attached")  # each has been drawn once: now news are news
        return page

    yield start
    for context in contexts:
        context.close()
    assert troubles == []


def phone(page: Page, name: str) -> Locator:
    """The phone of a person, found as assistive technology finds it."""
    return page.get_by_role("region", name=f"{name}, {ROLES[name][0]}")


def person(api: Api, name: str) -> int:
    """The id of a person, which is also that of their private chat."""
    return next(int(user["id"]) for user in api.get("users")["items"] if user["first_name"] == name)


def taken(api: Api, kind: str) -> dict[str, Any]:
    """The one update of a kind that waits for the bot; it is confirmed."""
    found = [update[kind] for update in api.updates(timeout=5) if kind in update]
    assert len(found) == 1
    return dict(found[0])


def test_a_message_appears_on_the_phone_of_its_reader_only(api: Api, open_page: Callable[..., Page]) -> None:
    """It comes without reloading, in its formatting; nothing in it can become markup or a dangerous link."""
    page = open_page()
    text = "<b>Belt 3</b> is open &lt;img src=x onerror=alert(1)&gt; <span class='tg-spoiler'>hush</span> /report"
    api.ok("sendMessage", chat_id=person(api, "Nadia"), text=text, parse_mode="HTML")
    log = phone(page, "Nadia").get_by_role("log", name="Chat of Nadia")
    log.get_by_text("Belt 3", exact=True).wait_for()
    assert log.locator("strong").inner_text() == "Belt 3"
    assert log.locator("img").count() == 0
    assert "<img src=x" in log.inner_text()
    log.get_by_role("button", name="Hidden text").click()
    log.locator(".spoiler.shown").wait_for()
    phone(page, "Nadia").get_by_role("button", name="/report").click()
    assert taken(api, "message")["text"] == "/report"
    assert "Belt 3" not in phone(page, "Igor").get_by_role("log").inner_text()


def test_a_pressed_button_turns_until_the_bot_answers(api: Api, open_page: Callable[..., Page]) -> None:
    """The press reaches the bot; its toast is shown, and the button rests again."""
    chat = person(api, "Igor")
    row = [{"text": "I take it", "callback_data": "take:1"}, {"text": "Not mine", "callback_data": "no:1"}]
    keyboard = {"inline_keyboard": [row]}
    api.ok("sendMessage", chat_id=chat, text="Who takes this?", reply_markup=keyboard)
    page = open_page()
    button = phone(page, "Igor").get_by_role("button", name="I take it")
    button.click()
    phone(page, "Igor").locator(".key.busy", has_text="I take it").wait_for()
    press = taken(api, "callback_query")
    assert (press["data"], press["from"]["id"]) == ("take:1", chat)
    api.ok("answerCallbackQuery", callback_query_id=press["id"], text="It is yours now")
    phone(page, "Igor").get_by_role("status").get_by_text("It is yours now").wait_for()
    assert phone(page, "Igor").locator(".key.busy").count() == 0


def test_an_alert_waits_to_be_read(api: Api, open_page: Callable[..., Page]) -> None:
    """show_alert opens a dialog over that phone, and OK closes it."""
    keyboard = {"inline_keyboard": [[{"text": "Stop the line", "callback_data": "stop"}]]}
    api.ok("sendMessage", chat_id=person(api, "Igor"), text="Decide", reply_markup=keyboard)
    page = open_page()
    phone(page, "Igor").get_by_role("button", name="Stop the line").click()
    press = taken(api, "callback_query")
    api.ok("answerCallbackQuery", callback_query_id=press["id"], text="Only with a reason", show_alert=True)
    alert = phone(page, "Igor").get_by_role("alertdialog")
    alert.get_by_text("Only with a reason").wait_for()
    alert.get_by_role("button", name="OK").click()
    alert.wait_for(state="detached")


def test_a_sample_photo_is_sent_in_three_presses(api: Api, open_page: Callable[..., Page]) -> None:
    """The bot gets a real photo that it can download, and the phone shows it with one tick until the bot has it."""
    page = open_page()
    nadia = phone(page, "Nadia")
    nadia.get_by_role("button", name="Attach").click()
    nadia.get_by_role("menuitem", name="Sample hazard photo").click()
    nadia.get_by_role("menuitem", name="Blocked emergency exit").click()
    nadia.get_by_role("button", name="Photo", exact=True).wait_for()
    nadia.get_by_role("img", name="Sent", exact=True).wait_for()
    photo = taken(api, "message")["photo"]
    assert photo[-1]["width"] > 500
    nadia.get_by_role("img", name="Sent", exact=True).wait_for(state="detached")
    assert nadia.get_by_role("img", name="Received by the bot").count() == 2  # the photo and the /start before it
    page.wait_for_function("document.querySelector('.picture img').naturalWidth > 0")


def test_a_quiz_shows_right_and_wrong_after_the_vote(api: Api, open_page: Callable[..., Page]) -> None:
    """Before the vote nothing gives the answer away; after it choice, right answer and explanation are there."""
    chat = person(api, "Nadia")
    options = [{"text": "Reach into the belt"}, {"text": "Lock it out first"}]
    api.ok(
        "sendPoll",
        chat_id=chat,
        question="A cloth is caught. What first?",
        options=options,
        type="quiz",
        is_anonymous=False,
        correct_option_ids=[1],
        explanation="Nothing moves while it is locked.",
    )
    page = open_page()
    quiz = phone(page, "Nadia").get_by_role("group", name="A cloth is caught. What first?")
    assert quiz.locator(".right, .wrong").count() == 0
    quiz.get_by_role("button", name="Reach into the belt").click()
    quiz.get_by_text("Nothing moves while it is locked.").wait_for()
    assert "Reach into the belt" in quiz.locator(".wrong").inner_text()
    assert "Lock it out first" in quiz.locator(".right").inner_text()
    assert taken(api, "poll_answer")["option_ids"] == [0]


def test_an_arabic_phone_reads_from_right_to_left(api: Api, open_page: Callable[..., Page]) -> None:
    """The whole phone is mirrored: own messages stand on the left; phones beside it are not touched."""
    api.ok("sendMessage", chat_id=person(api, "Salma"), text="أين وقع الخطر؟")
    page = open_page()
    salma = phone(page, "Salma")
    salma.get_by_text("أين وقع الخطر؟").wait_for()
    assert salma.locator(".device").get_attribute("dir") == "rtl"
    mine, theirs = (salma.locator(f".{side} .bubble").first.bounding_box() for side in ("mine", "theirs"))
    assert mine is not None
    assert theirs is not None
    assert mine["x"] < theirs["x"]
    assert phone(page, "Nadia").locator(".device").get_attribute("dir") == "ltr"


LEFT_OF = """([line, first, second]) => {
  const at = (word) => {
    const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const found = node.data.indexOf(word);
      if (found < 0) continue;
      const range = document.createRange();
      range.setStart(node, found);
      range.setEnd(node, found + word.length);
      return range.getBoundingClientRect().x;
    }
  };
  return at(first) < at(second);
}"""
"""Whether one word of a line is drawn to the left of another."""


def test_each_line_of_a_message_runs_as_its_own_words_do(api: Api, open_page: Callable[..., Page]) -> None:
    """Arabic beside English: what stands in one line turns no other round, and a command keeps its slash in front."""
    api.ok(
        "sendMessage", chat_id=person(api, "Salma"), parse_mode="HTML",
        text="<b>السؤال 1 من 3\n\nLeave now</b>\n📍 \u200fDock Team (فريقك)\nاكتب \u2068/today\u2069 الآن",
    )  # fmt: skip
    page = open_page()
    lines = phone(page, "Salma").locator(".message.theirs .said-line")
    lines.get_by_text("Dock Team").wait_for()
    sides = [line.evaluate("line => getComputedStyle(line).direction") for line in lines.all()]
    assert [sides[at] for at in (0, 2, 3, 4)] == ["rtl", "ltr", "rtl", "rtl"]
    assert [line.inner_text().strip() for line in lines.all()][:3] == ["السؤال 1 من 3", "", "Leave now"]
    place, command = lines.nth(3), lines.nth(4)
    assert place.evaluate(f"line => ({LEFT_OF})([line, '(', 'Dock'])")
    assert place.evaluate(f"line => ({LEFT_OF})([line, 'فريقك', '('])")
    assert command.evaluate(f"line => ({LEFT_OF})([line, '/', 'today'])")
    assert command.locator(".meta").is_visible(), "the time stands beside the last words"


def test_edits_are_marked_and_deletions_vanish(api: Api, open_page: Callable[..., Page]) -> None:
    """What the bot changes or takes back changes and goes on the phone."""
    chat = person(api, "Nadia")
    first = api.ok("sendMessage", chat_id=chat, text="Due today")["message_id"]
    second = api.ok("sendMessage", chat_id=chat, text="Sent by mistake")["message_id"]
    page = open_page()
    log = phone(page, "Nadia").get_by_role("log")
    log.get_by_text("Sent by mistake").wait_for()
    api.ok("editMessageText", chat_id=chat, message_id=first, text="Due tomorrow")
    api.ok("deleteMessage", chat_id=chat, message_id=second)
    log.get_by_text("Sent by mistake").wait_for(state="detached")
    changed = log.locator(".bubble", has_text="Due tomorrow")
    changed.get_by_text("edited").wait_for()


def test_a_link_to_the_bot_starts_it_with_its_token(api: Api, open_page: Callable[..., Page]) -> None:
    """A t.me button opens no window: it says /start TOKEN in the chat of whoever pressed it."""
    keyboard = {"inline_keyboard": [[{"text": "Join the drill", "url": "https://t.me/lamp_test_bot?start=drill_7"}]]}
    api.ok("sendMessage", chat_id=person(api, "Ruth"), text="Drill at noon", reply_markup=keyboard)
    page = open_page()
    phone(page, "Ruth").get_by_role("button", name="Join the drill").click()
    message = taken(api, "message")
    assert (message["text"], message["from"]["first_name"]) == ("/start drill_7", "Ruth")
    assert len(page.context.pages) == 1


def test_a_reply_keyboard_asks_before_it_tells_where_the_phone_is(api: Api, open_page: Callable[..., Page]) -> None:
    """request_location sends a place only after the person agrees, in the phone's own language."""
    keyboard = {"keyboard": [[{"text": "Where I am", "request_location": True}], [{"text": "Not now"}]]}
    api.ok("sendMessage", chat_id=person(api, "Ruth"), text="Where?", reply_markup=keyboard)
    page = open_page()
    ruth = phone(page, "Ruth")
    ruth.get_by_role("button", name="Where I am").click()
    assert api.get("queue")["waiting"] == 0
    ruth.get_by_role("alertdialog").get_by_role("button", name="Compartir").click()
    assert set(taken(api, "message")["location"]) >= {"latitude", "longitude"}


def test_on_a_small_screen_one_phone_is_shown_at_a_time(api: Api, open_page: Callable[..., Page]) -> None:
    """Tabs change the person, an unread badge says where something came, and nothing is wider than the screen."""
    page = open_page(POCKET)
    tabs = page.get_by_role("navigation", name="People")
    assert phone(page, "Nadia").is_visible()
    assert not page.locator(".phone", has=page.get_by_role("heading", name="Igor", include_hidden=True)).is_visible()
    api.ok("sendMessage", chat_id=person(api, "Igor"), text="Come to gate 2")
    tabs.get_by_role("button", name="Igor").get_by_text("1", exact=True).wait_for()
    tabs.get_by_role("button", name="Igor").click()
    phone(page, "Igor").get_by_text("Come to gate 2").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= POCKET["width"]


def test_the_call_log_shows_what_was_refused(api: Api, open_page: Callable[..., Page]) -> None:
    """Errors stand out with Telegram's own words, and the filter leaves only them."""
    chat = person(api, "Igor")
    api.ok("sendMessage", chat_id=chat, text="A good call")
    api.refused("sendMessage", chat_id=chat, text="<b>not closed", parse_mode="HTML")
    page = open_page()
    page.get_by_role("button", name="Call log", exact=True).click()
    drawer = page.get_by_role("complementary", name="Call log")
    drawer.locator(".words", has_text="A good call").wait_for()
    drawer.get_by_role("checkbox", name="Errors only").check()
    drawer.locator(".words", has_text="can't parse entities").wait_for()
    assert drawer.locator(".words", has_text="A good call").count() == 0


def test_the_clock_is_moved_from_the_page(api: Api, open_page: Callable[..., Page]) -> None:
    """+1 hour moves the simulator's clock by an hour; people's dates follow it."""
    page = open_page()
    before = api.get("clock")["unix"]
    page.get_by_role("button", name="+1 hour").click()
    page.get_by_role("group", name="Simulated clock").and_(page.locator("[aria-busy='false']")).wait_for()
    assert 3600 <= api.get("clock")["unix"] - before < 3660
    message = api.ok("sendMessage", chat_id=person(api, "Nadia"), text="Later")
    assert message["date"] >= int(before) + 3600


def test_a_group_is_reached_from_the_phones_of_its_members(api: Api, open_page: Callable[..., Page]) -> None:
    """The switcher opens it; what one member says is read on the other's phone under their name."""
    bot = api.get("bots")["items"][0]["id"]
    api.post("groups", title="Gate 2, night", members=[person(api, "Nadia"), person(api, "Igor"), bot])
    page = open_page()
    for name in ("Nadia", "Igor"):
        phone(page, name).get_by_role("button", name="Gate 2, night").click()
    assert phone(page, "Ruth").get_by_role("button", name="Gate 2, night").count() == 0
    phone(page, "Nadia").get_by_role("textbox", name="Message").fill("The lamp is out again")
    phone(page, "Nadia").get_by_role("button", name="Send message").click()
    heard = phone(page, "Igor").locator(".message", has_text="The lamp is out again")
    heard.locator(".sender", has_text="Nadia").wait_for()


def test_a_mini_app_opens_inside_the_phone_with_signed_data(api: Api, open_page: Callable[..., Page]) -> None:
    """The address it is opened with proves, by the bot's token, who holds the phone; the app can close itself."""
    page = open_page()
    close = "parent.postMessage(JSON.stringify({eventType: 'web_app_close'}), '*')"
    opened = f'<h1>Map</h1><button onclick="{close}">Done</button>'
    page.route(f"{MINI_APP}**", lambda route: route.fulfill(body=opened, content_type="text/html"))
    keyboard = {"inline_keyboard": [[{"text": "Open the map", "web_app": {"url": f"{MINI_APP}map"}}]]}
    api.ok("sendMessage", chat_id=person(api, "Ruth"), text="Where it is dangerous", reply_markup=keyboard)
    ruth = phone(page, "Ruth")
    ruth.get_by_role("button", name="Open the map").click()
    inside = ruth.frame_locator("iframe")
    inside.get_by_role("heading", name="Map").wait_for()
    frame = next(frame for frame in page.frames if frame.url.startswith(MINI_APP))
    signed = parse_qs(urlsplit(frame.url).fragment)["tgWebAppData"][0]
    user = validate_by_hash(signed, TOKEN).user
    assert user is not None
    assert (user.id, user.first_name) == (person(api, "Ruth"), "Ruth")
    inside.get_by_role("button", name="Done").press("Enter")  # a click may miss while the sheet still slides in
    ruth.locator("iframe").wait_for(state="detached")


def test_a_newcomer_is_told_what_to_try(open_page: Callable[..., Page]) -> None:
    """Where the demo's four roles are: by their names, in order; it closes by the same button and by Escape."""
    page = open_page()
    button = page.get_by_role("button", name="What to try")
    button.click()
    tour = page.get_by_role("dialog", name="What to try")
    assert "Nadia (worker)" in tour.get_by_role("listitem").first.inner_text()
    button.click()
    tour.wait_for(state="detached")
    page.wait_for_timeout(350)
    button.click()
    tour.wait_for()
    page.keyboard.press("Escape")
    tour.wait_for(state="detached")
