"""Pages ask no other host for anything, and templates say what they need."""

import re
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, files, name

WEB = PACKAGE / "web"
_SHOWN = files("*.html", "*.css", "*.js", "*.svg", under=WEB)
# A name space is a name, not a request.
_ADDRESS = re.compile(r"""(?:https?:)//(?!www\.w3\.org/)[\w.-]+|(?<=["'(=])//[\w.-]+\.\w+""")


@pytest.mark.parametrize("file", _SHOWN, ids=name)
def test_asks_no_other_host(file: Path) -> None:
    assert _ADDRESS.findall(file.read_text()) == []


@pytest.mark.parametrize("file", files("*.html", under=WEB), ids=name)
def test_a_template_says_what_it_needs(file: Path) -> None:
    assert "{# Needs " in file.read_text()


@pytest.mark.parametrize("file", files("*.html", under=WEB), ids=name)
def test_a_template_holds_no_script_and_no_style_of_its_own(file: Path) -> None:
    text = file.read_text()
    assert (
        re.findall(
            r"<script(?![^>]*\b(?:src|type=.application/json)\b)|<style|\sstyle=|\son(?!e=)\w+=",
            text,
        )
        == []
    )
