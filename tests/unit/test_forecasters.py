"""Each simple forecaster against amounts worked out by hand on a very small company."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from wald.brain.forecast import (
    BOOKED,
    CLOSED,
    OPEN,
    SUBMITTED,
    Known,
    Unable,
    Unit,
    forecasters,
)
from wald.kernel.period import Period, months_calendar, read_period

# Two reps of one team, led by M; quarters of 100 and 200 each, half of it in the first 46 days.
UNITS = (
    Unit("all", "all", "Everybody", frozenset({"A", "B", "M"}), "M"),
    Unit("team:T", "team", "T", frozenset({"A", "B", "M"}), "M"),
    Unit("rep:A", "rep", "A", frozenset({"A"}), "A"),
    Unit("rep:B", "rep", "B", frozenset({"B"}), "B"),
)
DAY = date(2024, 8, 15)  # 46 days before the end of its quarter


def quarter(text: str) -> Period:
    found = read_period(text, months_calendar())
    assert isinstance(found, Period)
    return found


BEFORE = tuple(quarter(f"{year}-Q{one}") for year in (2023, 2024) for one in (1, 2, 3, 4))[:6]


def _booked(day: date, owner: str, amount: float) -> dict[str, object]:
    return {"booked_on": day, "owner_id": owner, "team": "T", "amount": amount}


def _open(on: date, key: str, amount: float, **more: object) -> dict[str, object]:
    usual = {"stage": "Offer", "category": "commit", "owner_id": "A", "probability": 0.5,
             "close_on": date(2024, 9, 1)}  # fmt: skip
    return {"on": on, "opportunity_id": key, "team": "T", "amount": amount, **usual, **more}


def _won(key: str, closed_on: date, amount: float) -> dict[str, object]:
    return {"opportunity_id": key, "owner_id": "A", "team": "T", "outcome": "won",
            "amount": amount, "closed_on": closed_on}  # fmt: skip


def _said(person: str, on: date, amount: float) -> dict[str, object]:
    period = quarter("2024-Q3")
    return {"person_id": person, "starts_on": period.start, "ends_on": period.end,
            "category": "commit", "submitted_on": on, "amount": amount}  # fmt: skip


def known(**tables: list[dict[str, object]]) -> Known:
    booked = [
        _booked(day, owner, amount / 2)
        for place, period in enumerate(BEFORE)
        for day in (period.start, period.last_day)
        for owner, amount in (("A", 100.0 * (1 + place // 4)), ("B", 200.0 * (1 + place // 4)))
    ]
    booked += [_booked(date(2024, 7, 5), "A", 90.0)]

    def table(name: str, schema: pa.Schema) -> pa.Table:
        return pa.Table.from_pylist(tables.get(name, []), schema=schema)

    return Known(
        day=DAY,
        period=quarter("2024-Q3"),
        before=BEFORE,
        units=UNITS,
        booked=pa.Table.from_pylist(booked, schema=BOOKED),
        open=table("open", OPEN),
        past=table("past", OPEN),
        closed=table("closed", CLOSED),
        submitted=table("submitted", SUBMITTED),
        quotas={},
    )


def told(key: str, facts: Known) -> Mapping[str, float] | str:
    chance = np.random.Generator(np.random.PCG64(1))
    found = forecasters()[key].forecast(facts, chance)
    if isinstance(found, Unable):
        return found.reason
    return {unit: float(draws[0]) for unit, draws in found.items()}


def test_closed_over_linearity_doubles_what_is_closed_half_way() -> None:
    # B has closed nothing and is left out.
    assert told("closed_linearity", known()) == {"all": 180.0, "team:T": 180.0, "rep:A": 180.0}


def test_same_period_growth_takes_last_years_amount_times_growth() -> None:
    # Last four quarters 300 + 300 + 600 + 600 = 1,800; without eight there is no growth to take.
    found = told("same_period_growth", known())
    assert found == {"all": 300.0, "team:T": 300.0, "rep:A": 100.0, "rep:B": 200.0}


def test_usual_rest_adds_what_earlier_quarters_booked_from_this_day_on() -> None:
    # On their last day A booked 50 in four quarters and 100 in two, B twice as much. The latest
    # quarter weighs most, the same one of last year (the third) twice; the mean of both reps is
    # three halves of A's, and counts once more as much as the quarter that weighs most.
    weight = [0.85**6, 0.85**5, 2 * 0.85**4, 0.85**3, 0.85**2, 0.85]
    rests = [50, 50, 50, 50, 100, 100]
    mean = sum(w * rest for w, rest in zip(weight, rests, strict=True)) / sum(weight)
    own = sum(weight) / (sum(weight) + weight[2])
    found = told("usual_rest", known())
    assert isinstance(found, Mapping)
    assert found == pytest.approx(
        {
            "all": 90 + 3 * mean,
            "team:T": 90 + 3 * mean,
            "rep:A": 90 + mean * (own + 1.5 * (1 - own)),
            "rep:B": mean * (2 * own + 1.5 * (1 - own)),
        }
    )


@pytest.mark.parametrize("key", ["stage_weighted", "category_weighted"])
def test_open_deals_count_at_the_share_won_before_in_time(key: str) -> None:
    then = date(2024, 5, 16)  # 45 days before the end of 2024-Q2
    past = [_open(then, f"P{one}", 100.0, close_on=date(2024, 6, 1)) for one in range(4)]
    facts = known(
        past=past,
        closed=[_won("P0", date(2024, 6, 1), 100.0), _won("P1", date(2024, 7, 1), 100.0)],
        open=[_open(DAY, "O1", 400.0), _open(DAY, "O2", 40.0, owner_id="B")],
    )
    # One of four was won by the end of its quarter: a quarter of 440 and of each rep's deals.
    assert told(key, facts) == {
        "all": 90 + 110.0, "team:T": 90 + 110.0, "rep:A": 90 + 100.0, "rep:B": 10.0,
    }  # fmt: skip


def test_without_a_past_deals_due_count_at_their_stated_chance() -> None:
    late = _open(DAY, "O2", 1_000.0, close_on=date(2024, 10, 1))
    found = told("stage_weighted", known(open=[_open(DAY, "O1", 40.0), late]))
    assert isinstance(found, Mapping)
    assert found["all"] == 90 + 20.0


def test_rep_commit_adds_up_the_last_words_and_what_others_have_closed() -> None:
    said = [_said("A", date(2024, 7, 2), 500.0), _said("A", date(2024, 8, 2), 250.0)]
    assert told("rep_commit", known(submitted=said)) == {
        "all": 250.0, "team:T": 250.0, "rep:A": 250.0,
    }  # fmt: skip


def test_manager_commit_is_what_the_lead_said() -> None:
    said = [_said("M", date(2024, 8, 2), 700.0), _said("A", date(2024, 8, 2), 1.0)]
    assert told("manager_commit", known(submitted=said)) == {"all": 700.0, "team:T": 700.0}


def test_seasonal_series_of_even_months_goes_on_evenly() -> None:
    facts = known()
    even = [
        _booked(date(year, month, 10), "A", 100.0)
        for year in (2022, 2023, 2024)
        for month in range(1, 13)
        if (year, month) < (2024, 8)
    ]
    flat = Known(
        facts.day, facts.period, facts.before, facts.units,
        pa.Table.from_pylist(even, schema=BOOKED), facts.open, facts.past, facts.closed,
        facts.submitted, facts.quotas,
    )  # fmt: skip
    found = told("seasonal_series", flat)
    # July is booked; 16 of 31 days of August and all of September are ahead.
    assert isinstance(found, Mapping)
    assert found["all"] == pytest.approx(100 + 100 * 16 / 31 + 100, rel=0.02)
    assert set(found) == {"all", "team:T"}


def test_what_cannot_be_told_is_said() -> None:
    silent = {key: told(key, known()) for key in ("stage_weighted", "category_weighted")}
    assert all("no open deals" in str(one) for one in silent.values())
    assert "No rep has committed" in str(told("rep_commit", known()))
    assert "No manager has committed" in str(told("manager_commit", known()))


def test_simple_ones_come_first() -> None:
    order = [one.is_simple for one in forecasters().values()]
    assert order == sorted(order, reverse=True)
