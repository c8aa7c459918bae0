"""A text of a document as a tree in which every value knows its line and column.

The tree is built from the parser's events, so numbers stay exact (0.15 is a Decimal, never a
float), a key that stands twice is seen, and nothing of the text can name something to be made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from wald.kernel.problem import Problem

MOST_BYTES = 200_000
MOST_VALUES = 10_000
DEEPEST = 12
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85-\x9f\u2028\u2029\ufffe\uffff]")
_INTEGER = re.compile(r"[-+]?\d{1,30}")
_DECIMAL = re.compile(r"[-+]?\d{1,30}\.\d{1,30}")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}

Scalar = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Counted from 1, as editors do."""

    line: int
    column: int

    def told(self, path: str = "") -> str:
        return f"line {self.line}, column {self.column}" + (f", {path}" if path else "")


@dataclass(frozen=True, slots=True)
class Value:
    value: Scalar
    place: Place


@dataclass(slots=True)
class Items:
    place: Place
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Fields:
    """`keys` says where each key stands; `again` holds keys that stand a second time."""

    place: Place
    fields: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    again: list[tuple[str, Place]] = field(default_factory=list)


Node = Value | Items | Fields


def read_nodes(text: str) -> tuple[Fields | None, list[Problem]]:
    """Return the tree of a text, with every Problem of its form; None where there is no tree."""
    problems = list(_unreadable(text))
    if problems:
        return None, problems
    try:
        events = list(_events(text.removeprefix("\ufeff"), problems))
    except MarkedYAMLError as error:
        return None, [*problems, _broken(error)]
    except (YAMLError, ValueError, IndexError, OverflowError) as error:
        what = f"it cannot be read: {str(error).splitlines()[0][:100]}"
        return None, [*problems, Problem("line 1, column 1", what, "write it as YAML 1.2")]
    if problems:
        return None, problems
    tree = _Builder(problems).built(iter(events))
    return tree, problems


def _unreadable(text: str) -> Iterator[Problem]:
    """Yield what keeps a text from being read at all."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        place = _place_of(text, error.start)
        yield Problem(place, "a character here is half of a pair", "write the text as UTF-8")
        return
    if size > MOST_BYTES:
        fix = f"keep a document below {MOST_BYTES:,} bytes, or make two of it"
        yield Problem("line 1, column 1", f"the text has {size:,} bytes", fix)
    elif found := _CONTROL.search(text):
        what = f"the character U+{ord(found[0]):04X} cannot stand in a document"
        fix = "take it out; a text of another encoding has to be saved as UTF-8 first"
        yield Problem(_place_of(text, found.start()), what, fix)


def decoded(content: bytes) -> str | Problem:
    """Return bytes of a file as text, every byte kept; UTF-8 is the one encoding."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem("line 1, column 1", "the text is UTF-16", "save it as UTF-8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{content[error.start]:02X} is not UTF-8"
        return Problem(f"line {line}, column 1", what, "save the file as UTF-8")


def _place_of(text: str, at: int) -> str:
    before = text[:at]
    return Place(before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1).told()


def _events(text: str, problems: list[Problem]) -> Iterator[Event]:
    """Yield the parser's events; stop at the first that no document needs, naming it.

    Comments are left out: the parser that keeps them breaks where two of them meet, and marks the
    folds of a text inside of it.
    """
    depth = documents = count = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        count += isinstance(event, ScalarEvent)
        documents += isinstance(event, DocumentStartEvent)
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        is_second = documents > 1 and isinstance(event, DocumentStartEvent)
        refused = _refused(event) or _too_much(is_second, depth, count)
        if refused is not None:
            problems.append(Problem(_start(event).told(), *refused))
            if depth > DEEPEST or count > MOST_VALUES:
                return
        yield event


def _refused(event: Event) -> tuple[str, str] | None:
    name = getattr(event, "anchor", None)
    if isinstance(event, AliasEvent):
        return f"*{name} stands for another place", "write the value out here"
    if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
        return "a directive of YAML stands here", "take the line with % out"
    if name:
        return f"&{name} names a place", "take the name out, and write values out"
    tag = getattr(event, "tag", None)
    if tag:
        return "a tag says what kind of value this is", "take the word with ! out"
    return None


def _too_much(is_second: bool, depth: int, count: int) -> tuple[str, str] | None:
    if is_second:
        return "a second document begins here", "write one document in one text"
    if depth > DEEPEST:
        return f"this lies more than {DEEPEST} levels deep", "no document is that deep"
    if count > MOST_VALUES:
        return f"the text has more than {MOST_VALUES:,} values", "make two documents of it"
    return None


def _start(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


class _Builder:
    """Builds the tree from events that are known to be few and not deep."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def built(self, events: Iterator[Event]) -> Fields | None:
        for event in events:
            if isinstance(event, MappingStartEvent):
                return self._fields(event, events)
            if isinstance(event, SequenceStartEvent) or (
                isinstance(event, ScalarEvent) and event.value.strip()
            ):
                fix = "begin with: document: approval_policy"
                self._problems.append(Problem(_start(event).told(), "this has no fields", fix))
                return None
        self._problems.append(
            Problem("line 1, column 1", "the text is empty", "begin with: document: …")
        )
        return None

    def _fields(self, start: Event, events: Iterator[Event]) -> Fields:
        made = Fields(_start(start))
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, events)
            node = self._node(next(events), events)
            if key is None:
                continue
            if key in made.fields:
                made.again.append((key, _start(event)))
                fix = f"keep one of the two; the other stands in line {made.keys[key].line}"
                self._problems.append(Problem(_start(event).told(key), "stands twice", fix))
                continue
            made.fields[key] = node
            made.keys[key] = _start(event)
        return made

    def _key(self, event: Event, events: Iterator[Event]) -> str | None:
        if isinstance(event, ScalarEvent):
            return str(event.value)
        self._node(event, events)
        fix = "give it a plain name"
        self._problems.append(Problem(_start(event).told(), "a key here is no name", fix))
        return None

    def _node(self, event: Event, events: Iterator[Event]) -> Node:
        if isinstance(event, MappingStartEvent):
            return self._fields(event, events)
        if isinstance(event, SequenceStartEvent):
            made = Items(_start(event))
            for item in events:
                if isinstance(item, SequenceEndEvent):
                    break
                made.items.append(self._node(item, events))
            return made
        return Value(_scalar(event), _start(event))


def _scalar(event: Event) -> Scalar:
    """Return a plain word as what it says, by YAML 1.2's core; what is quoted is text."""
    text = str(getattr(event, "value", ""))
    if getattr(event, "style", None) in ("'", '"', "|", ">"):
        return text
    if text.lower() in _WORDS and text in (text.lower(), text.title(), text.upper()):
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


_CURES = (
    ("\\t", "indent with spaces; a tab cannot stand here"),
    ("mapping values are not allowed", "put a text with a colon in quotes, or start a new line"),
    ("cannot start any token", "put the text in quotes"),
    ("unexpected end of stream", "close the quote that opens here"),
    ("expected ',' or", "close the bracket, or put a comma"),
    ("<block end>", "indent this line as its neighbours are"),
    ("could not find expected ':'", "put a colon and a space after the key"),
)


def _broken(error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)
    told = " ".join(part for part in (error.context, error.problem) if part)
    cure = next((fix for sign, fix in _CURES if sign in told), "write it as YAML 1.2")
    return Problem(place.told(), f"the text cannot be read here: {told[:200]}", cure)
