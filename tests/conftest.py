"""What every test may ask for: a home of its own, and the programs a machine may lack."""

import os
import shutil
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

# Set before Django reads its settings: no test may touch the workspace of a person.
_HOME = TemporaryDirectory(prefix="wald-tests-")
os.environ["WALD_HOME"] = _HOME.name
os.environ["DJANGO_SETTINGS_MODULE"] = "wald.site.settings"
# Playwright keeps an event loop running in the thread that also prepares the records.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


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
