"""The agreed chances of stages beside what became of deals, and the document that would be right.

Chances are of everybody's deals, as the document is everybody's; no deal and no person is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from wald.brain.agreed_chances import Agreed, Entered, Record, chance_of, judged, record_of
from wald.documents.comparison import in_text, in_words
from wald.documents.document import document_types
from wald.documents.form import with_values
from wald.documents.in_force import in_force
from wald.documents.reading import read
from wald.documents.version import OPEN, Version
from wald.documents.writing import whole_text
from wald.heart.pipeline.exit_criteria import StageRule
from wald.heart.pipeline.sales_process import SalesProcess
from wald.heart.pipeline.stage_entries import SLOT_DAYS, SLOTS, compose_entries
from wald.kernel.actor import Actor
from wald.kernel.problem import Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.criteria_ground import CriteriaAsk, criteria_ground
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.pipeline_ground import default_day, fetched
from wald.queries.sales_process import PROCESS, agreed_label, agreed_process, staged_view
from wald.records.stores import documents as store

YEAR = timedelta(days=SLOT_DAYS * SLOTS // 2)
_LAST_YEAR = range(SLOTS // 2)
_COMPANY = "company"  # the name of a first sales process


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage with its judgement; `segments` () is everybody who has no chance of their own."""

    stage: StageRule
    segments: tuple[str, ...]
    judged: Agreed
    is_rest: bool = False  # some segments have a chance of their own


@dataclass(frozen=True, slots=True)
class StageCalibration:
    """`label` names the process in force, "" where none is: then chances are those of the data."""

    as_of: date
    known_at: datetime | None
    reaches: date | None
    label: str
    lines: tuple[StageLine, ...]
    record: Record | None

    @property
    def off(self) -> tuple[StageLine, ...]:
        return tuple(one for one in self.lines if one.judged.is_off)

    @property
    def proposed(self) -> tuple[StageLine, ...]:
        return tuple(one for one in self.lines if one.judged.proposed is not None)


@dataclass(frozen=True, slots=True)
class ProposedProcess:
    """The text that would be drafted, what it changes in words and by line, and what may not be
    meant. `open` is a draft that somebody works on already."""

    text: str
    changes: tuple[str, ...]
    difference: tuple[str, ...]
    warnings: tuple[Problem, ...]
    based_on: Version | None
    open: Version | None


def stage_calibration(
    *, actor: Actor, workspace: Workspace, as_of: date | None = None, engine: str = ""
) -> StageCalibration | None:
    """Return agreed and measured chances of stages, None when no deals are loaded."""
    seen = staged_view(actor=actor, workspace=workspace, engine=engine)
    if not seen.snapshot.has("opportunity"):
        return None
    day = as_of or default_day(seen)
    return kept((seen.whole.signature, "calibration of stages", day), lambda: _made(seen, day))


def proposed_process(
    *, actor: Actor, workspace: Workspace, starts_on: date, engine: str = ""
) -> ProposedProcess | None:
    """Return the sales process with measured chances where agreed ones are out of line, or nobody
    said; None where there is nothing to propose."""
    actor.must("documents.read")
    seen = staged_view(actor=actor, workspace=workspace, engine=engine)
    found = stage_calibration(actor=actor, workspace=workspace, engine=engine)
    if found is None or not found.proposed:
        return None
    before = _held(seen, starts_on)
    text = _text(seen, found, before, starts_on)
    return _compared(workspace, text, before)


def _made(seen: View, day: date) -> StageCalibration:
    now = _entries(seen, day)
    earlier = _entries(seen, day - YEAR)
    process = agreed_process(seen, day)
    ground = process or criteria_ground(seen.whole, CriteriaAsk(day, seen.snapshot.known)).process
    forms = list(_forms(ground))
    lines = judged([_line(one, now, earlier) for one in forms])
    told = tuple(
        StageLine(rule, segments, line, bool(without))
        for (rule, segments, without), line in zip(forms, lines, strict=True)
    )
    label = agreed_label(seen, day)
    snapshot = seen.snapshot
    return StageCalibration(
        day, snapshot.learned_at, snapshot.reaches, label, told, record_of(lines)
    )


Form = tuple[StageRule, tuple[str, ...], frozenset[str]]


def _forms(process: SalesProcess) -> Iterable[Form]:
    """Yield each open stage for everybody and for segments that have a chance of their own, and
    which segments the first leaves out."""
    for rule in (one for one in process.stages if one.is_open):
        apart: dict[str, StageRule] = {}
        for part in process.segments:
            own = next(one for one in process.of(part.segment) if one.key == rule.key)
            if own.probability != rule.probability:
                apart[part.segment] = own
        yield rule, (), frozenset(apart)
        for segment, own in apart.items():
            yield own, (segment,), frozenset()


def _line(form: Form, now: "Rows", earlier: "Rows") -> Agreed:
    rule, segments, without = form
    here = _of(now, rule.stage, segments, without)
    then = _of(earlier, rule.stage, segments, without)
    since = [one for one in here if one.slot in _LAST_YEAR]
    return Agreed(
        key=(rule.key, segments),
        expected=rule.probability,
        measured=chance_of(here),
        told=chance_of(then),
        came=chance_of(since),
    )


Rows = Sequence[Mapping[str, object]]


def _entries(seen: View, day: date) -> Rows:
    ground = criteria_ground(seen.whole, CriteriaAsk(day, seen.snapshot.known))
    return fetched(seen, compose_entries(ground.deals, ground.passages, day))


def _of(
    rows: Rows, stage: str, segments: tuple[str, ...], without: frozenset[str]
) -> list[Entered]:
    return [
        Entered(int(str(row["slot"])), int(str(row["weeks"])), _end(row), int(str(row["deals"])))
        for row in rows
        if row["stage"] == stage
        and (row["segment"] in segments if segments else row["segment"] not in without)
    ]


def _end(row: Mapping[str, object]) -> str:
    outcome = str(row["outcome"])
    return outcome if outcome in ("won", "lost") else ""


def _held(seen: View, on: date) -> Version | None:
    """Return the organization's version in force on a day, of the first name that has one."""
    own = [one for one in seen.agreed if one.unit == ""]
    for name in sorted({one.name for one in own}):
        found = in_force([one for one in own if one.name == name], on)
        if found is not None:
            return found
    return None


def _text(seen: View, found: StageCalibration, before: Version | None, starts_on: date) -> str:
    shape = document_types()[PROCESS]
    reason = f"Chances measured on what became of deals up to {found.as_of}"
    if before is None:
        process = criteria_ground(seen.whole, CriteriaAsk(found.as_of, seen.snapshot.known)).process
        content = shape.shape.model_validate({"stages": _stages(process, found)})
        return whole_text(shape, content, name=_COMPANY, starts_on=starts_on, reason=reason)
    values = {"starts_on": starts_on.isoformat(), "reason": reason}
    return with_values(shape, before.text, values | _values(before, found))


def _stages(process: SalesProcess, found: StageCalibration) -> list[dict[str, object]]:
    """Return the stages of the data as entries of a document, with measured chances."""
    chances = {one.stage.key: one.judged.proposed for one in found.proposed}
    return [
        {
            "key": _key(place, rule),
            "stage": rule.stage,
            "label": rule.label,
            "outcome": rule.outcome,
            "probability": _trimmed(chances.get(rule.key) or rule.probability),
        }
        for place, rule in enumerate(process.stages, start=1)
    ]


def _trimmed(chance: Decimal | None) -> Decimal | None:
    """Return a chance without the zeros that columns of the data end in."""
    return None if chance is None else Decimal(f"{chance.normalize():f}")


def _key(place: int, rule: StageRule) -> str:
    """Return a key that a document takes, of the name of a stage: "2 Talks" becomes talks."""
    letters = "".join(one if one.isascii() and one.isalnum() else "_" for one in rule.key.lower())
    word = letters.strip("_0123456789")
    return word if word and word[0].isalpha() else f"stage_{place}"


def _values(before: Version, found: StageCalibration) -> dict[str, str]:
    """Return the inputs of the form that change, by name."""
    stages = _numbers(before.content.get("stages"))
    segments = before.content.get("segments")
    values = {}
    for line in found.proposed:
        told = _written(line.judged.proposed)
        if not line.segments:
            values[f"content.stages.{stages[line.stage.key]}.probability"] = told
            continue
        for place, part in enumerate(segments if isinstance(segments, list | tuple) else ()):
            if isinstance(part, Mapping) and part.get("segment") in line.segments:
                own = _numbers(part.get("stages"))[line.stage.key]
                values[f"content.segments.{place}.stages.{own}.probability"] = told
    return values


def _numbers(entries: object) -> dict[str, int]:
    listed = entries if isinstance(entries, list | tuple) else ()
    return {str(one["key"]): place for place, one in enumerate(listed) if isinstance(one, Mapping)}


def _written(chance: Decimal | None) -> str:
    return "" if chance is None else f"{chance:f}"


def _compared(workspace: Workspace, text: str, before: Version | None) -> ProposedProcess:
    shape = document_types()[PROCESS]
    reading = read(text, {PROCESS: shape})
    written = reading.written
    if written is None:
        faults = "; ".join(str(one) for one in reading.problems)
        raise Refusal(f"The sales process cannot be drafted from what was measured: {faults}")
    own = store.versions_of(PROCESS, written.name, units=[""], database=workspace.database)
    return ProposedProcess(
        text=text,
        changes=in_words(shape, before, written),
        difference=in_text(before.text if before else "", text, "in force", "proposed"),
        warnings=tuple(shape.warnings(shape.shape.model_validate(written.content))),
        based_on=before,
        open=next((one for one in own if one.state in OPEN), None),
    )
