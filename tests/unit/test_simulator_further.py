"""Each further problem bends what it says, from its day on, and leaves every other byte alone."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from statistics import fmean, median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from wald.facts.tables import TABLES
from wald.simulator.planted import SWITCHES
from wald.simulator.problems import FURTHER
from wald.simulator.simulate import Simulated, simulate, world
from wald.simulator.windows import SHIFTS, found_by, wanted

Row = dict[str, Any]
DEALS = ("opportunity", "opportunity_change", "opportunity_line", "booking")
# What each problem bends where it bends no deal; everything but DEALS may follow from deals.
ELSEWHERE = {
    "leads_wait": {"lead", "activity"},
    "activity_without_result": {"activity"},
    "stage_chances_off": set(),
    "quota_out_of_reach": {"quota"},
    "step_unused": {"activity"},
    "team_overcommits": {"forecast_submission"},
}


@cache
def made(*planted: str) -> Simulated:
    return simulate(company="quiet", seed=12, years=3, scale=0.7, planted=planted)


def rows(table: str, *planted: str) -> list[Row]:
    found: list[Row] = made(*planted).tables[table].to_pylist()
    return found


def answer(problem: str) -> Row:
    problems = made(problem).answers["problems"]
    assert isinstance(problems, list)
    (found,) = problems
    assert isinstance(found, dict)
    return found


def touched(problem: str) -> list[str]:
    return list(answer(problem)["opportunities"]["ids"])


def since(problem: str) -> date:
    return date.fromisoformat(answer(problem)["from"])


@pytest.mark.parametrize("problem", FURTHER)
def test_deals_that_a_problem_did_not_touch_are_as_without_it(problem: str) -> None:
    ids = touched(problem)
    assert bool(ids) == (problem not in ELSEWHERE or problem == "stage_chances_off")
    elsewhere = ~pc.field("opportunity_id").isin(pa.array(ids, pa.string()))
    for table in DEALS:
        bent, straight = made(problem).tables[table], made().tables[table]
        assert bent.filter(elsewhere).equals(straight.filter(elsewhere)), table


@pytest.mark.parametrize("problem", FURTHER)
def test_nothing_else_is_bent(problem: str) -> None:
    bent = {name for name in TABLES if made(problem).tables[name] != made().tables[name]}
    assert bool(bent) == (problem != "stage_chances_off")
    assert not bent & {"person", "account", "contact", "product", "stage", "exchange_rate"}
    assert bent <= ELSEWHERE.get(problem, set(TABLES) - {"quota"})


@pytest.mark.parametrize("problem", FURTHER)
def test_nothing_is_bent_before_the_day_of_the_answer(problem: str) -> None:
    day = since(problem) - timedelta(days=1)
    asked = {"company": "quiet", "seed": 12, "years": 3, "scale": 0.7, "until": day}
    bent, straight = simulate(**asked, planted=(problem,)), simulate(**asked, planted=())  # type: ignore[arg-type]
    assert bent.answers["problems"] == []
    assert bent.tables == straight.tables


def share(found: list[bool]) -> float:
    return fmean(found) if found else 0.0


def test_hardware_takes_the_place_of_platforms() -> None:
    main = {row["opportunity_id"]: row["product_id"] for row in rows("opportunity")}
    bent = {
        row["opportunity_id"]: row["product_id"]
        for row in rows("opportunity", "product_mix_shifted")
    }
    moved = {(main[deal], bent[deal]) for deal in touched("product_mix_shifted")}
    assert {to for _, to in moved} == {"K007"}
    assert len({before for before, _ in moved}) > 3


def discounts(*planted: str) -> dict[str, float]:
    net: Counter[str] = Counter()
    full: Counter[str] = Counter()
    for line in rows("opportunity_line", *planted):
        net[line["opportunity_id"]] += line["amount"]
        full[line["opportunity_id"]] += line["quantity"] * line["list_price"]
    return {deal: 1 - float(net[deal] / full[deal]) for deal in net}


def test_the_last_days_of_quarters_cost_eight_points_more() -> None:
    bent, straight = discounts("quarter_end_discounts"), discounts()
    booked = {row["opportunity_id"] for row in rows("booking")}
    more = [
        bent[deal] - straight[deal] for deal in touched("quarter_end_discounts") if deal in booked
    ]
    assert 0.06 < fmean(more) < 0.09


def test_discounts_gather_just_under_the_limit() -> None:
    booked = {row["opportunity_id"] for row in rows("booking")}
    bent = discounts("discounts_under_limit")
    found = [bent[deal] for deal in touched("discounts_under_limit") if deal in booked]
    assert found
    assert all(0.143 < discount < 0.1501 for discount in found)


def test_parts_stay_under_the_limit_and_add_up_to_what_was_sold() -> None:
    ids = touched("deals_split")
    whole = {row["opportunity_id"]: row for row in rows("opportunity")}
    parts = [r for r in rows("opportunity", "deals_split") if r["opportunity_id"] in set(ids)]
    won = [row for row in parts if row["outcome"] == "won"]
    assert won
    assert all(row["amount"] < 25_500 for row in won)
    for key in {(row["created_at"], row["product_id"]) for row in won}:
        same = [row for row in won if (row["created_at"], row["product_id"]) == key]
        first = whole[same[0]["opportunity_id"]]
        assert len(same) > 1
        assert float(sum(row["amount"] for row in same)) == pytest.approx(float(first["amount"]))


@pytest.mark.parametrize("seed", [1, 2])
def test_split_deals_keep_the_laws_of_deals(seed: int) -> None:
    found = simulate(company="quiet", seed=seed, years=2, scale=0.5, planted=("deals_split",))
    tables = {name: found.tables[name].to_pylist() for name in DEALS}
    deals = {row["opportunity_id"]: row for row in tables["opportunity"]}
    assert len(deals) == len(tables["opportunity"])
    for row in tables["booking"]:
        assert row["amount"] == deals[row["opportunity_id"]]["amount"]
    last: dict[tuple[str, str], object] = {}
    for change in tables["opportunity_change"]:
        key = (change["opportunity_id"], change["field"])
        assert change["old"] != change["new"]
        assert last.get(key, change["old"]) == change["old"]
        last[key] = change["new"]
    sums: Counter[str] = Counter()
    for line in tables["opportunity_line"]:
        sums[line["opportunity_id"]] += line["amount"]
    assert all(amount == deals[deal]["amount"] for deal, amount in sums.items())


def days_in(stage: str, *planted: str) -> Iterator[tuple[str, int]]:
    entered: dict[str, date] = {}
    for row in rows("opportunity_change", *planted):
        if row["field"] == "stage" and row["new"] == stage:
            entered.setdefault(row["opportunity_id"], row["changed_at"].date())
        elif row["field"] == "stage" and row["old"] == stage and row["opportunity_id"] in entered:
            deal = row["opportunity_id"]
            yield deal, (row["changed_at"].date() - entered[deal]).days


def test_stalled_deals_stay_six_times_as_long() -> None:
    ids = set(touched("deals_stall"))
    bent = [days for deal, days in days_in("Discovery", "deals_stall") if deal in ids]
    straight = [days for deal, days in days_in("Discovery") if deal in ids]
    assert median(bent) > 3 * median(straight)


def moves_of_dates(*planted: str) -> Counter[str]:
    found = rows("opportunity_change", *planted)
    return Counter(row["opportunity_id"] for row in found if row["field"] == "close_on")


def test_dates_are_moved_more_often() -> None:
    ids = touched("deals_pushed")
    bent, straight = moves_of_dates("deals_pushed"), moves_of_dates()
    assert fmean(bent[deal] for deal in ids) > 1.25 * fmean(straight[deal] for deal in ids)


def test_deals_that_never_opened_are_in_no_table() -> None:
    for problem in ("pipeline_dries_up", "leads_convert_less"):
        there = {row["opportunity_id"] for row in rows("opportunity", problem)}
        without = {row["opportunity_id"] for row in rows("opportunity")}
        assert without - there == set(touched(problem))


def test_leads_that_would_have_become_deals_stay_leads() -> None:
    ids = set(touched("leads_convert_less"))
    straight = {row["lead_id"]: row for row in rows("lead")}
    bent = {row["lead_id"]: row for row in rows("lead", "leads_convert_less")}
    assert bent.keys() == straight.keys()
    changed = [straight[key] for key in bent if bent[key] != straight[key]]
    assert {row["source"] for row in changed} == {"Partner"}
    assert {row["opportunity_id"] for row in changed} == ids


def waits(*planted: str) -> dict[str, float]:
    return {
        row["lead_id"]: (row["first_response_at"] - row["created_at"]).total_seconds()
        for row in rows("lead", *planted)
        if row["first_response_at"]
    }


def test_leads_of_the_source_wait_four_times_as_long() -> None:
    bent, straight = waits("leads_wait"), waits()
    factors = [bent[key] / straight[key] for key in bent.keys() & straight.keys()]
    assert {round(factor) for factor in factors} == {1, 4}


def test_the_busy_team_does_nearly_twice_as_much() -> None:
    team, day = answer("activity_without_result")["where"]["team"], since("activity_without_result")
    people = {row["person_id"] for row in rows("person") if row["team"] == team}

    def count(*planted: str) -> int:
        return sum(
            row["person_id"] in people and row["happened_at"].date() >= day
            for row in rows("activity", *planted)
            if row["opportunity_id"]
        )

    assert 1.5 * count() < count("activity_without_result") < 2 * count()


def test_new_people_open_half_the_deals() -> None:
    day = since("slow_ramp")
    hired = {r["person_id"]: r["hired_on"] for r in rows("person") if r["hired_on"] >= day}

    def young(*planted: str) -> int:
        return sum(
            row["owner_id"] in hired
            and row["created_at"].date() < hired[row["owner_id"]] + timedelta(days=300)
            for row in rows("opportunity", *planted)
        )

    assert 0 < young("slow_ramp") < 0.8 * young()


def test_quotas_of_the_team_double_and_no_other_moves() -> None:
    bent = {row["quota_id"]: row for row in rows("quota", "quota_out_of_reach")}
    factors = Counter(
        round(bent[row["quota_id"]]["amount"] / row["amount"], 1) for row in rows("quota")
    )
    assert set(factors) <= {1, 2}
    assert factors[2] > 0


def test_amounts_are_empty_until_deals_are_won() -> None:
    deals = {row["opportunity_id"]: row for row in rows("opportunity", "entry_habit_changed")}
    assert {
        row["amount"] is None
        for deal in touched("entry_habit_changed")
        for row in [deals[deal]]
        if row["outcome"] != "won"
    } == {True}


def test_hardly_any_task_is_recorded() -> None:
    day = since("step_unused")
    kinds = Counter(
        row["kind"] for row in rows("activity", "step_unused") if row["happened_at"].date() >= day
    )
    assert kinds["task"] < 0.03 * kinds["note"]


def test_wins_come_in_the_last_days_of_the_quarter_before() -> None:
    straight = {row["opportunity_id"]: row["booked_on"] for row in rows("booking")}
    bent = {r["opportunity_id"]: r["booked_on"] for r in rows("booking", "deals_pulled_forward")}
    moved = [(bent[d], straight[d]) for d in touched("deals_pulled_forward") if d in straight]
    assert moved
    assert all(timedelta(0) < was - now < timedelta(days=45) for now, was in moved)
    assert {now.month % 3 for now, _ in moved} == {0}


def test_the_team_commits_nearly_twice_of_what_is_open() -> None:
    straight = {row["submission_id"]: row["amount"] for row in rows("forecast_submission")}
    bent = {r["submission_id"]: r for r in rows("forecast_submission", "team_overcommits")}
    more = [row for key, row in bent.items() if row["amount"] != straight[key]]
    assert {row["category"] for row in more} == {"commit"}
    assert all(row["amount"] > straight[row["submission_id"]] for row in more)


def test_agreed_chances_are_those_of_deals_until_they_are_raised() -> None:
    asked = {"company": "quiet", "seed": 12, "years": 3, "scale": 0.7}
    quiet = world(**asked, planted=()).agreed["stage_chances"]  # type: ignore[arg-type]
    raised = world(**asked, planted=("stage_chances_off",)).agreed["stage_chances"]  # type: ignore[arg-type]
    assert isinstance(quiet, dict)
    assert isinstance(raised, dict)
    assert {stage for stage in quiet if quiet[stage] != raised[stage]} == {"Discovery", "Proposal"}
    entered: dict[str, set[str]] = {}
    for row in rows("opportunity_change"):
        if row["field"] == "stage":
            entered.setdefault(row["new"], set()).add(row["opportunity_id"])
    over = {r["opportunity_id"]: r["outcome"] for r in rows("opportunity") if r["closed_on"]}
    for stage in ("Proposal", "Negotiation"):
        won = share([over[deal] == "won" for deal in entered[stage] if deal in over])
        assert abs(won - float(quiet[stage])) < 0.05


def test_every_switch_says_how_far_it_shifts_what_it_touches() -> None:
    assert set(SHIFTS) == set(SWITCHES)


def test_the_window_ends_a_quarter_after_enough_was_seen() -> None:
    import numpy as np

    count = wanted("deals_stall")  # 2 x (5.7 / 1.2)^2 = 45.1
    assert count == 46
    daily = np.arange(1_000, 1_000 + 400)
    assert found_by("deals_stall", 1_000, daily, 2_000) == 1_000 + 2 * 91  # no sooner
    weekly = np.arange(1_000, 1_000 + 7 * 400, 7)
    assert found_by("deals_stall", 1_000, weekly, 9_999) == 1_000 + 7 * 45 + 91
    assert found_by("deals_stall", 1_000, weekly, 1_400) is None  # 1406 lies after the history
    assert found_by("deals_stall", 1_000, daily[:45], 9_999) is None
