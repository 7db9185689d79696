"""The company's own sign-in: who it names and is here comes in; what is not rightly signed, or not for this browser, does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from bot.people.tables import AccountRow, PersonRow
from bot.settings import BadSettings, load
from tests.web import provider as outside
from tests.web.desk import Desk, leave_company, opened, served
from tests.web.provider import CLIENT, SECRET, Provider


@pytest.fixture
def company() -> Iterator[Provider]:
    """The company's provider, running."""
    found = Provider(who={"employee_number": "S-0"})
    with served(found.app()) as base:
        found.issuer = base
        yield found


@pytest.fixture
def office(company: Provider, database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A dashboard that lets in whom the company's provider names by badge."""
    with _office(company, database_url, tmp_path) as desk:
        yield desk


def _office(company: Provider, database_url: str, folder: Path, **more: object) -> Any:
    said = {"oidc_issuer": company.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return opened(database_url, folder, **said, **more)


def sign_in(desk: Desk, client: httpx.Client, next: str = "") -> httpx.Response:
    """Presses the button of the door, and goes where the browser is sent: to the provider, back to us (whose address is another
    in a test), and in."""
    out = client.get("/oidc", params={"next": next} if next else {}, follow_redirects=False)
    assert out.status_code == 303, out.text
    with httpx.Client() as browser:
        back = browser.get(out.headers["location"]).headers["location"]
    assert back.startswith("http://127.0.0.1/oidc/back?")
    return client.get(back.removeprefix("http://127.0.0.1"))


def test_whom_the_provider_names_by_badge_is_in(office: Desk, company: Provider) -> None:
    """With the rights that they have here; and the door offers it."""
    client = office.browser()
    assert 'href="/oidc"' in client.get("/login").text
    assert "Open dangers" in sign_in(office, client).text
    [asked] = company.asked
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert "openid" in asked["scope"].split()
    where = f"/desk/hazards/{office.works.hazards['rail']}"
    assert sign_in(office, office.browser(), where).url.path == where
    assert sign_in(office, office.browser(), "//evil.example").url.path == "/desk"


def test_a_door_without_a_provider_offers_none(shown: Desk) -> None:
    """And its address leads nowhere."""
    client = shown.browser()
    assert "/oidc" not in client.get("/login").text
    assert client.get("/oidc").status_code == 404
    assert client.get("/oidc/back?code=x&state=y").status_code == 404


@pytest.mark.parametrize(
    "bend",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "somebody-else"}, {"aud": ["somebody-else"]},
        {"aud": [CLIENT, "other"], "azp": "other"}, {"aud": [CLIENT, "other"]}, {"azp": "other"},
        {"iss": "https://evil.example"}, {"exp": 1}, {"exp": None}, {"iat": 4102444800}, {"sub": None}, {"aud": None},
        {"iat": None}, {"employee_number": None}, {"employee_number": ""}, {"employee_number": True},
        {"employee_number": {"a": 1}},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_something_wrong_is_not_believed(
    office: Desk, company: Provider, bend: dict[str, Any]
) -> None:
    """For another browser, another client, by another issuer, over, not yet, or without a name."""
    company.bend = lambda claims: {k: v for k, v in (claims | bend).items() if v is not None}
    answer = sign_in(office, office.browser())
    assert (answer.status_code, "did not let you in" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "sign", [outside.unsigned, outside.with_our_secret, outside.with_their_public_key, outside.by_another_key,
             lambda *_: "", lambda *_: "a.b.c", lambda p, c: p.signed(c)[:-6] + "AAAAAA"],
)  # fmt: skip
def test_a_token_that_is_not_signed_by_the_provider_is_not_believed(office: Desk, company: Provider, sign: Any) -> None:
    """None, with our own secret, with its public key as a secret, with another key, cut, changed."""
    company.sign = sign
    assert sign_in(office, office.browser()).status_code == 403


def test_several_audiences_are_fine_where_we_are_the_one_it_was_made_for(office: Desk, company: Provider) -> None:
    """The specification asks for `azp` then."""
    company.bend = lambda claims: claims | {"aud": [CLIENT, "other"], "azp": CLIENT}
    assert "Open dangers" in sign_in(office, office.browser()).text


@pytest.mark.parametrize("badge", ["X-404", "W-0", "' OR 1=1"])
def test_whom_nobody_knows_here_or_who_has_no_role_stays_outside(office: Desk, company: Provider, badge: str) -> None:
    """A stranger and a worker; and nobody is made."""

    def count() -> tuple[int | None, int | None]:
        return office.house.writer.run(
            lambda s: (s.scalar(select(func.count(PersonRow.id))), s.scalar(select(func.count(AccountRow.id))))
        )

    before, company.who = count(), {"employee_number": badge}
    answer = sign_in(office, office.browser())
    assert (answer.status_code, "Nobody here goes by that name" in answer.text) == (403, True)
    assert count() == before


def test_whoever_has_left_stays_outside(office: Desk) -> None:
    """Though the provider still knows them."""
    office.house.writer.run(leave_company, office.works.people["Sam Okafor"], date(2026, 11, 17))
    assert sign_in(office, office.browser()).status_code == 403


def test_an_answer_belongs_to_the_browser_that_asked(office: Desk, company: Provider) -> None:
    """Another browser's answer, an old one, and one with another state sign nobody in."""
    victim, thief = office.browser(), office.browser()
    out = thief.get("/oidc", follow_redirects=False)
    with httpx.Client() as browser:
        back = browser.get(out.headers["location"]).headers["location"].removeprefix("http://127.0.0.1")
    assert victim.get(back).status_code == 403
    victim.get("/oidc", follow_redirects=False)
    assert victim.get(back).status_code == 403
    assert "Open dangers" in thief.get(back).text
    assert office.browser().get("/oidc/back").status_code == 403
    late = office.browser()
    late.cookies.set("davy_oidc", "AAAA")
    assert late.get(back).status_code == 403
    refused = office.browser()
    state = httpx.URL(refused.get("/oidc", follow_redirects=False).headers["location"]).params["state"]
    assert refused.get("/oidc/back", params={"error": "access_denied", "state": state}).status_code == 403


def test_a_code_is_taken_once(office: Desk) -> None:
    """The provider says so, and we believe it."""
    client = office.browser()
    out = client.get("/oidc", follow_redirects=False)
    cookie = client.cookies["davy_oidc"]
    with httpx.Client() as browser:
        back = browser.get(out.headers["location"]).headers["location"].removeprefix("http://127.0.0.1")
    assert "Open dangers" in client.get(back).text
    again = office.browser()
    again.cookies.set("davy_oidc", cookie)
    assert again.get(back).status_code == 403


def test_a_provider_may_change_its_keys(office: Desk, company: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token with a key that we do not know makes us ask once; not each wrong token does."""
    assert "Open dangers" in sign_in(office, office.browser()).text
    company.key = outside._key("second")
    assert sign_in(office, office.browser()).status_code == 403
    monkeypatch.setattr("bot.web.oidc.AGAIN_S", 0.0)
    assert "Open dangers" in sign_in(office, office.browser()).text


def test_a_provider_that_calls_itself_otherwise_or_is_away_is_said_in_words(
    company: Provider, database_url: str, tmp_path: Path
) -> None:
    """Nothing hangs, nothing breaks; the way with a link stays."""
    with _office(company, database_url, tmp_path) as desk:
        right, company.issuer = company.issuer, "http://127.0.0.1:1"
        assert desk.browser().get("/oidc").status_code == 403
        company.issuer = right
    with opened(database_url, tmp_path, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT) as desk:
        answer = desk.browser().get("/oidc")
        assert (answer.status_code, "/desk</kbd>" in answer.text) == (403, True)


def test_people_may_be_known_by_their_e_mail(company: Provider, database_url: str, tmp_path: Path) -> None:
    """One that the provider has verified, and that only one person has."""
    with _office(company, database_url, tmp_path, oidc_claim="email", oidc_match="email") as desk:
        who = desk.works.people
        mails = {"Sam Okafor": "sam@works.example", "Lin Yao": "two@works.example", "Hugo Reyes": "two@works.example"}
        for name, mail in mails.items():
            known = update(PersonRow).where(PersonRow.id == who[name]).values(email=mail)
            desk.house.writer.run(lambda session, known=known: session.execute(known))
        company.who = {"email": "Sam@Works.example", "email_verified": True}
        assert "Open dangers" in sign_in(desk, desk.browser()).text
        for mail, verified in (
            ("sam@works.example", None),
            ("sam@works.example", "true"),
            ("two@works.example", True),
            ("no@works.example", True),
        ):
            company.who = {"email": mail} | ({} if verified is None else {"email_verified": verified})
            assert sign_in(desk, desk.browser()).status_code == 403, (mail, verified)


def test_a_provider_needs_a_name_for_us_and_an_address_that_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said at start, by the variable."""
    with pytest.raises(BadSettings, match="OIDC_CLIENT_ID"):
        load(_env_file=None, bot_token="1:a", oidc_issuer="https://login.example")
    with pytest.raises(BadSettings, match="DAVY_OIDC_ISSUER"):
        load(_env_file=None, bot_token="1:a", oidc_issuer="http://login.example", oidc_client_id="x")
