"""A compensation plan as a document: what it means, its Problems, its paths, words and form."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.plan_texts import TEXT
from wald.agreements.compensation_plan import DOCUMENT, CompensationPlan, plan_of
from wald.documents.comparison import in_words
from wald.documents.document import document_types
from wald.documents.form import with_values
from wald.documents.form_parts import form_of
from wald.documents.proposal import as_version
from wald.documents.reading import Written, read
from wald.documents.resolve import overlaid
from wald.documents.schema import json_schema
from wald.documents.version import Version
from wald.documents.writing import override_text
from wald.heart.compensation.component import components
from wald.heart.compensation.plan import CreditRule, Every, Plan

TYPES = document_types()
AT = datetime(2026, 1, 1, tzinfo=UTC)
OVERRIDE = """\
document: compensation_plan
name: reps
unit: EMEA
starts_on: 2026-01-01
expires_on: 2026-07-01
owner: oli
reason: a harder market
content:
  components:
    - key: commission
      tiered_rate:
        tiers:
          - starts_at: 0.5
            rate: 0.07
"""


def written(text: str) -> Written:
    found = read(text, TYPES)
    assert found.written is not None, found.problems
    return found.written


def version(text: str, version_id: int = 1) -> Version:
    return replace(as_version(written(text), "ana", AT, number=1), version_id=version_id)


def plan(text: str) -> Plan:
    return plan_of(CompensationPlan.model_validate(written(text).content), key="reps")


def problems(old: str, new: str) -> list[str]:
    assert old in TEXT
    return [str(one) for one in read(TEXT.replace(old, new), TYPES).problems]


def test_a_document_becomes_the_plan_that_pay_is_computed_from() -> None:
    found = plan(TEXT)
    assert [(one.key, one.component, one.every) for one in found.components] == [
        ("commission", "tiered_rate", Every.MONTH),
        ("bonus", "goal_bonus", Every.QUARTER),
    ]
    assert found.credits == (CreditRule("direct"),)  # nobody wrote one
    rates = [tier.rate for tier in found.components[0].terms.tiers]  # type: ignore[attr-defined]  # terms of a tiered rate
    assert rates == [Decimal("0.05"), Decimal("0.06"), Decimal("0.08")]


@pytest.mark.parametrize("key", components())
def test_every_component_has_its_field_and_takes_its_own_example(key: str) -> None:
    entry = {"key": "one", "measure": "revenue", key: components()[key].example}
    content = CompensationPlan.model_validate(
        {"currency": "EUR", "measures": [{"key": "revenue", "quota": "x"}], "components": [entry]}
    )
    assert plan_of(content, key="x").components[0].terms == components()[key].example


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rate: 0.08", "rate: 8", "line 17, column 34, components[0].tiered_rate.tiers[2].rate: 8"),
        ("starts_at: 1,", "starts_at: 0.4,", "components[0].tiered_rate.tiers[2]: does not start"),
        ("starts_at: 0,", "starts_at: 0.1,", "components[0].tiered_rate.tiers[0]: no band covers"),
        ("starts_at: 1,", "starts_at: 0.5,", "'0.5' is entry 2 already"),
        ("measure: revenue\n      every", "measure: renevue\n      every", "did you mean revenue?"),
        (
            "quota: bookings",
            "value: amount, where: segmnt = 'x', quota: bookings",
            "measures[0].where: there is no column segmnt (character 1); did you mean segment?",
        ),
        ("quota: bookings", "value: segment, quota: bookings", "which cannot be added up"),
        ("quota: bookings", "yearly_quota: 0", "a quota of 0"),
        ("quota: bookings", "rules: [team]", "measures[0].rules[0]: there is no credit rule"),
        ("{key: revenue, quota: bookings}", "{key: revenue}", "and revenue has none"),
        ("every: quarter", "every: quarter\n      resets: month", "starts anew each month"),
        ("every: quarter", "every: never", "components[1].every: it never pays"),
        ("      goal_bonus: {amount: 1000}\n", "", "components[1]: no component stands here"),
        (
            "goal_bonus: {amount: 1000}",
            "goal_bonus: {amount: 1}\n      flat_rate: {rate: 0.1}",
            "has the terms of 2 components",
        ),
        (
            "goal_bonus: {amount: 1000}",
            "multiplier: {of: [late], steps: [{starts_at: 0, factor: 1}]}",
            "there is no component 'late'",
        ),
        ("content:\n", "content:\n  pays: quarter\n", "it pays each month, the plan each quarter"),
        ("content:\n", "content:\n  credits: [{name: a, share: 1.01}]\n", "credits[0].share: 1.01"),
        (
            "content:\n",
            "content:\n  credits: [{name: a}, {name: b}]\n",
            "credits 200 % of every deal",
        ),
        ("content:\n", "content:\n  credits: [{name: a, kind: overlay}]\n", "names nobody"),
        ("content:\n", "content:\n  eligible: {where: rol = 'rep'}\n", "did you mean role?"),
        ("content:\n", "content:\n  rounding: {to: 0}\n", "nothing is a multiple of 0"),
    ],
)
def test_what_cannot_be_right_is_told_at_its_place(old: str, new: str, told: str) -> None:
    assert any(told in one for one in problems(old, new)), problems(old, new)


def test_all_problems_come_at_once() -> None:
    text = TEXT.replace("rate: 0.08", "rate: 8").replace("amount: 1000", "amount: -5")
    text = text.replace("quota: bookings", "yearly_quota: 0")
    where = " ".join(one.where for one in read(text, TYPES).problems)
    assert "tiers[2].rate" in where
    assert "goal_bonus" in where
    assert "yearly_quota" in where


def test_a_cap_before_what_it_caps_is_found() -> None:
    cap = "    - key: most\n      cap: {amount: 1, of: [bonus]}\n"
    text = TEXT.replace("    - key: commission ", f"{cap}    - key: commission ")
    told = [str(one) for one in read(text, TYPES).problems]
    assert any("bonus stands after it" in one for one in told), told


def test_a_rate_that_changes_is_told_in_words() -> None:
    new = TEXT.replace("rate: 0.08", "rate: 0.09")
    assert in_words(DOCUMENT, written(TEXT), written(new)) == (
        "commission from 100 %: rate: now 9 %, was 8 %",
    )


def test_a_tier_that_comes_and_one_that_goes_are_told() -> None:
    new = TEXT.replace("- {starts_at: 1, rate: 0.08}", "- {starts_at: 1.2, rate: 0.08}")
    assert in_words(DOCUMENT, written(TEXT), written(new)) == (
        "commission tiers: from 100 % is gone",
        "commission tiers: from 120 % is new",
        "commission from 120 %: rate: 8 %",
    )


def test_a_number_has_one_path_however_many_zeros_it_is_written_with() -> None:
    assert in_words(DOCUMENT, written(TEXT), written(TEXT.replace("0.50", "0.5"))) == ()


def test_another_kind_of_component_is_told() -> None:
    new = TEXT.replace("goal_bonus: {amount: 1000}", "flat_rate: {rate: 0.01}")
    told = in_words(DOCUMENT, written(TEXT), written(new))
    assert "bonus: amount is no longer given" in told
    assert "bonus: rate: 1 %" in told


def test_a_component_that_goes_is_one_change() -> None:
    head, _, _ = TEXT.partition("    - key: bonus")
    assert in_words(DOCUMENT, written(TEXT), written(head)) == ("components: bonus is gone",)


def test_a_unit_changes_one_tier_within_its_bounds() -> None:
    value, origins, passed = overlaid(DOCUMENT, version(TEXT), [version(OVERRIDE, 2)])
    assert passed == ()
    assert list(origins) == ["components.commission.tiered_rate.tiers.0_5.rate"]
    tiers = plan_of(value, key="reps").components[0].terms.tiers  # type: ignore[arg-type, attr-defined]  # the shape of the type, terms of a tiered rate
    assert [tier.rate for tier in tiers] == [Decimal("0.05"), Decimal("0.07"), Decimal("0.08")]


def test_a_unit_that_goes_beyond_its_bounds_changes_nothing() -> None:
    beyond = version(OVERRIDE.replace("0.07", "0.09"), 2)
    _, origins, passed = overlaid(DOCUMENT, version(TEXT), [beyond])
    assert origins == {}
    assert passed[0].why == "commission from 50 %: rate: 9 %, above 8 %, the highest allowed"


def test_an_override_starts_from_what_may_be_changed() -> None:
    text = override_text(
        DOCUMENT, version(TEXT), "EMEA",
        starts_on=date(2026, 1, 1), expires_on=date(2026, 7, 1), owner="oli",
    )  # fmt: skip
    assert "rate: 0.06  # from 0.05 up to 0.08" in text
    assert read(text.replace('reason: ""', "reason: x"), TYPES).problems == ()


def test_the_schema_says_that_an_entry_has_one_component() -> None:
    definitions = json_schema(DOCUMENT)["$defs"]
    assert isinstance(definitions, dict)
    wanted = [{"required": [key]} for key in components()]
    assert definitions["PlanComponent"]["oneOf"] == wanted


def test_the_form_shows_the_component_in_use_and_a_choice_where_there_is_none() -> None:
    text = TEXT + "    - key: new\n"
    form = form_of(DOCUMENT, text)
    group = next(one for one in form.groups if one.name == "content.components")
    first, second, third = group.entries
    assert [part.label for part in first.parts] == ["Tiered rate"]
    assert [one.name for one in first.groups] == ["content.components.0.tiered_rate.tiers"]
    assert not any("flat_rate" in one.name for one in first.inputs)
    assert "content.components.1.goal_bonus.amount" in [one.name for one in second.inputs]
    assert first.others == second.others == ()
    assert third.others == tuple(components())


def test_the_form_says_what_holds_where_nothing_is_written() -> None:
    found = {one.name: one.default for one in form_of(DOCUMENT, TEXT).all_inputs()}
    assert found["content.rounding.step"] == "line"
    assert found["content.components.0.resets"] == "year"
    assert found["content.components.0.tiered_rate.side"] == "upper"
    assert found["content.components.1.goal_bonus.reaches"] == "1"
    assert found["content.components.1.goal_bonus.amount"] == ""


def test_the_form_changes_a_tier_and_keeps_the_comment() -> None:
    name = "content.components.0.tiered_rate.tiers.2.rate"
    assert with_values(DOCUMENT, TEXT, {name: "0.09"}) == TEXT.replace("rate: 0.08", "rate: 0.09")


def test_the_form_adds_a_tier_a_component_and_its_kind() -> None:
    tiers = "content.components.0.tiered_rate.tiers"
    more = with_values(DOCUMENT, TEXT, {}, add=tiers)
    sent = {f"{tiers}.3.starts_at": "1.5", f"{tiers}.3.rate": "0.1"}
    assert read(with_values(DOCUMENT, more, sent), TYPES).problems == ()
    more = with_values(DOCUMENT, TEXT, {}, add="content.components")
    more = with_values(DOCUMENT, more, {"content.components.2.key": "spiff"})
    more = with_values(DOCUMENT, more, {}, add="content.components.2.flat_rate")
    sent = {
        "content.components.2.measure": "revenue",
        "content.components.2.flat_rate.rate": "0.01",
    }
    made = plan(with_values(DOCUMENT, more, sent))
    assert [one.component for one in made.components] == ["tiered_rate", "goal_bonus", "flat_rate"]
    less = with_values(DOCUMENT, TEXT, {}, remove="content.components.1.goal_bonus")
    assert form_of(DOCUMENT, less).groups[-1].entries[1].others == tuple(components())
