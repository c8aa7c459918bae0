"""A form for a document, made from its shape: what stands in a text, and a text with new values.

The text stays the document: a form changes only the values it was given and keeps comments and
order. What it would write is read again before it is handed out; where anything but the
asked-for changed, the form says so and the text is to be edited itself.
"""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from wald.documents.document import DocumentType
from wald.documents.fields import Field, fields_of, key_of
from wald.documents.form_parts import Form, Input, flat, form_of
from wald.documents.nodes import read_nodes
from wald.documents.writing import literal
from wald.kernel.problem import BadInput, Problem


class _AsWritten(VersionedResolver):
    """Takes every plain word for the text it is, so that no number is read and written anew."""

    def resolve(self, kind: type, value: object, implicit: object) -> object:
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


def with_values(
    type: DocumentType[BaseModel],
    text: str,
    values: Mapping[str, str],
    *,
    add: str = "",
    remove: str = "",
) -> str:
    """Return the text with the form's values in it, and an entry or a part more or less.

    `values` are by the inputs' names, `add` is a group's name, or that of a part which an entry
    may have (content.components.0.flat_rate); `remove` one of an entry such as content.rules.2,
    or of a part. An empty value takes its field out. Raises BadInput where the text cannot be
    changed this way.
    """
    form = form_of(type, text)
    inputs = {one.name: one for one in form.all_inputs()}
    changed = {
        name: inputs[name]
        for name, told in values.items()
        if name in inputs and _settled(told) != inputs[name].value
    }
    is_more, is_less = _may_add(form, add), _may_remove(form, remove)
    if not changed and not is_more and not is_less:
        return text
    yaml = _yaml()
    root = yaml.load(text)
    for name, one in changed.items():
        _set(root, name.split("."), _new(one, _settled(values[name])))
    if is_more:
        _add(type.shape, root, add)
    if is_less:
        _remove(root, remove)
    made = StringIO()
    try:
        yaml.dump(root, made)
    except YAMLError as error:
        raise _unwritable() from error
    return _verified(made.getvalue(), text, changed, values, adds=is_more or is_less)


def _may_add(form: Form, name: str) -> bool:
    """Is this a list of the form, or a part that one of its entries may have?"""
    entry, _, part = name.rpartition(".")
    return any(
        group.name == name or any(one.name == entry and part in one.others for one in group.entries)
        for group in form.all_groups()
    )


def _may_remove(form: Form, name: str) -> bool:
    entries = [one for group in form.all_groups() for one in group.entries]
    return any(one.name == name or any(part.name == name for part in one.parts) for one in entries)


def _add(shape: type, root: CommentedMap, name: str) -> None:
    """Add an entry to a list, or a part to an entry, with what it must have left open."""
    field = _field_of(shape, name.split(".")[1:])
    if field is None:
        return
    *above, last = name.split(".")
    at = _place(root, above)
    if field.entry is not None:
        if not isinstance(at.get(last), CommentedSeq):
            at[last] = CommentedSeq()
        at[last].append(CommentedMap({key_of(field.entry).name: ""}))
    elif field.inside is not None:
        at[last] = _blank(field.inside)


def _blank(shape: type) -> CommentedMap:
    made = CommentedMap()
    for field in fields_of(shape):
        if field.is_required and field.entry is not None:
            made[field.name] = CommentedSeq([CommentedMap({key_of(field.entry).name: ""})])
        elif field.is_required and field.is_leaf:
            made[field.name] = CommentedSeq() if field.is_list else ""
    return made


def _field_of(shape: type, parts: list[str]) -> Field | None:
    """Return the field at a place in the text; numbers count entries."""
    field = None
    for part in (one for one in parts if not one.isdecimal()):
        field = next((one for one in fields_of(shape) if one.name == part), None)
        if field is None:
            return None
        shape = field.entry or field.inside or shape
    return field


def _place(root: CommentedMap, parts: list[str]) -> Any:
    at: Any = root
    for part in parts:
        if part.isdecimal():
            at = at[int(part)]
        else:
            if not isinstance(at.get(part), CommentedMap | CommentedSeq):
                at[part] = CommentedMap()
            at = at[part]
    return at


def _remove(root: CommentedMap, name: str) -> None:
    *above, last = name.split(".")
    del _place(root, above)[int(last) if last.isdecimal() else last]


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _AsWritten
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _settled(told: str) -> str:
    return "\n".join(line.strip() for line in told.replace("\r\n", "\n").split("\n")).strip()


def _new(one: Input, told: str) -> object:
    """Return a new value as ruamel writes it; None takes the field out."""
    if not told:
        return None
    if one.kind == "list":
        return CommentedSeq([_word(line) for line in told.split("\n") if line])
    return told if one.kind in ("number", "decimal", "date", "choice") else _word(told)


def _word(told: str) -> str:
    is_quoted = literal(told) != told
    return DoubleQuotedScalarString(told) if is_quoted else told


def _set(root: CommentedMap, parts: list[str], value: object) -> None:
    at = _place(root, parts[:-1])
    if value is not None:
        at[parts[-1]] = value
    elif parts[-1] in at:
        del at[parts[-1]]


def _verified(
    new: str, old: str, changed: Mapping[str, Input], values: Mapping[str, str], *, adds: bool
) -> str:
    """Return the new text if it says what was asked for and nothing else changed."""
    tree, problems = read_nodes(new)
    before, _ = read_nodes(old)
    if tree is None or before is None or problems:
        raise _unwritable()
    now, was = dict(flat(tree)), dict(flat(before))
    touched = tuple(changed)
    others = {
        path
        for path in {*now, *was}
        if not any(path == name or path.startswith(f"{name}.") for name in touched)
    }
    if not adds and any(now.get(path) != was.get(path) for path in others):
        raise _unwritable()
    for name, one in changed.items():
        wanted = _settled(values[name])
        if one.kind != "list" and now.get(name, "") != wanted:
            raise _unwritable()
    return new


def _unwritable() -> BadInput:
    problem = Problem("text", "the form cannot change it without loss", "edit the text itself")
    return BadInput("This text has a form that only an editor can keep.", [problem])
