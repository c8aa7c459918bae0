"""Bad input is named with its count, and the pipeline still stands."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.small_world import Rows, stored
from wald.engine.connect import connect, run
from wald.facts.relations import Scene
from wald.facts.terms import RateRule, Terms
from wald.heart.pipeline.doubts import (
    Ground,
    compose_changed,
    compose_closed_early,
    compose_doubts,
    judge_closed_early,
    judge_doubts,
    judge_ground,
    judge_holes,
)
from wald.heart.pipeline.standing import added, compose_groups, compose_open, judge_groups
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar

DAY = date(2024, 3, 1)
GROUND = Ground((DAY,), date(2024, 6, 1), date(2023, 1, 1), has_stages=True, has_people=True)


def _deal(key: str, **own: object) -> dict[str, object]:
    return {
        "opportunity_id": key,
        "owner_id": "ann",
        "stage": "Talk",
        "outcome": "open",
        "amount": 10,
        "currency": "EUR",
        "close_on": DAY,
        "created_at": "2024-01-01 00:00:00",
        **own,
    }


ROWS: Rows = {
    "opportunity": [
        _deal("good"),
        _deal("no amount", amount=None),
        _deal("no rate", currency="CHF"),
        _deal("negative", amount=-4),
        _deal("strange", stage="Limbo"),
        _deal("no owner", owner_id=None),
        _deal("stranger", owner_id="zoe", close_on=None),
        _deal("early", outcome="won", closed_on=date(2023, 12, 1)),
    ],
    "opportunity_change": [
        {
            "change_id": "c",
            "opportunity_id": "good",
            "field": "amount",
            "old": "9",
            "new": "10",
            "changed_at": "2024-02-01 00:00:00",
        }
    ],
    "stage": [{"stage": "Talk", "position": 1}],
    "person": [{"person_id": "ann", "name": "Ann", "team": "North"}],
}


def test_each_kind_is_named_with_its_count_and_the_sums_still_stand(tmp_path: Path) -> None:
    """Of seven open deals five have 10, one -4 and one nothing; 10 in CHF add nothing: 36."""
    snapshot = stored(tmp_path, ROWS)
    engine = connect("", tmp_path)
    engine.attach(snapshot)
    terms = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
    scene = Scene(snapshot, AsOf(DAY), terms)
    deals = compose_open(scene, {"team"}).subquery("deals")
    rows = run(engine, compose_groups(deals.copy(), ("team",), scene)).to_pylist()
    total = added(judge_groups(rows, ("team",), scene, {}))
    assert (total.deals, total.amount, total.unknown) == (7, Decimal(36), 2)
    counts = run(engine, compose_doubts(deals.copy(), scene)).to_pylist()[0]
    changed = run(engine, compose_changed(deals, scene)).to_pylist()[0]["changed"]
    doubts = judge_doubts(counts, changed, GROUND, "EUR")
    told = {one.key: one.records for one in doubts}
    assert told == {
        "no_amount": 1,
        "no_rate": 1,
        "negative": 1,
        "strange_stage": 1,
        "no_owner": 1,
        "stranger": 1,
        "no_close": 1,
        "no_history": 6,
    }
    sentences = " ".join(one.sentence for one in doubts)
    assert "CHF" in sentences
    assert "'Limbo'" in sentences
    early = run(engine, compose_closed_early(scene)).to_pylist()[0]["closed_early"]
    assert [one.records for one in judge_closed_early(early)] == [1]


def test_three_weeks_of_data_say_so() -> None:
    three = Ground(
        (date(2024, 4, 1), date(2024, 7, 1)),
        date(2024, 6, 1),
        date(2024, 5, 12),
        has_stages=False,
        has_people=False,
    )
    assert [one.key for one in judge_ground(three)] == [
        "before_history",
        "short_history",
        "after_data",
        "no_stages",
        "no_people",
    ]
    assert "21 days" in judge_ground(three)[1].sentence
    assert judge_ground(GROUND) == []


def test_without_any_change_it_says_so_once() -> None:
    silent = Ground((DAY,), DAY, None, has_stages=True, has_people=True)
    assert [one.key for one in judge_ground(silent)] == ["no_changes"]


def test_a_hole_in_the_hierarchy_names_one_and_counts_all() -> None:
    assert judge_holes(()) == []
    assert judge_holes(("Ann", "Bob"))[0].records == 2
    assert "such as Ann" in judge_holes(("Ann", "Bob"))[0].sentence
