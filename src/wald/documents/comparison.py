"""Two versions of a document compared: in words, and as lines of text."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from pydantic import BaseModel

from wald.documents.bounds import parsed
from wald.documents.document import DocumentType
from wald.documents.fields import entries, field_at, leaves
from wald.documents.plain import shown
from wald.documents.reading import Written
from wald.documents.version import Bound, Version

_MOST_LINES = 4000  # comparing takes the square of it at worst

Told = Written | Version


def in_words(type: DocumentType[BaseModel], old: Told | None, new: Told) -> tuple[str, ...]:
    """Return what changed from `old` to `new`, a sentence without its full stop each."""
    if old is None:
        return tuple(f"{label} {told}" for label, told in _all(type, new))
    return (*_content(type, old, new), *_envelope(old, new))


def _all(type: DocumentType[BaseModel], new: Told) -> Iterator[tuple[str, str]]:
    for path, value in _values(type, new).items():
        if value not in (None, "", (), []):
            yield type.tell(path, value)


def _values(type: DocumentType[BaseModel], told: Told) -> dict[str, object]:
    content = told.content
    if told.schema != type.schema:
        content = type.upgrade(content, told.schema)
    found = {}
    for path, value in leaves(type.shape, content).items():
        field = field_at(type.shape, path)
        found[path] = value if field is None else parsed(field, value)
    return found


def _content(type: DocumentType[BaseModel], old: Told, new: Told) -> Iterator[str]:
    before, after = _values(type, old), _values(type, new)
    was, now = entries(type.shape, old.content), entries(type.shape, new.content)
    gone = tuple(
        f"{name}.{key}." for name in was for key in was[name] if key not in now.get(name, ())
    )
    new_lists = tuple(
        f"{name}.{key}." for name in now for key in now[name] if key not in was.get(name, ())
    )
    for name in dict.fromkeys((*was, *now)):
        if not name.startswith(gone) and not name.startswith(new_lists):
            yield from _order(type, name, was.get(name, ()), now.get(name, ()))
    for path in dict.fromkeys((*before, *after)):
        if path.startswith(gone):
            continue
        if path not in after:
            yield from _left_out(type, path, before[path])
        elif path not in before or before[path] != after[path]:
            yield from _change(type, path, before, after)


def _left_out(type: DocumentType[BaseModel], path: str, value: object) -> Iterator[str]:
    if value is not None:
        yield f"{type.tell(path, value)[0].removesuffix(':')} is no longer given"


def _order(
    type: DocumentType[BaseModel], name: str, was: tuple[str, ...], now: tuple[str, ...]
) -> Iterator[str]:
    def told(key: str) -> str:
        return "{}: {}".format(*type.names(name, key))

    yield from (f"{told(key)} is gone" for key in was if key not in now)
    yield from (f"{told(key)} is new" for key in now if key not in was)
    both = [key for key in now if key in was]
    if both != [key for key in was if key in now]:
        order = ", ".join(type.names(name, key)[1] for key in now)
        yield f"{type.names(name, '')[0]}: now in the order {order}"


def _change(
    type: DocumentType[BaseModel],
    path: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> Iterator[str]:
    label, told = type.tell(path, after[path])
    if path in before:
        yield f"{label} now {told}, was {type.tell(path, before[path])[1]}"
    elif after[path] is not None:
        yield f"{label} {told}"


def _envelope(old: Told, new: Told) -> Iterator[str]:
    if old.owner != new.owner:
        yield f"its owner is {new.owner or 'nobody'}, was {old.owner or 'nobody'}"
    if old.ends_on != new.ends_on:
        yield f"it ends on {shown(new.ends_on)}, was {shown(old.ends_on)}"
    was, now = {one.path: one for one in old.local}, {one.path: one for one in new.local}
    for path in dict.fromkeys((*was, *now)):
        if path not in now:
            yield f"units may no longer change {path}"
        elif path not in was:
            yield f"units may change {path}{_limits(now[path])}"
        elif was[path] != now[path]:
            yield f"units may change {path}{_limits(now[path])}, was{_limits(was[path])}"


def _limits(bound: Bound) -> str:
    told = [
        f" {word} {shown(limit)}"
        for word, limit in (("from", bound.lowest), ("up to", bound.highest))
        if limit is not None
    ]
    if bound.one_of is not None:
        told.append(f" among {shown(list(bound.one_of))}")
    return "".join(told) or " as they like"


def in_text(old: str, new: str, old_name: str, new_name: str) -> tuple[str, ...]:
    """Return the unified diff of two texts, line by line; of very long ones only that they
    differ."""
    one, other = old.splitlines(), new.splitlines()
    if len(one) > _MOST_LINES or len(other) > _MOST_LINES:
        return () if old == new else ("The texts differ; they are too long to compare by line.",)
    return tuple(unified_diff(one, other, old_name, new_name, lineterm=""))
