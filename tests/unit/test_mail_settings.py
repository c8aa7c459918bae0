"""Where mail goes out, as the environment says it; a wrong word is refused when Wald starts."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from wald.site.mail import Mail, read_mail, read_url

USUAL = {"WALD_MAIL_FROM": "wald@example.org", "WALD_URL": "https://wald.example.org/"}


def test_without_a_server_no_mail_is_sent() -> None:
    assert read_mail({}) == Mail()


def test_a_server_is_read_with_its_password_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("from a file\n")
    found = read_mail(
        USUAL
        | {"WALD_SMTP": "smtp://w%40ld@mail.example.org"}
        | {"WALD_SMTP_PASSWORD_FILE": str(tmp_path / "word")}
    )
    assert found == Mail(
        host="mail.example.org",
        port=587,
        user="w@ld",
        password="from a file",  # noqa: S106  # the test's own
        is_starttls=True,
        sender="wald@example.org",
    )


def test_the_form_of_the_address_says_how_to_encrypt() -> None:
    tls = read_mail(USUAL | {"WALD_SMTP": "smtps://u:p%3A@mail.example.org"})
    assert (tls.port, tls.is_tls, tls.is_starttls, tls.password) == (465, True, False, "p:")
    plain = read_mail(USUAL | {"WALD_SMTP": "smtp://localhost:25?starttls=no"})
    assert (plain.port, plain.is_tls, plain.is_starttls) == (25, False, False)


@pytest.mark.parametrize(
    "given",
    ["secret", "http://u:secret@h", "smtp://u:secret@", "smtp://u:secret@h:x", "smtp://h?secret"],
)
def test_what_is_no_mail_server_is_refused_without_its_password(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="WALD_SMTP is no mail server") as refusal:
        read_mail(USUAL | {"WALD_SMTP": given})
    assert "secret" not in str(refusal.value)


def test_mail_needs_a_sender_and_a_place_for_its_links(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="WALD_URL"):
        read_mail({"WALD_SMTP": "smtp://h", "WALD_MAIL_FROM": "a@b.c"})
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read_mail(USUAL | {"WALD_SMTP": "smtp://h", "WALD_SMTP_PASSWORD_FILE": str(tmp_path)})


def test_the_address_of_wald_is_a_web_address() -> None:
    assert read_url(USUAL) == "https://wald.example.org"
    assert read_url({}) == ""
    for wrong in ("wald.example.org", "ftp://wald.example.org", "https://", "https://a/?b=c"):
        with pytest.raises(ImproperlyConfigured, match="WALD_URL"):
            read_url({"WALD_URL": wrong})
