"""From an engine's rows to an answer: shown once rounded, null where it cannot be had, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from wald.facts.answer import answer, missing_tables
from wald.facts.metric import metrics
from wald.facts.parts import Load, Part, Snapshot
from wald.facts.question import Question
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, months_calendar, read_period

EURO = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
LOADED_AT = datetime(2024, 7, 1, tzinfo=UTC)


def snapshot(*tables: str, currencies: tuple[str, ...] = ("EUR",)) -> Snapshot:
    """Say that these tables have a row in the first half of 2024."""
    first, last = date(2024, 1, 1), date(2024, 6, 30)
    parts = tuple(Part(name, name, 1, 1, False, currencies, first, last) for name in tables)
    return Snapshot(Path(), (Load(1, LOADED_AT, None, "here", "test", parts),))


def asked(key: str, *by: str, period: str = "", day: str = "2024-06-30") -> Question:
    metric = metrics()[key]
    tables = (
        "person opportunity opportunity_change booking booking_line quota lead activity".split()
    )
    span = read_period(period, EURO.calendar) if period else None
    assert span is None or isinstance(span, Period)
    when = AsOf(date.fromisoformat(day))
    return Question(metric, when, EURO, snapshot(*tables), by, span)


def row(above: object, below: object = None, **more: object) -> dict[str, object]:
    counted = {"numerator": above, "denominator": below, "records": 3, "missing": 0, "void": False}
    return counted | more


@pytest.mark.parametrize(
    ("key", "above", "below", "shown"),
    [
        ("win_rate", 2, 3, "0.666667"),
        ("win_rate", 0, 3, "0.000000"),
        ("win_rate", 0, 0, "None"),
        ("win_rate_value", None, Decimal(900), "0.000000"),
        ("gross_margin", Decimal(-80), Decimal(-200), "None"),
        ("average_deal_size", Decimal("8000.50"), 4, "2000.13"),
        ("average_cycle_days", 5, 3, "1.67"),
        ("median_cycle_days", 12.5, None, "12.50"),
        ("lead_response_hours", 5400.0, None, "1.50"),
        ("lead_response_hours", None, None, "None"),
        ("bookings", Decimal("3070.255"), None, "3070.26"),
        ("bookings", None, None, "0.00"),
        ("won_deals", 3, None, "3"),
        ("activities_per_rep", None, 2, "0.00"),
        ("activities_per_rep", 4, None, "None"),
    ],
)
def test_is_shown_in_its_unit(key: str, above: object, below: object, shown: str) -> None:
    found = answer(asked(key), [row(above, below)])
    assert str(found.value) == shown


def test_the_two_sums_stay_beside_the_value() -> None:
    (told,) = answer(asked("win_rate"), [row(2, 3)]).rows
    assert (told.numerator, told.denominator) == (Decimal(2), Decimal(3))


def test_only_money_has_a_currency() -> None:
    assert answer(asked("bookings"), [row(Decimal(1))]).currency == "EUR"
    assert answer(asked("win_rate"), [row(1, 1)]).currency is None


def test_yen_have_no_cents() -> None:
    yen = replace(asked("bookings"), terms=replace(EURO, currency="JPY"))
    assert str(answer(yen, [row(Decimal("1621.5"))]).value) == "1622"


def test_rows_come_in_order_and_the_nameless_last() -> None:
    rows = [row(1, 1, team=name) for name in ("South", None, "North")]
    found = answer(asked("win_rate", "team"), rows)
    assert [told.key for told in found.rows] == [("North",), ("South",), (None,)]


@pytest.mark.parametrize("day", [date(2024, 4, 1), datetime(2024, 4, 1)])  # noqa: DTZ001
def test_a_period_is_shown_by_its_name(day: object) -> None:
    found = answer(asked("win_rate", "quarter"), [row(1, 1, quarter=day)])
    assert found.rows[0].key == ("2024-Q2",)


def test_a_day_is_shown_as_a_day() -> None:
    found = answer(asked("win_rate", "day"), [row(1, 1, day=date(2024, 4, 1))])
    assert found.rows[0].key == ("2024-04-01",)


def test_what_lacks_something_is_counted_in_words() -> None:
    found = answer(asked("bookings"), [row(Decimal(5), records=1200, missing=1100)])
    assert found.notes == ("1,100 of 1,200 bookings have no amount: left out.",)


def test_another_currency_names_the_rate_that_is_wanting() -> None:
    foreign = replace(asked("bookings"), snapshot=snapshot("booking", currencies=("EUR", "USD")))
    found = answer(foreign, [row(Decimal(5), missing=1)])
    assert found.notes == ("1 of 3 bookings have no amount (or no rate to EUR): left out.",)


def test_all_lacking_is_not_zero() -> None:
    assert answer(asked("bookings"), [row(None, missing=3)]).value is None
    assert answer(asked("deals_past_close"), [row(0, missing=3)]).value is None


def test_a_void_group_has_no_value_and_says_why() -> None:
    found = answer(asked("win_rate_value"), [row(Decimal(5), Decimal(5), void=True)])
    assert found.value is None
    assert found.notes[0].startswith("Either no won or no lost deal carries an amount")


def test_a_doubt_that_voids_takes_every_value() -> None:
    found = answer(asked("push_count"), [row(5)], ["Pushes cannot be seen."], void=True)
    assert found.value is None
    assert found.notes == ("Pushes cannot be seen.",)


def test_nothing_loaded_is_missing_and_not_zero() -> None:
    nothing = replace(asked("pipeline_coverage"), snapshot=snapshot("booking"))
    assert missing_tables(nothing) == ("opportunity", "quota")
    found = answer(nothing, [row(Decimal(5))])
    assert found.value is None
    assert found.lacks == ("opportunity", "quota")
    assert found.notes == (
        "Pipeline coverage cannot be had: nothing is loaded for opportunity, quota.",
    )


def test_by_product_bookings_need_lines() -> None:
    by_product = replace(asked("bookings", "product"), snapshot=snapshot("booking"))
    assert missing_tables(by_product) == ("booking_line",)


@pytest.mark.parametrize(
    ("key", "period", "day", "said"),
    [
        ("win_rate", "2024-Q2", "2024-05-31", "2024-Q2 runs until 2024-06-30; counted up to 2024-"),
        ("win_rate", "2024-Q3", "2024-06-30", "2024-Q3 begins after 2024-06-30, the day asked"),
        ("win_rate", "2024-Q4", "2024-12-31", "The data reach to 2024-06-30; 2024-Q4 begins later"),
        ("open_pipeline", "2024-Q2", "2024-06-30", "Open pipeline is a state, as of 2024-06-30;"),
    ],
)
def test_says_where_the_period_is_not_what_one_thinks(
    key: str, period: str, day: str, said: str
) -> None:
    found = answer(asked(key, period=period, day=day), [row(1, 1)])
    assert found.notes[0].startswith(said)


def test_a_period_that_is_over_needs_no_word() -> None:
    assert answer(asked("won_deals", period="2024-Q2"), [row(1)]).notes == ()


def test_beyond_the_data_there_is_no_value() -> None:
    found = answer(asked("bookings", period="2024-Q4", day="2024-12-31"), [row(None)])
    assert found.value is None


def test_no_rows_of_a_breakdown_is_said() -> None:
    found = answer(asked("win_rate", "team"), [])
    assert found.rows == ()
    assert found.notes == ("No deals match.",)


def test_names_what_it_rests_on() -> None:
    found = answer(asked("win_rate", period="2024-Q2"), [row(1, 1)])
    assert (found.metric, found.as_of, found.known_at) == ("win_rate", date(2024, 6, 30), LOADED_AT)
