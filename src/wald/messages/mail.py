"""Letters by mail: plain text and the same as simple HTML, with a way to have no more of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from smtplib import SMTPException

from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.html import format_html, format_html_join

from wald.messages.configured import site_address

_SALT = "wald.unsubscribe"


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    address: str = ""  # of a page on this site


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """`mark` is the same whenever the same letter is sent again: mail servers tell it by that."""

    name: str  # of the user
    to: str
    subject: str
    mark: str
    sections: tuple[Section, ...]


@contextmanager
def post_box() -> Iterator[BaseEmailBackend]:
    """Give one connection for several letters. Raises OSError, SMTPException if there is none."""
    connection: BaseEmailBackend = get_connection()
    connection.open()
    try:
        yield connection
    finally:
        connection.close()


def send(letter: Letter, connection: BaseEmailBackend) -> str:
    """Send a letter; return "" or why it was not taken."""
    away = f"{site_address()}/notices/unsubscribe/{token_for(letter.name)}/"
    host = site_address().partition("://")[2].partition("/")[0].partition(":")[0]
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split())[:200],
        body=as_text(letter, away),
        to=[letter.to],
        connection=connection,
        headers={
            "Message-ID": f"<{letter.mark}@{host or 'wald'}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{away}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        },
    )
    message.attach_alternative(as_html(letter, away), "text/html")
    try:
        message.send()
    except (SMTPException, OSError, ValueError) as error:
        return f"{type(error).__name__}"
    return ""


def token_for(name: str) -> str:
    """Return what an unsubscribing address names somebody by: nobody can make another's."""
    return signing.dumps(name, salt=_SALT)


def name_of(token: str) -> str | None:
    """Return whom a token of `token_for` names, None if it is not one."""
    try:
        return str(signing.loads(token, salt=_SALT))
    except signing.BadSignature:
        return None


def as_text(letter: Letter, away: str) -> str:
    parts = []
    for section in letter.sections:
        parts += [section.title, "-" * len(section.title)]
        parts += [_line(one) for one in section.lines] + [""]
    return "\n".join([*parts, "--", f"No more of these: {away}", ""])


def as_html(letter: Letter, away: str) -> str:
    sections = format_html_join(
        "", "<h2>{}</h2><ul>{}</ul>", ((one.title, _items(one.lines)) for one in letter.sections)
    )
    return format_html(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{}</title></head>'
        '<body>{}<p><a href="{}">No more of these</a></p></body></html>',
        letter.subject,
        sections,
        away,
    )


def _line(one: Line) -> str:
    return f"* {one.text}\n  {site_address()}{one.address}" if one.address else f"* {one.text}"


def _items(lines: Iterable[Line]) -> str:
    return format_html_join(
        "",
        "<li>{}</li>",
        (
            (
                format_html('<a href="{}{}">{}</a>', site_address(), one.address, one.text)
                if one.address
                else one.text,
            )
            for one in lines
        ),
    )
