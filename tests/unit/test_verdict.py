"""The verdict: system first, then a segment, then a person; no signal and too little are legal."""

import numpy as np
import pytest

from tests.unit.test_apart import tallied
from tests.unit.test_shift import months, quiet
from wald.brain.case_mix import Cells, expected, fit_case_mix
from wald.brain.shift import Against
from wald.brain.variance_shares import Crossed, between_people, components, variance_shares
from wald.brain.verdict import Kind, Months, People, Verdict, verdict

NOTHING = Months()
USUAL = [24, 20, 28, 25, 22, 26, 24, 23, 27, 21] * 3


def told(won: list[int], over_time: Months = NOTHING, *, rows: int = 80) -> Verdict:
    people = len(won)
    names = tuple(f"P{i}" for i in range(people))
    sums = tallied(np.full(people, float(rows)), np.array(won, float))
    return verdict(People(names, names, sums), over_time, np.random.Generator(np.random.PCG64(1)))


def stepped(by: float) -> np.ndarray:
    off = quiet(3).off.copy()
    off[27:] += by
    return off


def test_without_anything_it_is_no_signal_and_nobody_is_named() -> None:
    found = told(USUAL, Months(quiet(3)))
    assert found.kind is Kind.NO_SIGNAL
    assert found.named == ()


def test_somebody_apart_is_named() -> None:
    found = told([66, *USUAL[1:]], Months(quiet(3)))
    assert found.kind is Kind.PERSON
    assert [one.key for one in found.named] == ["P0"]
    assert found.stands_out("P0")
    assert not found.stands_out("P1")


def test_the_system_goes_before_the_person() -> None:
    found = told([66, *USUAL[1:]], Months(months(stepped(0.3))))
    assert [one.kind for one in found.found] == [Kind.SYSTEM, Kind.PERSON]
    assert found.kind is Kind.SYSTEM


def test_a_segment_that_shifted_alone_is_told() -> None:
    place = months(stepped(0.4), key="segment:SMB")
    found = told(USUAL, Months(quiet(3), (Against(place, quiet(4)),)))
    assert found.kind is Kind.SEGMENT
    assert found.found[0].who == ("segment:SMB",)
    assert found.found[0].since == 27


def test_of_few_rows_nothing_can_be_told() -> None:
    assert told([1, 2, 1, 2, 1, 2, 1], rows=5).kind is Kind.TOO_LITTLE
    assert told([3], rows=10).kind is Kind.TOO_LITTLE


def test_places_stand_out_as_places() -> None:
    names = tuple("abcdefgh")
    sums = tallied(np.full(8, 400.0), np.array([120, 118, 122, 119, 121, 117, 123, 240.0]))
    rng = np.random.Generator(np.random.PCG64(1))
    found = verdict(People(names, names, sums, are_persons=False), Months(), rng)
    assert found.kind is Kind.PLACE


def test_nothing_is_told_beyond_what_a_share_can_be() -> None:
    names = tuple("abcdefg")
    sums = tallied(np.full(7, 10.0), np.array([0, 1, 0, 1, 0, 0, 10.0]))
    rng = np.random.Generator(np.random.PCG64(1))
    found = verdict(People(names, names, sums, bounds=(0.0, 1.0)), Months(), rng)
    assert all(0 <= one.adjusted.low <= one.adjusted.high <= 1 for one in found.standings)


def test_what_the_mix_explains_is_not_a_persons() -> None:
    # Two segments, won at 60 % and at 20 %; what is expected of each is just that.
    rows = np.array([100.0, 100.0, 50.0, 50.0])
    won = np.array([60.0, 20.0, 30.0, 10.0])
    cells = Cells(
        rows, won, rows, won, won, rows,
        {"segment": np.array([0, 1, 0, 1])}, {"segment": ("Large", "Small")},
        np.array([0, 0, 1, 1]),
    )  # fmt: skip
    mix = fit_case_mix(cells)
    assert expected(cells, mix) == pytest.approx([0.6, 0.2, 0.6, 0.2], abs=0.02)
    assert won.sum() == pytest.approx((rows * expected(cells, mix)).sum(), rel=0.01)


def _crossed(seed: int, person: float, manager: float, people: int = 60) -> tuple[Crossed, float]:
    """Return twelve cells of rows a manager: figures of people below managers, with luck 1."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rows = np.full(people, 40.0)
    boss = np.arange(people) % 6
    off = person * rng.standard_normal(people) + (manager * rng.standard_normal(6))[boss]
    r = rows * off + np.sqrt(rows) * rng.standard_normal(people)
    r -= rows * r.sum() / rows.sum()
    return Crossed(r, rows, rows.copy(), {"person": np.arange(people), "manager": boss}), 1.0


def test_variances_of_factors_are_found_on_average() -> None:
    found = np.array([components(_crossed(seed, 0.3, 0.2)[0]) for seed in range(60)]).mean(axis=0)
    assert found[0] == pytest.approx(0.09, rel=0.2)
    assert found[1] == pytest.approx(0.04, rel=0.45)


def test_variances_agree_with_restricted_maximum_likelihood() -> None:
    """Balanced people without managers: moments and REML of statsmodels are the same there."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    rng = np.random.Generator(np.random.PCG64(2))
    people, each = 25, 30
    who = np.repeat(np.arange(people), each)
    y = 0.4 * rng.standard_normal(people)[who] + rng.standard_normal(people * each)
    fitted = MixedLM(y, np.ones((len(y), 1)), groups=who).fit(reml=True)
    r, w = np.bincount(who, y - y.mean()).astype(np.float64), np.full(people, float(each))
    luck = float(fitted.scale)
    ours = components(Crossed(r, w, luck * w, {"person": np.arange(people)}))[0]
    assert ours == pytest.approx(float(fitted.cov_re[0, 0]), rel=0.02)
    middle = between_people(r / w, np.sqrt(np.full(people, luck / each)))
    assert middle.estimate == pytest.approx(ours, rel=0.02)
    assert middle.low < 0.16 < middle.high


def test_shares_of_variation_add_up_to_one() -> None:
    crossed, luck = _crossed(1, 0.3, 0.2)
    off = crossed.r / crossed.w
    found = variance_shares(
        crossed, {"segment": (0.05, 3)}, luck, off, np.sqrt(luck / crossed.w),
        np.random.Generator(np.random.PCG64(1)),
    )  # fmt: skip
    assert sum(one.share.estimate for one in found.parts) + found.within == pytest.approx(1)
    assert all(one.share.low <= one.share.estimate <= one.share.high for one in found.parts)
    assert 0 < found.reliability < 1


def test_the_interval_of_differences_covers_the_truth() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    covered = 0
    for _ in range(200):
        error = rng.uniform(0.05, 0.2, 20)
        off = 0.1 * rng.standard_normal(20) + error * rng.standard_normal(20)
        one = between_people(off, error)
        covered += one.low <= 0.01 <= one.high
    assert 0.90 <= covered / 200 <= 0.99
