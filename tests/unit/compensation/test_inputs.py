"""What is known of one person, asked day by day: worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from wald.heart.compensation.component import Counted
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import given
from wald.heart.compensation.gathered import Cells, Gathered, cells_of
from wald.heart.compensation.given_sums import Sums, counted
from wald.heart.compensation.inputs import Known, OwnTerms, Quota, Score, Taken
from wald.heart.compensation.layers import CREDIT
from wald.heart.compensation.measuring import COLUMNS, is_number, measured, part, read_measure_value
from wald.heart.compensation.plan import MeasureRule, Plan
from wald.kernel.period import Period
from wald.kernel.problem import BadInput

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
PLAN = Plan(
    "reps",
    "EUR",
    (),
    (
        MeasureRule("revenue", quota="bookings"),
        MeasureRule("yearly", yearly_quota=D(12_000)),
        MeasureRule("free"),
    ),
    target_incentive=D(24_000),
    version="reps, version 1",
)
OTHER = replace(PLAN, version="reps, version 2")


def credit(number: int, on: date, amount: str = "100", **more: object) -> Credit:
    return Credit(f"c{number}", "max", f"D{number}", on, D(amount), **more)  # type: ignore[arg-type]  # fields of a credit


def period(start: date, end: date) -> Period:
    return Period(start, end, str(start))


def test_days_are_half_open() -> None:
    known = Known([credit(1, JAN, "1"), credit(2, date(2026, 1, 31), "2"), credit(3, FEB, "4")])
    assert known.measured(PLAN, "revenue", JAN, FEB).value == 3
    assert [one.credit_id for one in known.credits(PLAN, "revenue", JAN, FEB)] == ["c1", "c2"]
    assert known.everyone(PLAN, "revenue", JAN, FEB) == {}


def test_credits_come_by_day_and_then_by_id() -> None:
    known = Known([credit(2, FEB), credit(3, JAN), credit(1, FEB), credit(4, JAN, is_held=True)])
    assert [one.credit_id for one in known.credits(PLAN, "free", JAN, APR)] == ["c3", "c1", "c2"]


def test_each_version_has_its_own_credits_where_they_differ() -> None:
    mine, others = credit(1, JAN, "1"), credit(1, JAN, "2")
    known = Known([mine], of_version={PLAN.version: (mine,), "reps, version 3": (others,)})
    assert known.measured(PLAN, "free", JAN, FEB).value == 1
    assert known.measured(OTHER, "free", JAN, FEB).value == 0


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (JAN, APR, "9000"),
        (JAN, FEB, "3100"),  # 31 of 90 days
        (date(2026, 3, 31), date(2026, 5, 1), "100"),
        (date(2025, 12, 1), date(2026, 1, 2), "100"),
        (date(2025, 1, 1), date(2027, 1, 1), "9000"),
        (APR, date(2026, 5, 1), None),  # the day after its last
        (date(2025, 12, 1), JAN, None),  # up to the day before its first
    ],
)
def test_a_quota_counts_by_the_days_it_shares(start: date, end: date, found: str | None) -> None:
    quota = Quota("q", period(JAN, APR), D(9000))
    got = Known((), (quota,)).quota(PLAN, "revenue", start, end)
    assert (got and got.value) == (found and D(found))
    assert Known((), (quota,)).quota(PLAN, "free", start, end) is None


def test_a_quota_of_another_measure_or_currency_is_none() -> None:
    days = period(JAN, FEB)
    quotas = [
        Quota("q1", days, D(1), "renewals"),
        Quota("q2", days, D(2), currency="USD"),
        Quota("q3", days, D(4), currency="EUR"),
        Quota("q4", days, D(8)),
    ]
    found = Known((), quotas).quota(PLAN, "revenue", JAN, FEB)
    assert found is not None
    assert found.value == 12
    assert Known((), quotas[:2]).quota(PLAN, "revenue", JAN, FEB) is None


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (JAN, FEB, "1000"),
        (JAN, date(2027, 1, 1), "12000"),
        (date(2025, 12, 1), FEB, "2000"),
        (JAN, date(2026, 1, 16), "483.87"),  # 15 of 31 days
        (date(2026, 1, 16), FEB, "516.13"),  # 16 of 31 days
        (date(2026, 2, 15), date(2026, 3, 15), "951.61"),  # 14 of 28, 14 of 31
        (date(2026, 12, 1), date(2026, 12, 17), "516.13"),
        (date(2025, 11, 1), FEB, "3000"),
    ],
)
def test_a_yearly_quota_is_a_twelfth_a_month(start: date, end: date, found: str) -> None:
    got = Known().quota(PLAN, "yearly", start, end)
    assert got is not None
    assert got.value.quantize(D("0.01")) == D(found)


def test_own_terms_hold_on_their_days_and_come_before_all_others() -> None:
    terms = (
        OwnTerms(period(JAN, FEB), D(1000), {"commission": D("0.1")}),
        OwnTerms(period(FEB, MAR), None, {"commission": D("0.2")}),
    )
    known = Known(own_target=D(3000), own_rates={"commission": D("0.3")}, own_terms=terms)
    days = (JAN, date(2026, 1, 31), FEB, MAR)
    targets = [known.yearly_target(PLAN, day) for day in days]
    assert [one and one.value for one in targets] == [1000, 1000, 3000, 3000]
    assert [known.personal(PLAN, day)["commission"] for day in days] == [
        D("0.1"), D("0.1"), D("0.2"), D("0.3"),
    ]  # fmt: skip


def test_without_a_target_of_their_own_they_have_the_plans() -> None:
    found = Known().yearly_target(PLAN, JAN)
    assert found is not None
    assert (found.value, found.source) == (24_000, "plan:target_incentive@reps, version 1")
    assert Known().yearly_target(replace(PLAN, target_incentive=None), JAN) is None
    own = Known(own_target=D(0)).yearly_target(PLAN, JAN)
    assert own is not None
    assert (own.value, own.source) == (0, "personal:target")


def test_the_latest_score_whose_days_end_in_the_period_counts() -> None:
    scores = [
        Score("forecast", period(JAN, MAR), D("0.9")),
        Score("forecast", period(JAN, FEB), D("0.5")),
        Score("hiring", period(JAN, JAN), D("0.1")),
        Score("late", period(MAR, APR), D("0.2")),
    ]
    found = Known(all_scores=scores).scores(PLAN, JAN, MAR)
    assert {key: one.value for key, one in found.items()} == {"forecast": D("0.9")}
    assert set(Known(all_scores=scores).scores(PLAN, MAR, APR)) == {"late"}


def test_everybody_is_measured_in_the_same_days() -> None:
    known = Known(field_of={"max": [credit(1, JAN, "1"), credit(2, FEB, "2")], "kim": []})
    assert known.everyone(PLAN, "free", JAN, FEB) == {"max": 1, "kim": 0}
    key = (PLAN.version, "free", JAN, FEB)
    added_up = replace(known, everyone_of={key: {"max": D(7)}})
    assert added_up.everyone(PLAN, "free", JAN, FEB) == {"max": 7}
    assert added_up.everyone(PLAN, "free", JAN, MAR) == {"max": 3, "kim": 0}


def test_what_versions_credit_otherwise_has_a_name_for_each() -> None:
    taken = Taken()
    for version, amount in (("1", "10"), ("2", "10"), ("3", "20"), ("4", "30"), ("5", "20")):
        taken.add(credit(1, JAN, amount), version)
    taken.add(credit(2, JAN, "10"), "1")
    names = {
        version: [(one.credit_id, one.amount) for one in found]
        for version, found in taken.of_version.items()
    }
    assert names == {
        "1": [("c1", 10), ("c2", 10)],
        "2": [("c1", 10)],
        "3": [("c1~2", 20)],
        "4": [("c1~3", 30)],
        "5": [("c1~2", 20)],
    }
    assert sorted(taken.by_id) == ["c1", "c1~2", "c1~3", "c2"]


CELLS = [(MAR, D(4)), (JAN, D(1)), (FEB, D(2))]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (JAN, APR, 7),
        (JAN, FEB, 1),
        (FEB, MAR, 2),
        (FEB, APR, 6),
        (JAN, JAN, 0),
        (date(2025, 1, 1), JAN, 0),
        (APR, date(2026, 5, 1), 0),
        (date(2026, 1, 2), FEB, 0),
    ],
)
def test_a_sum_of_cells_is_that_of_the_cells_that_begin_in_the_days(
    start: date, end: date, found: int
) -> None:
    assert cells_of(CELLS).between(start, end) == found
    assert Cells((), (D(0),)).between(start, end) == 0


def test_what_is_gathered_says_what_the_credits_say() -> None:
    credits = [credit(1, JAN, "1"), credit(2, FEB, "2"), credit(3, MAR, "4")]
    known = Known(credits, (Quota("q", period(JAN, APR), D(9000)),), own_target=D(100))
    cells = {(PLAN.version, "revenue"): cells_of(CELLS)}
    everyone = {(PLAN.version, "revenue", JAN, FEB): {"max": D(1)}}
    found = Gathered(known, cells, everyone)
    for start, end in ((JAN, FEB), (JAN, APR), (FEB, APR)):
        assert found.measured(PLAN, "revenue", start, end).value == (
            known.measured(PLAN, "revenue", start, end).value
        )
        quotas = [one.quota(PLAN, "revenue", start, end) for one in (found, known)]
        assert quotas[0] is not None
        assert quotas[1] is not None
        assert quotas[0].value == quotas[1].value
        assert found.credits(PLAN, "revenue", start, end) == (
            known.credits(PLAN, "revenue", start, end)
        )
    assert found.quota(PLAN, "revenue", JAN, FEB) is found.quota(PLAN, "revenue", JAN, FEB)
    assert found.measured(OTHER, "revenue", JAN, APR).value == 0
    assert found.everyone(PLAN, "revenue", JAN, FEB) == {"max": 1}
    assert found.everyone(PLAN, "revenue", JAN, MAR) == {}
    assert found.yearly_target(PLAN, JAN) is found.yearly_target(PLAN, FEB)


def test_gathered_terms_that_change_in_time_are_asked_day_by_day() -> None:
    terms = (OwnTerms(period(JAN, FEB), D(1000)), OwnTerms(period(FEB, MAR), D(2000)))
    found = Gathered(Known(own_terms=terms), {})
    targets = [found.yearly_target(PLAN, day) for day in (JAN, FEB)]
    assert [one and one.value for one in targets] == [1000, 2000]


def test_sums_are_those_of_payouts_that_ended_in_the_days() -> None:
    paid = {
        "commission": [(FEB, given(1, "a", "x")), (MAR, given(2, "b", "x"))],
        "bonus": [(FEB, given(4, "c", "x"))],
    }
    found = Sums(paid, JAN, FEB)
    assert {key: figure.value for key, figure in found.items()} == {"commission": 1, "bonus": 4}
    assert {key: one.value for key, one in Sums(paid, FEB, MAR).items()} == {
        "commission": 2, "bonus": 0,
    }  # fmt: skip
    assert len(found) == 2
    assert found["commission"] is found["commission"]


def test_credits_are_counted_once_however_often_one_asks() -> None:
    known = Known([credit(1, JAN, "1"), credit(2, FEB, "2"), credit(3, MAR, "4")])
    kept: dict[str, list[Counted]] = {}

    def told(days: tuple[date, date, date], *measures: str) -> list[list[str]]:
        got = counted(known, PLAN, kept, days, measures)
        assert "" not in got
        return [[one.credit.credit_id for one in ones] for ones in got.values()]

    assert told((JAN, FEB, MAR), "free") == [["c1", "c2"]]
    assert told((JAN, MAR, APR), "free", "") == [["c1", "c2", "c3"]]
    assert told((JAN, MAR, APR), "revenue") == [["c1", "c2", "c3"]]


def test_columns_of_credits_are_as_exact_as_the_layer_that_keeps_them() -> None:
    for name in ("deal_amount", "share", "amount"):
        assert str(COLUMNS[name]).replace(" ", "").upper() == CREDIT.columns[name], COLUMNS[name]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("amount", "0.0000333333"),
        ("amount * share", "0.0000111111"),  # 0.0000111110888889
        ("amount * 2", "0.0000666666"),
        ("quantity", "0"),
    ],
)
def test_what_a_credit_adds_has_ten_places(value: str, found: str) -> None:
    one = credit(1, JAN, "0.0001", share=D("0.333333"))
    assert part(MeasureRule("m", value), one).value == D(found)


def test_what_a_measure_counts() -> None:
    rules: Sequence[tuple[MeasureRule, int]] = [
        (MeasureRule("m"), 7),
        (MeasureRule("m", rules=("own",)), 1),
        (MeasureRule("m", where="rule = 'other'"), 2),
        (MeasureRule("m", where="segment = 'SMB'"), 0),  # nobody knows: no
    ]
    credits = [
        credit(1, JAN, "1", rule="own"),
        credit(2, JAN, "2", rule="other"),
        credit(3, JAN, "4", rule="third"),
        credit(4, JAN, "8", rule="own", is_held=True),
    ]
    for rule, found in rules:
        assert measured(rule, credits).value == found, rule


@pytest.mark.parametrize("text", ["amount +", "nothing_known", "owner"])
def test_a_measure_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        part(MeasureRule("m", text), credit(1, JAN))


@pytest.mark.parametrize(
    ("text", "found"),
    [("amount - cost", True), ("age_days", True), ("deal_id", False), ("-", False)],
)
def test_what_is_a_number(text: str, found: bool) -> None:
    assert is_number(read_measure_value(MeasureRule("m", text))) == found
