"""Each rule of hygiene on deals whose verdict is worked out by hand, at and around its borders."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import exp

import pytest

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import (
    GoingOn,
    Ground,
    Peers,
    Share,
    StageGround,
    spread,
)
from wald.heart.hygiene.rule import (
    CannotTell,
    Fault,
    Proposal,
    Severity,
    Verdict,
    findings_of,
    hygiene_rules,
    judge_deals,
)
from wald.heart.pipeline.exit_criteria import Criterion, Evidence, Finding, StageRule

TODAY = date(2026, 6, 30)
# 27 of 30 went on after 10 days, the other 3 after 50.
GOING = GoingOn(days=(10, 50), gone=(0.675, 0.75), left=(0.325, 0.25), went_on=30, stays=40)
QUALIFY = StageGround(
    "qualify",
    "Qualify",
    1,
    going_on=GOING,
    silences=spread({7: 95, 30: 5}),
    to_win=spread({25: 12, 40: 12}),
    many_contacts=Share(40, 50),
)
DEMO = replace(QUALIFY, stage="demo", title="Demo", position=2, skipped=Share(4, 40))
OFFER = replace(QUALIFY, stage="offer", title="Offer", position=3)
PEERS = Peers("won SMB deals", 31, 10_000.0, 0.5)
GROUND = Ground(
    on=TODAY,
    currency="EUR",
    stages={one.stage: one for one in (QUALIFY, DEMO, OFFER)},
    peers={("SMB", ""): PEERS, ("", ""): replace(PEERS, name="won deals", count=90)},
    changes_from=date(2025, 1, 1),
)
# Nothing is wrong with it.
CLEAN = OpenDeal(
    deal_id="D1",
    name="One",
    account_id="A1",
    account="Acme",
    segment="SMB",
    type="renewal",
    owner_id="R1",
    owner="Max",
    team="Alpha",
    stage="qualify",
    position=1,
    amount=Decimal(10_000),
    given_amount=Decimal(10_000),
    currency="EUR",
    opened_on=date(2026, 6, 25),
    close_on=date(2026, 8, 31),
    stage_since=date(2026, 6, 25),
    has_history=True,
    activities=3,
    last_active_on=date(2026, 6, 28),
    next_active_on=date(2026, 7, 2),
    contacts=2,
    unproved=(),
)


def said(rule: str, ground: Ground = GROUND, **change: object) -> Verdict:
    deal = replace(CLEAN, **change)  # type: ignore[arg-type]  # names of its fields
    return hygiene_rules()[rule].judge(deal, ground)


def severity(rule: str, verdict: Verdict) -> Severity | None:
    """Return how severe a fault is, None where there is none."""
    if not isinstance(verdict, Fault):
        assert verdict is None
        return None
    return hygiene_rules()[rule].severity if verdict.severity is None else verdict.severity


def words(verdict: Verdict) -> str:
    assert isinstance(verdict, Fault)
    return verdict.words


def test_a_clean_deal_is_clean_by_every_rule() -> None:
    judged = judge_deals([CLEAN], GROUND)
    assert judged.findings == ()
    assert judged.unjudged == ()


@pytest.mark.parametrize(
    ("close_on", "expected"),
    [
        (TODAY, None),  # the day itself is not past
        (date(2026, 6, 29), Severity.MEDIUM),
        (date(2026, 5, 31), Severity.MEDIUM),  # 30 days
        (date(2026, 5, 30), Severity.HIGH),  # 31 days
    ],
)
def test_close_date_past(close_on: date, expected: Severity | None) -> None:
    found = said("close_date_past", close_on=close_on)
    assert severity("close_date_past", found) is expected


def test_close_date_past_proposes_when_half_of_the_slower_won_deals_were_closed() -> None:
    # In Offer for 29 days: only the 12 that took 40 days took longer.
    found = said(
        "close_date_past", stage="offer", stage_since=date(2026, 6, 1), close_on=date(2026, 6, 20)
    )
    assert words(found) == "Expected to close on 2026-06-20, 10 days ago, and still open."
    assert isinstance(found, Fault)
    assert found.proposal is not None
    assert found.proposal.value == date(2026, 7, 11)
    late = said("close_date_past", stage_since=date(2026, 5, 21), close_on=date(2026, 6, 20))
    assert isinstance(late, Fault)
    assert late.proposal is None  # 40 days there: none took longer
    few = replace(GROUND, stages={"qualify": replace(QUALIFY, to_win=spread({40: 19}))})
    scarce = said("close_date_past", few, close_on=date(2026, 6, 20))
    assert isinstance(scarce, Fault)
    assert scarce.proposal is None


def test_close_date_past_cannot_tell_without_a_day() -> None:
    assert isinstance(said("close_date_past", close_on=None), CannotTell)
    bare = replace(GROUND, has_close_days=False)
    assert said("close_date_past", bare) == CannotTell("No deal has an expected closing day.")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (10, None),  # nobody went on in fewer than 10 days
        (11, Severity.MEDIUM),  # 27 of 30 had: 90 %
        (50, Severity.MEDIUM),
        (51, Severity.HIGH),  # all had
    ],
)
def test_stale_for_stage(days: int, expected: Severity | None) -> None:
    found = said("stale_for_stage", stage_since=TODAY - timedelta(days=days))
    assert severity("stale_for_stage", found) is expected


def test_stale_for_stage_tells_the_hazard_from_here() -> None:
    # Of the 0.325 that stay beyond day 10, the 0.075 of day 50 go on within 30 days from day 25.
    assert words(said("stale_for_stage", stage_since=TODAY - timedelta(days=25))) == (
        "In Qualify for 25 days: of 30 deals that went on from it, 90 % did sooner. "
        "Of deals there as long, 23 % go on in 30 more days."
    )


def test_stale_for_stage_cannot_tell() -> None:
    long_ago = {"stage_since": date(2026, 1, 1)}
    few = replace(GROUND, stages={"qualify": replace(QUALIFY, going_on=replace(GOING, went_on=19))})
    for ground, change in (
        (few, {}),
        (replace(GROUND, stages={}), {}),
        (GROUND, {"stage": "Elsewhere"}),
        (GROUND, {"stage": None}),
        (GROUND, {"stage_since": None}),
        (GROUND, {"stage": "demo", "has_history": False, "opened_on": date(2024, 12, 31)}),
    ):
        assert isinstance(said("stale_for_stage", ground, **long_ago | change), CannotTell)
    since = {"stage": "demo", "has_history": False, "opened_on": date(2025, 1, 1)}
    assert isinstance(said("stale_for_stage", **long_ago | since), Fault)  # recorded by then
    first = {"has_history": False, "opened_on": date(2024, 1, 1)}
    assert isinstance(said("stale_for_stage", **long_ago | first), Fault)  # where deals begin
    still = said("stale_for_stage", replace(GROUND, has_moves=False), **long_ago | since)
    assert words(still).startswith("Opened 180 days ago, no moves are recorded, and in Demo: of 30")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"given_amount": Decimal("0.01")}, None),
        ({"given_amount": Decimal(5), "amount": None}, None),  # no rate: it has an amount
        ({"given_amount": None, "close_on": date(2026, 7, 31)}, Severity.MEDIUM),  # in 31 days
        ({"given_amount": None, "close_on": date(2026, 7, 30)}, Severity.HIGH),
        ({"given_amount": Decimal(0), "close_on": TODAY}, Severity.HIGH),
        ({"given_amount": None, "close_on": date(2026, 6, 29)}, Severity.MEDIUM),  # past
        ({"given_amount": None, "close_on": None}, Severity.MEDIUM),
    ],
)
def test_no_amount(change: dict[str, object], expected: Severity | None) -> None:
    assert severity("no_amount", said("no_amount", **change)) is expected


def test_no_amount_proposes_the_median_of_its_peers_in_their_currency_alone() -> None:
    found = said("no_amount", given_amount=None, amount=None)
    assert isinstance(found, Fault)
    assert found.proposal == Proposal(
        Decimal("10000.00"),
        "The median of 31 won SMB deals. It is what such deals come to, and knows nothing of this "
        "one.",
    )
    other = said("no_amount", given_amount=None, currency="USD")
    assert isinstance(other, Fault)
    assert other.proposal is None
    assert isinstance(said("no_amount", replace(GROUND, has_amounts=False)), CannotTell)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"next_active_on": date(2026, 7, 1)}, None),
        ({"next_active_on": None, "close_on": date(2026, 7, 15)}, Severity.MEDIUM),  # in 15 days
        ({"next_active_on": None, "close_on": date(2026, 7, 14)}, Severity.HIGH),
        ({"next_active_on": None, "close_on": None}, Severity.MEDIUM),
    ],
)
def test_no_next_step(change: dict[str, object], expected: Severity | None) -> None:
    assert severity("no_next_step", said("no_next_step", **change)) is expected


def test_no_next_step_cannot_tell_where_no_plan_was_known() -> None:
    for change in ({"has_plans": False}, {"has_activities": False}):
        ground = replace(GROUND, **change)
        assert isinstance(said("no_next_step", ground, next_active_on=None), CannotTell)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(7, None), (8, Severity.MEDIUM), (30, Severity.MEDIUM), (31, Severity.HIGH)],
)
def test_no_activity(days: int, expected: Severity | None) -> None:
    found = said("no_activity", last_active_on=TODAY - timedelta(days=days))
    assert severity("no_activity", found) is expected


def test_no_activity_counts_from_the_opening_where_there_was_none() -> None:
    found = said("no_activity", last_active_on=None, opened_on=TODAY - timedelta(days=12))
    assert words(found) == (
        "No activity for 12 days, none since it was opened: of 100 silences of won deals that "
        "ended in Qualify, 95 % were shorter."
    )
    few = replace(GROUND, stages={"qualify": replace(QUALIFY, silences=spread({7: 19}))})
    for ground, change in (
        (few, {}),
        (replace(GROUND, has_activities=False), {}),
        (GROUND, {"stage": "Elsewhere"}),
        (GROUND, {"last_active_on": None, "opened_on": None}),
    ):
        assert isinstance(said("no_activity", ground, **change), CannotTell)


@pytest.mark.parametrize(
    ("met", "contacts", "expected"),
    [
        (40, 1, Severity.MEDIUM),  # 80 % of 50
        (39, 1, Severity.LOW),
        (26, 0, Severity.LOW),
        (25, 1, None),  # not more than half
        (40, 2, None),
    ],
)
def test_single_contact(met: int, contacts: int, expected: Severity | None) -> None:
    ground = replace(GROUND, stages={"qualify": replace(QUALIFY, many_contacts=Share(met, 50))})
    found = said("single_contact", ground, contacts=contacts)
    assert severity("single_contact", found) is expected


def test_single_contact_leaves_deals_without_activity_to_another_rule() -> None:
    assert said("single_contact", contacts=0, activities=0) is None
    few = replace(GROUND, stages={"qualify": replace(QUALIFY, many_contacts=Share(19, 19))})
    assert isinstance(said("single_contact", few, contacts=1), CannotTell)
    assert isinstance(said("single_contact", replace(GROUND, has_contacts=False)), CannotTell)
    assert isinstance(said("single_contact", stage="Elsewhere"), CannotTell)


@pytest.mark.parametrize(
    ("skipped", "rate", "expected"),
    [
        ((), Share(4, 40), None),
        (("demo",), Share(4, 40), Severity.MEDIUM),  # 10 % of won deals did
        (("demo",), Share(8, 40), Severity.LOW),  # 20 %
        (("demo",), Share(0, 19), Severity.LOW),  # too few to call it rare
    ],
)
def test_skipped_stage(skipped: tuple[str, ...], rate: Share, expected: Severity | None) -> None:
    stages = {**GROUND.stages, "demo": replace(DEMO, skipped=rate)}
    found = said("skipped_stage", replace(GROUND, stages=stages), skipped=skipped)
    assert severity("skipped_stage", found) is expected


def test_skipped_stage_names_what_it_went_past() -> None:
    stages = {**GROUND.stages, "qualify": replace(QUALIFY, skipped=Share(30, 40))}
    found = said("skipped_stage", replace(GROUND, stages=stages), skipped=("qualify", "demo"))
    assert words(found) == (
        "Went past Qualify and Demo without standing there; of 40 won deals that came as far, "
        "10 % went past Demo."
    )
    assert isinstance(said("skipped_stage", replace(GROUND, has_moves=False)), CannotTell)
    assert isinstance(said("skipped_stage", replace(GROUND, stages={})), CannotTell)


def test_unproved_exit() -> None:
    one = Finding(
        StageRule("q", "qualify", "Qualify"),
        Criterion("met", "We met them", Evidence.ACTIVITY, "meeting"),
        is_met=False,
    )
    assert words(said("unproved_exit", unproved=(one,))) == (
        "Nothing shows 1 exit criterion of the stages behind it: We met them (Qualify)."
    )
    for number, expected in ((1, Severity.MEDIUM), (2, Severity.MEDIUM), (3, Severity.HIGH)):
        found = said("unproved_exit", unproved=(one,) * number)
        assert severity("unproved_exit", found) is expected
    assert "and 2 more" in words(said("unproved_exit", unproved=(one,) * 6))
    assert isinstance(said("unproved_exit", unproved=None), CannotTell)


@pytest.mark.parametrize(
    ("amount", "is_far"),
    [
        (60_000, True),  # ln 6 / 0.5 = 3.58
        (57_000, False),  # ln 5.7 / 0.5 = 3.48
        (10_000 / 6, True),
        (10_000 / 5.7, False),
        (10_000 * exp(3.5 * 0.5) * 0.9999, False),
        (10_000 * exp(3.5 * 0.5) * 1.0001, True),
    ],
)
def test_amount_far_from_peers(amount: float, is_far: bool) -> None:
    worth = Decimal(str(amount))
    found = said("amount_far_from_peers", amount=worth, given_amount=worth)
    assert isinstance(found, Fault) is is_far


def test_amount_far_from_peers_names_the_group() -> None:
    worth = Decimal(60_000)
    assert words(said("amount_far_from_peers", amount=worth, given_amount=worth)) == (
        "60,000 EUR is 6.0 times the median of 31 won SMB deals, 10,000 EUR: 3.6 robust standard "
        "deviations."
    )
    wide = said("amount_far_from_peers", amount=worth, given_amount=worth, segment="Other")
    assert "90 won deals" in words(wide)
    less = Decimal(-5)
    below = said("amount_far_from_peers", amount=less, given_amount=less)
    assert severity("amount_far_from_peers", below) is Severity.HIGH


def test_amount_far_from_peers_cannot_tell() -> None:
    assert isinstance(said("amount_far_from_peers", amount=None), CannotTell)  # no rate
    assert said("amount_far_from_peers", amount=None, given_amount=None) is None
    few = replace(GROUND, peers={("", ""): replace(PEERS, count=29)})
    assert isinstance(said("amount_far_from_peers", few), CannotTell)
    alike = replace(GROUND, peers={("", ""): replace(PEERS, log_spread=0.0)})
    assert isinstance(said("amount_far_from_peers", alike), CannotTell)


@pytest.mark.parametrize(
    ("pushes", "expected"),
    [(2, None), (3, Severity.MEDIUM), (4, Severity.MEDIUM), (5, Severity.HIGH)],
)
def test_pushed_three_times(pushes: int, expected: Severity | None) -> None:
    found = said("pushed_three_times", pushes=pushes, pushed_days=90)
    assert severity("pushed_three_times", found) is expected
    blind = replace(GROUND, has_day_changes=False)
    assert isinstance(said("pushed_three_times", blind, pushes=pushes), CannotTell)


def test_a_finding_carries_all_that_a_fix_needs_and_the_worst_comes_first() -> None:
    deal = replace(CLEAN, close_on=date(2026, 5, 1), pushes=3, pushed_days=40)
    first, second = findings_of(deal, GROUND)
    assert (first.rule, first.severity, first.column) == (
        "close_date_past",
        Severity.HIGH,
        "close_on",
    )
    assert first.proposal is not None
    assert first.cure == hygiene_rules()["close_date_past"].cure
    assert (second.rule, second.deal_id, second.owner_id) == ("pushed_three_times", "D1", "R1")


def test_what_cannot_be_told_is_counted_by_its_reason() -> None:
    rule = hygiene_rules()["stale_for_stage"]
    lost = [replace(CLEAN, deal_id=str(i), stage="Elsewhere") for i in range(3)]
    judged = judge_deals([*lost, replace(CLEAN, stage_since=None)], GROUND, [rule])
    assert sorted(one.deals for one in judged.unjudged) == [1, 3]
    assert judged.findings == ()
