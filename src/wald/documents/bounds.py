"""What units may change, and within which bounds: read from a text, and held against a value."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal

from pydantic import BaseModel, ValidationError

from wald.documents.content import Findings, typed, unknown_keys
from wald.documents.document import DocumentType
from wald.documents.fields import Field, field_at, leaves, with_leaf
from wald.documents.nodes import Fields, Items, Node, Place, Value
from wald.documents.plain import plain
from wald.documents.version import Bound

_LIMITS = {"lowest": None, "highest": None, "one_of": None}
_ORDERED = (int, Decimal, date, time)


def read_bounds(
    type: DocumentType[BaseModel],
    node: Node,
    content: Mapping[str, object] | None,
    findings: Findings,
) -> tuple[Bound, ...]:
    """Return the bounds of a text's `local`; `content` is the organization's own, None if it is
    not sound: then the bounds are not held against it."""
    if isinstance(node, Value) and node.value is None:
        return ()
    if not isinstance(node, Fields):
        fix = "write a path, a colon and its limits: {highest: 0.20}"
        findings.add(node.place, "local", "paths of fields are expected here", fix)
        return ()
    found = []
    agreed = None if content is None else type.shape.model_validate(content)
    for path, limits in node.fields.items():
        at = f"local.{path}"
        field = field_at(type.shape, path)
        if field is None or not _stands(type, path, content):
            fix = "write a path of the content, such as rules.finance.discount_above, or rules.*.…"
            findings.add(node.keys[path], at[:100], "there is no such value to change", fix)
            continue
        if agreed is not None and (why := type.not_local(path, agreed, "")):
            findings.add(node.keys[path], at[:100], why, "take it out; it holds for all")
            continue
        findings.places[at] = limits.place
        bound = _bound(field, path, limits, findings)
        if bound is not None:
            found.append(bound)
    own = leaves(type.shape, content) if content is not None else {}
    for bound in found:
        _own_value_fits(type, bound, own, findings)
    return tuple(found)


def _stands(type: DocumentType[BaseModel], path: str, content: Mapping[str, object] | None) -> bool:
    if content is None:
        return True
    return "*" in path.split(".") or with_leaf(type.shape, content, path, None) is not None


def _bound(field: Field, path: str, node: Node, findings: Findings) -> Bound | None:
    at = f"local.{path}"
    if isinstance(node, Value) and node.value is None:
        return Bound(path)
    if not isinstance(node, Fields):
        findings.add(node.place, at, "limits are expected here", "write {} or {highest: 0.20}")
        return None
    unknown_keys(node, _LIMITS, findings, at)
    if field.is_list and node.fields:
        findings.add(node.place, at, "a list has no limits", "write {}")
        return None
    if field.plain_type not in _ORDERED and {"lowest", "highest"} & set(node.fields):
        findings.add(node.place, at, "these values have no order", "use one_of")
        return None
    lowest = _limit(field, node, "lowest", at, findings)
    highest = _limit(field, node, "highest", at, findings)
    if lowest is not None and highest is not None and _is_above(field, lowest, highest):
        findings.add(node.place, at, "lowest is above highest", "turn them round")
    return Bound(path, lowest, highest, _choices(field, node, at, findings))


def _limit(field: Field, node: Fields, name: str, at: str, findings: Findings) -> object:
    if name not in node.fields:
        return None
    return plain(typed(field, node.fields[name], findings, f"{at}.{name}"))


def _choices(field: Field, node: Fields, at: str, findings: Findings) -> tuple[object, ...] | None:
    if "one_of" not in node.fields:
        return None
    items = node.fields["one_of"]
    if not isinstance(items, Items) or not items.items:
        findings.add(items.place, f"{at}.one_of", "a list is expected here", "write [one, other]")
        return None
    return tuple(plain(typed(field, item, findings, f"{at}.one_of")) for item in items.items)


def _own_value_fits(
    type: DocumentType[BaseModel], bound: Bound, own: Mapping[str, object], findings: Findings
) -> None:
    for path, value in own.items():
        if bound_of((bound,), path) is None or value is None:
            continue
        fault = outside(type, (bound,), path, value)
        if fault is not None:
            place = findings.places.get(f"local.{bound.path}", Place(1, 1))
            fix = "widen the bounds, or change the value"
            findings.add(place, f"local.{bound.path}", f"of the organization's own, {fault}", fix)


def bound_of(local: Iterable[Bound], path: str) -> Bound | None:
    """Return what says that a value may be changed: its own path before one with `*`."""
    parts, near = path.split("."), None
    for bound in local:
        wanted = bound.path.split(".")
        if bound.path == path:
            return bound
        fits = zip(wanted, parts, strict=False)
        if len(wanted) == len(parts) and all(one in (part, "*") for one, part in fits):
            near = near or bound
    return near


def outside(
    type: DocumentType[BaseModel], local: Iterable[Bound], path: str, value: object
) -> str | None:
    """Return a sentence on why a unit may not give this value, naming the bound; None: it may."""
    field, bound = field_at(type.shape, path), bound_of(local, path)
    label, told = type.tell(path, value)
    if field is None:
        return f"{path} is no value of this document"
    if bound is None:
        return f"{path} is not among what units may change"
    raw = plain(value)
    if value is None and (bound.lowest, bound.highest, bound.one_of) != (None, None, None):
        return f"{label} {told}, and nothing lies within no bounds"
    if bound.lowest is not None and _is_above(field, bound.lowest, raw):
        return f"{label} {told}, below {_told(type, field, path, bound.lowest)}, the lowest allowed"
    if bound.highest is not None and _is_above(field, raw, bound.highest):
        highest = _told(type, field, path, bound.highest)
        return f"{label} {told}, above {highest}, the highest allowed"
    if bound.one_of is not None and not _is_among(field, raw, bound.one_of):
        allowed = ", ".join(_told(type, field, path, one) for one in bound.one_of)
        return f"{label} {told}, and only {allowed} may be chosen"
    return None


def _told(type: DocumentType[BaseModel], field: Field, path: str, value: object) -> str:
    return type.tell(path, parsed(field, value))[1]


def parsed(field: Field, value: object) -> object:
    """Return a JSON value by the type of its field; the value itself where it fits no more."""
    try:
        return field.adapter.validate_python(value)
    except ValidationError:
        return value


def _is_above(field: Field, value: object, limit: object) -> bool:
    one, other = parsed(field, value), parsed(field, limit)
    for kind in (int | Decimal, date, time):
        if isinstance(one, kind) and isinstance(other, kind):
            return bool(one > other)  # type: ignore[operator]  # both are of one ordered kind
    return True  # what cannot be compared lies within no bounds


def _is_among(field: Field, value: object, choices: tuple[object, ...]) -> bool:
    wanted = parsed(field, value)
    return any(parsed(field, one) == wanted for one in choices)
