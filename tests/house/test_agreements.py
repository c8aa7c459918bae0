"""Promises of every type of document: its example, its form, its words, its places."""

from datetime import date

import pytest
from pydantic import BaseModel

from tests.house.tree import ROOT
from wald.documents.document import DocumentType, document_types
from wald.documents.fields import field_at, fields_of, key_of, leaves
from wald.documents.form import with_values
from wald.documents.form_parts import form_of
from wald.documents.reading import read
from wald.documents.schema import json_schema
from wald.documents.version import Bound
from wald.documents.writing import whole_text

TYPES = document_types()
each = pytest.mark.parametrize("type", TYPES.values(), ids=TYPES)


def text_of(type: DocumentType[BaseModel]) -> str:
    return whole_text(type, type.example, name="example", starts_on=date(2026, 1, 1))


@each
def test_the_example_reads_back_as_it_was_written(type: DocumentType[BaseModel]) -> None:
    reading = read(text_of(type), TYPES)
    assert reading.problems == ()
    assert reading.written is not None
    assert type.shape.model_validate(reading.written.content) == type.example
    assert reading.written.schema == type.schema


@each
def test_the_example_of_the_doc_page_is_sound(type: DocumentType[BaseModel]) -> None:
    page = (ROOT / type.source).read_text()
    text = page.partition("```yaml\n")[2].partition("```")[0]
    assert read(text, TYPES).problems == ()


@each
def test_every_field_of_the_shape_is_on_the_doc_page(type: DocumentType[BaseModel]) -> None:
    page = (ROOT / type.source).read_text()
    names = {path.rpartition(".")[2] for path in leaves(type.shape, type.example.model_dump())}
    assert {name for name in names if name not in page} == set()


@each
def test_an_entry_is_known_by_a_key_and_says_more(type: DocumentType[BaseModel]) -> None:
    for field in fields_of(type.shape):
        if field.entry is not None:
            assert key_of(field.entry).is_required
            assert len(fields_of(field.entry)) > 1


@each
def test_every_value_is_found_by_its_path_and_told_in_words(
    type: DocumentType[BaseModel],
) -> None:
    for path, value in leaves(type.shape, type.example.model_dump()).items():
        assert field_at(type.shape, path) is not None
        label, told = type.tell(path, value)
        assert label
        assert told
        assert type.tell(path, None)[0]


@each
def test_every_problem_has_a_place_that_exists(type: DocumentType[BaseModel]) -> None:
    """Each value of the example is taken out, or made odd: what is found names a real place."""
    lines = text_of(type).splitlines()
    for number, line in enumerate(lines):
        name, colon, value = line.partition(": ")
        if not colon:
            continue
        for odd in ("-7", "0", "", "odd"):
            text = "\n".join([*lines[:number], f"{name}: {odd}", *lines[number + 1 :]])
            for problem in read(text, TYPES).problems:
                told = int(problem.where.split(",")[0].removeprefix("line "))
                assert 1 <= told <= len(lines), (problem, line, value)


@each
def test_a_form_of_the_example_changes_nothing_by_itself(type: DocumentType[BaseModel]) -> None:
    text = text_of(type)
    form = form_of(type, text)
    values = {one.name: one.value for one in form.all_inputs()}
    assert with_values(type, text, values) == text


@each
def test_the_schema_has_every_field_of_the_shape(type: DocumentType[BaseModel]) -> None:
    told = str(json_schema(type))
    assert [one.name for one in fields_of(type.shape) if f"'{one.name}'" not in told] == []


@each
def test_what_units_may_change_can_name_any_value_that_is_not_one_for_all(
    type: DocumentType[BaseModel],
) -> None:
    every = leaves(type.shape, type.example.model_dump())
    paths = [path for path in every if not type.not_local(path, type.example, "")]
    local = "".join(f"  {path}:\n" for path in paths)
    text = text_of(type).replace("content:", f"local:\n{local}content:")
    reading = read(text, TYPES)
    assert reading.problems == ()
    assert reading.written is not None
    assert reading.written.local == tuple(Bound(path) for path in paths)
