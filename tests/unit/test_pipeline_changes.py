"""What changed in cases worked out by eye: each cause alone, several at once, and what is removed.

The company: Ann of North sells d1, 100.00 EUR, planned for 15 March 2024, opened on 1 January.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.small_world import FIRST, Knowledge, Rows, stored_loads
from wald.engine.connect import connect, run
from wald.facts.reading import PARAMETERS, columns_of
from wald.facts.subject import DEALS
from wald.facts.terms import RateRule, Terms
from wald.facts.two_days import TwoDays
from wald.heart.pipeline.changes import (
    Flow,
    Waterfall,
    compose_flow,
    compose_totals,
    judge,
    judge_flow,
)
from wald.heart.pipeline.walk import Compared, compose_walk
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, months_calendar, read_period
from wald.language.parse import read_condition

TERMS = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
START, END = date(2024, 2, 1), date(2024, 4, 30)
_DEAL = {
    "opportunity_id": "d1",
    "owner_id": "ann",
    "stage": "Talk",
    "outcome": "open",
    "forecast_category": "pipeline",
    "amount": 100,
    "currency": "EUR",
    "close_on": date(2024, 3, 15),
    "created_at": "2024-01-01 09:00:00",
}
_PEOPLE = [
    {"person_id": "ann", "name": "Ann", "team": "North"},
    {"person_id": "bob", "name": "Bob", "team": "South"},
    {"person_id": "cat", "name": "Cat", "team": "North"},
    {"person_id": "cat", "name": "Cat", "team": "South", "valid_from": date(2024, 3, 1)},
]


def _company(
    *changes: tuple[str, str, object, object], deal: dict[str, object] | None = None
) -> Rows:
    """Return the deal as it is after changes: day in 2024 as month-day, field, old, new."""
    now = {**_DEAL, **(deal or {}), **{field: new for _, field, _, new in changes}}
    rows = [
        {
            "change_id": f"c{place}",
            "opportunity_id": "d1",
            "field": field,
            "old": old,
            "new": new,
            "changed_at": f"2024-{day} 12:00:00",
        }
        for place, (day, field, old, new) in enumerate(changes)
    ]
    return {"opportunity": [now], "opportunity_change": rows, "person": _PEOPLE}


class Ask:
    """One company, asked for its waterfall and its flow."""

    def __init__(self, root: Path, *history: Knowledge) -> None:
        self.snapshot = stored_loads(root, history)
        self.engine = connect("", root)
        self.engine.attach(self.snapshot)

    def compared(
        self,
        where: str = "",
        period: str = "",
        *,
        is_planned: bool = True,
        org: date | None = None,
        known_from: datetime | None = None,
    ) -> Compared:
        conditions = ()
        if where:
            tree = read_condition(where, columns_of(DEALS, dated=False), PARAMETERS).tree
            assert tree is not None
            conditions = (tree,)
        span = read_period(period, TERMS.calendar) if period else None
        assert span is None or isinstance(span, Period)
        return Compared(
            TwoDays(AsOf(START, known_from), AsOf(END), self.snapshot),
            TERMS,
            span,
            conditions,
            org=org,
            is_planned=is_planned,
        )

    def fall(self, compared: Compared) -> Waterfall:
        walk = compose_walk(compared).subquery("walk")
        return judge(run(self.engine, compose_totals(walk)).to_pylist()[0])

    def flow(self, compared: Compared) -> tuple[Flow, ...]:
        walk = compose_walk(compared).subquery("walk")
        return judge_flow(run(self.engine, compose_flow(walk)).to_pylist())


def _bars(fall: Waterfall) -> dict[str, Decimal]:
    return {step.bar.key: step.amount for step in fall.steps if step.deals}


def _of(root: Path, rows: Rows, **asked: object) -> dict[str, Decimal]:
    ask = Ask(root, Knowledge(FIRST, rows))
    return _bars(ask.fall(ask.compared(**asked)))  # type: ignore[arg-type]  # as named above


def test_nothing_changed_is_no_bar(tmp_path: Path) -> None:
    assert _of(tmp_path, _company()) == {}


def test_a_push_out_of_the_quarter_takes_the_deal_as_it_was_and_the_new_amount_does_not_count(
    tmp_path: Path,
) -> None:
    """100 leaves the quarter with its closing day; that it is 130 by then is the next quarter's."""
    rows = _company(
        ("03-10", "close_on", "2024-03-15", "2024-05-01"), ("03-12", "amount", "100", "130")
    )
    assert _of(tmp_path / "a", rows, period="2024-Q1") == {"pushed_out": Decimal(-100)}
    assert _of(tmp_path / "b", rows, period="2024-Q2") == {
        "pushed_in": Decimal(100),
        "up": Decimal(30),
    }


def test_a_deal_won_early_in_the_next_quarter_was_won_of_the_quarter_it_was_planned_for(
    tmp_path: Path,
) -> None:
    """Closing sets the closing day to 2 April. Counted where it closed, it left March before."""
    rows = _company(
        *(("04-02", field, old, new) for field, old, new in (
            ("outcome", "open", "won"),
            ("stage", "Talk", "Won"),
            ("closed_on", None, "2024-04-02"),
            ("close_on", "2024-03-15", "2024-04-02"),
        ))
    )  # fmt: skip
    assert _of(tmp_path / "a", rows, period="2024-Q1") == {"won": Decimal(-100)}
    assert _of(tmp_path / "b", rows, period="2024-Q1", is_planned=False) == {
        "pushed_out": Decimal(-100)
    }
    assert _of(tmp_path / "c", rows, period="2024-Q2", is_planned=False) == {
        "pushed_in": Decimal(100),
        "won": Decimal(-100),
    }


def test_the_stage_it_had_when_it_was_won_is_that_before_closing(tmp_path: Path) -> None:
    rows = _company(
        ("03-01", "stage", "Talk", "Offer"),
        ("03-20", "outcome", "open", "won"),
        ("03-20", "stage", "Offer", "Won"),
        ("03-20", "closed_on", None, "2024-03-20"),
    )
    assert _of(tmp_path / "a", rows, where="stage = 'Offer'") == {
        "moved_in": Decimal(100),
        "won": Decimal(-100),
    }
    assert _of(tmp_path / "b", rows, where="stage = 'Talk'") == {"moved_out": Decimal(-100)}


def test_whoever_takes_over_a_deal_takes_it_along(tmp_path: Path) -> None:
    rows = _company(("03-01", "owner_id", "ann", "bob"), ("03-05", "amount", "100", "90"))
    assert _of(tmp_path / "a", rows, where="team = 'North'") == {"owner_out": Decimal(-100)}
    assert _of(tmp_path / "b", rows, where="team = 'South'") == {
        "owner_in": Decimal(100),
        "down": Decimal(-10),
    }
    assert _of(tmp_path / "c", rows) == {"down": Decimal(-10)}


def test_a_reorganization_moves_deals_unless_teams_are_taken_as_they_are_now(
    tmp_path: Path,
) -> None:
    """Cat goes from North to South on 1 March, and her deal with her."""
    rows = _company(deal={"owner_id": "cat"})
    assert _of(tmp_path / "a", rows, where="team = 'North'") == {"owner_out": Decimal(-100)}
    assert _of(tmp_path / "b", rows, where="team = 'South'") == {"owner_in": Decimal(100)}
    assert _of(tmp_path / "c", rows, where="team = 'South'", org=END) == {}


def test_a_rate_that_moves_is_a_bar_of_its_own_after_the_amount(tmp_path: Path) -> None:
    """100 USD at 0.90 becomes 150 USD at 0.80: 45.00 more at the old rate, then 15.00 less."""
    rows = _company(("03-01", "amount", "100", "150"), deal={"currency": "USD"})
    rates = [
        {"from_currency": "USD", "to_currency": "EUR", "valid_from": day, "rate": rate}
        for day, rate in ((date(2024, 1, 1), "0.9"), (date(2024, 4, 1), "0.8"))
    ]
    assert _of(tmp_path, {**rows, "exchange_rate": rates}) == {
        "up": Decimal("45.00"),
        "currency": Decimal("-15.00"),
    }


def test_a_lost_deal_that_is_open_again_was_reopened(tmp_path: Path) -> None:
    rows = _company(
        ("01-20", "outcome", "open", "lost"),
        ("01-20", "closed_on", None, "2024-01-20"),
        ("03-01", "outcome", "lost", "open"),
        ("03-01", "closed_on", "2024-01-20", None),
    )
    assert _of(tmp_path, rows) == {"reopened": Decimal(100)}


def test_what_the_source_takes_back_was_removed_if_asked_as_known_on_each_day(
    tmp_path: Path,
) -> None:
    """A load in March takes the deal back. As known now it was never there."""
    gone = {"opportunity": [{**_DEAL, "is_deleted": True}]}
    march = datetime(2024, 3, 2, tzinfo=UTC)
    ask = Ask(tmp_path, Knowledge(FIRST, _company()), Knowledge(march, gone))
    assert _bars(ask.fall(ask.compared())) == {}
    fall = ask.fall(ask.compared(known_from=march - timedelta(days=1)))
    assert (fall.start.amount, _bars(fall)) == (Decimal(100), {"removed": Decimal(-100)})


def test_a_push_and_a_pull_back_are_a_round_trip_and_no_bar(tmp_path: Path) -> None:
    rows = _company(
        ("02-10", "close_on", "2024-03-15", "2024-05-01"),
        ("03-10", "close_on", "2024-05-01", "2024-03-15"),
    )
    ask = Ask(tmp_path, Knowledge(FIRST, rows))
    fall = ask.fall(ask.compared(period="2024-Q1"))
    assert _bars(fall) == {}
    assert (fall.round_trips.deals, fall.round_trips.amount) == (1, Decimal(100))


def test_a_deal_without_an_amount_counts_and_adds_nothing(tmp_path: Path) -> None:
    ask = Ask(tmp_path, Knowledge(FIRST, _company(deal={"amount": None})))
    fall = ask.fall(ask.compared())
    assert (fall.start.deals, fall.start.amount, fall.unknown) == (1, Decimal(0), (1, 1))


def test_the_flow_says_from_which_category_to_which(tmp_path: Path) -> None:
    rows = _company(("03-01", "forecast_category", "pipeline", "commit"))
    ask = Ask(tmp_path, Knowledge(FIRST, rows))
    assert ask.flow(ask.compared()) == (Flow("pipeline", "commit", 1, Decimal(100)),)


def test_sums_that_do_not_tie_are_a_bug_and_no_answer(tmp_path: Path) -> None:
    ask = Ask(tmp_path, Knowledge(FIRST, _company(("03-01", "amount", "100", "130"))))
    walk = compose_walk(ask.compared()).subquery("walk")
    row = run(ask.engine, compose_totals(walk)).to_pylist()[0]
    with pytest.raises(AssertionError, match="add up to"):
        judge({**row, "sum_up": Decimal(31)})
