"""Secrets may lie in files, as containers are given them; what is wrong with one is a line like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import BadSettings, load

TOKEN = "1234:a-token-of-some-length-for-a-test"


def test_a_secret_is_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the end of its last line; the address of the database too, for it holds a password."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "url").write_text("postgresql://davy:secret@db/davy")
    monkeypatch.setenv("DAVY_BOT_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("DAVY_DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = load()
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.database_url == "postgresql://davy:secret@db/davy"


def test_a_file_that_is_not_there_and_a_secret_said_twice_are_named_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the secret stands in the lines."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setenv("DAVY_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DAVY_BOT_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("DAVY_SECRET_KEY_FILE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("DAVY_PORT", "many")
    with pytest.raises(BadSettings) as error:
        load()
    lines = str(error.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["DAVY_BOT_TOKEN_FILE", "DAVY_SECRET_KEY_FILE", "DAVY_PORT"]
    assert TOKEN not in str(error.value)


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("learning=1095, messages=60", None),
        ("ledger=5", "kinds are"),
        ("gossip=5", "kinds are"),
        ("learning=0", "least 1"),
    ],
)
def test_days_are_given_for_kinds_that_there_are(said: str, ends: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger's is not among them: it keeps no person."""
    monkeypatch.setenv("DAVY_KEEP_DAYS", said)
    if ends is None:
        assert load(_env_file=None).retention["learning"] == 1095  # type: ignore[index]
        return
    with pytest.raises(BadSettings, match=ends):
        load(_env_file=None)
