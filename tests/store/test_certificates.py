"""Certificates over a database: once for one passing, no number kept, reminders that stop, withdrawal, drawing outside."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.jobs import JobRow
from bot.delivery.tables import OutboxRow
from bot.kit.errors import Refused
from bot.learning.certificates import actions, chat, sheet, store, ticks
from bot.learning.certificates.model import Award, Certificate, Reason, Status, What
from bot.learning.certificates.tables import CertificateRow
from bot.media import drawing
from bot.media import store as media
from bot.people.tables import PersonRow
from bot.web.open import EACH, WINDOW_S, Turnstile
from tests.store.gate_crew import everything, gated, through, viewer
from tests.store.learning_house import NOW, say, who

DAY = timedelta(days=1)
TITLE = {"en": "Forklift driving", "zh": "叉车驾驶", "es": "Conducción"}


def issued(session: Session, ref: str = "1", days: int | None = 365, badge: str = "D-1") -> Certificate:
    """Somebody has passed the course."""
    ends = NOW.date() + timedelta(days=days) if days is not None else None
    award = Award(What.COURSE, "course:forklift", ref, TITLE, (), ends)
    return actions.issue(session, who(session, badge, NOW).id, award, NOW)


def told(session: Session, kind: str) -> int:
    """How many messages of a kind were queued."""
    return session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == kind)) or 0


def test_one_passing_gives_one_certificate_and_the_number_is_kept_nowhere(database_url: str) -> None:
    """Issued again it is the same; the whole database does not hold what stands on the paper."""
    with gated(database_url) as session:
        first, again = issued(session), issued(session)
        assert first.id == again.id
        assert issued(session, "2").id != first.id
        actions.ask_for_drawing(session, viewer(session, "D-1"), first.id, "en", NOW)
        session.flush()
        number = actions.number_of(first.key)
        assert len(number) == 32
        assert number not in everything(session)
        found = store.verified(session, number, NOW.date())
        assert found is not None
        assert (found.status, found.holder) == (Status.VALID, "A. O.")
        assert store.verified(session, "0" * 32, NOW.date()) is None


def test_reminders_come_three_times_and_stop_by_themselves(database_url: str) -> None:
    """Not again the same day; not for one withdrawn, one renewed, one whose holder has left."""
    with gated(database_url) as session:
        issued(session, days=40)
        for day in (1, 10, 10, 12, 34, 36, 41, 42, 80):
            ticks.remind_of_ends(session, NOW + day * DAY)
            session.flush()
        assert told(session, "learning.certificates.expiring") == 3
        withdrawn, old, left = (
            issued(session, "2", 20),
            issued(session, "3", 20, "T-1"),
            issued(session, "4", 20, "D-2"),
        )
        actions.revoke(session, viewer(session, "S-2"), withdrawn.id, Reason.MISTAKE, NOW)
        session.execute(update(PersonRow).where(PersonRow.badge == "D-2").values(left_on=NOW.date()))
        issued(session, "5", 400, "T-1")
        ticks.remind_of_ends(session, NOW + DAY)
        assert told(session, "learning.certificates.expiring") == 3
        assert {withdrawn.id, old.id, left.id}.isdisjoint(
            session.scalars(select(CertificateRow.id).where(CertificateRow.reminded.is_not(None)))
        )


def test_only_who_answers_for_training_or_safety_withdraws_and_only_once(database_url: str) -> None:
    """Not the holder, not a team leader, not a stranger to the place; the holder is told why."""
    with gated(database_url) as session:
        made = issued(session)
        for badge in ("D-1", "S-1", "L-1"):
            with pytest.raises(Refused):
                actions.revoke(session, viewer(session, badge), made.id, Reason.MISTAKE, NOW)
        actions.revoke(session, viewer(session, "S-2"), made.id, Reason.NOT_EARNED, NOW)
        with pytest.raises(Refused):
            actions.revoke(session, viewer(session, "T-1"), made.id, Reason.MISTAKE, NOW)
        found = store.verified(session, actions.number_of(made.key), NOW.date())
        assert found is not None
        assert found.status is Status.REVOKED
        keys = [row.payload["text"]["$t"] for row in session.scalars(select(OutboxRow)) if row.payload.get("text")]
        assert keys.count("learning.certificates.revoked") == 1
        with pytest.raises(Refused):
            actions.ask_for_drawing(session, viewer(session, "D-1"), made.id, "en", NOW)


def test_others_certificates_are_not_even_named(database_url: str) -> None:
    """A worker who asks by badge is told the same as for a badge that is nobody's."""
    with gated(database_url) as session:
        made = issued(session)
        ben = who(session, "D-2", NOW).id
        refusals = []
        for badge in ("D-1", "X-9"):
            words = say(ben, f"/certificates {badge}", NOW)
            event = type(words)(**{**words.__dict__, "command": "certificates", "args": badge})
            with pytest.raises(Refused) as refused:
                chat.on_certificates(session, event, NOW)
            refusals.append(refused.value.text.key)
        assert len(set(refusals)) == 1
        with pytest.raises(Refused):
            actions.ask_for_drawing(session, viewer(session, "D-2"), made.id, "en", NOW)


def test_a_drawing_is_made_outside_sent_once_and_forgotten(database_url: str, tmp_path: Path) -> None:
    """The job draws before its transaction; two days later the file is gone, and the certificate is not."""
    media.use(tmp_path / "media")
    drawing.use(tmp_path / "fonts")
    with gated(database_url) as session:
        ana = through(session)
        [made] = store.of_person(session, ana.id)
        assert [line["en"] for line in made.lines] == ["1 Company – 2 h – exam 100 %", "2 Workshop – 1 h", "3 Team"]
        assert made.expires_on == date(2027, 11, 18)
        actions.ask_for_drawing(session, viewer(session, "D-1"), made.id, "zh", NOW)
        [job] = session.scalars(select(JobRow).where(JobRow.kind == actions.JOB))
        prepared: dict[str, Any] = ticks.JOBS[actions.JOB].prepare(job.payload)
        assert media.open_ref(prepared["file"]).startswith(b"%PDF")
        ticks.JOBS[actions.JOB](session, prepared, NOW)
        session.flush()
        sent = [row for row in session.scalars(select(OutboxRow)) if (row.payload.get("media") or [{}])[0].get("ref")]
        assert [row.person_id for row in sent if row.payload["media"][0]["ref"] == prepared["file"]] == [ana.id]
        ticks.forget_drawings(session, NOW + DAY)
        assert media.open_ref(prepared["file"])
        ticks.forget_drawings(session, NOW + 3 * DAY)
        with pytest.raises(media.NoSuchFile):
            media.open_ref(prepared["file"])
        assert store.certificate(session, made.id) is not None


def test_a_drawing_that_comes_after_the_withdrawal_is_not_sent(database_url: str, tmp_path: Path) -> None:
    """It was queued before; the file is erased."""
    media.use(tmp_path / "media")
    with gated(database_url) as session:
        made = issued(session)
        actions.revoke(session, viewer(session, "S-2"), made.id, Reason.MISTAKE, NOW)
        before = session.scalar(select(func.count()).select_from(OutboxRow))
        file = media.put(b"%PDF-", "x.pdf")
        actions.drawn(session, {"certificate": made.id, "to": made.person, "file": file}, NOW)
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == before
        with pytest.raises(media.NoSuchFile):
            media.open_ref(file)


def test_names_in_our_scripts_are_drawn_and_a_letter_without_a_font_is_known(tmp_path: Path) -> None:
    """Latin, Chinese down to rare ones of the basic plane, Arabic, Cyrillic, Greek; what is no letter has no font anywhere."""
    drawing.use(tmp_path / "fonts")
    assert drawing.missing("José Núñez 欧阳㛃 龘 محمد Ольга Ελένη") == ""
    assert drawing.missing("Ana \u2fe0") == "\u2fe0"
    payload = {
        "certificate": 1, "key": "k", "lang": "zh", "name": "欧阳㛃", "badge": "L-1", "title": TITLE, "lines": [],
        "issued_on": "2026-11-18", "expires_on": None, "company": {"en": "Works", "zh": "工厂"},
    }  # fmt: skip
    values = sheet.values_of(payload)
    assert (values["company"], values["title"], values["until"]) == ("工厂", "叉车驾驶", "长期有效")
    drawn = sheet.draw(payload, "png", 36)
    assert drawn.startswith(b"\x89PNG")
    assert drawn != sheet.draw(payload | {"name": "欧阳明"}, "png", 36)
    arabic = sheet.values_of(payload | {"lang": "ar", "name": "محمد"})
    assert (arabic["rtl"], arabic["issued"]) == (True, "صدرت في 18 نوفمبر 2026")
    assert not drawing.missing("".join(str(arabic[part]) for part in ("heading", "badge", "issued", "until", "check")))


def test_the_public_page_turns_away_who_asks_too_often() -> None:
    """So many a minute to one address, and to all together; a minute later it lets in again."""
    gate = Turnstile(all=EACH + 5)
    assert [gate.lets("a", 0.0) for _ in range(EACH + 1)].count(True) == EACH
    assert [gate.lets("b", 1.0) for _ in range(6)] == [True] * 5 + [False]
    assert gate.lets("a", WINDOW_S)
