"""Values become a text: a first one from an example, an override's from what units may change."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from wald.documents.bounds import bound_of
from wald.documents.document import DocumentType
from wald.documents.fields import entry_key, fields_of, key_of, leaves
from wald.documents.plain import plain, shown
from wald.documents.resolve import value_of
from wald.documents.version import Bound, Version

_PLAIN = re.compile(r"[A-Za-z_][\w./@+-]*( [\w./@+-]+)*|\d{4}-\d{2}-\d{2}")
_SAYS_ELSE = {"null", "true", "false"}


def literal(value: object) -> str:
    """Return one value as it stands in a text; what could say something else is quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    told = str(plain(value))
    is_plain = _PLAIN.fullmatch(told) and told.lower() not in _SAYS_ELSE
    return told if is_plain else json.dumps(told, ensure_ascii=False)


def whole_text(
    type: DocumentType[BaseModel],
    content: BaseModel,
    *,
    name: str,
    starts_on: date,
    owner: str = "",
    reason: str = "",
) -> str:
    """Return a text of the organization that reads back as `content`."""
    head = {"document": type.key, "name": name, "starts_on": starts_on}
    head |= {key: told for key, told in (("owner", owner), ("reason", reason)) if told}
    return "\n".join((*_fields(head, 0), "content:", *_fields(content.model_dump(), 1), ""))


def override_text(
    type: DocumentType[BaseModel],
    central: Version,
    unit: str,
    *,
    starts_on: date,
    expires_on: date,
    owner: str,
) -> str:
    """Return a text for a unit to start from: every value that it may change, as it is now, with
    its bounds in a comment. Without such values its content is empty."""
    head = {"document": type.key, "name": central.name, "unit": unit, "starts_on": starts_on}
    head |= {"expires_on": expires_on, "owner": owner, "reason": ""}
    content = value_of(type, central).model_dump()
    allowed = {path for path in leaves(type.shape, content) if bound_of(central.local, path)}
    lines = _allowed(type.shape, content, allowed, central.local, "", 1)
    return "\n".join((*_fields(head, 0), "content:", *lines, ""))


def _fields(content: Mapping[str, object], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for name, value in content.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            yield f"{pad}{name}:"
            yield from _fields(value, depth + 1)
        elif isinstance(value, list | tuple):
            yield from _items(name, value, depth)
        else:
            yield f"{pad}{name}: {literal(value)}"


def _items(name: str, items: Sequence[object], depth: int) -> Iterator[str]:
    pad = "  " * depth
    if not any(isinstance(item, Mapping) for item in items):
        yield f"{pad}{name}: [{', '.join(literal(item) for item in items)}]"
        return
    yield f"{pad}{name}:"
    for item in items:
        if isinstance(item, Mapping):
            first, *rest = _fields(item, depth + 2)
            yield f"{pad}  - {first.strip()}"
            yield from rest


def _allowed(
    shape: type,
    content: Mapping[str, object],
    allowed: set[str],
    local: tuple[Bound, ...],
    above: str,
    depth: int,
) -> Iterator[str]:
    """Yield the lines of those values that may be changed."""
    pad = "  " * depth
    for field in fields_of(shape):
        path, value = f"{above}{field.name}", content.get(field.name)
        if path in allowed:
            told = _one(value)
            yield f"{pad}{field.name}: {told}{_comment(bound_of(local, path))}"
        elif field.inside is not None and isinstance(value, Mapping):
            lines = list(_allowed(field.inside, value, allowed, local, f"{path}.", depth + 1))
            yield from (f"{pad}{field.name}:", *lines) if lines else ()
        elif field.entry is not None and isinstance(value, list | tuple):
            entries = list(_allowed_entries(field.entry, value, allowed, local, path, depth))
            yield from (f"{pad}{field.name}:", *entries) if entries else ()


def _allowed_entries(
    entry: type,
    items: Sequence[object],
    allowed: set[str],
    local: tuple[Bound, ...],
    path: str,
    depth: int,
) -> Iterator[str]:
    pad, key = "  " * depth, key_of(entry).name
    for item in items:
        if not isinstance(item, Mapping):
            continue
        at = f"{path}.{entry_key(entry, item)}."
        lines = list(_allowed(entry, item, allowed, local, at, depth + 2))
        if lines:
            yield f"{pad}  - {key}: {literal(item[key])}"
            yield from lines


def _one(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item) for item in value)}]"
    return literal(value)


def _comment(bound: Bound | None) -> str:
    if bound is None:
        return ""
    told = [
        f"{word} {shown(limit)}"
        for word, limit in (("from", bound.lowest), ("up to", bound.highest))
        if limit is not None
    ]
    if bound.one_of is not None:
        told.append(f"one of {shown(list(bound.one_of))}")
    return f"  # {' '.join(told)}" if told else "  # any value"
