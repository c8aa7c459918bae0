"""Every colour of the stylesheet can be read in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from itertools import product

import pytest

from tests.house.tree import PACKAGE

_SHEET = (PACKAGE / "web" / "static" / "web" / "wald.css").read_text()
_TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", _SHEET
    )
}
_THEMES = ("light", "dark")
_GROUNDS = ("ground", "rail", "panel", "raised", "hover")
_TEXTS = ("ink", "soft", "accent", "good", "bad")
_MARKS = ("edge", "series-1", "series-2", "series-3", "series-4", "series-5", "series-6")


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str, theme: str) -> float:
    place = _THEMES.index(theme)
    low, high = sorted(_luminance(_TOKENS[name][place]) for name in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("text", "ground", "theme"), list(product(_TEXTS, _GROUNDS, _THEMES)))
def test_text_stands_out_from_every_ground(text: str, ground: str, theme: str) -> None:
    assert _contrast(text, ground, theme) >= 4.5


@pytest.mark.parametrize(("mark", "theme"), list(product(_MARKS, _THEMES)))
def test_fields_and_lines_stand_out_from_the_panel(mark: str, theme: str) -> None:
    assert _contrast(mark, "panel", theme) >= 3


@pytest.mark.parametrize(
    ("text", "ground", "theme"),
    [
        (text, ground, theme)
        for text, ground in [
            ("bad", "bad-ground"),
            ("ink", "error-ground"),
            ("bad", "error-ground"),
            ("ink", "notice-ground"),
            ("ink", "track"),
            ("ink", "here"),
            ("on-accent", "accent"),
            ("good", "good-ground"),
            ("warn", "warn-ground"),
            ("accent", "info-ground"),
            ("ink", "good-ground"),
            ("ink", "bad-ground"),
        ]
        for theme in _THEMES
    ],
)
def test_text_stands_out_from_its_own_ground(text: str, ground: str, theme: str) -> None:
    assert _contrast(text, ground, theme) >= 4.5


def test_no_colour_is_written_beside_the_tokens() -> None:
    body = _SHEET[_SHEET.index("/* Ground") :]
    loose = [c for c in re.findall(r"#[0-9a-f]{3,6}\b", body) if c not in _ALLOWED]
    assert loose == []


_ALLOWED = {"#fff"}  # paper
