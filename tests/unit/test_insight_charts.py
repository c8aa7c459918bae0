"""The chart of an insight is drawn from what was kept, and what cannot be drawn is left out."""

from decimal import Decimal

import pytest

from wald.insights.insight import Effect, Insight
from wald.kernel.unit import Unit
from wald.web.charts import drawn
from wald.web.insight_charts import insight_chart
from wald.web.templatetags.knowledge import one_in, source_title


def _insight(**evidence: object) -> Insight:
    nothing = Effect(None, None, None, Unit.RATIO)
    return Insight("c", "win_rate_shift", "s", "win_rate", nothing, evidence=evidence)


def test_draws_a_line_in_per_cent_with_its_doubt() -> None:
    points = [["2024-Q1", 0.25, 0.2, 0.3], ["2024-Q2", 0.5, None, None]]
    spec = insight_chart(_insight(chart={"kind": "line", "points": points}, effect_unit="ratio"))
    assert spec is not None
    assert spec["data"] == {
        "values": [
            {"label": "2024-Q1", "value": 25.0, "low": 20.0, "high": 30.0,
             "text": "2024-Q1: 25, 20 to 30 with 95 %"},
            {"label": "2024-Q2", "value": 50.0, "text": "2024-Q2: 50"},
        ]
    }  # fmt: skip
    assert "2024-Q1: 25, 20 to 30" in drawn(spec)


def test_draws_bars_from_zero() -> None:
    chart = {"kind": "bars", "points": [["agreed", 30, None, None], ["measured", 58, 50, 66]]}
    spec = insight_chart(_insight(chart=chart))
    assert spec is not None
    assert "measured: 58, 50 to 66" in drawn(spec)


@pytest.mark.parametrize("chart", [None, "x", {}, {"points": "x"}, {"points": [["a", "b", 1, 2]]}])
def test_what_cannot_be_drawn_is_no_chart(chart: object) -> None:
    assert insight_chart(_insight(chart=chart)) is None


@pytest.mark.parametrize(
    ("chance", "words"),
    [("0.5", "1 in 2"), ("0.04", "1 in 25"), ("0.000251", "1 in 4,000"),
     ("0.0000001", "less than 1 in 1,000,000")],
)  # fmt: skip
def test_a_chance_is_told_as_people_say_it(chance: str, words: str) -> None:
    assert one_in(Decimal(chance)).replace("\N{NO-BREAK SPACE}", " ") == words


def test_a_source_goes_by_its_title() -> None:
    assert source_title("win_rate_shift") == "Win rate shift"
    assert source_title("person") == "noticed by somebody"
