"""The Django project's settings, from the environment: nothing else reads it.

WALD_HOME        the workspace's folder; default var/wald
WALD_RECORDS     address of a PostgreSQL that keeps the records; default: a file in the workspace
WALD_SECRET_KEY  signs sessions; default: a key made once and kept in the workspace
WALD_DEBUG       1 shows errors in the browser; never where others can reach it
WALD_HOSTS       names under which people reach the web app, with commas
WALD_IMPORT_ROOT folder below which the API may load folders; without it the API loads nothing
WALD_URL         where people reach Wald, for links in mail and chat: https://wald.example.org
WALD_SMTP        server that takes mail, smtp://user@host:587; without it no mail is sent
WALD_SMTP_PASSWORD, WALD_SMTP_PASSWORD_FILE  its password, or the file that holds it
WALD_MAIL_FROM   address that mail comes from
WALD_OIDC_…      sign-in through OpenID Connect: see site/openid.py
WALD_PROXIES     addresses of own proxies, with commas: what they say of where requests come from
WALD_CHANNEL_NETWORKS  networks and hosts that channels may reach though they are not public
"""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from wald.messages.addresses import Allowed, read_allowed
from wald.site.databases import EMBEDDED, records_database
from wald.site.mail import read_mail, read_url
from wald.site.openid import openid_of

_OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")
HOME = Path(os.environ.get("WALD_HOME", "var/wald")).expanduser().resolve()


def _secret_key() -> str:
    given = os.environ.get("WALD_SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured(
                f"WALD_SECRET_KEY has {len(given)} characters; give it at least 32 random ones."
            )
        return given
    if not HOME.exists():
        return secrets.token_urlsafe(48)  # no workspace yet, so nobody to stay signed in
    kept = HOME / "secret_key"
    if not kept.exists():
        _keep_key(kept)
    return kept.read_text()


def _keep_key(path: Path) -> None:
    """Make a key. Of processes that start at once, the first to link its file wins."""
    draft = path.with_name(f"secret_key.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    except OSError as error:
        raise ImproperlyConfigured(
            f"WALD_HOME is {HOME}, where nothing can be written ({error.strerror}); "
            "name a folder of your own, or give WALD_SECRET_KEY as well."
        ) from error


def _is_debug(hosts: Sequence[str]) -> bool:
    """Errors in full tell secrets: they are shown on this machine alone."""
    if os.environ.get("WALD_DEBUG", "") != "1":
        return False
    others = [host for host in hosts if host not in _OWN_HOSTS]
    if others:
        raise ImproperlyConfigured(
            f"WALD_DEBUG is 1 while WALD_HOSTS lets others in ({', '.join(others)}); "
            "take one of the two away."
        )
    return True


def _channel_networks() -> Allowed:
    try:
        return read_allowed(os.environ.get("WALD_CHANNEL_NETWORKS", ""))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"WALD_CHANNEL_NETWORKS: {error}; give networks such as 10.1.0.0/16 and names, "
            "with commas."
        ) from error


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("WALD_HOSTS", ",".join(_OWN_HOSTS)).split(",")
DEBUG = _is_debug(ALLOWED_HOSTS)
IMPORT_ROOT = os.environ.get("WALD_IMPORT_ROOT", "")
WALD_URL = read_url(os.environ)
# Where people come by https, no cookie goes any other way.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = WALD_URL.startswith("https://")
CHANNEL_NETWORKS = _channel_networks()
OPENID = openid_of(os.environ)
PROXIES = frozenset(p.strip() for p in os.environ.get("WALD_PROXIES", "").split(",") if p.strip())

_MAIL = read_mail(os.environ)
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.is_tls, _MAIL.is_starttls
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = _MAIL.sender

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "wald.records",
    "wald.web",
]

DATABASES = {"default": records_database(HOME, os.environ.get("WALD_RECORDS", ""))}
EMBEDDED_RECORDS = EMBEDDED  # of workspaces beside the one that WALD_HOME names
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "wald.web.headers.strict_headers",
    "wald.api.errors.problems_in_one_form",
    "wald.api.bodies.sound",
    "wald.api.etags.told",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wald.web.refusals.RefusalPage",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wald.web.shell.shell",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["wald.records.stores.backend.WithRole"]
ROOT_URLCONF = "wald.site.urls"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # straight from the packages: nothing to collect before a start

# A bug is told once, on standard error, with where it happened; nobody logs a refusal.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        name: {"handlers": ["stderr"], "level": level}
        for name, level in (("django.request", "ERROR"), ("wald", "WARNING"))
    },
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

if OPENID is not None:
    # Where nobody signs in elsewhere, the library costs no page, no query and no table.
    INSTALLED_APPS += ["allauth", "allauth.account", "allauth.socialaccount"]
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
    ACCOUNT_EMAIL_VERIFICATION = "none"
