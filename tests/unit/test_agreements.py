"""What each type of document finds wrong with what it says: approval_policy, working_hours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest

from wald.agreements import approval_policy, working_hours
from wald.agreements.approval_policy import ApprovalPolicy
from wald.agreements.working_hours import Due, Hours, WorkingHours
from wald.heart.dealdesk import Rule
from wald.kernel.policy import Role
from wald.kernel.weekday import Weekday

RULE = Rule("finance", Role.FINANCE, discount_above=Decimal("0.30"))
HOURS = working_hours.DOCUMENT.example


def of_policy(*rules: Rule) -> list[tuple[str, str]]:
    return [(one.where, one.what) for one in approval_policy.check(ApprovalPolicy(rules=rules))]


def test_a_sound_policy_has_no_problem() -> None:
    assert of_policy(RULE) == []


@pytest.mark.parametrize(
    ("rule", "place", "what"),
    [
        (replace(RULE, discount_above=None), "rules[0]", "never applies"),
        (replace(RULE, discount_above=Decimal(15)), "rules[0].discount_above", "15 is no share"),
        (replace(RULE, discount_above=Decimal(1)), "rules[0].discount_above", "1 is no share"),
        (replace(RULE, discount_above=Decimal("-0.1")), "rules[0].discount_above", "no share"),
        (replace(RULE, total_above=Decimal(-1)), "rules[0].total_above", "-1 is no amount"),
        (replace(RULE, total_above=Decimal("1e15")), "rules[0].total_above", "is no amount"),
        (replace(RULE, escalates_to=Role.REP), "rules[0]", "escalates by half"),
        (replace(RULE, escalates_after_hours=4), "rules[0]", "escalates by half"),
        (
            replace(RULE, escalates_to=Role.FINANCE, escalates_after_hours=4),
            "rules[0].escalates_to",
            "is the approver",
        ),
        (
            replace(RULE, escalates_to=Role.REP, escalates_after_hours=0),
            "rules[0].escalates_after_hours",
            "no time to wait",
        ),
    ],
)
def test_a_policy_that_makes_no_sense_is_told(rule: Rule, place: str, what: str) -> None:
    assert any(where == place and what in told for where, told in of_policy(rule))


def test_a_rule_that_says_what_another_says_is_told() -> None:
    assert of_policy(RULE, replace(RULE, name="again")) == [("rules[1]", "says what finance says")]


def test_a_policy_is_summed_up_and_told_in_words() -> None:
    example = approval_policy.DOCUMENT.example
    assert approval_policy.summary(example) == "2 rules; approvers: Sales leader, Finance"
    told = approval_policy.tell("rules.finance.discount_above", Decimal("0.155"))
    assert told == ("finance approves discounts above", "15.5 %")
    assert approval_policy.tell("rules.x.total_above", None) == (
        "x approves totals above",
        "nothing",
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda h: h.model_copy(update={"time_zone": "Europe/Atlantis"}), "time_zone"),
        (
            lambda h: h.model_copy(
                update={"weekdays": (Hours(day=Weekday.MONDAY, opens=time(9), closes=time(9)),)}
            ),
            "weekdays[0].closes",
        ),
        (
            lambda h: h.model_copy(update={"holidays": (date(2026, 1, 1), date(2026, 1, 1))}),
            "holidays[1]",
        ),
        (lambda h: h.model_copy(update={"due": (Due(kind="task", hours=0),)}), "due[0].hours"),
    ],
)
def test_working_hours_that_make_no_sense_are_told(
    change: Callable[[WorkingHours], WorkingHours], place: str
) -> None:
    assert [one.where for one in working_hours.check(change(HOURS))] == [place]


def test_working_hours_are_summed_up_and_told_in_words() -> None:
    assert working_hours.summary(HOURS) == "5 days a week in Europe/Berlin"
    assert working_hours.tell("weekdays.monday.opens", time(9)) == ("monday opens at", "09:00")
    told = working_hours.tell("due.approval.hours", 16)
    assert told == ("working hours for a case of the kind approval:", "16")
