"""OpenID Connect: send people to the provider, and check what they bring back.

OpenID Connect Core 1.0, the code flow of 3.1, with PKCE (RFC 7636), state and nonce. The token
is read with its signature, issuer, audience, times and nonce, always: whoever reads
docs/decisions/0018-openid-connect.md learns why not by the library's own view.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wald.kernel.policy import Role
from wald.kernel.problem import Refusal

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LEEWAY = 60  # seconds by which two clocks may differ
_NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenId:
    """A provider, what it knows Wald as, and which of its groups have which role."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    groups_claim: str
    group_roles: tuple[tuple[str, Role], ...]
    default_role: Role | None
    title: str

    def role_of(self, claims: Claims) -> Role | None:
        """Return the role of the first group that fits, else the usual one; None: not let in."""
        told = claims.get(self.groups_claim)
        groups = {told} if isinstance(told, str) else set(_texts(told))
        for group, role in self.group_roles:
            if group in groups:
                return role
        return self.default_role


@dataclass(frozen=True, slots=True)
class Errand:
    """What must come back as it was sent; the session keeps it until then."""

    state: str
    nonce: str
    verifier: str
    next: str


def errand(next: str) -> tuple[Errand, str]:
    """Return a new errand, and the challenge of its verifier."""
    from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge

    made = generate_code_challenge()
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    challenge: bytes = made["code_challenge"]
    return Errand(state, nonce, str(made["code_verifier"]), next), challenge.decode()


class Provider:
    """What one request asks of the provider. Raises Refusal where it does not answer as it must."""

    def __init__(self, openid: OpenId, return_address: str) -> None:
        self._openid = openid
        self._return = return_address
        self._known = self._asked(f"{openid.issuer.rstrip('/')}/.well-known/openid-configuration")
        if self._known.get("issuer") != openid.issuer:
            raise Refusal(
                f"The provider calls itself {self._known.get('issuer')!r} and not "
                f"{openid.issuer!r}; whoever runs Wald mends WALD_OIDC_ISSUER."
            )

    def address(self, sent: Errand, challenge: str) -> str:
        """Return where to send the person."""
        client = self._client()
        client.state = sent.state
        given = {
            "nonce": sent.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        where = str(self._known["authorization_endpoint"])
        return str(client.get_redirect_url(where, ["openid", "profile", "email"], given))

    def claims(self, code: str, sent: Errand) -> Claims:
        """Return what the provider says of who brought `code`, checked."""
        from allauth.socialaccount.providers.oauth2.client import OAuth2Error
        from requests import RequestException

        try:
            told = self._client().get_access_token(code, pkce_code_verifier=sent.verifier)
        except (OAuth2Error, RequestException, ValueError, KeyError) as error:
            raise _not_answered() from error
        claims = self._read(str(told.get("id_token", "")), sent.nonce)
        has_all = self._openid.groups_claim in claims and "email" in claims
        if has_all or "userinfo_endpoint" not in self._known:
            return claims
        more = self._asked(str(self._known["userinfo_endpoint"]), str(told["access_token"]))
        if more.get("sub") != claims["sub"]:
            raise _not_believed()
        return {**more, **claims}

    def _read(self, token: str, nonce: str) -> Claims:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            keys = jwt.PyJWKSet.from_dict(dict(self._asked(str(self._known["jwks_uri"]))))
            key = _key_of(keys, header.get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key=key,
                algorithms=_ALGORITHMS,
                audience=self._openid.client_id,
                issuer=self._openid.issuer,
                leeway=_LEEWAY,
                options={"require": list(_NEEDED)},
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise _not_believed() from error
        us = self._openid.client_id
        is_shared = claims["aud"] not in (us, [us])  # then it must say who it was made for
        is_ours = claims.get("azp", "" if is_shared else us) == us
        if not is_ours or not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise _not_believed()
        return claims

    def _client(self) -> Any:
        from allauth.socialaccount.providers.oauth2.client import OAuth2Client

        methods = self._known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return OAuth2Client(
            None,
            self._openid.client_id,
            self._openid.client_secret,
            "POST",
            str(self._known.get("token_endpoint", "")),
            self._return,
            basic_auth=bool(self._openid.client_secret) and "client_secret_post" not in methods,
        )

    def _asked(self, address: str, token: str = "") -> Claims:
        """Return the JSON object at an address of the provider."""
        from allauth.socialaccount.adapter import get_adapter
        from requests import RequestException

        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(address, headers=headers)
                answer.raise_for_status()
                found = answer.json()
        except (RequestException, ValueError) as error:
            raise _not_answered() from error
        if not isinstance(found, dict):
            raise _not_answered()
        return found


def _key_of(keys: Any, kid: object) -> Any:
    """Return the key of this name; without a name the only one there is."""
    named = [key for key in keys.keys if key.key_id == kid] if kid else list(keys.keys)
    if len(named) != 1:
        raise KeyError("no such key")
    return named[0].key


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _not_answered() -> Refusal:
    return Refusal("The sign-in provider does not answer as it should; try again in a while.")


def _not_believed() -> Refusal:
    return Refusal(
        "What came back from the sign-in provider is not to be believed, so nobody is signed in; "
        "begin anew on the sign-in page."
    )
