"""What a form of a document shows: inputs, entries of lists, and parts of which one is chosen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from pydantic import BaseModel

from wald.documents.document import DocumentType
from wald.documents.fields import Field, fields_of, key_of
from wald.documents.nodes import Fields, Items, Node, Value, read_nodes
from wald.documents.plain import plain
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
    default: str = ""  # what holds where it is left empty


@dataclass(frozen=True, slots=True)
class Part:
    """A model that may be left out: one that is in use, under its name."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`parts` are those in use, `others` the fields of those that could be."""

    number: int
    title: str
    inputs: tuple[Input, ...]
    groups: tuple["Group", ...] = ()
    parts: tuple[Part, ...] = ()
    others: tuple[str, ...] = ()
    name: str = ""


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

    def all_groups(self) -> Iterator[Group]:
        """Yield every list, those within entries too."""
        yield from _within(self.groups)

    def all_inputs(self) -> Iterator[Input]:
        yield from (*self.envelope, *self.inputs)
        for group in self.all_groups():
            for entry in group.entries:
                yield from entry.inputs


def _within(groups: tuple[Group, ...]) -> Iterator[Group]:
    for group in groups:
        yield group
        for entry in group.entries:
            yield from _within(entry.groups)


@dataclass(slots=True)
class _Found:
    """What one model shows."""

    inputs: list[Input]
    groups: list[Group]
    parts: list[Part]
    others: list[str]


def form_of(type: DocumentType[BaseModel], text: str) -> Form:
    """Return the form of a text. Raises BadInput where the text cannot be read at all."""
    tree = tree_of(text)
    names = _OVERRIDE if "unit" in tree.fields else _CENTRAL
    if sum(1 for _ in flat(tree)) > MOST_INPUTS:
        fix = "edit the text itself"
        problem = Problem("text", f"it has more than {MOST_INPUTS} values", fix)
        raise BadInput("This document is too large for a form.", [problem])
    content = tree.fields.get("content")
    found = _shown(type.shape, content, "content.", "", "")
    return Form(
        envelope=tuple(
            Input(
                name=name,
                path=name,
                label=_label(name),
                kind="date" if name in _DAYS else "text",
                value=told(tree.fields.get(name)),
            )
            for name in names
        ),
        inputs=tuple(found.inputs),
        groups=tuple(found.groups),
    )


def tree_of(text: str) -> Fields:
    tree, problems = read_nodes(text)
    if tree is None or problems:
        raise BadInput("The form cannot be shown before the text can be read.", problems)
    return tree


def _shown(shape: type, node: Node | None, name: str, path: str, label: str) -> _Found:
    """Return what a model shows; of models within that may be left out, those that stand there."""
    found = _Found([], [], [], [])
    fields = node.fields if isinstance(node, Fields) else {}
    for field in fields_of(shape):
        inner, at = fields.get(field.name), f"{name}{field.name}"
        called = f"{label}, {_label(field.name).lower()}" if label else _label(field.name)
        if field.is_leaf:
            found.inputs.append(_input(field, inner, at, f"{path}{field.name}", called))
        elif field.entry is not None:
            found.groups.append(_group(field, inner, at, f"{path}{field.name}", called))
        elif field.inside is not None:
            if field.may_be_empty and not isinstance(inner, Fields):
                found.others.append(field.name)
                continue
            if field.may_be_empty:
                found.parts.append(Part(at, called))
            inside = _shown(field.inside, inner, f"{at}.", f"{path}{field.name}.", called)
            found.inputs += inside.inputs
            found.groups += inside.groups
    return found


def _group(field: Field, node: Node | None, name: str, path: str, label: str) -> Group:
    items = node.items if isinstance(node, Items) else []
    entry = field.entry or type(None)
    return Group(
        name,
        label,
        tuple(
            _entry(entry, number, item, f"{name}.{number}", f"{path}[{number}]", field.name)
            for number, item in enumerate(items)
        ),
    )


def _entry(shape: type, number: int, item: Node, name: str, path: str, called: str) -> Entry:
    found = _shown(shape, item, f"{name}.", f"{path}.", "")
    key = told(item.fields.get(key_of(shape).name)) if isinstance(item, Fields) else ""
    return Entry(
        number=number,
        title=key or f"{called} {number + 1}",
        inputs=tuple(found.inputs),
        groups=tuple(found.groups),
        parts=tuple(found.parts),
        others=() if found.parts else tuple(found.others),
        name=name,
    )


def _input(field: Field, node: Node | None, name: str, path: str, label: str) -> Input:
    choices = field.choices or (("true", "false") if field.plain_type is bool else ())
    if field.is_list:
        kind = "list"
        items = node.items if isinstance(node, Items) else []
        value = "\n".join(told(item) for item in items)
    else:
        kind = "choice" if choices else _KINDS.get(field.plain_type, "text")
        value = told(node)
    return Input(
        name=name,
        path=path,
        label=label,
        kind=kind,
        value=value,
        choices=choices,
        is_required=field.is_required,
        default=_default(field),
    )


def _default(field: Field) -> str:
    """Return what holds where nothing is written, "" where that is nothing."""
    value = plain(field.default)
    if value is None or value == "" or isinstance(value, list | dict):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def told(node: Node | None) -> str:
    """Return a value of a text as an input shows it."""
    if not isinstance(node, Value) or node.value is None:
        return ""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def flat(node: Node, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every single value of a text by its place in it: content.rules.0.name."""
    if isinstance(node, Value):
        yield above, told(node)
    elif isinstance(node, Items):
        for number, item in enumerate(node.items):
            yield from flat(item, f"{above}.{number}")
    else:
        for name, one in node.fields.items():
            yield from flat(one, f"{above}.{name}" if above else name)
