"""The fields of a shape, read from its types: what a text, a form and a schema have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, is_dataclass
from dataclasses import fields as dataclass_fields
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter


@dataclass(frozen=True, slots=True)
class Field:
    """One field. Of a list of entries `entry` is their type, of a model within, `inside` is."""

    name: str
    is_required: bool
    adapter: TypeAdapter[object]  # of its value, or list of values
    plain_type: object  # int, str, an Enum, …; of a list, of its items
    is_list: bool = False
    may_be_empty: bool = False  # takes null
    entry: type | None = None
    inside: type | None = None
    default: object = None  # what holds where nothing is written, if something does

    @property
    def is_leaf(self) -> bool:
        return self.entry is None and self.inside is None

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the values of an Enum; () where any value of the type may stand."""
        kind = self.plain_type
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple(str(one.value) for one in kind)
        return ()


@cache
def fields_of(shape: type) -> tuple[Field, ...]:
    """Return the fields of a model or dataclass. Raises TypeError for types no document has."""
    hints = get_type_hints(shape, include_extras=True)
    return tuple(
        _field(name, hints[name], required, default) for name, required, default in _names(shape)
    )


def key_of(entry: type) -> Field:
    """Return the field by which an entry of a list is addressed: its first."""
    return fields_of(entry)[0]


def _names(shape: type) -> Iterator[tuple[str, bool, object]]:
    if issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            yield name, field.is_required(), None if field.is_required() else field.default
    elif is_dataclass(shape):
        for one in dataclass_fields(shape):
            required = one.default is MISSING and one.default_factory is MISSING
            yield one.name, required, None if one.default is MISSING else one.default
    else:
        raise TypeError(f"{shape.__name__} is no shape: make it a model or a dataclass")


def _field(name: str, hint: Any, required: bool, default: object) -> Field:
    adapter: TypeAdapter[object] = TypeAdapter(hint)
    bare = _without_notes(hint)
    may_be_empty = get_origin(bare) in (Union, UnionType) and NoneType in get_args(bare)
    if may_be_empty:
        (bare,) = (_without_notes(one) for one in get_args(bare) if one is not NoneType)
    is_list = get_origin(bare) is tuple
    item = _without_notes(get_args(bare)[0]) if is_list else bare
    is_shape = isinstance(item, type) and (is_dataclass(item) or issubclass(item, BaseModel))
    if not isinstance(item, type):
        raise TypeError(f"the field {name} has a type that no document can have: {hint}")
    return Field(
        name=name,
        is_required=required,
        adapter=adapter,
        plain_type=item,
        is_list=is_list,
        may_be_empty=may_be_empty,
        entry=item if is_shape and is_list else None,
        inside=item if is_shape and not is_list else None,
        default=default,
    )


def _without_notes(hint: Any) -> Any:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint


def leaves(shape: type, content: Mapping[str, object]) -> dict[str, object]:
    """Return the single values of some content, whole or in part, each by its path.

    An entry's key is part of the path and no value of its own: `rules.finance.total_above`.
    """
    return dict(_leaves(shape, content, ""))


def _leaves(shape: type, content: Mapping[str, object], above: str) -> Iterator[tuple[str, object]]:
    for field in fields_of(shape):
        if field.name not in content:
            continue
        value, path = content[field.name], f"{above}{field.name}"
        if field.is_leaf or (value is None and field.entry is not None):
            yield path, value
        elif field.inside is not None and isinstance(value, Mapping):
            yield from _leaves(field.inside, value, f"{path}.")
        elif field.entry is not None and isinstance(value, list | tuple):
            for item in value:
                yield from _entry(field.entry, item, path)


def _entry(entry: type, item: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(item, Mapping):
        key = key_of(entry).name
        rest = {name: value for name, value in item.items() if name != key}
        yield from _leaves(entry, rest, f"{path}.{entry_key(entry, item)}.")


def entry_key(entry: type, item: Mapping[str, object]) -> str:
    """Return what addresses an entry in paths: its first field's value.

    A number is written without needless zeros, its point as an underscore: 0.50 is 0_5.
    """
    field = key_of(entry)
    value = item[field.name]
    if field.plain_type is Decimal:
        try:
            return f"{Decimal(str(value)).normalize():f}".replace(".", "_")
        except InvalidOperation:
            return str(value)
    return str(value.value) if isinstance(value, Enum) else str(value)


def entries(shape: type, content: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return the keys of the entries of every list of some content, in order, by the list's path;
    a list within an entry follows the list of that entry."""
    return dict(_entries(shape, content, ""))


def _entries(
    shape: type, content: Mapping[str, object], above: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for field in fields_of(shape):
        value, path = content.get(field.name), f"{above}{field.name}"
        if field.inside is not None and isinstance(value, Mapping):
            yield from _entries(field.inside, value, f"{path}.")
        elif field.entry is not None and isinstance(value, list | tuple):
            items = [item for item in value if isinstance(item, Mapping)]
            yield path, tuple(entry_key(field.entry, item) for item in items)
            for item in items:
                yield from _entries(field.entry, item, f"{path}.{entry_key(field.entry, item)}.")


def field_at(shape: type, path: str) -> Field | None:
    """Return the field of one value by its path, in which `*` stands for any key of an entry."""
    parts = path.split(".")
    while parts:
        field = next((one for one in fields_of(shape) if one.name == parts[0]), None)
        if field is None:
            return None
        if field.entry is not None:
            shape, parts = field.entry, parts[2:]
            if parts and parts[0] == key_of(shape).name:
                return None
        elif field.inside is not None:
            shape, parts = field.inside, parts[1:]
        else:
            return field if len(parts) == 1 else None
    return None


def with_leaf(
    shape: type, content: Mapping[str, object], path: str, value: object
) -> dict[str, object] | None:
    """Return whole content with one value changed; None where there is no such place in it."""
    name, _, rest = path.partition(".")
    field = next((one for one in fields_of(shape) if one.name == name), None)
    if field is None or name not in content:
        return None
    changed = dict(content)
    if field.is_leaf:
        changed[name] = value
        return None if rest else changed
    inner = content[name]
    new: object = None
    if field.entry is not None:
        new = _with_entry(field, inner, rest, value)
    elif field.inside is not None and isinstance(inner, Mapping):
        new = with_leaf(field.inside, inner, rest, value)
    if new is None:
        return None
    changed[name] = new
    return changed


def _with_entry(field: Field, items: object, rest: str, value: object) -> object:
    wanted, _, within = rest.partition(".")
    if field.entry is None or not isinstance(items, list | tuple):
        return None
    key = key_of(field.entry).name
    made: list[object] = []
    is_found = False
    for item in items:
        if isinstance(item, Mapping) and within != key and entry_key(field.entry, item) == wanted:
            changed = with_leaf(field.entry, item, within, value)
            if changed is None:
                return None
            made.append(changed)
            is_found = True
        else:
            made.append(item)
    return made if is_found else None
