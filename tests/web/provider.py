"""A small OpenID provider with keys of its own: the company's sign-in, as an outside party. What it says can be bent."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "davy", "a secret: of the client"
Bend = Callable[[dict[str, Any]], dict[str, Any]]


def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass
class Provider:
    """`who` are the claims of whoever sits before the browser; `bend` changes what an ID token says, `sign` how it is made."""

    issuer: str = ""
    who: dict[str, Any] = field(default_factory=dict)
    bend: Bend = field(default=lambda claims: claims)
    sign: Callable[[Provider, dict[str, Any]], str] = field(default=lambda provider, claims: provider.signed(claims))
    key: RSAKey = field(default_factory=lambda: _key("first"))
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        """An ID token as it should be."""
        used = key or self.key
        return jwt.encode({"alg": "RS256", "kid": used.kid}, claims, used)

    def app(self) -> Starlette:
        """Its endpoints."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def discovery(self, request: Request) -> Response:
        """What it calls itself, and where everything is."""
        at = self.issuer
        return JSONResponse(
            {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys",
            }
        )

    async def keys(self, request: Request) -> Response:
        """Its public key."""
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Whoever sits there is known already: back with a code."""
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def token(self, request: Request) -> Response:
        """An ID token for a code, once, for the client that asked and the browser that began (PKCE)."""
        form, asked = dict(await request.form()), None
        code = str(form.get("code", ""))
        basic = base64.b64encode(b"davy:a+secret%3A+of+the+client").decode()
        if request.headers.get("authorization") == f"Basic {basic}":
            asked = self.codes.pop(code, None)
        challenge = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        right = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != right or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "42", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        said = self.sign(self, self.bend(claims | self.who))
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": said})


def unsigned(provider: Provider, claims: dict[str, Any]) -> str:
    """`alg: none`: no signature at all."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    body = provider.signed(claims).split(".")[1]
    head = part(b'{"alg":"none","typ":"JWT"}')
    return f"{head}.{body}."


def with_our_secret(provider: Provider, claims: dict[str, Any]) -> str:
    """HS256, made with the client's secret."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def with_their_public_key(provider: Provider, claims: dict[str, Any]) -> str:
    """HS256, made with the provider's public key as if it were a secret."""
    pem = provider.key.as_pem(private=False)
    return jwt.encode({"alg": "HS256", "kid": provider.key.kid}, claims, OctKey.import_key(base64.b64encode(pem)))


def by_another_key(provider: Provider, claims: dict[str, Any]) -> str:
    """A key that calls itself like the provider's."""
    return provider.signed(claims, _key("first"))
