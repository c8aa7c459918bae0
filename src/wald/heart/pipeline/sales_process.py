"""The sales process as agreed: stages in order, what each asks, what segments have otherwise.

Source: docs/agreements/sales_process.md
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wald.heart.pipeline.exit_criteria import Criterion, Evidence, Outcome, StageRule
from wald.kernel.problem import Problem

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_KINDS = ("call", "email", "meeting", "task", "note")


@dataclass(frozen=True, slots=True)
class StageChange:
    """What a segment has otherwise of one stage; None: as everybody."""

    key: str
    probability: Decimal | None = None
    may_skip: bool | None = None
    exit_criteria: tuple[Criterion, ...] | None = None


@dataclass(frozen=True, slots=True)
class SegmentRules:
    """`segment` as accounts carry it."""

    key: str
    segment: str
    stages: tuple[StageChange, ...] = ()


@dataclass(frozen=True, slots=True)
class SalesProcess:
    """Stages in the order of the process."""

    stages: tuple[StageRule, ...]
    segments: tuple[SegmentRules, ...] = ()

    def of(self, segment: str | None) -> tuple[StageRule, ...]:
        """Return the stages as they are for deals of a segment, None for none."""
        own = next((one.stages for one in self.segments if one.segment == segment), ())
        changes = {one.key: one for one in own}
        return tuple(_changed(rule, changes.get(rule.key)) for rule in self.stages)


def _changed(rule: StageRule, change: StageChange | None) -> StageRule:
    if change is None:
        return rule
    probability, skip, criteria = change.probability, change.may_skip, change.exit_criteria
    return replace(
        rule,
        probability=rule.probability if probability is None else probability,
        may_skip=rule.may_skip if skip is None else skip,
        exit_criteria=rule.exit_criteria if criteria is None else criteria,
    )


def problems_of(process: SalesProcess) -> Iterator[Problem]:
    """Yield what makes no sense of a process; places as paths like `stages[0].probability`."""
    yield from _keys([one.key for one in process.stages], "stages")
    yield from _twice([one.stage for one in process.stages], "stages", "stage")
    yield from _twice([one.title for one in process.stages], "stages", "label")
    yield from _order(process.stages)
    for i, rule in enumerate(process.stages):
        yield from _stage(rule, f"stages[{i}]")
    yield from _keys([one.key for one in process.segments], "segments")
    yield from _twice([one.segment for one in process.segments], "segments", "segment")
    for i, part in enumerate(process.segments):
        yield from _segment(part, process.stages, f"segments[{i}]")


def warnings_of(process: SalesProcess) -> Iterator[Problem]:
    """Yield what may not be meant: a chance that falls along the process, for anybody."""
    sections = [("", None), *((f" of {one.segment}", one.segment) for one in process.segments)]
    told = set()
    for words, segment in sections:
        before: StageRule | None = None
        for i, rule in enumerate(process.of(segment)):
            if not rule.is_open or rule.probability is None:
                continue
            if before is not None and rule.probability < _known(before) and rule.key not in told:
                told.add(rule.key)
                what = f"the chance{words} falls from {_percent(before)} to {_percent(rule)}"
                fix = "a deal further on is usually the likelier one: look whether it is meant"
                yield Problem(f"stages[{i}].probability", what, fix)
            before = rule
    outcomes = {one.outcome for one in process.stages}
    for outcome in (Outcome.WON, Outcome.LOST):
        if outcome not in outcomes:
            fix = "add it at the end, if deals have one"
            yield Problem("stages", f"there is no stage of {outcome.value} deals", fix)


def _known(rule: StageRule) -> Decimal:
    return Decimal(0) if rule.probability is None else rule.probability


def _percent(rule: StageRule) -> str:
    return f"{(_known(rule) * 100).normalize():f} %"


def _keys(keys: Sequence[str], where: str) -> Iterator[Problem]:
    for i, key in enumerate(keys):
        if not _KEY.fullmatch(key):
            fix = "write small letters, digits and _, a letter first: discovery"
            yield Problem(f"{where}[{i}].key", f"{key[:60]!r} is no key", fix)
    yield from _twice(keys, where, "key")


def _twice(values: Sequence[str], where: str, name: str) -> Iterator[Problem]:
    for i, value in enumerate(values):
        if not value.strip():
            yield Problem(f"{where}[{i}].{name}", "is empty", "write what deals carry")
        elif value.casefold() in (one.casefold() for one in values[:i]):
            fix = "give one of the two another name, or remove it"
            yield Problem(f"{where}[{i}].{name}", f"{value[:60]!r} stands there already", fix)


def _order(stages: Sequence[StageRule]) -> Iterator[Problem]:
    closed = None
    for i, rule in enumerate(stages):
        if not rule.is_open:
            closed = closed or rule
        elif closed is not None:
            fix = f"move it before {closed.title!r}: open stages come first"
            yield Problem(f"stages[{i}]", f"{rule.title!r} is open and follows a closed one", fix)
    if not any(one.is_open for one in stages):
        yield Problem("stages", "no stage is open", "add the stages deals go through")


def _stage(rule: StageRule, where: str) -> Iterator[Problem]:
    yield from _chance(rule.probability, f"{where}.probability")
    if not rule.is_open:
        if rule.exit_criteria:
            fix = "move them to the last open stage"
            yield Problem(f"{where}.exit_criteria", "deals do not leave a closed stage", fix)
        wanted = Decimal(1) if rule.outcome is Outcome.WON else Decimal(0)
        if rule.probability is not None and rule.probability != wanted:
            what = f"{rule.probability} of {rule.outcome.value} deals"
            yield Problem(f"{where}.probability", what, f"write {wanted}, or leave it out")
    yield from _criteria(rule.exit_criteria, f"{where}.exit_criteria")


def _chance(share: Decimal | None, where: str) -> Iterator[Problem]:
    if share is not None and not 0 <= share <= 1:
        yield Problem(where, f"{share} is no chance", "write a share: 0.3 for 30 %")


def _criteria(criteria: Sequence[Criterion], where: str) -> Iterator[Problem]:
    yield from _keys([one.key for one in criteria], where)
    for i, one in enumerate(criteria):
        here = f"{where}[{i}]"
        if not one.words.strip():
            fix = "write what must be so, in words"
            yield Problem(f"{here}.words", "is empty", fix)
        if one.evidence is Evidence.CONTACT and not one.words_of_title:
            fix = "write words of titles, with commas between: finance, chief"
            yield Problem(f"{here}.like", "a contact of any title proves nothing", fix)
        elif one.evidence is Evidence.ACTIVITY and one.like and one.like not in _KINDS:
            fix = f"write one of {', '.join(_KINDS)}, or nothing for any"
            yield Problem(f"{here}.like", f"{one.like[:60]!r} is no kind of activity", fix)
        elif one.like and one.evidence not in (Evidence.ACTIVITY, Evidence.CONTACT):
            fix = "leave it out: it says which activity or contact"
            yield Problem(f"{here}.like", f"{one.evidence.value} takes none", fix)


def _segment(part: SegmentRules, stages: Sequence[StageRule], where: str) -> Iterator[Problem]:
    rules = {one.key: one for one in stages}
    yield from _keys([one.key for one in part.stages], f"{where}.stages")
    for i, change in enumerate(part.stages):
        here, rule = f"{where}.stages[{i}]", rules.get(change.key)
        if rule is None:
            fix = f"write one of {', '.join(rules)}"
            yield Problem(f"{here}.key", f"{change.key[:60]!r} is no stage above", fix)
        else:
            yield from _stage(_changed(rule, change), here)
