"""The bank editor on the dashboard: a file checked at its lines, one question in a form, versions, translations."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features import rooms
from bot.ledger.tables import FactRow
from bot.library import store, versions
from bot.library.tables import BankRow, QuestionRow, UploadRow
from bot.people import actions as people
from bot.people.model import Role
from tests.web.desk import HIRED, opened
from tests.web.test_people_desk import sent, words

PARTS = tuple(room for room in rooms() if room.name in ("library", "library.authoring", "library.editor"))
BANK = """bank: our-docks
language: en
title: Our docks
questions:
  - id: dock-1
    kind: one
    topic: LIF
    jurisdictions: [any]
    sources: [Our own rule 7]
    stem: {en: "Where do you stand while a truck backs up?", zh: "卡车倒车时你站在哪里？"}
    options:
      - {text: {en: "Where the driver sees me", zh: "司机看得见的地方"}, right: true}
      - text: {en: "Behind the truck", zh: "卡车后面"}
        misconception: {en: "The driver hears me", zh: "司机听得见我"}
      - text: {en: "On the step", zh: "踏板上"}
        misconception: {en: "I am quicker up there", zh: "上面更快"}
    explanation: {en: "Out of sight is in danger.", zh: "看不见就有危险。"}
  - id: dock-2
    kind: true_false
    topic: LIF
    jurisdictions: [any]
    sources: [Our own rule 8]
    stem: {en: "A pallet may stand before an exit for a minute.", zh: "托盘可以在出口前放一分钟。"}
    answer: false
    misconception: {en: "A minute does not matter", zh: "一分钟没关系"}
    explanation: {en: "Nobody knows which minute it is.", zh: "谁也不知道是哪一分钟。"}
"""
BAD = BANK.replace("right: true", "right: false")


def upload(client: httpx.Client, text: str, name: str = "docks.yaml") -> httpx.Response:
    page = client.get("/desk/library").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None
    data = {"csrf": csrf[1], "lang": "en"}
    return client.post("/desk/library", data=data, files={"file": (name, text.encode(), "text/yaml")})


def published(client: httpx.Client, text: str = BANK) -> httpx.Response:
    looked = upload(client, text)
    assert "Publish now" in looked.text, words(looked)
    return sent(client, looked.url.path, do="publish")


def controls(page: str) -> dict[str, str]:
    """What the question's form holds, as a browser would send it."""
    form = re.findall(r'<form class="card fields" method="post".*?</form>', page, re.S)[0]
    found = dict(re.findall(r'<input type="(?:text|hidden)" name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    found |= dict(re.findall(r'type="radio" name="(\w+)" value="(\d)" checked', form))
    return found


def test_a_bad_bank_is_shown_at_its_line_and_mended_it_goes_live(database_url: str, tmp_path: Path) -> None:
    """The line as it was sent, escaped; nothing is half imported; the same facts as from the chat."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        tess = desk.browser("Tess Hall")
        bad = upload(tess, BAD.replace("司机看得见的地方", "<i>司机</i>"))
        assert "Nothing went live" in bad.text
        assert "Line 12" in bad.text, words(bad)
        assert "No option is marked as right" in bad.text
        [quoted] = re.findall(r'<pre class="quoted" dir="auto">(.*?)</pre>', bad.text, re.S)
        assert "&lt;i&gt;司机&lt;/i&gt;" in quoted
        with Session(desk.house.engine) as session:
            assert session.scalars(select(BankRow)).all() == []
        broken = upload(tess, "bank: <b>x</b>\nquestions: [")
        assert "<b>x</b>" not in broken.text
        good = published(tess)
        assert "It is live." in good.text
        assert "Our docks" in tess.get("/desk/library").text
        again = upload(tess, BANK)
        assert "says what is live already" in again.text
        with Session(desk.house.engine) as session:
            found = set(session.scalars(select(FactRow.kind)))
            assert {"BankRejected", "BankPublished"} <= found
        wrong = upload(tess, "x", "photo.exe")
        assert wrong.status_code == 422
        assert "is not read here" in wrong.text


def test_a_preview_shows_each_language_and_only_its_sender_decides(database_url: str, tmp_path: Path) -> None:
    """As a worker sees it, in English and Chinese; another trainer neither sees nor publishes the file."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        site = desk.works.units["harbour"].id
        desk.house.writer.run(people.grant, desk.works.people["Sam Okafor"], Role.TRAINER, site, HIRED)
        tess, sam = desk.browser("Tess Hall"), desk.browser("Sam Okafor")
        looked = upload(tess, BANK)
        assert "卡车倒车时你站在哪里？" in looked.text
        assert "Out of sight is in danger." in looked.text
        assert sam.get(looked.url.path).status_code == 404
        assert desk.browser("Hugo Reyes").get("/desk/library").status_code == 403
        late = sent(tess, looked.url.path, do="later", at="2020-01-01T06:00")
        assert late.status_code == 422
        assert 'value="2020-01-01T06:00"' in late.text
        planned = sent(tess, looked.url.path, do="later", at="2026-12-24T06:00")
        assert "Goes live on 2026-12-24 06:00" in words(planned)
        assert "goes live by itself" in tess.get("/desk/library").text
        given_up = sent(tess, looked.url.path, do="no")
        assert given_up.url.path == "/desk/library"


def test_one_question_is_changed_in_a_form_and_a_second_hand_is_told(database_url: str, tmp_path: Path) -> None:
    """Looked at first; what the checker says stands beside the field; who was slower sees what the other one wrote."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        site = desk.works.units["harbour"].id
        desk.house.writer.run(people.grant, desk.works.people["Sam Okafor"], Role.TRAINER, site, HIRED)
        tess, sam = desk.browser("Tess Hall"), desk.browser("Sam Okafor")
        published(tess)
        path = "/desk/library/banks/our-docks/questions/dock-1"
        mine, theirs = controls(tess.get(path).text), controls(sam.get(path).text)
        assert mine["en:stem"] == "Where do you stand while a truck backs up?"
        long = tess.post(path, data=mine | {"en:payload/options/1/text": "x" * 200, "act": "save"})
        assert long.status_code == 422
        assert re.search(r'name="en:payload/options/1/text"[^>]*aria-invalid="true"', long.text)
        assert "x" * 200 in long.text
        other = {"en:stem": "Where do you wait while a truck backs up?"}
        looked = tess.post(path, data=mine | other | {"act": "look"})
        assert looked.status_code == 200
        assert "As people would see what you typed" in looked.text
        assert "中文" in looked.text.split("Set aside until")[1][:80], "its translation was made of other words"
        saved = tess.post(path, data=mine | other | {"act": "save"})
        assert saved.url.path == "/desk/library/banks/our-docks"
        slower = sam.post(
            path, data=theirs | {"en:explanation": "What the driver does not see is in danger.", "act": "save"}
        )
        assert slower.status_code == 422
        said = words(slower)
        assert "Somebody else has changed this question" in said
        assert "Tess Hall" in said
        assert "What the driver does not see" in slower.text, "nothing typed is lost"
        again = controls(slower.text)
        assert again["seen"] == "2"
        assert sam.post(path, data=again | {"act": "save"}).url.path == "/desk/library/banks/our-docks"
        with Session(desk.house.engine) as session:
            content = versions.live_contents(session, ["dock-1"])["dock-1"]
            assert content["explanation"]["en"].startswith("What the driver")


def test_versions_go_back_and_questions_out_of_use_and_in_again(database_url: str, tmp_path: Path) -> None:
    """What going back would do is said first; a whole bank goes only with its name written; rights hold for each."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        tess = desk.browser("Tess Hall")
        published(tess)
        published(tess, BANK.replace("Out of sight is in danger.", "Out of sight, in danger."))
        path = "/desk/library/banks/our-docks"
        page = tess.get(f"{path}?back=1")
        assert "One question says again what it said then." in page.text
        back = sent(tess, path, do="back", to="1", seen="2")
        assert "version 3" in words(back)
        stale = sent(tess, path, do="back", to="1", seen="2")
        assert stale.status_code == 422
        out = sent(tess, path, do="retire", question="dock-2")
        assert "Ask it again" in out.text
        assert "Ask it again" not in sent(tess, path, do="restore", question="dock-2").text
        assert sent(tess, path, do="retire_all", sure="docks").status_code == 422
        assert "No question is in use here" in sent(tess, path, do="retire_all", sure="our-docks").text
        assert "out of use" in tess.get("/desk/library").text
        with Session(desk.house.engine) as session:
            live = store.live_bank(session, "our-docks")
            assert live is not None
            assert live.digests == {}
        assert desk.browser("Sam Okafor").get(path).status_code == 403


def test_files_of_a_bank_and_the_empty_table_are_handed_over(database_url: str, tmp_path: Path) -> None:
    """Each format that can hold it; a bank of another site is not there."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        tess = desk.browser("Tess Hall")
        published(tess)
        for format in ("xlsx", "csv", "yaml", "gift", "moodle", "zip"):
            answer = tess.get(f"/desk/library/banks/our-docks/file/{format}")
            assert answer.status_code == 200, format
            assert answer.headers["content-disposition"].startswith("attachment")
        assert tess.get("/desk/library/template.xlsx?also=zh").content.startswith(b"PK")

        def elsewhere(session: Session) -> None:
            session.get_one(BankRow, "our-docks").unit_id = desk.works.units["lingang"].id

        desk.house.writer.run(elsewhere)
        assert tess.get("/desk/library/banks/our-docks").status_code == 404
        assert tess.get("/desk/library/banks/our-docks/file/csv").status_code == 404
        assert "Our docks" not in tess.get("/desk/library").text
        assert sent(tess, "/desk/library").status_code == 422


def test_a_planned_file_whose_bank_changed_says_what_was_changed(database_url: str, tmp_path: Path) -> None:
    """Two files were looked at; the first is published, the second is outdated and shows the words of the first."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        tess = desk.browser("Tess Hall")
        published(tess)
        first = upload(tess, BANK.replace("Out of sight is in danger.", "Unseen is in danger."))
        second = upload(tess, BANK.replace("Nobody knows which", "Nobody can know which"))
        desk.clock.advance(timedelta(minutes=1))
        assert "It is live." in sent(tess, first.url.path, do="publish").text
        late = sent(tess, second.url.path, do="publish")
        assert "others have changed this bank" in late.text
        assert "Unseen is in danger." in late.text
        with Session(desk.house.engine) as session:
            assert session.scalars(select(UploadRow.state).order_by(UploadRow.id)).all()[-1] == "outdated"
            assert session.get_one(QuestionRow, "dock-2").version == 1
