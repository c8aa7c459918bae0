"""Two versions compared in words and by line; who is one with whom; overrides that drift."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.agreeing import CENTRAL, OVERRIDE
from wald.agreements.approval_policy import DOCUMENT
from wald.documents.comparison import in_text, in_words
from wald.documents.document import document_types
from wald.documents.drift import Why, held_against, to_look_at
from wald.documents.four_eyes import one_with
from wald.documents.proposal import as_version
from wald.documents.reading import Written, read
from wald.documents.resolve import overlaid, value_of
from wald.documents.schema import json_schema
from wald.documents.version import State, Version

AT = datetime(2026, 1, 1, tzinfo=UTC)


def written(text: str) -> Written:
    found = read(text, document_types())
    assert found.written is not None, found.problems
    return found.written


def version(text: str) -> Version:
    return as_version(written(text), "ana", AT, number=1)


def changes(old: str, new: str) -> list[str]:
    return list(in_words(DOCUMENT, written(CENTRAL), written(CENTRAL.replace(old, new))))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.15 ", "0.20 ", ["regional_director approves discounts above now 20 %, was 15 %"]),
        ("name: finance", "name: board", None),
        ("owner: ana", "owner: oli", ["its owner is oli, was ana"]),
        ("owner: ana", "owner: ana\nends_on: 2027-01-01", ["it ends on 2027-01-01, was nothing"]),
        (
            "0.30",
            "0.30\n      total_above: 1000",
            ["finance approves totals above now 1,000, was nothing"],
        ),
        (
            "highest: 0.20",
            "highest: 0.25",
            [
                "units may change rules.regional_director.discount_above from 0.05 up to 0.25, "
                "was from 0.05 up to 0.20"
            ],
        ),
        ("# 15 %", "# fifteen", []),
    ],
)
def test_a_change_is_told_in_words(old: str, new: str, words: list[str] | None) -> None:
    found = changes(old, new)
    if words is None:
        assert found[:2] == ["rules: finance is gone", "rules: board is new"]
        assert "finance" not in " ".join(found[2:])
    else:
        assert found == words


def test_another_order_of_rules_is_a_change() -> None:
    head, first, second = CENTRAL.partition("    - name: regional_director")[0], "", ""
    _, _, rest = CENTRAL.partition("content:\n  rules:\n")
    first, _, second = rest.partition("    - name: finance")
    turned = head + f"    - name: finance{second}{first}"
    assert list(in_words(DOCUMENT, written(CENTRAL), written(turned))) == [
        "rules: now in the order finance, regional_director"
    ]


def test_lines_are_compared_and_very_long_texts_are_not() -> None:
    lines = in_text("a\nb\n", "a\nc\n", "version 1", "version 2")
    assert lines[:2] == ("--- version 1", "+++ version 2")
    assert lines[-2:] == ("-b", "+c")
    assert "too long" in in_text("a\n" * 5000, "b\n" * 5000, "1", "2")[0]


@pytest.mark.parametrize(
    ("stands_in", "chain"),
    [
        ([], None),
        ([("ana", "fin")], ("ana", "fin")),
        ([("fin", "ana")], ("fin", "ana")),
        ([("ana", "max"), ("max", "fin")], ("ana", "max", "fin")),
        ([("fin", "max"), ("max", "bob")], ("fin", "max", "bob")),
        ([("max", "fin"), ("max", "ana")], None),
        ([("ana", "max"), ("max", "ana")], None),
    ],
)
def test_who_stands_in_for_a_writer_is_one_with_them(
    stands_in: list[tuple[str, str]], chain: tuple[str, ...] | None
) -> None:
    assert one_with("fin", ["ana", "bob"], stands_in) == chain


def test_a_writer_is_one_with_themselves() -> None:
    assert one_with("bob", ["ana", "bob"], []) == ("bob",)


def test_an_override_that_says_what_holds_anyway_is_found() -> None:
    same = version(OVERRIDE.replace("0.18", "0.15"))
    (found,) = held_against(DOCUMENT, version(CENTRAL), same)
    assert found.sentence.endswith("15 %, as for the whole organization")


def test_an_override_with_which_the_whole_makes_no_sense_does_not_hold_at_all() -> None:
    limits = "  rules.finance.discount_above:\n  rules.finance.approver:\n"
    central = CENTRAL.replace("content:", f"{limits}content:")
    rule = "    - name: finance\n      approver: sales_leader\n      discount_above: 0.15\n"
    whole = version(OVERRIDE.partition("    - name")[0] + rule)
    value, origins, passed = overlaid(DOCUMENT, version(central), [whole])
    assert origins == {}
    assert [one.path for one in passed] == [""]
    assert "says what regional_director says" in passed[0].why
    assert value == overlaid(DOCUMENT, version(central), [])[0]


def test_an_older_schema_is_brought_to_the_present_one() -> None:
    def upgrade(content: Mapping[str, object], schema: int) -> Mapping[str, object]:
        rules = content["rules"]
        assert schema == 1
        assert isinstance(rules, list)
        shares = [f"0.{one['percent']}" for one in rules]
        names = [{"name": one["name"], "approver": one["approver"]} for one in rules]
        made = [{**one, "discount_above": share} for one, share in zip(names, shares, strict=True)]
        return {**content, "rules": made}

    newer = replace(DOCUMENT, schema=2, upgrade=upgrade)
    old = version(CENTRAL)
    rules = [{"name": "finance", "approver": "finance", "percent": 30}]
    value = value_of(newer, replace(old, content={"rules": rules}, schema=1))
    assert value.rules[0].discount_above == Decimal("0.30")
    assert value_of(newer, replace(old, schema=2)) == value_of(DOCUMENT, old)


def test_an_expired_override_that_another_follows_needs_nobody() -> None:
    central = replace(version(CENTRAL), version_id=1, approved_at=AT, state=State.APPROVED)
    gone = replace(version(OVERRIDE), version_id=2, approved_at=AT, state=State.APPROVED)
    after = replace(gone, version_id=3, number=2, starts_on=date(2026, 8, 1), ends_on=None)
    (found,) = to_look_at(DOCUMENT, [central, gone], date(2026, 7, 1))
    assert found.why is Why.EXPIRED
    assert to_look_at(DOCUMENT, [central, gone, after], date(2026, 7, 1)) == ()
    assert to_look_at(DOCUMENT, [central, gone], date(2026, 5, 31)) == ()


def test_the_schema_knows_the_envelope_and_the_shape() -> None:
    schema = json_schema(DOCUMENT)
    text = str(schema)
    assert "discount_above" in text
    assert "expires_on" in text
    assert schema["required"] == ["document", "name", "starts_on", "content"]
