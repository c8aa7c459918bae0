"""Charts follow the page's theme, ask nobody for anything, and lose no value."""

import re
from decimal import Decimal

import pytest

from wald.kernel.unit import Unit
from wald.queries.metric_page import Point
from wald.web.charts import drawn, over_time

_POINTS = (
    Point("2017-Q1", "", Decimal("0.50"), False),
    Point("2017-Q2", "", None, False),
    Point("2017-Q3", "", Decimal("0.75"), True),
)


@pytest.fixture(scope="module")
def svg() -> str:
    return drawn(over_time(_POINTS, Unit.RATIO, None, adds=False))


def test_every_colour_is_a_token_of_the_stylesheet(svg: str) -> None:
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) - {"none", "transparent"}
    assert {colour for colour in colours if not colour.startswith("var(--")} == set()


def test_the_content_security_policy_lets_it_through(svg: str) -> None:
    assert not re.search(r"<style|\sstyle=|<script|\son\w+=|href=", svg)


def test_values_stand_beside_their_marks(svg: str) -> None:
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    assert {"50.0\N{NO-BREAK SPACE}%", "75.0\N{NO-BREAK SPACE}%", "2017-Q2"} <= set(texts)


def test_a_period_that_is_not_over_is_hollow(svg: str) -> None:
    assert 'fill="var(--panel)"' in svg


def test_texts_of_the_data_are_text_in_the_drawing() -> None:
    hostile = "</svg><script>alert(1)</script>"
    points = [Point("2017-Q1", name, Decimal(1), False) for name in (hostile, "b")]
    svg = drawn(over_time(points, Unit.COUNT, None, adds=False))
    assert "<script" not in svg


def test_each_series_has_a_line_of_its_own() -> None:
    points = [Point(q, name, Decimal(1), False) for name in "abc" for q in ("Q1", "Q2")]
    svg = drawn(over_time(points, Unit.COUNT, None, adds=False))
    assert len(set(re.findall(r"var\(--series-\d\)", svg))) == 3
