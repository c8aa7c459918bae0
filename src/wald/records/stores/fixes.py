"""Fixes and the cases of findings, as rows and as values.

A fix and its lines are only added; what became of a line later is filled in once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wald.heart.deal_fix import Line
from wald.records import models
from wald.records.stores.transaction import together


@dataclass(frozen=True, slots=True)
class Undone:
    at: datetime
    by: str
    why: str
    load_id: int


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line with its place in the fix. `retired_load`: its change was taken back since."""

    line: Line
    place: int
    undone: Undone | None = None
    retired_load: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    fix_id: int
    made_at: datetime
    made_by: str
    why: str
    load_id: int
    lines: tuple[KeptLine, ...]

    def only(self, deals: Collection[str]) -> "Fix":
        """Return the fix with the lines of these deals."""
        kept = tuple(one for one in self.lines if one.line.opportunity_id in deals)
        return replace(self, lines=kept)


@dataclass(frozen=True, slots=True)
class FindingCase:
    """`facts`: what the finding rested on when it was last seen; "": it was gone."""

    rule: str
    opportunity_id: str
    case_id: int
    is_open: bool
    state: str
    facts: str


def add(
    lines: Sequence[Line], *, at: datetime, by: str, why: str, load_id: int, database: str
) -> int:
    """Keep a fix that the load with this number wrote; return the number of the fix."""
    with together(database=database):
        fix = models.HygieneFix(made_at=at, made_by=by, why=why, load=load_id)
        fix.save(using=database)
        models.HygieneFixLine.objects.using(database).bulk_create(
            models.HygieneFixLine(
                fix=fix,
                place=place,
                opportunity_id=one.opportunity_id,
                field=one.field,
                old=one.old,
                new=one.new,
                rule=one.rule,
                follows=one.follows,
                change_id=one.change_id,
            )
            for place, one in enumerate(lines, start=1)
        )
    return int(fix.pk)


def find(fix_id: int, *, database: str) -> Fix | None:
    rows = models.HygieneFix.objects.using(database).prefetch_related("lines")
    row = rows.filter(pk=fix_id).first()
    return None if row is None else _fix(row)


def every(*, database: str) -> tuple[Fix, ...]:
    """Return all fixes, newest first."""
    rows = models.HygieneFix.objects.using(database).prefetch_related("lines")
    return tuple(_fix(row) for row in rows.order_by("-pk"))


def undo(fix_id: int, places: Iterable[int], undone: Undone, *, database: str) -> None:
    """Say that lines of a fix were undone."""
    rows = models.HygieneFixLine.objects.using(database)
    rows.filter(fix_id=fix_id, place__in=list(places), undone_at=None).update(
        undone_at=undone.at,
        undone_by=undone.by,
        undone_why=undone.why,
        undone_load=undone.load_id,
    )


def retire(fix_id: int, places: Iterable[int], *, load_id: int, database: str) -> None:
    """Say that a load took the changes of lines back, because the source told its own."""
    rows = models.HygieneFixLine.objects.using(database)
    rows.filter(fix_id=fix_id, place__in=list(places)).update(retired_load=load_id)


def cases(*, database: str) -> tuple[FindingCase, ...]:
    """Return the case of every finding that ever had one."""
    rows = models.HygieneCase.objects.using(database).select_related("case")
    return tuple(
        FindingCase(
            row.rule, row.opportunity_id, row.case_id, row.case.is_open, row.case.state, row.facts
        )
        for row in rows
    )


def has_any(*, database: str) -> bool:
    """Is there a case of a finding, or a fix?"""
    has_cases = models.HygieneCase.objects.using(database).exists()
    return has_cases or models.HygieneFix.objects.using(database).exists()


def keep_case(rule: str, opportunity_id: str, *, case_id: int, facts: str, database: str) -> None:
    """Say which case is about a finding. The same again changes what it rested on."""
    models.HygieneCase.objects.using(database).update_or_create(
        rule=rule, opportunity_id=opportunity_id, defaults={"case_id": case_id, "facts": facts}
    )


def _fix(row: models.HygieneFix) -> Fix:
    lines = sorted(row.lines.all(), key=lambda line: line.place)
    return Fix(
        int(row.pk), row.made_at, row.made_by, row.why, row.load, tuple(_line(one) for one in lines)
    )


def _line(row: models.HygieneFixLine) -> KeptLine:
    line = Line(
        row.opportunity_id, row.field, row.old, row.new, row.rule, row.follows, row.change_id
    )
    undone = None
    if row.undone_at is not None and row.undone_load is not None:
        undone = Undone(row.undone_at, row.undone_by, row.undone_why, row.undone_load)
    return KeptLine(line, row.place, undone, row.retired_load)
