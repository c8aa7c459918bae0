"""A metric's page says what its code says: definition, sums, nulls, dimensions, a worked case."""

import re

import pytest

from tests.house.tree import ROOT
from wald.facts.measure import dimensions_for
from wald.facts.metric import Metric, metrics

_METRICS = [pytest.param(metric, id=key) for key, metric in metrics().items()]


def _page(metric: Metric) -> str:
    """Return the page as one line, so that a sentence may break anywhere."""
    return " ".join((ROOT / metric.source).read_text().split())


@pytest.mark.parametrize("metric", _METRICS)
def test_has_the_definition_and_what_it_does_with_nulls(metric: Metric) -> None:
    page = _page(metric)
    assert metric.definition in page
    assert metric.nulls in page


@pytest.mark.parametrize("metric", _METRICS)
def test_shows_its_sums_and_the_day_it_counts_on(metric: Metric) -> None:
    page = _page(metric)
    below = metric.denominator or (metric.over.total if metric.over else "")
    for text in (metric.numerator, below, metric.among, metric.on):
        assert not text or f"`{text}`" in page


@pytest.mark.parametrize("metric", _METRICS)
def test_lists_its_dimensions(metric: Metric) -> None:
    listed = _page(metric).partition("## Broken down by")[2]
    assert re.findall(r"`(\w+)`", listed) == list(dimensions_for(metric))


@pytest.mark.parametrize("metric", _METRICS)
def test_shows_a_case_worked_out_by_hand_and_names_its_sources(metric: Metric) -> None:
    page = _page(metric)
    assert "<!-- Made from the worked case `" in page
    assert "## Sources - " in page
