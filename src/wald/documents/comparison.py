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
        if value is not None:
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
    for name in dict.fromkeys((*was, *now)):
        yield from _order(name, was.get(name, ()), now.get(name, ()))
    gone = [f"{name}.{key}." for name in was for key in was[name] if key not in now.get(name, ())]
    for path in dict.fromkeys((*before, *after)):
        if any(path.startswith(start) for start in gone):
            continue
        if path not in after:
            yield f"{path} is no longer given"
        elif path not in before or before[path] != after[path]:
            yield from _change(type, path, before, after)


def _order(name: str, was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{name}: {key} is gone" for key in was if key not in now)
    yield from (f"{name}: {key} is new" for key in now if key not in was)
    both = [key for key in now if key in was]
    if both != [key for key in was if key in now]:
        yield f"{name}: now in the order {', '.join(now)}"


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
