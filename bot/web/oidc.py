"""The company's own sign-in (OpenID Connect): authorization code with PKCE, and an ID token that is believed only when its
signature, issuer, audience, times and nonce are right.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote_plus

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures with the provider's private key. `none`, and those made with our own secret, are not among them."""
SCOPE = "openid profile email"
PATIENCE_S = 10.0
KNOWN_S, AGAIN_S = 600.0, 30.0
"""So long the provider's addresses and keys are kept; and so long before an unknown key makes us ask again."""
LEEWAY_S = 60
MOST_BYTES = 256 * 1024


class Refusal(Exception):
    """The provider, or what it says, is not to be believed; the text is for the log."""


@dataclass(frozen=True)
class Client:
    """What an operator has said of the provider. `claim` is what an ID token tells us a person by."""

    issuer: str
    id: str
    secret: str
    claim: str
    redirect: str


@dataclass(frozen=True)
class Began:
    """What one browser must bring back: bound to it by a sealed cookie."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """One provider: its addresses and keys, asked for when they are first needed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._asked = float("-inf")

    async def begin(self, began: Began) -> str:
        """The address where a browser signs in. Raises Refusal."""
        await self._learn(KNOWN_S)
        asked = {
            "response_type": "code", "client_id": self._client.id, "redirect_uri": self._client.redirect, "scope": SCOPE,
            "state": began.state, "nonce": began.nonce,
            "code_challenge": create_s256_code_challenge(began.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        return str(add_params_to_uri(self._known["authorization_endpoint"], list(asked.items())))

    async def who(self, code: str, began: Began, now: float) -> str:
        """What the claim says of whoever signed in; `now` in seconds since 1970. Raises Refusal."""
        await self._learn(KNOWN_S)
        claims = await self._claims(await self._token(code, began.verifier), began.nonce, now)
        said = claims.get(self._client.claim)
        if self._client.claim == "email" and claims.get("email_verified") is not True:
            raise Refusal("the provider has not verified the address")
        if not isinstance(said, str | int) or isinstance(said, bool) or not str(said).strip():
            raise Refusal(f"the ID token has no claim {self._client.claim!r}")
        return str(said).strip()

    async def _token(self, code: str, verifier: str) -> str:
        """The ID token for a code. Raises Refusal."""
        client, secret = self._client, self._client.secret
        given = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect, "code_verifier": verifier,
        } | ({} if secret else {"client_id": client.id})  # fmt: skip
        # RFC 6749, 2.3.1: both are written as in a form before they are put together
        auth = httpx.BasicAuth(quote_plus(client.id), quote_plus(secret)) if secret else httpx.USE_CLIENT_DEFAULT
        try:
            async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
                answer = await http.post(self._known["token_endpoint"], data=given, auth=auth)
                found = _object(answer)
        except (httpx.HTTPError, ValueError) as error:
            raise Refusal(f"no token: {type(error).__name__}") from None
        return str(found.get("id_token") or "")

    async def _claims(self, token: str, nonce: str, now: float) -> dict[str, Any]:
        try:
            return self.believed(token, nonce, now)
        except JoseError as error:
            first = error
        # the provider may have changed its keys since we asked; anybody can send a wrong token, so not each asks again
        if time.monotonic() - self._asked < AGAIN_S:
            raise Refusal(f"the ID token: {type(first).__name__} {first}"[:200])
        await self._learn(AGAIN_S)
        try:
            return self.believed(token, nonce, now)
        except JoseError as error:
            raise Refusal(f"the ID token: {type(error).__name__} {error}"[:200]) from None

    def believed(self, token: str, nonce: str, now: float) -> dict[str, Any]:
        """The claims of an ID token. Raises JoseError for one that is not to be believed."""
        try:
            read = jwt.decode(
                token, KeySet.import_key_set(cast(KeySetSerialization, self._keys)), algorithms=list(ALGORITHMS)
            )
        except (ValueError, KeyError, TypeError) as error:  # no such key, no such algorithm, no token at all
            raise JoseError(description=str(error)) from None
        jwt.JWTClaimsRegistry(
            now=int(now),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._client.issuer},
            aud={"essential": True, "value": self._client.id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
        ).validate(read.claims)
        audience = read.claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if read.claims.get("azp", None if several else self._client.id) != self._client.id:
            raise JoseError(description="it was made for somebody else")
        return dict(read.claims)

    async def _learn(self, kept_s: float) -> None:
        """The provider's addresses and keys, from itself. Raises Refusal."""
        if self._known and time.monotonic() - self._asked < kept_s:
            return
        try:
            async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
                known = await _fetched(http, f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration")
                if known.get("issuer") != self._client.issuer:
                    raise Refusal("the provider calls itself otherwise")
                keys = await _fetched(http, str(known["jwks_uri"]))
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Refusal(f"the provider does not answer: {type(error).__name__}") from None
        if not all(isinstance(known.get(name), str) for name in ("authorization_endpoint", "token_endpoint")):
            raise Refusal("the provider names no addresses")
        self._known, self._keys, self._asked = known, keys, time.monotonic()


async def _fetched(http: httpx.AsyncClient, url: str) -> dict[str, Any]:
    return _object(await http.get(url))


def _object(answer: httpx.Response) -> dict[str, Any]:
    """A JSON object of a good answer. Raises ValueError or httpx.HTTPError."""
    answer.raise_for_status()
    if len(answer.content) > MOST_BYTES:
        raise ValueError("too large")
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
