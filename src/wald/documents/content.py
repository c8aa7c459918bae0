"""Content as it stands in a text becomes typed values, with every Problem at its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum

from pydantic import BaseModel, ValidationError

from wald.documents.fields import Field, entry_key, fields_of, key_of
from wald.documents.nodes import Fields, Items, Node, Place, Scalar, Value
from wald.documents.plain import shown
from wald.kernel.instant import read_day
from wald.kernel.problem import Problem

_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
_NUMBER = re.compile(r"[-+]?\d{1,30}(\.\d{1,30})?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LONGEST_TEXT = 2000


@dataclass(slots=True)
class Findings:
    """What was found wrong, and where each value of the text stands, by its path."""

    problems: list[Problem] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def add(self, place: Place, path: str, what: str, fix: str) -> None:
        self.problems.append(Problem(place.told(path), what, fix))

    def told(self, path: str) -> str:
        """Return the place of a path, or of the nearest value around it."""
        parts = path
        while parts and parts not in self.places:
            parts = re.sub(r"(\.[^.\[]*|\[\d+\]|^[^.\[]+)$", "", parts)
        place = self.places.get(parts, Place(1, 1))
        return place.told(path)


def read_content(
    shape: type, node: Node, findings: Findings, *, is_part: bool
) -> dict[str, object]:
    """Return typed values as a tree; a part may leave out everything but keys of entries."""
    return _model(shape, node, findings, "", is_part)


def _model(
    shape: type,
    node: Node,
    findings: Findings,
    above: str,
    is_part: bool,
    *,
    is_entry: bool = False,
) -> dict[str, object]:
    if not isinstance(node, Fields):
        names = ", ".join(one.name for one in fields_of(shape))
        findings.add(
            node.place, above or "content", "fields are expected here", f"write {names} below it"
        )
        return {}
    known = {one.name: one for one in fields_of(shape)}
    unknown_keys(node, known, findings, above)
    made: dict[str, object] = {}
    for name, one in known.items():
        path = f"{above}.{name}" if above else name
        if name in node.fields:
            findings.places[path] = node.fields[name].place
            _take(made, one, node.fields[name], findings, path, is_part)
        elif one.is_required and (not is_part or (is_entry and one == key_of(shape))):
            findings.add(node.place, path, "it is missing", f"add {name}: {_example(one)}")
    return made


def unknown_keys(
    node: Fields, known: Mapping[str, object], findings: Findings, above: str = ""
) -> None:
    """Find keys that mean nothing here, with the one that may be meant."""
    for name, place in node.keys.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            fix = f"did you mean {near[0]}?" if near else f"choose among {', '.join(known)}"
            path = f"{above}.{name}" if above else name
            findings.add(place, path[:100], "means nothing here", fix)


def _take(
    made: dict[str, object],
    one: Field,
    node: Node,
    findings: Findings,
    path: str,
    is_part: bool,
) -> None:
    if isinstance(node, Value) and node.value is None:
        if one.may_be_empty:
            made[one.name] = None
        else:
            findings.add(node.place, path, "nothing stands here", f"write {_example(one)}")
    elif one.inside is not None:
        made[one.name] = _model(one.inside, node, findings, path, is_part)
    elif one.entry is not None:
        made[one.name] = _entries(one.entry, node, findings, path, is_part)
    elif one.is_list:
        found = _list(one, node, findings, path)
        if found is not None:
            made[one.name] = found
    else:
        value = typed(one, node, findings, path)
        if value is not None:
            made[one.name] = value


def _entries(
    entry: type, node: Node, findings: Findings, path: str, is_part: bool
) -> list[dict[str, object]]:
    if not isinstance(node, Items):
        findings.add(node.place, path, "a list is expected here", "begin each entry with a dash")
        return []
    key, made, seen = key_of(entry).name, [], dict[str, int]()
    for number, item in enumerate(node.items):
        at = f"{path}[{number}]"
        findings.places[at] = item.place
        value = _model(entry, item, findings, at, is_part, is_entry=True)
        if key not in value:
            continue
        name = entry_key(entry, value)
        if not _KEY.fullmatch(name):
            fix = "use up to 60 letters, digits, - and _"
            findings.add(item.place, f"{at}.{key}", f"{name[:60]!r} can be no key", fix)
        elif name in seen:
            fix = f"give it another {key}, or join the two"
            what = f"{shown(value[key])!r} is entry {seen[name] + 1} already"
            findings.add(item.place, f"{at}.{key}", what, fix)
        else:
            seen[name] = number
            made.append(value)
            _also_by_key(findings, at, f"{path}.{name}")
    return made


def _also_by_key(findings: Findings, at: str, named: str) -> None:
    """Let values of an entry be found by its key too: rules.finance.total_above."""
    found = {
        named + path.removeprefix(at): place
        for path, place in findings.places.items()
        if path == at or path.startswith(f"{at}.")
    }
    findings.places.update(found)


def _list(one: Field, node: Node, findings: Findings, path: str) -> list[object] | None:
    if not isinstance(node, Items):
        findings.add(node.place, path, "a list is expected here", "write it as [one, other]")
        return None
    found = []
    for number, item in enumerate(node.items):
        findings.places[f"{path}[{number}]"] = item.place
        value = typed(one, item, findings, f"{path}[{number}]", is_item=True)
        if value is not None:
            found.append(value)
    return found


def typed(
    one: Field, node: Node, findings: Findings, path: str, *, is_item: bool = False
) -> object:
    """Return one value by its field's type; None, and a Problem, where it is of another."""
    if not isinstance(node, Value):
        findings.add(node.place, path, "one value is expected here", f"write {_example(one)}")
        return None
    fault = _fault(one, node.value)
    if fault is not None:
        findings.add(node.place, path, *fault)
        return None
    try:
        found = one.adapter.validate_python([node.value] if is_item else node.value)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            what = f"{_quoted(node.value)} does not fit: {each['msg'][:1].lower()}{each['msg'][1:]}"
            findings.add(node.place, path, what, f"write {_example(one)}")
        return None
    return found[0] if is_item and isinstance(found, list | tuple) else found


def _fault(one: Field, value: Scalar) -> tuple[str, str] | None:
    """Return what is wrong with the kind of a value, and its cure."""
    kind, told = one.plain_type, _quoted(value)
    if one.choices:
        near = get_close_matches(str(value), one.choices, n=1)
        fix = f"did you mean {near[0]}?" if near else f"choose among {', '.join(one.choices)}"
        return None if value in one.choices else (f"{told} is not one", fix)
    if kind is date:
        day = read_day(value, "") if isinstance(value, str) and len(value) == 10 else None
        return None if type(day) is date else (f"{told} is not a day", "write 2026-01-31")
    if kind is time:
        is_time = isinstance(value, str) and _TIME.fullmatch(value)
        return None if is_time else (f"{told} is not a time of day", "write 09:00")
    if kind is str:
        return _text_fault(value, told)
    fits = {
        bool: isinstance(value, bool),
        int: isinstance(value, int) and not isinstance(value, bool),
        Decimal: _is_number(value),
    }
    names = {bool: "true or false", int: "a whole number", Decimal: "a number"}
    if isinstance(kind, type) and not fits.get(kind, True):
        return f"{told} is not {names[kind]}", f"write {_in_per_cent(value) or _example(one)}"
    return None


def _in_per_cent(value: Scalar) -> str:
    """Return the share that somebody wrote as "6 %"; nothing where they did not."""
    number = value.removesuffix("%").strip() if isinstance(value, str) else ""
    if not number or number == value or not _NUMBER.fullmatch(number):
        return ""
    return f"{(Decimal(number) / 100).normalize():f}"


def _text_fault(value: Scalar, told: str) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return f"{told} is not text", f'put it in quotes: "{value}"'
    if len(value) > LONGEST_TEXT:
        return f"the text has {len(value):,} characters", f"stay below {LONGEST_TEXT:,}"
    return None


def _is_number(value: Scalar) -> bool:
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _quoted(value: Scalar) -> str:
    told = str(value).lower() if isinstance(value, bool) else str(value)
    return repr(told if len(told) <= 60 else f"{told[:60]}…")


_EXAMPLES: Mapping[object, str] = {
    date: "2026-01-31",
    time: "09:00",
    int: "12",
    Decimal: "0.15",
    bool: "true",
    str: "some words",
}


def _example(one: Field) -> str:
    if one.choices:
        return one.choices[0]
    kind = one.plain_type
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "a name"
    return _EXAMPLES.get(kind, "…")


def whole(
    shape: type[BaseModel], tree: Mapping[str, object], findings: Findings
) -> BaseModel | None:
    """Return the shape's value of a tree that `read_content` found sound."""
    try:
        return shape.model_validate(tree)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            path = "".join(_step(part) for part in each["loc"]).removeprefix(".")
            what = f"{each['msg'][:1].lower()}{each['msg'][1:]}"
            findings.problems.append(Problem(findings.told(path), what, "mend it as it says"))
        return None


def _step(part: int | str) -> str:
    return f"[{part}]" if isinstance(part, int) else f".{part}"
