"""The Brier score and Murphy's three parts of it, against formulas written out here anew."""

import math
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from wald.brain.calibration import TOO_FEW, Said, calibration, calibrations

_TOLERANCE = 1e-12


def _said(*pairs: tuple[str, int]) -> list[Said]:
    return [Said(Decimal(confidence), bool(came)) for confidence, came in pairs]


def _reference(pairs: list[tuple[float, int]]) -> tuple[float, float, float, float]:
    """Murphy (1973), equation for two classes: over the T distinct forecasts r_t, each given
    n_t times and followed by the event with the frequency d_t; d is the frequency of all."""
    n = len(pairs)
    d = math.fsum(o for _, o in pairs) / n
    score = math.fsum((p - o) ** 2 for p, o in pairs) / n
    reliability, resolution = [], []
    for r in {p for p, _ in pairs}:
        outcomes = [o for p, o in pairs if p == r]
        n_t, d_t = len(outcomes), math.fsum(outcomes) / len(outcomes)
        reliability.append(n_t * (r - d_t) ** 2 / n)
        resolution.append(n_t * (d_t - d) ** 2 / n)
    return score, math.fsum(reliability), math.fsum(resolution), d * (1 - d)


# Forecasts in twentieths and tenths, how often each was given in 10,000, and how often rain
# followed: D. S. Wilks, Statistical Methods in the Atmospheric Sciences, table 7.3.
_WILKS = (
    ("0.00", 4112, "0.006"), ("0.05", 671, "0.019"), ("0.1", 1833, "0.059"),
    ("0.2", 986, "0.15"), ("0.3", 616, "0.277"), ("0.4", 366, "0.377"),
    ("0.5", 303, "0.511"), ("0.6", 275, "0.587"), ("0.7", 245, "0.723"),
    ("0.8", 220, "0.779"), ("0.9", 170, "0.934"), ("1.0", 203, "0.933"),
)  # fmt: skip


def test_four_forecasts_as_the_documentation_of_scikit_learn_scores_them() -> None:
    """(0.1 - 0)² + (0.9 - 1)² + (0.8 - 1)² + (0.3 - 0)² is 0.15; a quarter of it 0.0375."""
    found = calibration(_said(("0.1", 0), ("0.9", 1), ("0.8", 1), ("0.3", 0)))
    assert found is not None
    assert found.score == Fraction(375, 10_000)


def test_a_forecast_of_rain_by_hand() -> None:
    """70 % and rain: 0.09. 70 % and none: 0.49. 30 % and rain: 0.49. Always one half: 0.25."""
    for confidence, came, score in (("0.7", 1, "0.09"), ("0.7", 0, "0.49"), ("0.3", 1, "0.49")):
        found = calibration(_said((confidence, came)))
        assert found is not None
        assert found.score == Fraction(score)
    half = calibration(_said(("0.5", 1), ("0.5", 0)))
    assert half is not None
    assert half.score == Fraction(1, 4)


def test_published_forecasts_of_rain_have_the_parts_that_the_reference_has() -> None:
    pairs = []
    for confidence, times, share in _WILKS:
        came = round(times * Decimal(share))
        pairs += [(confidence, 1)] * came + [(confidence, 0)] * (times - came)
    found = calibration(_said(*pairs))
    assert found is not None
    score, reliability, resolution, uncertainty = _reference([(float(c), o) for c, o in pairs])
    assert found.times == 10_000
    assert round(float(found.share), 3) == 0.162  # the frequency of rain that Wilks gives
    assert abs(float(found.score) - score) < _TOLERANCE
    assert abs(float(found.reliability) - reliability) < _TOLERANCE
    assert abs(float(found.resolution) - resolution) < _TOLERANCE
    assert abs(float(found.uncertainty) - uncertainty) < _TOLERANCE


_confidences = st.integers(1, 999).map(lambda n: str(Decimal(n) / 1000))


@given(st.lists(st.tuples(_confidences, st.integers(0, 1)), min_size=1, max_size=60))
def test_the_parts_add_up_exactly_and_agree_with_the_reference(
    pairs: list[tuple[str, int]],
) -> None:
    found = calibration(_said(*pairs))
    assert found is not None
    assert found.score == found.reliability - found.resolution + found.uncertainty
    score, reliability, resolution, uncertainty = _reference([(float(c), o) for c, o in pairs])
    assert abs(float(found.score) - score) < _TOLERANCE
    assert abs(float(found.reliability) - reliability) < _TOLERANCE
    assert abs(float(found.resolution) - resolution) < _TOLERANCE
    assert abs(float(found.uncertainty) - uncertainty) < _TOLERANCE


def test_says_how_somebody_leans_only_with_enough_outcomes() -> None:
    sure = _said(*[("0.9", int(i < 5)) for i in range(TOO_FEW)])
    told, few = calibration(sure), calibration(sure[:-1])
    assert told is not None
    assert told.leaning == "too sure"
    assert few is not None
    assert few.leaning == "too few to say"


def test_who_is_right_as_often_as_sure_leans_neither_way() -> None:
    found = calibration(_said(*[("0.7", int(i < 7)) for i in range(10)]))
    assert found is not None
    assert found.reliability == 0
    assert found.leaning == "as sure as right"
    shy = calibration(_said(*[("0.5", int(i < 9)) for i in range(10)]))
    assert shy is not None
    assert shy.leaning == "not sure enough"


def test_nothing_told_has_no_calibration() -> None:
    assert calibration([]) is None
    assert calibrations([]) == {}


def test_each_name_has_its_own() -> None:
    found = calibrations([("mia", Said(Decimal("0.5"), True)), ("ana", Said(Decimal(1), True))])
    assert list(found) == ["ana", "mia"]
    assert found["ana"].score == 0
