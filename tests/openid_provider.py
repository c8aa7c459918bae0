"""An OpenID Connect provider of the tests' own on 127.0.0.1, which can be told to lie."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "wald", "a secret of the two"


@dataclass
class Fake:
    """What it says of who comes; `claims` go over all else, None takes one away."""

    address: str = ""
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    other_key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    claims: dict[str, object] = field(default_factory=dict)
    userinfo: dict[str, object] = field(default_factory=dict)
    algorithm: str = "RS256"
    signs_with_other_key: bool = False
    lets_in: bool = True
    asked: dict[str, str] = field(default_factory=dict)  # what the last sign-in asked for

    def reset(self) -> None:
        self.claims, self.userinfo = {}, {}
        self.algorithm, self.signs_with_other_key, self.lets_in = "RS256", False, True

    def token(self) -> str:
        now = int(time.time())
        told = {
            "iss": self.address,
            "sub": "subject-1",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": self.asked.get("nonce", ""),
            **self.claims,
        }
        told = {name: value for name, value in told.items() if value is not None}
        if self.algorithm == "none":
            return jwt.encode(told, "", algorithm="none", headers={"kid": "one"})
        if self.algorithm == "HS256":  # signed with what everybody knows
            return jwt.encode(told, "x" * 40, algorithm="HS256", headers={"kid": "one"})
        key = self.other_key if self.signs_with_other_key else self.key
        return jwt.encode(told, key, algorithm="RS256", headers={"kid": "one"})

    def answer(self, path: str, body: dict[str, str]) -> tuple[int, object]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "userinfo_endpoint": f"{self.address}/me",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/keys":
            known = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [{**known, "kid": "one", "use": "sig", "alg": "RS256"}]}
        if path == "/me":
            return 200, self.userinfo
        if path == "/token":
            return self._exchanged(body)
        return 404, {}

    def _exchanged(self, body: dict[str, str]) -> tuple[int, object]:
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        knows = body.get("client_secret") == SECRET and body.get("client_id") == CLIENT
        fits = challenge == self.asked.get("code_challenge")
        if not (knows and fits and body.get("code") == "code-1"):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "token-1", "token_type": "Bearer", "id_token": self.token()}


@contextmanager
def provider() -> Iterator[Fake]:
    """Run a provider on a free port."""
    fake = Fake()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path != "/authorize":
                self._send(*fake.answer(parts.path, {}))
                return
            fake.asked = {name: texts[0] for name, texts in parse_qs(parts.query).items()}
            given = {"code": "code-1"} if fake.lets_in else {"error": "access_denied"}
            back = urlencode({**given, "state": fake.asked.get("state", "")})
            self.send_response(302)
            self.send_header("Location", f"{fake.asked['redirect_uri']}?{back}")
            self.end_headers()

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            body = {name: texts[0] for name, texts in parse_qs(text).items()}
            self._send(*fake.answer(urlsplit(self.path).path, body))

        def _send(self, status: int, told: object) -> None:
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        fake.address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield fake
        server.shutdown()
