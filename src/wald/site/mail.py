"""Where mail goes out, read from what the environment says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server. `host` is "" where none is configured: then no mail is sent."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    is_tls: bool = False  # from the first byte
    is_starttls: bool = False
    sender: str = "wald@localhost"


def read_mail(environment: Mapping[str, str]) -> Mail:
    """Read WALD_SMTP, WALD_SMTP_PASSWORD or _FILE, WALD_MAIL_FROM. The password is never shown."""
    given = environment.get("WALD_SMTP", "")
    if not given:
        return Mail()
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in _PORTS or not host or parts.query not in ("", "starttls=no"):
        raise ImproperlyConfigured(
            "WALD_SMTP is no mail server; write smtp://user@host:587 (STARTTLS) or "
            "smtps://user@host:465, and ?starttls=no for one that cannot encrypt."
        )
    sender, url = environment.get("WALD_MAIL_FROM", ""), environment.get("WALD_URL", "")
    if not sender or not url:
        raise ImproperlyConfigured(
            "WALD_SMTP also needs WALD_MAIL_FROM, the address mail comes from, and WALD_URL, "
            "where people reach Wald: mail holds links."
        )
    return Mail(
        host=host,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=_password(environment, unquote(parts.password or "")),
        is_tls=parts.scheme == "smtps",
        is_starttls=parts.scheme == "smtp" and not parts.query,
        sender=sender,
    )


def read_url(environment: Mapping[str, str]) -> str:
    """Read WALD_URL without a slash at its end."""
    given = environment.get("WALD_URL", "").rstrip("/")
    parts = urlsplit(given)
    if given and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query):
        raise ImproperlyConfigured(
            f"WALD_URL is {given!r}; write where people reach Wald, as https://wald.example.org"
        )
    return given


def _password(environment: Mapping[str, str], in_address: str) -> str:
    file = environment.get("WALD_SMTP_PASSWORD_FILE", "")
    if not file:
        return environment.get("WALD_SMTP_PASSWORD", in_address)
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"WALD_SMTP_PASSWORD_FILE cannot be read: {error.strerror}."
        ) from error
