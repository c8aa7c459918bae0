"""A night judged: one correction over all looks, resamples, one tale per story, nothing small."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.night_world import night_on
from wald.brain.detector import SHARDS, Cure, Detector, Look, Night, Row, Size
from wald.brain.patterns import LEVEL, Judged, Measured, adjusted, night_of, overlap
from wald.brain.places import Sums, Where, places_of, read_sums
from wald.facts.parts import Snapshot
from wald.kernel.unit import Unit

NIGHT = night_on(Snapshot(Path("nowhere"), ()))
NORTH, SMB = ("region", "North"), ("segment", "SMB")


def _sums(each: Sequence[float]) -> Sums:
    """Return what an engine adds up of one place, by shard."""
    rows = [{"region": None, "slot": 0, "shard": n, "hits": one} for n, one in enumerate(each)]
    return read_sums(pa.Table.from_pylist(rows), ["hits"])


def _detector(key: str, looks: Iterable[Look], least: float = 0) -> Detector:
    """Return a detector that tells these looks, sure of them while it sees `least` hits."""
    told = tuple(looks)

    def judge(rows: Sequence[Row], night: Night) -> Iterable[Look]:
        hits = sum(float(row["hits"]) for row in rows)
        return told if hits >= least else ()

    return Detector(
        key, key, "?", "winning", "win_rate", Unit.RATIO, (), ("hits",),
        lambda night: pytest.fail("nothing is measured here"), judge, Cure("train", "Learn."), "",
    )  # fmt: skip


def _look(where: Where, p: float, money: float = -50_000.0, direction: str = "down") -> Look:
    size = Size(money - 1000, money, money + 1000)
    return Look(where, direction, p, Size(-0.2, -0.1, -0.05), f"{where} {direction}", size)


def _judged(*detectors: Detector, hits: Sequence[float] = (1.0,) * SHARDS) -> Judged:
    measured = [Measured(one, _sums(hits)) for one in detectors]
    chance = np.random.Generator(np.random.PCG64(7))
    return night_of(measured, NIGHT, booked=1_000_000.0, chance=chance)


def test_tells_what_chance_does_not_explain_and_nothing_else() -> None:
    looks = [_look((NORTH,), 1e-9), _look((("region", "South"),), 0.3)]
    judged = _judged(_detector("one", looks))
    assert [one.look.subject for one in judged.findings] == ["region:North"]
    assert judged.all_looks == 2


def test_looks_of_all_detectors_are_corrected_together() -> None:
    # Alone 0.003 would pass at 0.005; beside 99 looks of another detector it does not.
    alone = _detector("one", [_look((NORTH,), 0.003)])
    many = [_look((("region", str(n)),), 0.5) for n in range(99)]
    assert len(_judged(alone).findings) == 1
    assert _judged(alone, _detector("two", many)).findings == ()


def test_what_hangs_on_one_shard_does_not_stand() -> None:
    # All hits lie in one sixteenth: about 36 % of resamples draw none of it.
    lone = _detector("one", [_look((NORTH,), 1e-9)], least=1)
    judged = _judged(lone, hits=(16.0, *(0.0,) * (SHARDS - 1)))
    assert judged.findings == ()
    assert "resamples" in judged.suppressed[0].why
    assert 0.5 < judged.suppressed[0].finding.stands < 0.75


def test_one_story_in_places_that_share_rows_is_told_once_by_the_surest() -> None:
    looks = [_look((NORTH,), 1e-7), _look((NORTH, SMB), 1e-9), _look((SMB,), 1e-6)]
    (finding,) = _judged(_detector("one", looks)).findings
    assert finding.look.where == (NORTH, SMB)
    assert [subject for _, subject in finding.also] == ["region:North", "segment:SMB"]


def test_good_and_bad_news_of_one_place_are_two_findings() -> None:
    looks = [_look((NORTH,), 1e-7), _look((NORTH, SMB), 1e-9, 60_000.0, "up")]
    assert len(_judged(_detector("one", looks)).findings) == 2


def test_what_is_small_beside_a_quarter_is_not_told() -> None:
    judged = _judged(_detector("one", [_look((NORTH,), 1e-9, money=-1_500.0)]))
    assert judged.findings == ()
    assert judged.suppressed[0].why == "less than 0.2% of a quarter's bookings"


def test_findings_are_ranked_by_the_money_they_are_at_least() -> None:
    looks = [
        _look((NORTH,), 1e-9, money=-20_000.0),
        _look((("region", "South"),), 1e-7, money=-90_000.0),
    ]
    found = _judged(_detector("one", looks)).findings
    assert [one.look.subject for one in found] == ["region:South", "region:North"]


@given(st.lists(st.floats(0, 1, allow_subnormal=False), max_size=40))
def test_a_q_value_is_no_less_than_its_p_value_and_keeps_the_order(p: list[float]) -> None:
    q = adjusted(p)
    assert all(0 <= a <= b <= 1 for a, b in zip(p, q, strict=True))
    ranked = [b for _, b in sorted(zip(p, q, strict=True))]
    assert ranked == sorted(ranked)


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    # By hand: 0.01 x 4 / 1, 0.02 x 4 / 2, 0.03 x 4 / 3, 0.5 x 4 / 4, then the least from above.
    assert adjusted([0.03, 0.5, 0.01, 0.02]) == pytest.approx([0.04, 0.5, 0.04, 0.04])


def test_nights_of_nothing_are_told_of_rarely() -> None:
    chance = np.random.Generator(np.random.PCG64(11))
    nights = [adjusted(chance.uniform(size=300).tolist()) for _ in range(2000)]
    told = sum(min(one) <= LEVEL for one in nights)
    assert told <= 20  # 10 are to be expected; 20 or fewer come in 999 of 1,000 tries


def test_places_overlap_unless_one_dimension_differs() -> None:
    assert overlap((NORTH,), (SMB,))
    assert overlap((), (NORTH,))
    assert not overlap((NORTH,), (("region", "South"), SMB))


def test_sums_are_read_from_several_chunks_with_unknown_values_in_them() -> None:
    chunks = [
        pa.Table.from_pylist([{"region": region, "slot": 0, "shard": 0, "hits": 1}])
        for region in (None, "N", None, "S")
    ]
    (everybody, *_) = places_of(
        read_sums(pa.concat_tables(chunks, promote_options="default"), ["hits"]).rows(), ["hits"], 1
    )
    assert everybody.of("hits").tolist() == [2.0]


def test_rows_of_sums_say_what_their_places_say() -> None:
    rows = [
        {"region": region, "slot": slot, "shard": slot * 3, "hits": hits}
        for region, slot, hits in [(None, 0, 5), (None, 1, 4), ("N", 0, 3), ("S", 0, 2), ("", 1, 4)]
    ]
    summed = read_sums(pa.Table.from_pylist(rows), ["hits"]).rows()
    one_by_one = places_of(list(summed), ["hits"], 2)
    assert [(one.where, one.of("hits").tolist()) for one in one_by_one] == [
        ((), [5, 4]), ((("region", "N"),), [3, 0]), ((("region", "S"),), [2, 0]),
    ]  # fmt: skip
    assert [one.of("hits").tolist() for one in places_of(summed, ["hits"], 2)] == [
        one.of("hits").tolist() for one in one_by_one
    ]
