"""The walk in docs/howto/add-a-feature.md is true: its code keeps the house rules and runs, on both engines."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import bot
from bot.db.base import Base
from bot.db.engine import connect
from bot.delivery.tables import OutboxRow
from bot.i18n import say as saying
from bot.kit.errors import Refused
from bot.kit.events import Pressed, Said
from bot.ledger.tables import FactRow
from bot.people.actions import add_person, add_unit, grant
from bot.people.model import Role, UnitKind
from tests.house import test_floors
from tests.house.source import ROOT, plant
from tests.house.test_files import too_long, wall_clocks
from tests.house.test_texts import keys_without_a_text, sentences_in_python, values_that_do_not_fit
from tests.house.test_texts import too_long as texts_too_long

BLOCK = re.compile(r"^```(?:python|jinja) (gloves/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def room(folder: Path) -> Path:
    """The room of the walk, written into a folder."""
    page = (ROOT / "docs" / "howto" / "add-a-feature.md").read_text(encoding="utf-8")
    files = dict(BLOCK.findall(page))
    assert len(files) == 10
    return plant(folder, files)


@pytest.fixture(scope="module")
def gloves(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, postgres_template: str) -> Iterator[Path]:
    """The room as if it lay under bot/: importable, its texts found; gone afterwards. (The templates are made before
    it.)
    """
    folder = room(tmp_path_factory.mktemp("walk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot, "__path__", [*bot.__path__, str(folder)])
        for kind in saying.KINDS:
            env = saying.environment("en", kind)
            patch.setattr(env, "loader", jinja2.FileSystemLoader([saying.ROOT, folder]))
        yield folder
        for name in [name for name in sys.modules if name.startswith("bot.gloves")]:
            del sys.modules[name]
        if "gloves" in Base.metadata.tables:
            Base.metadata.remove(Base.metadata.tables["gloves"])
        saying._macro.cache_clear()


@pytest.fixture
def engine(database_url: str, gloves: Path) -> Iterator[Engine]:
    """A database that has the room's table, too."""
    engine = connect(database_url)
    tables = importlib.import_module("bot.gloves.tables")
    tables.GlovesRow.__table__.create(engine)
    yield engine
    engine.dispose()


def test_the_walk_keeps_the_house_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Floors, rows, purity, texts, clocks: the same rules as for every room."""
    folder = room(tmp_path)
    monkeypatch.setitem(test_floors.LEVEL, "gloves", test_floors.LEVEL["hazards"])
    for rule in (
        test_floors.floors_broken,
        test_floors.rows_broken,
        test_floors.io_in_pure_files,
        wall_clocks,
        too_long,
    ):
        assert rule(folder) == [], rule.__name__
    for rule in (sentences_in_python, keys_without_a_text, values_that_do_not_fit):
        assert rule(folder) == [], rule.__name__
    assert texts_too_long(folder, None) == []


def test_the_walk_runs_as_it_says(engine: Engine) -> None:
    """Li asks twice; Wang and Chen press, one wins; Li herself may not; what waits a day is brought up exactly once."""
    chat: Any = importlib.import_module("bot.gloves.chat")
    ticks: Any = importlib.import_module("bot.gloves.ticks")
    with Session(engine) as session:
        team = add_unit(session, UnitKind.TEAM, "Welding", None, NOW.date())
        li, wang, chen = (
            add_person(session, badge, name, "en", team, "welder", NOW.date())
            for badge, name in (("7", "Li"), ("8", "Wang"), ("9", "Chen"))
        )
        for supervisor in (wang, chen):
            grant(session, supervisor, Role.SUPERVISOR, team.id, NOW)

        def said(now: datetime) -> Any:
            return chat.on_gloves(
                session, Said(update_id=1, at=now, user=1, chat=1, person=li, text="/gloves", command="gloves"), now
            )

        def pressed(person: int) -> Any:
            data = f"gloves:{session.scalar(select(chat.actions.GlovesRow.id).order_by(chat.actions.GlovesRow.id))}"
            event = Pressed(update_id=2, at=NOW, user=1, chat=1, person=person, data=data, callback="c", message=5)
            return chat.on_handed_over(session, event, NOW + timedelta(hours=3))

        assert said(NOW).messages[0].text.key == "gloves.asked"
        said(NOW)
        assert outgoing(session) == ["gloves.please", "gloves.please"]
        with pytest.raises(Refused) as refused:
            pressed(li)
        assert refused.value.text.key == "gloves.not_yours"
        assert saying.render(pressed(wang).edit.text, "en") == "Handed over by Wang."
        with pytest.raises(Refused) as refused:
            pressed(chen)
        assert refused.value.text.key == "gloves.too_late"
        assert outgoing(session) == ["gloves.please", "gloves.please", "gloves.yours"]

        later = NOW + timedelta(days=1)
        said(later)
        assert ticks.remind_unanswered(session, later + timedelta(hours=23)) is False
        assert len(outgoing(session)) == 5
        for _ in range(2):
            ticks.remind_unanswered(session, later + timedelta(hours=25))
        assert len(outgoing(session)) == 7
        facts = session.scalars(select(FactRow).order_by(FactRow.at, FactRow.key)).all()
        assert [(fact.kind, fact.body) for fact in facts] == [
            ("GlovesAsked", {}),
            ("GlovesHandedOver", {"hours": 3}),
            ("GlovesAsked", {}),
        ]


def outgoing(session: Session) -> list[str]:
    """The text keys in the outbox, oldest first."""
    session.flush()
    return [str(body["text"]["$t"]) for body in session.scalars(select(OutboxRow.payload).order_by(OutboxRow.id))]
