"""Exit criteria held against deals: what proves them, as of a day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from wald.heart.pipeline.exit_criteria import (
    Criterion,
    DealEvidence,
    Evidence,
    Outcome,
    Since,
    StageRule,
    Touch,
    is_met,
    still_to_show,
    without_evidence,
)

MET = Criterion("met", "We met them", Evidence.ACTIVITY, "meeting")
BUYER = Criterion("buyer", "We know who buys", Evidence.CONTACT, "finance, chief", Since.OPENING)
WORTH = Criterion("worth", "We know what it is worth", Evidence.AMOUNT)
WHEN = Criterion("when", "We know when", Evidence.CLOSE_ON)
OFFER = Criterion("offer", "There is an offer", Evidence.LINE)
SAID = Criterion("said", "The customer wants it", Evidence.ATTESTED)

QUALIFY = StageRule("qualify", "Qualify", exit_criteria=(MET, BUYER))
DEMO = StageRule("demo", "Demo", may_skip=True, exit_criteria=(WORTH,))
OFFERED = StageRule("offered", "Offered", exit_criteria=(OFFER, WHEN, SAID))
WON = StageRule("won", "Won", outcome=Outcome.WON)
RULES = (QUALIFY, DEMO, OFFERED, WON)
TODAY = date(2026, 3, 31)
# Opened on 1 March, in Offered since the 20th; nothing proves anything.
BARE = DealEvidence(
    stage="Offered",
    opened_on=date(2026, 3, 1),
    entered={"Qualify": date(2026, 3, 5), "Offered": date(2026, 3, 20)},
    amount=None,
    close_on=None,
    has_lines=False,
    touches=(),
    attested=frozenset(),
)


def touched(*touches: Touch) -> DealEvidence:
    return replace(BARE, touches=touches)


@pytest.mark.parametrize(
    ("touch", "expected"),
    [
        (Touch("meeting", date(2026, 3, 5)), True),  # the day it entered the stage
        (Touch("meeting", date(2026, 3, 4)), False),  # the day before
        (Touch("meeting", date(2026, 3, 31)), True),
        (Touch("meeting", date(2026, 4, 1)), False),  # tomorrow proves nothing yet
        (Touch("call", date(2026, 3, 6)), False),
    ],
)
def test_an_activity_counts_from_the_stage_on_and_up_to_the_day(
    touch: Touch, expected: bool
) -> None:
    assert is_met(QUALIFY, MET, touched(touch), TODAY) is expected


@pytest.mark.parametrize(
    ("touch", "expected"),
    [
        (Touch("email", date(2026, 3, 1), "Head of Finance"), True),  # since the opening
        (Touch("email", date(2026, 3, 9), "Chief executive"), True),
        (Touch("email", date(2026, 3, 9), "Plant manager"), False),
        (Touch("email", date(2026, 3, 9), None), False),
        (Touch("email", date(2026, 2, 28), "Head of finance"), False),  # before the deal
    ],
)
def test_a_contact_counts_by_a_word_of_the_title(touch: Touch, expected: bool) -> None:
    assert is_met(QUALIFY, BUYER, touched(touch), TODAY) is expected


@pytest.mark.parametrize(
    ("criterion", "change", "expected"),
    [
        (WORTH, {"amount": Decimal(1)}, True),
        (WORTH, {"amount": Decimal(0)}, False),
        (WORTH, {"amount": None}, False),
        (WHEN, {"close_on": TODAY}, True),
        (WHEN, {"close_on": date(2026, 3, 30)}, False),
        (OFFER, {"has_lines": True}, True),
        (OFFER, {"has_lines": None}, None),  # no lines are loaded
        (MET, {"touches": None}, None),
        (BUYER, {"touches": None}, None),
        (SAID, {"attested": frozenset({("offered", "said")})}, True),
        (SAID, {"attested": frozenset({("qualify", "said")})}, False),
        (SAID, {"attested": None}, None),
    ],
)
def test_each_kind_of_evidence(
    criterion: Criterion, change: dict[str, object], expected: bool | None
) -> None:
    deal = replace(BARE, **change)  # type: ignore[arg-type]  # names of its fields
    assert is_met(OFFERED, criterion, deal, TODAY) is expected


def test_a_deal_answers_for_the_stages_behind_it() -> None:
    # Demo may be skipped and was; Offered is not behind it yet.
    assert [one.criterion.key for one in without_evidence(RULES, BARE, TODAY)] == ["met", "buyer"]
    assert [one.criterion.key for one in still_to_show(RULES, BARE, TODAY)] == [
        "offer",
        "when",
        "said",
    ]


def test_a_stage_that_may_not_be_skipped_asks_of_who_skipped_it() -> None:
    strict = (QUALIFY, replace(DEMO, may_skip=False), OFFERED)
    found = [one.criterion.key for one in without_evidence(strict, BARE, TODAY)]
    assert found == ["met", "buyer", "worth"]


def test_what_cannot_be_known_is_not_held_against_a_deal() -> None:
    assert without_evidence(RULES, replace(BARE, touches=None), TODAY) == ()


@pytest.mark.parametrize("stage", [None, "Elsewhere", "Won", "Qualify"])
def test_a_deal_of_no_place_closed_or_at_the_beginning_asks_nothing(stage: str | None) -> None:
    assert without_evidence(RULES, replace(BARE, stage=stage), TODAY) == ()
