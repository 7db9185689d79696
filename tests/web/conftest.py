"""A furnished dashboard: one for all tests of a file that only look, a fresh one for those that change something."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import _chosen_engines
from tests.web.desk import Desk, opened


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """Two sites, their people, dangers and lessons; at noon."""
    with opened(database_url, tmp_path) as made:
        yield made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What a browser draws does not depend on the database: that the pages are the same, the others show without one."""
    if "shown" in metafunc.fixturenames:
        drawn = any(mark.name == "browser" for mark in metafunc.definition.iter_markers())
        metafunc.parametrize(
            "shown", _chosen_engines()[:1] if drawn else _chosen_engines(), indirect=True, scope="module"
        )


@pytest.fixture(scope="module")
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The same, shared by the tests of a file: nobody moves its clock or changes what is on it."""
    folder = tmp_path_factory.mktemp("shown")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "shown.sqlite3")
        with opened(f"sqlite:///{folder / 'shown.sqlite3'}", folder) as made:
            yield made
        return
    server, name = request.getfixturevalue("postgres"), f"shown_{folder.name}".replace("-", "_")
    url = server.create_database(name, request.getfixturevalue("postgres_template"))
    with opened(url, folder) as made:
        yield made
    server.drop_database(name)
