"""A document's text: every Problem at once, each with its line, its column and its cure."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agreeing import CENTRAL, OVERRIDE
from wald.agreements.approval_policy import ApprovalPolicy
from wald.documents.document import document_types
from wald.documents.nodes import MOST_BYTES, decoded
from wald.documents.reading import read
from wald.documents.version import Bound
from wald.kernel.problem import Problem

TYPES = document_types()


def problems(text: str) -> list[str]:
    return [str(one) for one in read(text, TYPES).problems]


def places(text: str) -> list[tuple[int, int]]:
    found = (re.match(r"line (\d+), column (\d+)", one) for one in problems(text))
    return [(int(one[1]), int(one[2])) for one in found if one is not None]


def changed(old: str, new: str, text: str = CENTRAL) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_sound_text_is_read_with_exact_decimals() -> None:
    written = read(CENTRAL, TYPES).written
    assert written is not None
    policy = ApprovalPolicy.model_validate(written.content)
    assert policy.rules[0].discount_above == Decimal("0.15")
    assert str(policy.rules[1].discount_above) == "0.30"
    assert written.text == CENTRAL
    assert written.local == (Bound("rules.regional_director.discount_above", "0.05", "0.20"),)


def test_an_override_is_some_of_the_content() -> None:
    written = read(OVERRIDE, TYPES).written
    assert written is not None
    assert written.content == {"rules": [{"name": "regional_director", "discount_above": "0.18"}]}
    assert (written.unit, str(written.ends_on)) == ("EMEA", "2026-06-01")


def test_thirty_digits_stay_thirty_digits() -> None:
    text = changed("discount_above: 0.30", "total_above: 123456789012345.678901234567")
    written = read(text, TYPES).written
    assert written is not None
    policy = ApprovalPolicy.model_validate(written.content)
    assert policy.rules[1].total_above == Decimal("123456789012345.678901234567")


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("0.15", "much", (12, 23), "'much' is not a number; write 0.15"),
        ("0.15", "15", (12, 23), "15 is no share of a price; write a share: 0.15 for 15 %"),
        ("0.15", "true", (12, 23), "'true' is not a number"),
        ("0.15", "1e9", (12, 23), "'1e9' is not a number"),
        ("0.15", ".nan", (12, 23), "'.nan' is not a number"),
        ("0.15", "[1]", (12, 23), "one value is expected here"),
        ("approver: finance", "approver: finanse", (14, 17), "did you mean finance?"),
        ("approver: finance", "aprover: finance", (14, 7), "did you mean approver?"),
        ("name: finance", "name: 7", (13, 13), 'put it in quotes: "7"'),
        ("name: finance", "name: regional_director", (13, 7), "'regional_director' is entry 1"),
        ("name: finance", "name: a.b", (13, 7), "can be no key"),
        ("2026-01-01", "soon", (3, 12), "'soon' is not a day; write it like 2026-01-31"),
        ("2026-01-01", "2026-02-30", (3, 12), "is not a day"),
        ("2026-01-01", "0001-01-01", (3, 12), "is not a day"),
        ("name: discounts", "name: My Policy", (2, 7), "'My Policy' does not fit"),
        ("document: approval_policy", "document: aproval_policy", (1, 11), "did you mean"),
        ("document: approval_policy", "document: [x]", (1, 11), "is no type of document"),
        ("highest: 0.20", "higest: 0.20", (7, 58), "did you mean highest?"),
        ("highest: 0.20", "highest: 0.01", (7, 43), "lowest is above highest"),
        ("highest: 0.20", "highest: 0.10", (7, 43), "above 10 %, the highest allowed"),
        ("rules.regional_director.d", "rules.director.d", (7, 3), "no such value to change"),
        ("rules.regional_director.discount_above", "rules", (7, 3), "no such value to change"),
        ("owner: ana", "owner: [ana]", None, ""),
        ("owner: ana", "expires_on: 2026-05-01", (4, 13), "only an override expires"),
        ("owner: ana", "owner: ana\nowner: bob", (5, 1), "keep one of the two"),
    ],
)
def test_a_fault_has_its_place_and_its_cure(
    old: str, new: str, place: tuple[int, int] | None, told: str
) -> None:
    text = changed(old, new)
    if place is not None:
        assert place in places(text)
        assert any(told in one for one in problems(text)), problems(text)


def test_every_problem_is_found_at_once() -> None:
    text = changed("0.15", "much").replace("2026-01-01", "soon").replace("0.30", "a lot")
    assert [line for line, _ in places(text)] == [3, 12, 15]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("owner: lou\n", "", "owner: it is missing"),
        ("expires_on: 2026-06-01\n", "", "expires_on: it is missing"),
        ("reason: Competition in the region\n", "", "reason: it is missing"),
        ("expires_on", "ends_on", "write expires_on: an override expires"),
        ("expires_on: 2026-06-01", "expires_on: 2026-02-01", "2026-02-01 is not after 2026-02-01"),
        ("owner: lou", "owner: lou\nlocal: {}", "only the organization says"),
        ("    - name: regional_director\n      disc", "    - disc", "rules[0].name: it is missing"),
        ("unit: EMEA", "unit:", "unit: nothing stands here"),
        ("unit: EMEA", "unit: EMEA/", "'EMEA/' does not fit"),
        ("  rules:\n    - name: regional_director\n      discount_above: 0.18\n", "", "content"),
    ],
)
def test_an_override_says_whose_why_and_until_when(old: str, new: str, told: str) -> None:
    found = problems(changed(old, new, OVERRIDE))
    assert any(told in one for one in found), found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the text is empty"),
        ("# nothing\n", "the text is empty"),
        ("[]", "this has no fields"),
        ("just words", "this has no fields"),
        ("a: [1,", "cannot be read here"),
        ("a: b: c", "put a text with a colon in quotes"),
        ("\ta: 1", "indent with spaces"),
        ("a: 'x", "close the quote"),
        ("a: &x 1\nb: 2", "&x names a place"),
        ("a: &x 1\nb: *x", "*x stands for another place"),
        ("a: !!python/object:os.system x", "a tag says"),
        ("a: !x 1", "a tag says"),
        ("%YAML 1.1\n---\na: 1", "a directive of YAML"),
        ("a: 1\n---\nb: 2", "a second document"),
        ("? [a]\n: b", "is no name"),
        ("a: \x00b", "U+0000"),
        ("a: \x1b[2J", "U+001B"),
        ("a: \ud800", "half of a pair"),
        ("[" * 5000, "levels deep"),
        ("{a: " * 5000, "levels deep"),
        ("x" * (MOST_BYTES + 1), "bytes"),
        ("- a\n" * 30_000, "more than 10,000 values"),
        ("<<: {a: 1}", "means nothing here"),
    ],
)
def test_a_hostile_text_is_refused_with_a_sentence(text: str, told: str) -> None:
    found = problems(text)
    assert any(told in one for one in found), found[:5]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (CENTRAL.encode("utf-16"), "UTF-16"),
        (b"\xff\xfea", "UTF-16"),
        (b"a: 1\nname: caf\xe9", "line 2"),
    ],
)
def test_another_encoding_is_told(content: bytes, told: str) -> None:
    found = decoded(content)
    assert isinstance(found, Problem)
    assert told in str(found)


@pytest.mark.parametrize("text", ["a: #c\n|\n\n", "#c\n> #"])
def test_comments_that_meet_are_left_out(text: str) -> None:
    """The smallest texts on which a parser that keeps comments breaks; both are sound YAML."""
    assert problems(text) != []
    assert all(one.startswith("line ") for one in problems(text))


def test_a_text_folded_over_lines_is_one_line() -> None:
    folded = CENTRAL.replace(
        "reason: One policy for everybody", "reason: >-  # why\n  One policy\n  for everybody"
    )
    assert folded != CENTRAL
    reading = read(folded, TYPES)
    assert reading.written is not None
    assert reading.written.reason == "One policy for everybody"


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    reading = read(text, TYPES)
    assert (reading.written is None) == bool(reading.problems)


_PIECES = st.lists(
    st.sampled_from([*CENTRAL, "\t", "{", "}", "[", "&a ", "*a", "!x ", "---\n", "? ", '"', "'"]),
    max_size=4,
)


@given(st.integers(0, len(CENTRAL)), st.integers(0, 30), _PIECES)
def test_a_text_with_something_else_in_it_is_read_or_refused(
    start: int, length: int, pieces: list[str]
) -> None:
    text = CENTRAL[:start] + "".join(pieces) + CENTRAL[start + length :]
    reading = read(text, TYPES)
    assert (reading.written is None) == bool(reading.problems)
    for problem in reading.problems:
        line = int(re.match(r"line (\d+)", problem.where)[1])  # type: ignore[index]  # it matches
        assert 1 <= line <= text.count("\n") + 2
