"""The interface is as its document has it: what schemathesis makes of the document is answered as the document says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation import GenerationMode

from bot import features
from bot.kit.endpoints import Scope
from bot.web.api import openapi, serving
from tests.web.api_house import Programs, opened

DOCUMENT = openapi.document(list(features.rooms()))
EXAMPLES = 12
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.config.update(base_url="http://davy.invalid/api/v1")
SCHEMA.config.generation.update(modes=list(GenerationMode))


@pytest.fixture(scope="module")
def programs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Programs, str]]:
    """One house on SQLite, with a token for all of one site, as often as it likes."""
    folder = tmp_path_factory.mktemp("schema")
    url = f"sqlite:///{folder / 'schema.sqlite3'}"
    Path(folder / "schema.sqlite3").write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "WRONG_EACH", 1_000_000)  # each of its wrong tokens is to be answered with 401
        with opened(url, folder, api_per_minute=100_000) as made:
            yield made, made.token("schemathesis", "harbour", tuple(Scope))


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
def test_whatever_is_sent_is_answered_as_the_document_says(
    case: schemathesis.Case, programs: tuple[Programs, str]
) -> None:
    """All of its checks: statuses, schemas, content types, no token, a wrong one, what is valid taken, what is not refused."""
    made, token = programs
    case.call_and_validate(base_url=f"{made.base}/api/v1", headers={"Authorization": f"Bearer {token}"})


def test_the_document_is_what_is_served_and_no_secret(programs: tuple[Programs, str]) -> None:
    """Without a token, with a mark of its content."""
    made, _ = programs
    with made.client() as client:
        answer = client.get("/openapi.json")
        assert answer.json() == json.loads(json.dumps(DOCUMENT))
        again = client.get("/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
