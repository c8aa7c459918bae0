"""Each switch bends what it says and nothing else; the quiet company has nothing planted."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from statistics import fmean, median
from typing import Any

import pyarrow.compute as pc
import pytest

from wald.facts.tables import TABLES
from wald.simulator.company import companies
from wald.simulator.planted import OWN
from wald.simulator.simulate import Simulated, simulate

Row = dict[str, Any]


@cache
def made(*planted: str) -> Simulated:
    return simulate(company="acme", seed=11, years=3, scale=1.5, planted=planted)


@cache
def rows(table: str, *planted: str) -> list[Row]:
    found: list[Row] = made(*planted).tables[table].to_pylist()
    return found


def answer(problem: str) -> Row:
    problems = made(problem).answers["problems"]
    assert isinstance(problems, list)
    (found,) = problems
    assert isinstance(found, dict)
    assert found["problem"] == problem
    return found


def starts(problem: str) -> date:
    return date.fromisoformat(answer(problem)["from"])


def touched(problem: str) -> set[str]:
    return set(answer(problem)["opportunities"]["ids"])


@pytest.mark.parametrize("problem", OWN)
def test_deals_that_a_problem_did_not_touch_are_as_without_it(problem: str) -> None:
    ids = touched(problem)
    assert ids
    elsewhere = ~pc.field("opportunity_id").isin(sorted(ids))
    for table in ("opportunity", "opportunity_change", "opportunity_line", "booking"):
        bent, straight = made(problem).tables[table], made().tables[table]
        assert bent.filter(elsewhere).equals(straight.filter(elsewhere)), table


@pytest.mark.parametrize("problem", OWN)
def test_people_accounts_quotas_and_rates_do_not_depend_on_the_problems(problem: str) -> None:
    for table in ("person", "account", "contact", "product", "stage", "quota", "exchange_rate"):
        assert made(problem).tables[table] == made().tables[table], table


def test_the_quiet_company_is_acme_without_its_problems() -> None:
    quiet = simulate(company="quiet", seed=11, years=3, scale=1.5)
    assert quiet.answers["problems"] == []
    assert len(quiet.plans) == 1
    assert {name for name in TABLES if quiet.tables[name] != made().tables[name]} == {"person"}


def test_acme_has_every_problem_unless_told_otherwise() -> None:
    everything = simulate(company="acme", seed=1, years=1, scale=0.1)
    problems = everything.answers["problems"]
    assert isinstance(problems, list)
    assert [problem["problem"] for problem in problems] == list(OWN)
    assert [company.planted for company in companies()] == [OWN, ()]


def test_answers_can_be_found_again_in_the_tables() -> None:
    people = {row["person_id"] for row in rows("person")}
    teams = {row["team"] for row in rows("person")}
    accounts = {(row["industry"], row["segment"]) for row in rows("account")}
    assert answer("weak_rep")["where"]["person_id"] in people
    assert answer("sandbagger")["where"]["person_id"] in people
    assert answer("discount_creep")["where"]["team"] in teams
    assert answer("segment_slipped")["where"]["industry"] in {industry for industry, _ in accounts}
    assert answer("process_broke")["where"]["segment"] in {segment for _, segment in accounts}


def days_in_proposal(*planted: str) -> Iterator[tuple[str, int]]:
    entered: dict[str, date] = {}
    for row in rows("opportunity_change", *planted):
        if row["field"] == "stage" and row["new"] == "Proposal":
            entered.setdefault(row["opportunity_id"], row["changed_at"].date())
        elif row["field"] == "stage" and row["old"] == "Proposal":
            deal = row["opportunity_id"]
            yield (
                deal,
                (row["changed_at"].date() - entered.get(deal, row["changed_at"].date())).days,
            )


def test_the_broken_step_takes_twice_as_long_and_loses_more() -> None:
    ids = touched("process_broke")
    bent = [days for deal, days in days_in_proposal("process_broke") if deal in ids]
    straight = [days for deal, days in days_in_proposal() if deal in ids]
    assert median(bent) > 1.8 * median(straight)
    assert win_rate("process_broke", ids) < win_rate("", ids)


def win_rate(problem: str, ids: set[str]) -> float:
    closed = [
        row["outcome"] == "won"
        for row in rows("opportunity", *filter(None, [problem]))
        if row["outcome"] != "open" and row["opportunity_id"] in ids
    ]
    return fmean(closed)


@pytest.mark.parametrize("problem", ["segment_slipped", "weak_rep"])
def test_the_slipped_industry_and_the_weak_rep_win_clearly_less(problem: str) -> None:
    ids = touched(problem)
    assert win_rate(problem, ids) < win_rate("", ids) - 0.08


def test_the_sandbagger_books_early_in_the_quarter_what_was_won_late() -> None:
    ids = touched("sandbagger")
    straight = {row["opportunity_id"]: row["booked_on"] for row in rows("booking")}
    bent = {row["opportunity_id"]: row["booked_on"] for row in rows("booking", "sandbagger")}
    held_back = ids & bent.keys()
    assert len(held_back) > 5
    for deal in held_back:
        assert timedelta(0) < bent[deal] - straight[deal] < timedelta(45)
        assert bent[deal].day <= 14


def test_the_sandbagger_commits_less() -> None:
    person = answer("sandbagger")["where"]["person_id"]

    def kept_open(*planted: str) -> float:
        sign = {"best_case": 1, "commit": -1, "pipeline": 0}
        return sum(
            float(row["amount"]) * sign[row["category"]]
            for row in rows("forecast_submission", *planted)
            if row["person_id"] == person
        )

    assert kept_open("sandbagger") > 1.1 * kept_open()


def discounts(*planted: str) -> dict[str, float]:
    """Return the discount of each deal with a booking."""
    deals = {row["booking_id"]: row["opportunity_id"] for row in rows("booking", *planted)}
    net: dict[str, float] = {}
    full: dict[str, float] = {}
    for line in rows("booking_line", *planted):
        deal = deals[line["booking_id"]]
        net[deal] = net.get(deal, 0) + float(line["amount"])
        full[deal] = full.get(deal, 0) + float(line["quantity"] * line["list_price"])
    return {deal: 1 - net[deal] / full[deal] for deal in net}


def test_discounts_creep_further_each_year() -> None:
    ids, first = touched("discount_creep"), starts("discount_creep")
    straight, bent = discounts(), discounts("discount_creep")
    more: dict[int, list[float]] = {0: [], 1: []}
    for row in rows("booking"):
        if row["opportunity_id"] in ids:
            year = min((row["booked_on"] - first).days // 365, 1)
            more[year].append(bent[row["opportunity_id"]] - straight[row["opportunity_id"]])
    assert 0.01 < fmean(more[0]) < fmean(more[1])


def test_the_bonus_gathers_deals_just_over_its_threshold_with_more_discount() -> None:
    ids = touched("plan_pays_margin_away")
    threshold = answer("plan_pays_margin_away")["where"]["deal_amount_at"]
    straight, bent = discounts(), discounts("plan_pays_margin_away")
    for row in rows("booking", "plan_pays_margin_away"):
        if row["opportunity_id"] in ids:
            assert threshold <= row["amount"] <= threshold * 1.03
            assert row["booked_on"] >= starts("plan_pays_margin_away")
    assert fmean(bent[deal] - straight[deal] for deal in ids) > 0.08


def test_the_new_plan_begins_on_the_day_of_the_answer() -> None:
    old, new = made("plan_pays_margin_away").plans
    assert old["ends_on"] == new["starts_on"] == answer("plan_pays_margin_away")["from"]
    assert [part["kind"] for part in parts(old)] == ["tiered_rate"]
    assert [part["kind"] for part in parts(new)] == ["tiered_rate", "deal_bonus"]


def parts(plan: dict[str, object]) -> list[Row]:
    found = plan["components"]
    assert isinstance(found, list)
    return found
