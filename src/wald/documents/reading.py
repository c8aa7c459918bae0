"""A text becomes what its author wrote: the envelope that every document has, and its content.

document: approval_policy     which type
name: discounts               which of them
unit: EMEA                    only an override: whose
starts_on: 2026-01-01         first day in force
ends_on: 2027-01-01           first day no longer; an override must say expires_on instead
owner: ana                    who answers for it; an override must say
reason: what changes and why  an override must say
local:                        what units may change, and within which bounds
  rules.regional_director.discount_above: {highest: 0.20}
content:                      as the type's shape says; an override gives some of it
  rules: …
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from pydantic import BaseModel

from wald.documents.bounds import read_bounds
from wald.documents.content import LONGEST_TEXT, Findings, read_content, unknown_keys, whole
from wald.documents.document import DocumentType
from wald.documents.nodes import Fields, Place, Value, read_nodes
from wald.documents.plain import plain
from wald.documents.version import Bound
from wald.kernel.instant import read_day
from wald.kernel.problem import Problem

CENTRAL = ("document", "name", "starts_on", "ends_on", "owner", "reason", "local", "content")
OVERRIDE = ("document", "name", "unit", "starts_on", "expires_on", "owner", "reason", "content")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_UNIT = re.compile(r"[^/\s][^/\n\t]{0,79}(/[^/\s][^/\n\t]{0,79}){0,3}")
_LONGEST_UNIT = 120


@dataclass(frozen=True, slots=True)
class Written:
    """What a sound text says. `content` is JSON: all of it, or of an override some."""

    type: str
    name: str
    unit: str
    starts_on: date
    ends_on: date | None
    owner: str
    reason: str
    local: tuple[Bound, ...]
    content: Mapping[str, object]
    schema: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """`written` is None where there are Problems; `findings` knows where each value stands."""

    written: Written | None
    findings: Findings

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self.findings.problems)


def read(text: str, types: Mapping[str, DocumentType[BaseModel]]) -> Reading:
    """Read a document, finding every Problem at once, each with its line."""
    tree, problems = read_nodes(text)
    findings = Findings(problems)
    if tree is None:
        return Reading(None, findings)
    findings.places[""] = tree.place
    type = _type(tree, types, findings)
    envelope = _Envelope(tree, findings)
    written = envelope.read(type, text)
    return Reading(None if findings.problems else written, findings)


def _type(
    tree: Fields, types: Mapping[str, DocumentType[BaseModel]], findings: Findings
) -> DocumentType[BaseModel] | None:
    node = tree.fields.get("document")
    if node is None:
        fix = f"begin with document: and one of {', '.join(types)}"
        findings.add(tree.place, "document", "it is missing", fix)
        return None
    found = types.get(str(node.value)) if isinstance(node, Value) else None
    if found is None:
        told = str(node.value)[:60] if isinstance(node, Value) else "this"
        near = get_close_matches(told, types, n=1)
        fix = f"did you mean {near[0]}?" if near else f"choose among {', '.join(types)}"
        findings.add(node.place, "document", f"{told!r} is no type of document", fix)
    return found


class _Envelope:
    """Reads the fields around the content, one after the other."""

    def __init__(self, tree: Fields, findings: Findings) -> None:
        self.tree, self.findings = tree, findings

    def read(self, type: DocumentType[BaseModel] | None, text: str) -> Written | None:
        is_override = "unit" in self.tree.fields
        self._keys(is_override)
        name = self._text("name", _NAME, "small letters, digits, - and _", is_required=True)
        unit = self._text("unit", _UNIT, "a region, or EMEA/DACH for a team", is_required=False)
        if is_override:
            self.findings.places["unit"] = self.tree.fields["unit"].place
        if is_override and len(unit) > _LONGEST_UNIT:
            self._add("unit", f"it has {len(unit)} characters", f"stay below {_LONGEST_UNIT}")
        starts_on = self._day("starts_on", is_required=True)
        last = "expires_on" if is_override else "ends_on"
        ends_on = self._day(last, is_required=is_override)
        if starts_on and ends_on and ends_on <= starts_on:
            self._add(last, f"{ends_on} is not after {starts_on}", "give a later day")
        owner = self._text("owner", None, "a user's name", is_required=is_override)
        reason = self._text("reason", None, "why", is_required=is_override)
        if type is None:
            return None
        if is_override and type.pay_of:
            self._add("unit", "what one person is paid is not for a unit to change", "take it out")
        content = self._content(type, is_part=is_override)
        local = self._local(type, content, is_override)
        if starts_on is None or self.findings.problems:
            return None
        told = plain(content)
        return Written(
            type=type.key,
            name=name,
            unit=unit,
            starts_on=starts_on,
            ends_on=ends_on,
            owner=owner,
            reason=reason,
            local=local,
            content=told if isinstance(told, dict) else {},
            schema=type.schema,
            text=text,
        )

    def _keys(self, is_override: bool) -> None:
        known = OVERRIDE if is_override else CENTRAL
        strange = {"ends_on": "write expires_on: an override expires"} if is_override else {}
        strange |= (
            {"local": "take it out: only the organization says what units may change"}
            if is_override
            else {"expires_on": "write ends_on: only an override expires"}
        )
        for name, fix in strange.items():
            if name in self.tree.fields:
                self._add(name, "cannot stand here", fix)
        unknown_keys(self.tree, dict.fromkeys((*known, *strange)), self.findings)

    def _add(self, name: str, what: str, fix: str) -> None:
        place = self.tree.fields[name].place if name in self.tree.fields else self.tree.place
        self.findings.add(place, name, what, fix)

    def _text(
        self, name: str, form: re.Pattern[str] | None, wanted: str, *, is_required: bool
    ) -> str:
        node = self.tree.fields.get(name)
        value = node.value if isinstance(node, Value) else None
        if value is None or value == "":
            if is_required or (name == "unit" and node is not None):
                what = "it is missing" if node is None else "nothing stands here"
                self._add(name, what, f"write {name}: {wanted}")
            return ""
        if not isinstance(value, str):
            self._add(name, f"{value} is not text", f'put it in quotes: "{value}"')
            return ""
        if len(value) > LONGEST_TEXT or (form is not None and not form.fullmatch(value)):
            self._add(name, f"{value[:60]!r} does not fit", f"write {wanted}")
        return value

    def _day(self, name: str, *, is_required: bool) -> date | None:
        node = self.tree.fields.get(name)
        value = node.value if isinstance(node, Value) else None
        if value is None:
            if is_required:
                self._add(name, "it is missing", f"write {name}: 2026-01-31")
            return None
        day = read_day(value, name) if isinstance(value, str) and len(value) == 10 else None
        if isinstance(day, date) and not isinstance(day, datetime):
            return day
        self._add(name, f"{str(value)[:60]!r} is not a day", "write it like 2026-01-31")
        return None

    def _content(
        self, type: DocumentType[BaseModel], *, is_part: bool
    ) -> Mapping[str, object] | None:
        """Return what is agreed, None where that is not sound."""
        node = self.tree.fields.get("content")
        if node is None:
            self._add("content", "it is missing", "write content: and below it what is agreed")
            return None
        own = Findings()
        own.places[""] = node.place
        tree = read_content(type.shape, node, own, is_part=is_part)
        value = None
        if is_part and not tree and not own.problems:
            own.add(node.place, "content", "nothing is overridden", "write what the unit changes")
        if not is_part and not own.problems:
            value = whole(type.shape, tree, own)
        if value is not None:
            own.problems += [
                Problem(own.told(found.where), found.what, found.fix) for found in type.check(value)
            ]
        self.findings.problems += own.problems
        self.findings.places |= {f"content.{path}" if path else "content": place
                                 for path, place in own.places.items()}  # fmt: skip
        if own.problems:
            return None
        return tree if value is None else value.model_dump()

    def _local(
        self,
        type: DocumentType[BaseModel],
        content: Mapping[str, object] | None,
        is_override: bool,
    ) -> tuple[Bound, ...]:
        node = self.tree.fields.get("local")
        if node is None or is_override:
            return ()
        self.findings.places["local"] = Place(node.place.line, node.place.column)
        return read_bounds(type, node, content, self.findings)
