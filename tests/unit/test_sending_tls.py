"""Over TLS the address is connected to and the name is asked for: SNI, certificate, Host."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.receiving import Receiver, Taker
from wald.messages import sending
from wald.messages.addresses import read_allowed, read_target
from wald.messages.sending import post

HOST = "hooks.example.org"
HERE = read_allowed("127.0.0.1")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path, Receiver, list[str]]]:
    """A receiver behind TLS: its port, its certificate, what it got, and the names asked for."""
    certificate, asked, receiver = _certificate(tmp_path), [], Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda socket, name, _: asked.append(str(name))
    taker = type("Taker", (Taker,), {"receiver": receiver})
    with ThreadingHTTPServer(("127.0.0.1", 0), taker) as server:
        server.handle_error = lambda request, address: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_port, certificate, receiver, asked
        server.shutdown()
        thread.join()


def sent(port: int, host: str = HOST) -> sending.Answer:
    target = read_target(f"https://{host}:{port}/x", HERE)
    return post(target, b"{}", {}, allowed=HERE, resolve=lambda *_: ["127.0.0.1"], seconds=5)


def test_a_certificate_nobody_vouches_for_is_refused(
    served: tuple[int, Path, Receiver, list[str]],
) -> None:
    answer = sent(served[0])
    assert answer == sending.Answer(None, f"{HOST} shows a certificate that does not hold.")
    assert served[2].got == []


def test_name_and_certificate_belong_together(
    served: tuple[int, Path, Receiver, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, certificate, receiver, asked = served
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(sending, "_certificates", lambda: trusting)
    assert sent(port).status == 200
    assert asked == [HOST]
    assert receiver.got[0][1]["host"] == f"{HOST}:{port}"
    assert sent(port, "other.example.org").error.endswith("a certificate that does not hold.")
    assert len(receiver.got) == 1


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "certificate.pem"
    kept = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(kept + made.public_bytes(Encoding.PEM))
    return path
