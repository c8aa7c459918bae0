"""Who is paid by what on which days: hired, promoted, gone, in two plans, in none, in a ring."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from wald.heart.compensation.components.flat_rate import FlatRate
from wald.heart.compensation.eligibility import DatedPlan, rings, stretches_of, without_plan
from wald.heart.compensation.plan import Eligibility, Entry, Every, MeasureRule, Plan
from wald.kernel.period import Period, months_calendar

CALENDAR = months_calendar()
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1), "2026")
ALWAYS = Period(date(2020, 1, 1), date.max, "always")


def plan(key: str = "reps", role: str = "rep", version: str = "", **more: object) -> Plan:
    entry = Entry("commission", "flat_rate", FlatRate(Decimal("0.1")), "revenue")
    return Plan(
        key,
        "EUR",
        (entry,),
        (MeasureRule("revenue"),),
        eligible=Eligibility(roles=(role,)),
        version=version or key,
        **more,  # type: ignore[arg-type]  # fields of a plan
    )


def row(
    person: str, since: str = "1900-01-01", until: str = "", **more: object
) -> dict[str, object]:
    return {
        "person_id": person,
        "valid_from": date.fromisoformat(since),
        "valid_to": date.fromisoformat(until) if until else None,
        "name": person,
        "email": None,
        "manager_id": None,
        "team": None,
        "region": None,
        "territory": None,
        "role": "rep",
        "hired_on": None,
        "left_on": None,
    } | more


def told(rows: list[dict[str, object]], *plans: DatedPlan) -> Mapping[str, list[str]]:
    """Write each stretch as its plan, first and last day, and `!` where the plan closes."""
    chains, _ = stretches_of(rows, plans, CALENDAR, YEAR)
    return {
        person: [
            f"{one.plan.version} {one.days.start} {one.days.last_day}{'!' * one.closes}"
            for chain in found
            for one in chain
        ]
        for person, found in chains.items()
    }


QUARTERLY = DatedPlan(plan(pays=Every.QUARTER), ALWAYS)


def test_a_year_at_work_is_its_payment_periods() -> None:
    assert told([row("P1")], QUARTERLY)["P1"] == [
        "reps 2026-01-01 2026-03-31",
        "reps 2026-04-01 2026-06-30",
        "reps 2026-07-01 2026-09-30",
        "reps 2026-10-01 2026-12-31",
    ]


def test_hire_and_leave_cut_and_leaving_closes() -> None:
    rows = [
        row("P1", until="2026-08-11", hired_on=date(2026, 5, 20)),
        row("P1", since="2026-08-11", hired_on=date(2026, 5, 20), left_on=date(2026, 8, 11)),
    ]
    assert told(rows, QUARTERLY)["P1"] == [
        "reps 2026-05-20 2026-06-30",
        "reps 2026-07-01 2026-08-10!",
    ]


def test_a_new_team_is_no_cut_and_a_new_role_is() -> None:
    managers = DatedPlan(plan("managers", "manager", pays=Every.QUARTER), ALWAYS)
    rows = [
        row("P1", until="2026-02-15", team="North"),
        row("P1", since="2026-02-15", until="2026-05-03", team="South"),
        row("P1", since="2026-05-03", role="manager"),
    ]
    assert told(rows, QUARTERLY, managers)["P1"] == [
        "reps 2026-01-01 2026-03-31",
        "reps 2026-04-01 2026-05-02!",
        "managers 2026-05-03 2026-06-30",
        "managers 2026-07-01 2026-09-30",
        "managers 2026-10-01 2026-12-31",
    ]


def test_a_new_version_within_a_period_closes_the_one_before() -> None:
    first = DatedPlan(
        plan(version="1", pays=Every.QUARTER), Period(date(2020, 1, 1), date(2026, 2, 10), "")
    )
    second = DatedPlan(
        plan(version="2", pays=Every.QUARTER), Period(date(2026, 2, 10), date.max, "")
    )
    assert told([row("P1")], first, second)["P1"][:2] == [
        "1 2026-01-01 2026-02-09!",
        "2 2026-02-10 2026-03-31",
    ]


def test_days_away_close_and_begin_again() -> None:
    rows = [row("P1", until="2026-02-01"), row("P1", since="2026-03-01", until="2026-04-01")]
    monthly = DatedPlan(plan(), ALWAYS)
    assert told(rows, monthly)["P1"] == [
        "reps 2026-01-01 2026-01-31!",
        "reps 2026-03-01 2026-03-31!",
    ]


def test_a_payment_period_that_is_not_over_is_not_paid() -> None:
    short = Period(YEAR.start, date(2026, 2, 1), "")
    chains, problems = stretches_of([row("P1")], [QUARTERLY], CALENDAR, short)
    assert (chains, problems) == ({}, ())


def test_two_plans_at_once_leave_the_person_out_and_are_named() -> None:
    other = DatedPlan(plan("others"), ALWAYS)
    chains, problems = stretches_of(
        [row("P1"), row("P2", role="manager")], [QUARTERLY, other], CALENDAR, YEAR
    )
    assert "P1" not in chains
    [problem] = problems
    assert problem.where == "person P1"
    assert "two plans at once from 2026-01-01" in problem.what


def test_a_plan_beside_others_is_a_chain_of_its_own() -> None:
    beside = DatedPlan(plan("spiffs", beside_others=True, pays=Every.YEAR), ALWAYS)
    chains, problems = stretches_of([row("P1")], [QUARTERLY, beside], CALENDAR, YEAR)
    assert not problems
    assert sorted(len(chain) for chain in chains["P1"]) == [1, 4]


def test_plans_one_after_the_other_are_one_chain_and_each_beside_them_its_own() -> None:
    managers = DatedPlan(plan("managers", "manager", pays=Every.QUARTER), ALWAYS)
    one, two = (
        DatedPlan(plan(key, "rep", beside_others=True, pays=Every.QUARTER), ALWAYS)
        for key in ("one", "two")
    )
    rows = [row("P1", until="2026-04-01"), row("P1", since="2026-04-01", role="manager")]
    chains, _ = stretches_of(rows, (QUARTERLY, managers, one, two), CALENDAR, YEAR)
    assert sorted([stretch.plan.key for stretch in chain] for chain in chains["P1"]) == [
        ["one"],
        ["reps", "managers", "managers", "managers"],
        ["two"],
    ]


def test_a_plan_that_ended_the_day_another_begins_is_no_second_one() -> None:
    begins = date(2026, 4, 1)
    new = DatedPlan(plan("new", pays=Every.QUARTER), Period(begins, date.max, ""))
    old = DatedPlan(plan("old", pays=Every.QUARTER), Period(date(2020, 1, 1), begins, ""))
    assert told([row("P1", since="2026-04-01")], new, old)["P1"][:1] == [
        "new 2026-04-01 2026-06-30"
    ]


def test_a_plan_may_name_its_people() -> None:
    only = Plan("named", "EUR", (), version="named", eligible=Eligibility(people=("P1", "P3")))
    rows = [row("P1"), row("P2"), row("P3", role="leader")]
    assert sorted(told(rows, DatedPlan(only, ALWAYS))) == ["P1", "P3"]


def test_a_condition_on_people_decides() -> None:
    only = plan()
    north = Plan(
        only.key, "EUR", only.components, only.measures, version="north",
        eligible=Eligibility(("rep",), where="team = 'North'"),
    )  # fmt: skip
    rows = [row("P1", team="North"), row("P2", team="South"), row("P3")]
    assert list(told(rows, DatedPlan(north, ALWAYS))) == ["P1"]


def test_a_payee_without_a_plan_is_named_with_the_day() -> None:
    north = DatedPlan(
        Plan("n", "EUR", (), eligible=Eligibility(("rep",), where="team = 'North'")), ALWAYS
    )
    rows = [
        row("P1", team="North"),
        row("P2", team="South", left_on=date(2026, 6, 1)),
        row("P3", role="operations"),
        row("P4", since="2027-03-01"),
        row("P5", until="2026-03-01", team="South"),
        row("P5", since="2026-03-01", team="North"),
    ]
    assert [str(one) for one in without_plan(rows, [north], YEAR)] == [
        "plan of P2: rep, and in no plan on 2026-05-31; let a plan name them, or their role, team "
        "or region; or correct their row"
    ]


def test_who_is_in_one_of_two_plans_of_their_role_is_in_a_plan() -> None:
    north, south = (
        Plan(team, "EUR", (), eligible=Eligibility(("rep",), where=f"team = '{team}'"))
        for team in ("North", "South")
    )
    plans = [DatedPlan(north, ALWAYS), DatedPlan(south, ALWAYS)]
    assert without_plan([row("P1", team="North"), row("P2", team="South")], plans, YEAR) == ()
    [named] = without_plan([row("P3", team="West")], plans, YEAR)
    assert named.where == "plan of P3"


def test_a_plan_that_is_over_and_a_day_of_work_that_never_was_are_no_fault() -> None:
    north = Plan("n", "EUR", (), eligible=Eligibility(("rep",), where="team = 'North'"))
    over = DatedPlan(north, Period(date(2020, 1, 1), date(2026, 12, 31), ""))
    assert without_plan([row("P1", team="South")], [over], YEAR) == ()
    in_force = DatedPlan(north, ALWAYS)
    gone = row("P1", team="South", left_on=YEAR.start)
    assert without_plan([gone], [in_force], YEAR) == ()
    one_day = row("P1", team="South", left_on=date(2026, 1, 2))
    assert len(without_plan([one_day], [in_force], YEAR)) == 1


def test_a_ring_of_rows_that_were_over_before_is_none() -> None:
    over = row("P1", until="2026-01-01", manager_id="P2")
    assert rings([row("P2", manager_id="P1"), over], YEAR) == ()
    assert rings([row("P2", manager_id="P1"), {**over, "valid_to": date(2025, 6, 1)}], YEAR) == ()
    a_day = {**over, "valid_to": date(2026, 1, 2)}
    [problem] = rings([row("P2", manager_id="P1"), a_day], YEAR)
    assert problem.what.startswith("a ring from 2026-01-01")
    later = row("P1", since="2027-01-01", manager_id="P2")
    assert rings([row("P2", manager_id="P1"), later], YEAR) == ()


@pytest.mark.parametrize("order", [1, -1])
def test_a_ring_is_named_once_with_the_day_it_closes(order: int) -> None:
    rows = [
        row("P1", manager_id="P2"),
        row("P2", until="2026-04-17", manager_id="P3"),
        row("P2", since="2026-04-17", manager_id="P4"),
        row("P4", manager_id="P1"),
        row("P5", manager_id="P1"),
    ][::order]
    [problem] = rings(rows, YEAR)
    assert problem.what == ("a ring from 2026-04-17: P2 reports to P4 reports to P1 reports to P2")
    assert rings(rows, Period(YEAR.start, date(2026, 4, 17), "")) == ()


def test_who_reports_to_themselves_is_a_ring() -> None:
    [problem] = rings([row("P1", manager_id="P1")], YEAR)
    assert "P1 reports to P1" in problem.what
