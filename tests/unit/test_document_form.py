"""A form made from a shape changes what it is asked to, and keeps the rest of the text."""

from datetime import date

import pytest

from tests.agreeing import CENTRAL, OVERRIDE
from wald.agreements.approval_policy import DOCUMENT as POLICY
from wald.agreements.working_hours import DOCUMENT as HOURS
from wald.documents.document import document_types
from wald.documents.form import with_values
from wald.documents.form_parts import form_of
from wald.documents.reading import read
from wald.documents.writing import literal, whole_text
from wald.kernel.problem import BadInput


def values(text: str) -> dict[str, str]:
    form = form_of(POLICY, text)
    entries = (one for group in form.groups for entry in group.entries for one in entry.inputs)
    return {one.name: one.value for one in (*form.envelope, *form.inputs, *entries)}


def test_a_form_shows_what_stands_in_the_text() -> None:
    found = values(CENTRAL)
    assert found["starts_on"] == "2026-01-01"
    assert found["content.rules.0.discount_above"] == "0.15"
    assert found["content.rules.1.total_above"] == ""


@pytest.mark.parametrize("text", [CENTRAL, OVERRIDE])
def test_a_form_that_changes_nothing_keeps_every_byte(text: str) -> None:
    assert with_values(POLICY, text, values(text)) == text


def test_a_changed_value_leaves_comments_and_the_other_lines() -> None:
    sent = {"content.rules.0.discount_above": "0.18", "owner": "oli"}
    wanted = CENTRAL.replace("discount_above: 0.15", "discount_above: 0.18")
    assert with_values(POLICY, CENTRAL, sent) == wanted.replace("owner: ana", "owner: oli")


def test_a_number_that_no_float_holds_is_written_as_it_was() -> None:
    text = CENTRAL.replace("discount_above: 0.30", "total_above: 12345678901234567890.10")
    assert "12345678901234567890.10" in with_values(POLICY, text, {"owner": "oli"})


@pytest.mark.parametrize("told", ["true", "7", "null", "a: b", "- x", "#no", '"', "x\ty", "é"])
def test_a_text_that_could_say_something_else_is_quoted(told: str) -> None:
    text = with_values(POLICY, CENTRAL, {"reason": told})
    written = read(text, document_types()).written
    assert written is not None
    assert written.reason == told


def test_an_empty_value_takes_its_field_out() -> None:
    assert "reason" not in with_values(POLICY, CENTRAL, {"reason": ""})


def test_an_entry_is_added_and_removed() -> None:
    more = with_values(POLICY, CENTRAL, {}, add="content.rules")
    assert len(form_of(POLICY, more).groups[0].entries) == 3
    named = with_values(POLICY, more, {"content.rules.2.name": "board"})
    assert values(named)["content.rules.2.name"] == "board"
    less = with_values(POLICY, CENTRAL, {}, remove="content.rules.0")
    assert values(less)["content.rules.0.name"] == "finance"
    assert with_values(POLICY, CENTRAL, {}, remove="content.rules.9") == CENTRAL
    assert with_values(POLICY, CENTRAL, {}, add="content.colours") == CENTRAL


def test_a_list_has_one_value_a_line() -> None:
    text = whole_text(HOURS, HOURS.example, name="office", starts_on=date(2026, 1, 1))
    sent = {"content.holidays": "2026-12-24\r\n2026-12-25\r\n"}
    written = read(with_values(HOURS, text, sent), document_types()).written
    assert written is not None
    assert written.content["holidays"] == ["2026-12-24", "2026-12-25"]


@pytest.mark.parametrize("text", ["", "[", "a: &x 1", "a: 1\na: 2"])
def test_a_text_that_cannot_be_read_has_no_form(text: str) -> None:
    with pytest.raises(BadInput, match="before the text can be read"):
        form_of(POLICY, text)


def test_what_the_form_does_not_know_is_left_alone() -> None:
    sent = {"content.colour": "blue", "document": "working_hours", "local": "x", "do": "save"}
    assert with_values(POLICY, CENTRAL, sent) == CENTRAL


def test_a_word_is_plain_and_everything_else_is_quoted() -> None:
    assert literal("Europe/Berlin") == "Europe/Berlin"
    assert literal("No") == "No"  # text in YAML 1.2
    assert literal("true") == '"true"'
    assert literal("09:00") == '"09:00"'
