"""A form for a document, made from its shape: what stands in a text, and a text with new values.

The text stays the document: a form changes only the values it was given and keeps comments and
order. What it would write is read again before it is handed out; where anything but the
asked-for changed, the form says so and the text is to be edited itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from io import StringIO

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from wald.documents.document import DocumentType
from wald.documents.fields import Field, fields_of, key_of
from wald.documents.nodes import Fields, Items, Node, Value, read_nodes
from wald.documents.writing import literal
from wald.kernel.problem import BadInput, Problem

MOST_INPUTS = 300  # browsers send them all, and Django takes 1,000 fields of a form
_DAYS = {"starts_on", "ends_on", "expires_on"}
_CENTRAL = ("name", "starts_on", "ends_on", "owner", "reason")
_OVERRIDE = ("name", "unit", "starts_on", "expires_on", "owner", "reason")
_KINDS: Mapping[object, str] = {date: "date", time: "time", int: "number", Decimal: "decimal"}


@dataclass(frozen=True, slots=True)
class Input:
    """One field of the form. `name` is that of its input, `path` as Problems name its place;
    `kind` is text, date, time, number, decimal, choice, or list: one value a line."""

    name: str
    path: str
    label: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    title: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A list of entries; `name` is what one is added to."""

    name: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Form:
    envelope: tuple[Input, ...]
    inputs: tuple[Input, ...]
    groups: tuple[Group, ...]


def form_of(type: DocumentType[BaseModel], text: str) -> Form:
    """Return the form of a text. Raises BadInput where the text cannot be read at all."""
    tree = _tree(text)
    is_override = "unit" in tree.fields
    names = _OVERRIDE if is_override else _CENTRAL
    if len(dict(_flat(tree))) > MOST_INPUTS:
        fix = "edit the text itself"
        problem = Problem("text", f"it has more than {MOST_INPUTS} values", fix)
        raise BadInput("This document is too large for a form.", [problem])
    content = tree.fields.get("content")
    found = content if isinstance(content, Fields) else Fields(tree.place)
    fields = fields_of(type.shape)
    return Form(
        envelope=tuple(
            Input(
                name=name,
                path=name,
                label=name.replace("_", " ").capitalize(),
                kind="date" if name in _DAYS else "text",
                value=_told(tree.fields.get(name)),
            )
            for name in names
        ),
        inputs=tuple(
            _input(field, found.fields.get(field.name), f"content.{field.name}", field.name)
            for field in fields
            if field.is_leaf
        ),
        groups=tuple(
            _group(field, found.fields.get(field.name)) for field in fields if field.entry
        ),
    )


def _tree(text: str) -> Fields:
    tree, problems = read_nodes(text)
    if tree is None or problems:
        raise BadInput("The form cannot be shown before the text can be read.", problems)
    return tree


def _group(field: Field, node: Node | None) -> Group:
    items = node.items if isinstance(node, Items) else []
    return Group(
        f"content.{field.name}",
        field.name.replace("_", " ").capitalize(),
        tuple(_entry(field, number, item) for number, item in enumerate(items)),
    )


def _entry(field: Field, number: int, item: Node) -> Entry:
    entry = field.entry or type(None)
    found = item.fields if isinstance(item, Fields) else {}
    key = _told(found.get(key_of(entry).name))
    return Entry(
        number,
        key or f"{field.name} {number + 1}",
        tuple(
            _input(
                one,
                found.get(one.name),
                f"content.{field.name}.{number}.{one.name}",
                f"{field.name}[{number}].{one.name}",
            )
            for one in fields_of(entry)
            if one.is_leaf
        ),
    )


def _input(field: Field, node: Node | None, name: str, path: str) -> Input:
    if field.is_list:
        kind = "list"
        items = node.items if isinstance(node, Items) else []
        value = "\n".join(_told(item) for item in items)
    else:
        kind = "choice" if field.choices else _KINDS.get(field.plain_type, "text")
        value = _told(node)
    return Input(
        name=name,
        path=path,
        label=field.name.replace("_", " ").capitalize(),
        kind=kind,
        value=value,
        choices=field.choices,
        is_required=field.is_required,
    )


def _told(node: Node | None) -> str:
    if not isinstance(node, Value) or node.value is None:
        return ""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


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
    """Return the text with the form's values in it, and an entry more or less.

    `values` are by the inputs' names, `add` is a group's name, `remove` one of an entry such as
    content.rules.2. An empty value takes its field out. Raises BadInput where the text cannot
    be changed this way.
    """
    form = form_of(type, text)
    every = (*form.envelope, *form.inputs)
    inputs = {one.name: one for one in every}
    inputs |= {one.name: one for g in form.groups for e in g.entries for one in e.inputs}
    changed = {
        name: inputs[name]
        for name, told in values.items()
        if name in inputs and _settled(told) != inputs[name].value
    }
    groups = {group.name: len(group.entries) for group in form.groups}
    place = remove.rpartition(".")
    removes = place[0] in groups and place[2].isdecimal() and int(place[2]) < groups[place[0]]
    if not changed and add not in groups and not removes:
        return text
    yaml = _yaml()
    root = yaml.load(text)
    for name, one in changed.items():
        _set(root, name.split("."), _new(one, _settled(values[name])))
    if add in groups:
        entry = next(
            field.entry for field in fields_of(type.shape) if f"content.{field.name}" == add
        )
        _list_of(root, add).append(CommentedMap({key_of(entry or object).name: ""}))
    if removes:
        del _list_of(root, place[0])[int(place[2])]
    made = StringIO()
    try:
        yaml.dump(root, made)
    except YAMLError as error:
        raise _unwritable() from error
    return _verified(made.getvalue(), text, changed, values, adds=add in groups or removes)


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
    at = root
    for part in parts[:-1]:
        if part.isdecimal():
            at = at[int(part)]
        else:
            if not isinstance(at.get(part), CommentedMap | CommentedSeq):
                at[part] = CommentedMap()
            at = at[part]
    if value is not None:
        at[parts[-1]] = value
    elif parts[-1] in at:
        del at[parts[-1]]


def _list_of(root: CommentedMap, name: str) -> CommentedSeq:
    content, field = root.setdefault("content", CommentedMap()), name.partition(".")[2]
    if not isinstance(content.get(field), CommentedSeq):
        content[field] = CommentedSeq()
    found: CommentedSeq = content[field]
    return found


def _verified(
    new: str, old: str, changed: Mapping[str, Input], values: Mapping[str, str], *, adds: bool
) -> str:
    """Return the new text if it says what was asked for and nothing else changed."""
    tree, problems = read_nodes(new)
    before, _ = read_nodes(old)
    if tree is None or before is None or problems:
        raise _unwritable()
    now, was = dict(_flat(tree)), dict(_flat(before))
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


def _flat(node: Node, above: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Value):
        yield above, _told(node)
    elif isinstance(node, Items):
        for number, item in enumerate(node.items):
            yield from _flat(item, f"{above}.{number}")
    else:
        for name, one in node.fields.items():
            yield from _flat(one, f"{above}.{name}" if above else name)


def _unwritable() -> BadInput:
    problem = Problem("text", "the form cannot change it without loss", "edit the text itself")
    return BadInput("This text has a form that only an editor can keep.", [problem])
